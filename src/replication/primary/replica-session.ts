import { assert } from '../../base/assert.ts';
import type { Connection } from '../../runtime/connection.ts';
import type { Log } from '../../runtime/log.ts';
import type { Caller } from '../host.ts';
import type { LogReader } from '../log.ts';
import type { OutputLimit } from '../settings.ts';
import type { ReplicaEvent, ReplicaState } from './replica-state.ts';
import { nextStates, step } from './replica-state.ts';

/** What a replica told about itself by REPLCONF before it asked for a sync. */
export interface Introduction {
  /** 0 until it said so. */
  listeningPort: number;
  /** Where it wants to be found; empty: at the address that it comes from. */
  announcedHost: string;
  understandsEofMark: boolean;
  understandsPsync2: boolean;
  understandsSharedHash: boolean;
  /** It asks for a snapshot and nothing else. */
  wantsSnapshotOnly: boolean;
  content: 'all' | 'functions' | 'nothing';
  /** It sent SYNC: it knows neither positions nor acknowledgements. */
  isPrePsync: boolean;
}

/** No more than this waits in a connection; the rest stays in the log, where it is shared. */
const maxPendingBytes = 1024 * 1024;

/**
 * One replica of ours: what it told, its state, its connection and its place in the log.
 * `replica-state.ts` decides; this class owns the state and writes.
 */
export class ReplicaSession {
  readonly caller: Caller;
  readonly introduction: Introduction = {
    listeningPort: 0,
    announcedHost: '',
    understandsEofMark: false,
    understandsPsync2: false,
    understandsSharedHash: false,
    wantsSnapshotOnly: false,
    content: 'all',
    isPrePsync: false,
  };
  /** The highest offset that it acknowledged; -1 while it may still be loading its snapshot. */
  acknowledgedOffset = -1;
  /** When it last said anything. */
  heardAtMs = 0;
  /** When its connection last took bytes, while some waited. */
  progressAtMs = 0;

  readonly #log: Log;
  readonly #countOutput: (bytes: number) => void;
  #state: ReplicaState = { name: 'introducing' };
  #owesAck = false;
  #connection: Connection | null = null;
  #reader: LogReader | null = null;
  #pendingBefore = 0;
  #overSoftLimitSinceMs: number | null = null;

  constructor(caller: Caller, log: Log, countOutput: (bytes: number) => void) {
    this.caller = caller;
    this.#log = log;
    this.#countOutput = countOutput;
  }

  get state(): ReplicaState {
    return this.#state;
  }

  /**
   * A snapshot's bytes went to it, and it has not acknowledged since. False for those that never do,
   * and for those that cannot be told apart because they named no port.
   */
  get owesAck(): boolean {
    return this.#owesAck;
  }

  /** Where it can be found. */
  get host(): string {
    const { announcedHost } = this.introduction;
    return announcedHost === '' ? this.caller.remoteHost : announcedHost;
  }

  /** `host:port` for the log, in Redis' words when it did not tell its port. */
  get address(): string {
    const { listeningPort } = this.introduction;
    return `${this.host}:${listeningPort === 0 ? '<unknown-replica-port>' : listeningPort}`;
  }

  /** Bytes of the stream that are kept for it, plus what its connection has not taken. */
  get heldBytes(): number {
    return (this.#reader?.heldBytes ?? 0) + this.pendingBytes;
  }

  /** Bytes that its connection has not taken. */
  get pendingBytes(): number {
    return this.#connection?.pendingBytes ?? 0;
  }

  /** It has its connection for itself now. */
  attach(connection: Connection, nowMs: number): void {
    this.#connection = connection;
    this.heardAtMs = nowMs;
    this.progressAtMs = nowMs;
  }

  /** From which byte on the stream will go to it. */
  readFrom(reader: LogReader): void {
    this.#reader = reader;
  }

  /** The only place where the state changes. */
  handle(event: ReplicaEvent): void {
    const from = this.#state;
    const { state, effects } = step(from, event);
    if (event.kind === 'acknowledged') this.#owesAck = false;
    if (state !== from) this.#enter(from, state);
    for (const effect of effects) {
      if (effect === 'stream') this.flush();
      else this.#release();
    }
  }

  /** Writes bytes that are not part of the stream. They must not change any more. */
  send(bytes: Uint8Array): void {
    if (this.#connection === null) return;
    this.#countOutput(bytes.length);
    this.#connection.write(bytes);
  }

  /** Says why there is no snapshot, then closes: bytes that wait are sent first. */
  refuse(line: Uint8Array): void {
    this.send(line);
    this.#connection?.end();
  }

  /** Writes what the log has for it, straight from the shared blocks, until too much waits. */
  flush(): void {
    const connection = this.#connection;
    const reader = this.#reader;
    if (this.#state.name !== 'streaming' || connection === null || reader === null) return;
    while (connection.pendingBytes < maxPendingBytes) {
      const stretch = reader.next();
      if (stretch === null) break;
      this.#countOutput(stretch.length);
      if (connection.write(stretch)) reader.release();
    }
  }

  /** Its connection took all that waited. */
  drained(nowMs: number): void {
    this.progressAtMs = nowMs;
    this.#pendingBefore = 0;
    if (this.#state.name !== 'streaming') return;
    this.#reader?.release();
    this.flush();
  }

  /** Nothing ran here for so long: that was no silence of the replica. */
  excuse(stallMs: number): void {
    this.heardAtMs += stallMs;
    this.progressAtMs += stallMs;
  }

  /** Notes whether its connection takes bytes at all. To be called each second. */
  watchProgress(nowMs: number): void {
    const pending = this.pendingBytes;
    if (pending === 0 || pending < this.#pendingBefore) this.progressAtMs = nowMs;
    this.#pendingBefore = pending;
  }

  /** Whether it costs more memory than it may. */
  exceeds(limit: OutputLimit, backlogBytes: number, nowMs: number): boolean {
    const held = this.heldBytes;
    // The backlog is kept anyway: a replica that is no further behind costs nothing.
    if (limit.hardBytes > 0 && held > Math.max(limit.hardBytes, backlogBytes)) return true;
    if (limit.softBytes === 0 || held <= limit.softBytes) {
      this.#overSoftLimitSinceMs = null;
      return false;
    }
    this.#overSoftLimitSinceMs ??= nowMs;
    return nowMs - this.#overSoftLimitSinceMs > limit.softSeconds * 1000;
  }

  #enter(from: ReplicaState, to: ReplicaState): void {
    assert(nextStates[from.name].includes(to.name), `replica goes from ${from.name} to ${to.name}`);
    this.#state = to;
    if (to.name === 'sendingSnapshot') this.#owesAck = this.#isExpectedToAck();
    this.#log.debug('replica state changed', {
      replica: this.address,
      from: from.name,
      to: to.name,
    });
  }

  #isExpectedToAck(): boolean {
    const { isPrePsync, wantsSnapshotOnly, listeningPort } = this.introduction;
    return !isPrePsync && !wantsSnapshotOnly && listeningPort !== 0;
  }

  #release(): void {
    this.#reader?.close();
    this.#reader = null;
    if (this.#state.name === 'closed') this.#connection = null;
  }
}
