/**
 * One replica, as its primary sees it.
 *
 *   introducing ─┬─→ awaitingSnapshot ─┬─→ snapshotting ──→ sendingSnapshot ─┬─→ streaming
 *                │                     └──────────────────────────↑         ├─→ awaitingFirstAck → streaming
 *                └──(partial)──→ streaming                                  └─→ snapshotDelivered
 *
 *   and from everywhere to closed.
 */
export type ReplicaState =
  /** A client that sent REPLCONF and may become a replica. */
  | { readonly name: 'introducing' }
  | { readonly name: 'awaitingSnapshot'; readonly sinceMs: number }
  /** Its snapshot is being written to a file, because its length must be known first. */
  | { readonly name: 'snapshotting' }
  | { readonly name: 'sendingSnapshot'; readonly framing: Framing }
  /** The snapshot ended with a mark. Stream bytes must not follow before the replica has seen it. */
  | { readonly name: 'awaitingFirstAck' }
  | { readonly name: 'streaming' }
  /** It wanted a snapshot and nothing else. */
  | { readonly name: 'snapshotDelivered' }
  | { readonly name: 'closed' };

/** How a snapshot's end is found: by a mark behind it, or by its length before it. */
export type Framing = 'marked' | 'counted';

/** The names of the states. */
export type ReplicaStateName = ReplicaState['name'];

/** Which state may follow which. */
export const nextStates: Record<ReplicaStateName, readonly ReplicaStateName[]> = {
  introducing: ['awaitingSnapshot', 'streaming', 'closed'],
  awaitingSnapshot: ['snapshotting', 'sendingSnapshot', 'closed'],
  snapshotting: ['sendingSnapshot', 'closed'],
  sendingSnapshot: ['awaitingFirstAck', 'streaming', 'snapshotDelivered', 'closed'],
  awaitingFirstAck: ['streaming', 'closed'],
  streaming: ['closed'],
  snapshotDelivered: ['closed'],
  closed: [],
};

/** What can happen to a replica. */
export type ReplicaEvent =
  | { readonly kind: 'partialAccepted' }
  | { readonly kind: 'fullSyncNeeded'; readonly nowMs: number }
  | { readonly kind: 'snapshotBegun'; readonly framing: Framing }
  | { readonly kind: 'snapshotComplete' }
  | { readonly kind: 'snapshotSent'; readonly wantsStream: boolean }
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'closed' };

/** What the primary does about it. */
export type ReplicaEffect = 'stream' | 'release';

/** A decision: the state after an event, and what to do. */
export interface ReplicaStep {
  readonly state: ReplicaState;
  readonly effects: readonly ReplicaEffect[];
}

/** Decides what follows from `event`. An event that the state has no use for changes nothing. */
export function step(state: ReplicaState, event: ReplicaEvent): ReplicaStep {
  switch (event.kind) {
    case 'partialAccepted':
      return state.name === 'introducing' ? beginStreaming : stay(state);
    case 'fullSyncNeeded':
      return state.name === 'introducing'
        ? stay({ name: 'awaitingSnapshot', sinceMs: event.nowMs })
        : stay(state);
    case 'snapshotBegun':
      return state.name === 'awaitingSnapshot' ? onSnapshotBegun(event.framing) : stay(state);
    case 'snapshotComplete':
      return state.name === 'snapshotting'
        ? stay({ name: 'sendingSnapshot', framing: 'counted' })
        : stay(state);
    case 'snapshotSent':
      return state.name === 'sendingSnapshot'
        ? onSnapshotSent(state.framing, event.wantsStream)
        : stay(state);
    case 'acknowledged':
      return state.name === 'awaitingFirstAck' ? beginStreaming : stay(state);
    case 'closed':
      return state.name === 'closed'
        ? stay(state)
        : { state: { name: 'closed' }, effects: ['release'] };
  }
}

/** A replica's state in the words of INFO; null when it is not listed. */
export function wireName(state: ReplicaState): string | null {
  switch (state.name) {
    case 'awaitingSnapshot':
    case 'snapshotting':
      return 'wait_bgsave';
    case 'sendingSnapshot':
      return 'send_bulk';
    case 'awaitingFirstAck':
    case 'streaming':
      return 'online';
    case 'introducing':
    case 'snapshotDelivered':
    case 'closed':
      return null;
  }
}

const beginStreaming: ReplicaStep = { state: { name: 'streaming' }, effects: ['stream'] };

function stay(state: ReplicaState): ReplicaStep {
  return { state, effects: [] };
}

function onSnapshotBegun(framing: Framing): ReplicaStep {
  return framing === 'marked'
    ? stay({ name: 'sendingSnapshot', framing })
    : stay({ name: 'snapshotting' });
}

function onSnapshotSent(framing: Framing, wantsStream: boolean): ReplicaStep {
  if (!wantsStream) return { state: { name: 'snapshotDelivered' }, effects: ['release'] };
  return framing === 'marked' ? stay({ name: 'awaitingFirstAck' }) : beginStreaming;
}
