import { assert } from '../../base/assert.ts';
import { bytesOfLatin1 } from '../../base/bytes.ts';
import type { Connection } from '../../runtime/connection.ts';
import type { ReplicationId } from '../position.ts';
import { steadyMs } from '../steady-time.ts';
import type { ReplicationWorld } from '../world.ts';
import { frameOf, handshakeRequests } from './handshake.ts';
import { Intake } from './intake.ts';
import { LineReader } from './line-reader.ts';
import type { LinkOwner } from './link-owner.ts';
import type { LinkEffect, LinkEvent, LinkState } from './link-state.ts';
import { nextStates, step } from './link-state.ts';
import { pauseAfterFailedLoad } from './retry-pause.ts';

/** Why the last snapshot could not be loaded. */
export interface LoadFailure {
  readonly reason: string;
  readonly retryAtMs: number;
}

const newline = bytesOfLatin1('\n');
const oldSync = bytesOfLatin1('SYNC\r\n');

/**
 * A replica's link to its primary: keeps it up, takes the snapshot and the stream, and acknowledges.
 * `link-state.ts` decides; this class owns the state, the connection and the timers.
 */
export class Link {
  readonly target: { readonly host: string; readonly port: number };
  readonly #world: ReplicationWorld;
  readonly #owner: LinkOwner;
  readonly #lines = new LineReader();
  readonly #intake: Intake;
  #state: LinkState = { name: 'disconnected', retryAtMs: 0 };
  #isStopped = false;
  #connection: Connection | null = null;
  #cancelAttempt: (() => void) | null = null;
  /** The connection ended while a snapshot that had arrived whole was still being loaded. */
  #lossAfterLoad: string | null = null;
  #lastIoMs: number;
  #downSinceMs: number;
  #failedLoads = 0;
  #loadFailure: LoadFailure | null = null;

  constructor(
    target: { readonly host: string; readonly port: number },
    world: ReplicationWorld,
    owner: LinkOwner,
  ) {
    this.target = target;
    this.#world = world;
    this.#owner = owner;
    this.#lastIoMs = steadyMs(world.clock);
    this.#downSinceMs = this.#lastIoMs;
    this.#intake = new Intake(world, owner, {
      onPause: () => this.#connection?.pause(),
      onResume: () => this.#connection?.resume(),
      onLoaded: () => this.#loaded(),
      onLoadFailure: (reason, permanent) => this.#loadFailed(reason, permanent),
      onAskedToAcknowledge: () => this.#acknowledge(),
      onDesynchronized: (problem) => this.#desynchronized(problem),
    });
  }

  get state(): LinkState {
    return this.#state;
  }

  get isUp(): boolean {
    return this.#state.name === 'streaming';
  }

  /** When the primary was last heard of. */
  get lastIoMs(): number {
    return this.#lastIoMs;
  }

  /** Since when the link is not streaming. Meaningless while it is. */
  get downSinceMs(): number {
    return this.#downSinceMs;
  }

  /** Bytes of the stream that are here but not applied. */
  get waitingBytes(): number {
    return this.#intake.waitingBytes;
  }

  /** How far the snapshot is; null when none is coming in. */
  get progress(): { readonly totalBytes: number | null; readonly readBytes: number } | null {
    return this.#intake.snapshot;
  }

  /** Why the last snapshot was not loaded; null after one that was. */
  get loadFailure(): LoadFailure | null {
    return this.#loadFailure;
  }

  /** Begins to connect at once. */
  start(): void {
    this.#handle({ kind: 'due', nowMs: this.#nowMs() });
  }

  /** Ends the link for good. The position stays with the owner. */
  stop(): void {
    this.#isStopped = true;
    this.#drop();
  }

  /** Holds the stream back, as CLIENT PAUSE wants it: bytes are taken and wait. */
  pauseApplying(): void {
    this.#intake.pauseApplying();
  }

  /** Applies what waits and goes on. */
  resumeApplying(): void {
    this.#intake.resumeApplying();
  }

  /** A connection that streams is broken on purpose, and taken up again; false when none does. */
  breakConnection(): boolean {
    if (this.#state.name !== 'streaming') return false;
    this.#handle({ kind: 'lost', reason: 'Connection with master lost.', nowMs: this.#nowMs() });
    return true;
  }

  /** To be called each second; `stallMs` is the time in which nothing here ran. */
  tick(stallMs: number): void {
    const nowMs = this.#nowMs();
    // What the primary sent meanwhile is still to be read: a stall of ours is no silence of its.
    this.#lastIoMs += stallMs;
    const { snapshot, isFinishingSnapshot } = this.#intake;
    if (this.#state.name === 'disconnected') {
      this.#handle({ kind: 'due', nowMs });
    } else if (!isFinishingSnapshot && this.#isSilent(nowMs)) {
      this.#handle({ kind: 'lost', reason: this.#silence(), nowMs });
    } else if (this.#state.name === 'streaming') {
      this.#acknowledge();
    } else if (snapshot?.isLoading === true && this.#lossAfterLoad === null) {
      // A long load is not a dead replica.
      this.#connection?.write(newline);
    }
  }

  #isSilent(nowMs: number): boolean {
    return nowMs - this.#lastIoMs > this.#world.settings.replTimeoutSeconds * 1000;
  }

  #silence(): string {
    switch (this.#state.name) {
      case 'receivingSnapshot':
        return (
          'Timeout receiving bulk data from MASTER... If the problem persists try to set the ' +
          "'repl-timeout' parameter in redis.conf to a larger value."
        );
      case 'streaming':
        return 'MASTER timeout: no data nor PING received...';
      default:
        return 'Timeout connecting to the MASTER...';
    }
  }

  /** The only place where the state changes. */
  #handle(event: LinkEvent): void {
    if (this.#isStopped) return;
    const from = this.#state;
    const { state, effects } = step(from, event);
    if (state !== from) this.#enter(from, state);
    for (const effect of effects) this.#perform(effect);
  }

  #enter(from: LinkState, to: LinkState): void {
    assert(nextStates[from.name].includes(to.name), `a link goes from ${from.name} to ${to.name}`);
    this.#state = to;
    if (from.name === 'streaming') {
      this.#downSinceMs = this.#nowMs();
      this.#world.log.notice('Caching the disconnected master state.');
    }
    if (from.name !== to.name) {
      this.#world.log.debug('link state changed', { from: from.name, to: to.name });
    }
  }

  #perform(effect: LinkEffect): void {
    switch (effect.kind) {
      case 'connect':
        this.#connect();
        break;
      case 'send':
        this.#send(effect.frame);
        break;
      case 'requestPartialSync':
        this.#requestPartialSync();
        break;
      case 'requestOldSync':
        this.#world.log.notice('Retrying with SYNC...');
        this.#send(oldSync);
        break;
      case 'receiveSnapshot':
        this.#intake.expectSnapshot(effect.target);
        break;
      case 'continue':
        this.#continue(effect.id);
        break;
      case 'acknowledge':
        this.#acknowledge();
        break;
      case 'forgetPosition':
        this.#world.log.notice('Discarding previously cached master state.');
        this.#owner.forgetPosition();
        break;
      case 'close':
        this.#world.log.warning(effect.reason);
        this.#drop();
        break;
      case 'retryNow':
        this.#world.log.notice(`Reconnecting to MASTER ${this.#address()}`);
        this.#handle({ kind: 'due', nowMs: this.#nowMs() });
        break;
    }
  }

  #connect(): void {
    const { connector, log } = this.#world;
    this.#lastIoMs = this.#nowMs();
    log.notice(`Connecting to MASTER ${this.#address()}`);
    log.notice('MASTER <-> REPLICA sync started');
    this.#cancelAttempt = connector.connect(
      this.target,
      (connection) => this.#opened(connection),
      (cause) => {
        this.#cancelAttempt = null;
        const reason = `Error condition on socket for SYNC: ${cause}`;
        this.#handle({ kind: 'lost', reason, nowMs: this.#nowMs() });
      },
    );
  }

  #opened(connection: Connection): void {
    const { settings, log } = this.#world;
    this.#cancelAttempt = null;
    this.#connection = connection;
    this.#lines.reset();
    this.#lastIoMs = this.#nowMs();
    connection.setNoDelay(!settings.replDisableTcpNoDelay);
    connection.setKeepAlive(settings.tcpKeepAliveSeconds);
    connection.listen({
      onData: (bytes, length) => this.#received(connection, bytes, length),
      onDrain: () => {},
      onClose: (reason) => this.#closed(connection, reason),
    });
    log.notice('Non blocking connect for SYNC fired the event.');
    this.#handle({ kind: 'connected', requests: handshakeRequests(settings) });
  }

  #closed(connection: Connection, cause: string): void {
    if (connection !== this.#connection) return;
    const reason = `Connection with master lost.${cause === '' ? '' : ` ${cause}`}`;
    // The snapshot is all here: once it is loaded, a partial sync will do.
    if (this.#intake.isFinishingSnapshot) this.#lossAfterLoad = reason;
    else this.#handle({ kind: 'lost', reason, nowMs: this.#nowMs() });
  }

  #received(connection: Connection, bytes: Uint8Array, length: number): void {
    this.#lastIoMs = this.#nowMs();
    this.#owner.countInput(length);
    let at = 0;
    // Whatever happens on the way may end the connection.
    while (at < length && connection === this.#connection) {
      at = this.#intake.isActive
        ? this.#intake.take(bytes, at, length)
        : this.#takeLine(bytes, at, length);
    }
  }

  #takeLine(bytes: Uint8Array, start: number, end: number): number {
    const at = this.#lines.feed(bytes, start, end);
    const nowMs = this.#nowMs();
    const { line } = this.#lines;
    if (this.#lines.isTooLong) {
      this.#handle({ kind: 'lost', reason: 'A reply line of MASTER has no end', nowMs });
    } else if (line !== null) {
      if (this.#state.name === 'handshaking' && this.#state.step === 0) {
        this.#world.log.notice('Master replied to PING, replication can continue...');
      }
      this.#handle({ kind: 'line', line, nowMs });
    }
    return at;
  }

  #desynchronized(problem: string): void {
    const reason = `Protocol error (Master using the inline protocol. Desync?): ${problem}`;
    this.#handle({ kind: 'desynchronized', reason, nowMs: this.#nowMs() });
  }

  #requestPartialSync(): void {
    const { position } = this.#owner;
    const { log } = this.#world;
    if (position === null) {
      log.notice('Partial resynchronization not possible (no cached master)');
      this.#send(frameOf(['PSYNC', '?', '-1']));
      return;
    }
    const nextByte = String(position.offset + 1);
    log.notice(`Trying a partial resynchronization (request ${position.id}:${nextByte}).`);
    this.#send(frameOf(['PSYNC', position.id, nextByte]));
  }

  #continue(id: ReplicationId | null): void {
    const { log } = this.#world;
    log.notice('Successful partial resynchronization with master.');
    if (id !== null && !this.#owner.hasHistory(id)) {
      log.notice(`Master replication ID changed to ${id}`);
    }
    this.#owner.continueHistory(id);
    this.#intake.expectStream();
    log.notice('MASTER <-> REPLICA sync: Master accepted a Partial Resynchronization.');
  }

  #loaded(): void {
    this.#failedLoads = 0;
    this.#loadFailure = null;
    this.#lastIoMs = this.#nowMs();
    this.#connection?.resume();
    this.#handle({ kind: 'snapshotLoaded', nowMs: this.#nowMs() });
    const reason = this.#lossAfterLoad;
    this.#lossAfterLoad = null;
    if (reason !== null) this.#handle({ kind: 'lost', reason, nowMs: this.#nowMs() });
  }

  #loadFailed(cause: string, isPermanent: boolean): void {
    this.#failedLoads += 1;
    const pauseMs = pauseAfterFailedLoad(this.#failedLoads, isPermanent);
    const retryAtMs = this.#nowMs() + pauseMs;
    this.#loadFailure = { reason: cause, retryAtMs };
    const reason =
      `Failed trying to load the MASTER synchronization DB: ${cause}; ` +
      `next attempt in ${Math.ceil(pauseMs / 1000)} seconds`;
    this.#handle({ kind: 'snapshotFailed', reason, retryAtMs });
  }

  #acknowledge(): void {
    if (this.#state.name !== 'streaming' || !this.#state.acknowledges) return;
    this.#send(frameOf(['REPLCONF', 'ACK', String(this.#owner.offset)]));
  }

  #send(frame: Uint8Array): void {
    this.#connection?.write(frame);
  }

  /** Lets go of the connection and of all that came over it and is not applied. */
  #drop(): void {
    this.#cancelAttempt?.();
    this.#cancelAttempt = null;
    const connection = this.#connection;
    this.#connection = null;
    connection?.destroy();
    this.#intake.close();
    this.#lossAfterLoad = null;
  }

  #address(): string {
    return `${this.target.host}:${this.target.port}`;
  }

  #nowMs(): number {
    return steadyMs(this.#world.clock);
  }
}
