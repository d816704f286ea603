import type { SessionView } from '../commands/context.ts';
import type { TrackingState } from '../commands/instruments.ts';
import type { ReplyWriter, RespVersion } from '../protocol/reply-writer.ts';
import { RequestParser } from '../protocol/request-parser.ts';
import type { Connection } from '../runtime/connection.ts';
import type { Subscriptions } from './pub-sub.ts';
import type { RequestQueue } from './request-queue.ts';
import type { Transaction } from './transaction.ts';
import type { Watch } from './watches.ts';

/**
 * Where a session is in its life:
 *
 *   running ⇄ blocked     waits for keys, for replicas, or for a pause to end
 *      └→ closing ←┘      nothing further is read; what was replied is still sent
 */
export type SessionState =
  | { readonly name: 'running' }
  | { readonly name: 'blocked'; readonly waiting: Waiting }
  | { readonly name: 'closing' };

/** What a blocked session waits for. */
export type Waiting =
  /** The command that met a pause runs when the pause ends. */
  { readonly kind: 'pause' } | ReplyWait;

/** A wait for something that a reply reports. */
export interface ReplyWait {
  readonly kind: 'reply';
  /** Called once: writes the reply for the way in which it ended. */
  readonly answer: (end: WaitEnd, reply: ReplyWriter) => void;
  /** Called in place of `answer` when the session is gone. */
  readonly cancel: () => void;
  /** The answer is not sent: the request came under CLIENT REPLY OFF or SKIP. */
  readonly isMuted: boolean;
}

/** How a wait for a reply ends; `ready` is the one that the command waited for. */
export type WaitEnd = 'ready' | 'timeout' | 'error' | 'role-changed';

type SessionStateName = SessionState['name'];

/** Legal moves. */
export const nextSessionStates: Record<SessionStateName, readonly SessionStateName[]> = {
  running: ['blocked', 'closing'],
  blocked: ['running', 'closing'],
  closing: [],
};

const running: SessionState = { name: 'running' };

/** One client connection, or a link of our own, as the engine knows it. */
export class Session implements SessionView {
  readonly id: number;
  /** Null for sessions without a socket: our primary's stream, loading. */
  readonly connection: Connection | null;
  readonly parser: RequestParser;
  readonly createdAtMs: number;
  kind: SessionView['kind'];
  protocol: RespVersion = 2;
  name = '';
  libraryName = '';
  libraryVersion = '';
  userName = 'default';
  noEvict = false;
  noTouch = false;
  replyMode: SessionView['replyMode'] = 'on';
  transaction: Transaction | null = null;
  watch: Watch | null = null;
  /** What it asked for with CLIENT TRACKING; null: nothing. */
  tracking: TrackingState | null = null;
  /** Null when there are none. */
  subscriptions: Subscriptions | null = null;
  /** Messages that wait for the end of the turn, or for the next reply. */
  pushes: Uint8Array[] | null = null;
  lastWriteOffset = 0;
  lastActiveAtMs: number;
  /** Name of the command that ran last, for CLIENT LIST. */
  lastCommand = 'NULL';
  /** Bytes replied and not yet taken by the peer since when the soft limit is exceeded; 0: not. */
  overLimitSinceMs = 0;
  #authenticated: boolean;
  #databaseIndex = 0;
  #state: SessionState = running;

  constructor(options: {
    readonly id: number;
    readonly kind: SessionView['kind'];
    readonly connection: Connection | null;
    readonly nowMs: number;
    readonly authenticated: boolean;
    readonly maxBulkBytes: number;
  }) {
    this.id = options.id;
    this.kind = options.kind;
    this.connection = options.connection;
    this.createdAtMs = options.nowMs;
    this.lastActiveAtMs = options.nowMs;
    this.#authenticated = options.authenticated;
    this.parser = new RequestParser({
      maxBulkBytes: options.maxBulkBytes,
      isUnauthenticated: !options.authenticated,
    });
  }

  get isSubscriber(): boolean {
    return this.subscriptions !== null;
  }

  get inTransaction(): boolean {
    return this.transaction?.name === 'executing';
  }

  get authenticated(): boolean {
    return this.#authenticated;
  }

  /** Who has proved who it is may send large requests. */
  set authenticated(authenticated: boolean) {
    this.#authenticated = authenticated;
    this.parser.limits.isUnauthenticated = !authenticated;
  }

  get state(): SessionState {
    return this.#state;
  }

  get remoteAddress(): string {
    return this.connection?.remoteAddress ?? '';
  }

  get localAddress(): string {
    return this.connection?.localAddress ?? '';
  }

  get databaseIndex(): number {
    return this.#databaseIndex;
  }

  selectDatabase(index: number): void {
    this.#databaseIndex = index;
  }

  /** The only way to another state; refuses what the table does not allow. */
  enter(state: SessionState): void {
    if (!nextSessionStates[this.#state.name].includes(state.name)) {
      throw new Error(`illegal session state: ${this.#state.name} → ${state.name}`);
    }
    this.#state = state;
  }

  closeAfterReply(): void {
    if (this.#state.name !== 'closing') this.enter({ name: 'closing' });
  }

  /** A request that CLIENT REPLY concerned is done. */
  quietReplyOver(): void {
    if (this.replyMode === 'skipping') this.replyMode = 'on';
    else if (this.replyMode === 'skip-next') this.replyMode = 'skipping';
  }

  reset(): void {
    this.protocol = 2;
    this.name = '';
    this.noEvict = false;
    this.noTouch = false;
    this.replyMode = 'on';
    this.#databaseIndex = 0;
  }

  describe(nowMs: number): string {
    const seconds = (sinceMs: number): number => Math.max(0, Math.floor((nowMs - sinceMs) / 1000));
    const kept = this.parser.bufferedBytes;
    const outputBytes = this.connection?.pendingBytes ?? 0;
    const queued = this.#queuedRequests();
    const memory =
      this.parser.reservedBytes + outputBytes + sessionBytes + (queued?.reservedBytes ?? 0);
    return [
      `id=${this.id}`,
      `addr=${this.remoteAddress}`,
      `laddr=${this.localAddress}`,
      'fd=-1',
      `name=${this.name}`,
      `age=${seconds(this.createdAtMs)}`,
      `idle=${seconds(this.lastActiveAtMs)}`,
      `flags=${this.#flags()}`,
      `db=${this.#databaseIndex}`,
      `sub=${this.subscriptions?.channel.size ?? 0}`,
      `psub=${this.subscriptions?.pattern.size ?? 0}`,
      `ssub=${this.subscriptions?.shardChannel.size ?? 0}`,
      `multi=${queued === null ? -1 : queued.count}`,
      `qbuf=${kept}`,
      `qbuf-free=${this.parser.reservedBytes - kept}`,
      'argv-mem=0',
      `multi-mem=${queued?.reservedBytes ?? 0}`,
      'rbs=0',
      'rbp=0',
      'obl=0',
      `oll=${outputBytes > 0 ? 1 : 0}`,
      `omem=${outputBytes}`,
      `tot-mem=${memory}`,
      `events=${outputBytes > 0 ? 'rw' : 'r'}`,
      `cmd=${this.lastCommand}`,
      `user=${this.userName}`,
      `redir=${this.tracking?.redirection ?? -1}`,
      `resp=${this.protocol}`,
      `lib-name=${this.libraryName}`,
      `lib-ver=${this.libraryVersion}`,
    ].join(' ');
  }

  /** Bytes of requests that wait: of an unfinished one, and of a transaction's. */
  get heldInputBytes(): number {
    return this.parser.bufferedBytes + (this.#queuedRequests()?.bytes ?? 0);
  }

  #queuedRequests(): RequestQueue | null {
    return this.transaction?.name === 'queueing' ? this.transaction.queued.requests : null;
  }

  #flags(): string {
    let letters = '';
    if (this.kind === 'replica') letters += 'S';
    if (this.kind === 'monitor') letters += 'O';
    if (this.kind === 'primary') letters += 'M';
    if (this.subscriptions !== null) letters += 'P';
    if (this.transaction !== null) letters += 'x';
    if (this.#state.name === 'blocked') letters += 'b';
    if (this.tracking !== null) letters += this.#trackingFlags(this.tracking);
    if (this.watch?.isTouched) letters += 'd';
    if (this.#state.name === 'closing') letters += 'c';
    if (this.remoteAddress.endsWith(':0')) letters += 'U';
    if (this.noEvict) letters += 'e';
    if (this.noTouch) letters += 'T';
    return letters === '' ? 'N' : letters;
  }

  #trackingFlags({ isRedirectionBroken, prefixes }: TrackingState): string {
    return `t${isRedirectionBroken ? 'R' : ''}${prefixes === null ? '' : 'B'}`;
  }
}

/** What a session costs besides its buffers, about. */
const sessionBytes = 2048;
