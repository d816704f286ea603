import type { Position, ReplicationId } from '../position.ts';
import { parseReplicationId } from '../position.ts';
import type { HandshakeRequest } from './handshake.ts';
import { isTolerable } from './handshake.ts';

/**
 * A replica's link to its primary.
 *
 *   disconnected → connecting → handshaking → requestingSync ─┬─→ receivingSnapshot → streaming
 *        ↑                                                    └───────(partial)──────────↑
 *        └────────────────────────── any failure ──────────────────────────────────────────
 */
export type LinkState =
  | { readonly name: 'disconnected'; readonly retryAtMs: number }
  | { readonly name: 'connecting' }
  | {
      readonly name: 'handshaking';
      readonly requests: readonly HandshakeRequest[];
      /** Which request's reply comes next. */
      readonly step: number;
    }
  | { readonly name: 'requestingSync' }
  /** `target` is null when the primary did not say where its snapshot stands (SYNC). */
  | { readonly name: 'receivingSnapshot'; readonly target: Position | null }
  | { readonly name: 'streaming'; readonly sinceMs: number; readonly acknowledges: boolean };

/** The names of the states. */
export type LinkStateName = LinkState['name'];

/** Which state may follow which. */
export const nextStates: Record<LinkStateName, readonly LinkStateName[]> = {
  disconnected: ['connecting', 'disconnected'],
  connecting: ['handshaking', 'disconnected'],
  handshaking: ['handshaking', 'requestingSync', 'disconnected'],
  requestingSync: ['requestingSync', 'receivingSnapshot', 'streaming', 'disconnected'],
  receivingSnapshot: ['streaming', 'disconnected'],
  streaming: ['disconnected'],
};

/** What can happen to a link. */
export type LinkEvent =
  | { readonly kind: 'due'; readonly nowMs: number }
  | { readonly kind: 'connected'; readonly requests: readonly HandshakeRequest[] }
  | { readonly kind: 'line'; readonly line: string; readonly nowMs: number }
  | { readonly kind: 'snapshotLoaded'; readonly nowMs: number }
  | { readonly kind: 'snapshotFailed'; readonly reason: string; readonly retryAtMs: number }
  | { readonly kind: 'desynchronized'; readonly reason: string; readonly nowMs: number }
  /** The connection failed, ended or was silent for too long. */
  | { readonly kind: 'lost'; readonly reason: string; readonly nowMs: number };

/** What a link does about it. */
export type LinkEffect =
  | { readonly kind: 'connect' }
  | { readonly kind: 'send'; readonly frame: Uint8Array }
  | { readonly kind: 'requestPartialSync' }
  | { readonly kind: 'requestOldSync' }
  | { readonly kind: 'receiveSnapshot'; readonly target: Position | null }
  /** Partial sync; `id` is the history's new name, or null when it keeps its own. */
  | { readonly kind: 'continue'; readonly id: ReplicationId | null }
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'forgetPosition' }
  | { readonly kind: 'close'; readonly reason: string }
  | { readonly kind: 'retryNow' };

/** A decision: the state after an event, and what to do. */
export interface LinkStep {
  readonly state: LinkState;
  readonly effects: readonly LinkEffect[];
}

/**
 * A link that streamed for less than this does not reconnect at once but at the next attempt's time:
 * a primary that takes us and throws us out must not be hammered.
 */
const steadyAfterMs = 1_000;

/** Decides what follows from `event`. An event that the state has no use for changes nothing. */
export function step(state: LinkState, event: LinkEvent): LinkStep {
  switch (event.kind) {
    case 'due':
      return onDue(state, event.nowMs);
    case 'connected':
      return onConnected(state, event.requests);
    case 'line':
      return onLine(state, event.line, event.nowMs);
    case 'snapshotLoaded':
      return onSnapshotLoaded(state, event.nowMs);
    case 'snapshotFailed':
      return state.name === 'receivingSnapshot'
        ? disconnect(event.reason, event.retryAtMs)
        : stay(state);
    case 'desynchronized':
      return state.name === 'streaming' ? onDesynchronized(event) : stay(state);
    case 'lost':
      return onLost(state, event);
  }
}

/** A link's state in the words of ROLE. */
export function wireName(state: LinkState): string {
  switch (state.name) {
    case 'disconnected':
      return 'connect';
    case 'connecting':
      return 'connecting';
    case 'handshaking':
    case 'requestingSync':
      return 'handshake';
    case 'receivingSnapshot':
      return 'sync';
    case 'streaming':
      return 'connected';
  }
}

function stay(state: LinkState): LinkStep {
  return { state, effects: [] };
}

function disconnect(reason: string, retryAtMs: number): LinkStep {
  return { state: { name: 'disconnected', retryAtMs }, effects: [{ kind: 'close', reason }] };
}

function onDue(state: LinkState, nowMs: number): LinkStep {
  if (state.name !== 'disconnected' || nowMs < state.retryAtMs) return stay(state);
  return { state: { name: 'connecting' }, effects: [{ kind: 'connect' }] };
}

function onConnected(state: LinkState, requests: readonly HandshakeRequest[]): LinkStep {
  if (state.name !== 'connecting') return stay(state);
  return {
    state: { name: 'handshaking', requests, step: 0 },
    effects: [{ kind: 'send', frame: requests[0].frame }],
  };
}

function onLine(state: LinkState, line: string, nowMs: number): LinkStep {
  if (state.name === 'handshaking') return onHandshakeReply(state, line, nowMs);
  if (state.name === 'requestingSync') return onSyncReply(state, line, nowMs);
  return stay(state);
}

function onHandshakeReply(
  state: Extract<LinkState, { name: 'handshaking' }>,
  line: string,
  nowMs: number,
): LinkStep {
  const { requests, step: index } = state;
  const request = requests[index];
  if (line === '') return stay(state);
  if (!isTolerable(request.tolerates, line)) {
    return disconnect(refusal(request.name, line), nowMs);
  }
  if (index === requests.length - 1) {
    return { state: { name: 'requestingSync' }, effects: [{ kind: 'requestPartialSync' }] };
  }
  // The first reply shows that somebody is there; the other requests then need one round trip.
  const rest = index === 0 ? requests.slice(1) : [];
  return {
    state: { name: 'handshaking', requests, step: index + 1 },
    effects: rest.map(({ frame }) => ({ kind: 'send', frame })),
  };
}

function refusal(stepName: string, line: string): string {
  if (stepName === 'auth') return `Unable to AUTH to MASTER: ${line}`;
  if (stepName === 'ping') return `Error reply to PING from master: '${line}'`;
  return `Unexpected reply to ${stepName} from master: '${line}'`;
}

function onSyncReply(state: LinkState, line: string, nowMs: number): LinkStep {
  // The primary is still preparing and shows that it is alive.
  if (line === '') return stay(state);
  const [word, id = '', offset = ''] = line.split(' ');
  if (word === '+FULLRESYNC') {
    const target = parseTarget(id, offset);
    return {
      state: { name: 'receivingSnapshot', target },
      effects: [{ kind: 'receiveSnapshot', target }],
    };
  }
  if (word === '+CONTINUE') {
    return {
      state: { name: 'streaming', sinceMs: nowMs, acknowledges: true },
      effects: [{ kind: 'continue', id: parseReplicationId(id) }],
    };
  }
  if (word === '-NOMASTERLINK' || word === '-LOADING') {
    return disconnect(`Master is currently unable to PSYNC but should be: ${line}`, nowMs);
  }
  return {
    state: { name: 'receivingSnapshot', target: null },
    effects: [{ kind: 'requestOldSync' }, { kind: 'receiveSnapshot', target: null }],
  };
}

function parseTarget(id: string, offset: string): Position | null {
  const parsedId = parseReplicationId(id);
  if (parsedId === null || !/^\d{1,15}$/.test(offset)) return null;
  return { id: parsedId, offset: Number(offset) };
}

function onSnapshotLoaded(state: LinkState, nowMs: number): LinkStep {
  if (state.name !== 'receivingSnapshot') return stay(state);
  // A primary that did not give a position does not know REPLCONF ACK either.
  const acknowledges = state.target !== null;
  return {
    state: { name: 'streaming', sinceMs: nowMs, acknowledges },
    effects: acknowledges ? [{ kind: 'acknowledge' }] : [],
  };
}

function onDesynchronized(event: { readonly reason: string; readonly nowMs: number }): LinkStep {
  const { state, effects } = disconnect(event.reason, event.nowMs);
  return { state, effects: [{ kind: 'forgetPosition' }, ...effects] };
}

function onLost(
  state: LinkState,
  event: { readonly reason: string; readonly nowMs: number },
): LinkStep {
  if (state.name === 'disconnected') return stay(state);
  const next = disconnect(event.reason, event.nowMs);
  const wasSteady = state.name === 'streaming' && event.nowMs - state.sinceMs >= steadyAfterMs;
  return wasSteady ? { state: next.state, effects: [...next.effects, { kind: 'retryNow' }] } : next;
}
