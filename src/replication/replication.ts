import { assert } from '../base/assert.ts';
import { CommandError, errors } from '../protocol/errors.ts';
import type { ReplyWriter } from '../protocol/reply-writer.ts';
import type { Request } from '../protocol/request.ts';
import type { Timer } from '../runtime/clock.ts';
import { ReplicationFeed } from './feed.ts';
import type { Caller } from './host.ts';
import type { InfoField } from './info.ts';
import { replicationInfo } from './info.ts';
import { ReplicationLog } from './log.ts';
import { LonelyBacklog } from './lonely-backlog.ts';
import type { History, SavedPosition } from './position.ts';
import { readReplconf } from './primary/replconf.ts';
import type { ReplicaView } from './primary/replicas.ts';
import { Replicas } from './primary/replicas.ts';
import { answerSync } from './primary/sync-requests.ts';
import { Link } from './replica/link.ts';
import { type Address, type Role, type RoleView, roleViewOf } from './role.ts';
import { Standing } from './standing.ts';
import { type ReplicationStatistics, replicationStatistics } from './statistics.ts';
import { steadyMs } from './steady-time.ts';
import type { SyncRecord } from './sync-history.ts';
import { SyncHistory } from './sync-history.ts';
import type { WaitRequest } from './waits.ts';
import { Waits } from './waits.ts';
import type { ReplicationWorld } from './world.ts';

const tickMs = 1_000;

/**
 * One server's part in a history of writes: its role, its link to a primary or its own stream, and
 * the replicas that follow it.
 */
export class Replication {
  /** Where the engine hands its effects over. */
  readonly feed: ReplicationFeed;
  readonly #world: ReplicationWorld;
  readonly #log: ReplicationLog;
  readonly #standing: Standing;
  readonly #replicas: Replicas;
  readonly #waits: Waits;
  readonly #syncs = new SyncHistory();
  readonly #lonelyBacklog: LonelyBacklog;
  #role: Role = { name: 'primary' };
  #timer: Timer | null = null;
  #ticks = 0;
  #streamIsPaused = false;
  #acknowledgementsWanted = false;
  #lastTickMs: number;
  #inputBytes = 0;
  #outputBytes = 0;

  constructor(world: ReplicationWorld) {
    const { host, settings, clock, random } = world;
    this.#world = world;
    this.#lonelyBacklog = new LonelyBacklog(clock);
    this.#lastTickMs = steadyMs(clock);
    this.#log = new ReplicationLog(settings.replBacklogBytes);
    this.feed = new ReplicationFeed(this.#log, () => clock.endOfTurn(() => this.#flush()));
    this.#standing = new Standing({
      host,
      random,
      log: this.#log,
      feed: this.feed,
      cutReplicas: (reason) => this.#replicas.closeAll(reason),
      countInput: (bytes) => {
        this.#inputBytes += bytes;
      },
    });
    this.#replicas = new Replicas(world, this.#standing, (bytes) => {
      this.#outputBytes += bytes;
    });
    this.#waits = new Waits(clock, (offset) => this.acknowledgedBy(offset));
  }

  /** Takes the role that the settings name, before the data is loaded; `start` goes on from here. */
  prepare(primary: Address | null): void {
    if (primary === null) return;
    this.#standing.forgetPosition();
    this.#becomeReplicaOf(primary.host, primary.port);
  }

  /** Where the data stands, for the file that it is saved to; null: nobody could go on from there. */
  get savedPosition(): SavedPosition | null {
    return this.#standing.savedPosition;
  }

  /** The data came from a file that was saved at `saved`. Requires: `prepare`, and no `start` yet. */
  restore(saved: SavedPosition): void {
    this.#standing.restore(saved);
    this.#lonelyBacklog.expectReplicas();
  }

  /**
   * Begins to tick, as a primary or as a replica, whose data begins with its first full sync unless
   * it was restored.
   */
  start(primary: Address | null): void {
    if (this.#role.name === 'primary') this.prepare(primary);
    this.#timer = this.#world.clock.every(tickMs, () => this.#tick());
    if (this.#role.name === 'replica') this.#role.link.start();
  }

  /** A walk over the data set is over: a full sync may begin. */
  snapshotIsFree(): void {
    this.#replicas.fullSyncs.snapshotIsFree();
  }

  /** Ends the link and all timers: the server stops. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#role.name === 'replica') this.#role.link.stop();
    this.#replicas.closeAll('the server stops');
  }

  get isReplica(): boolean {
    return this.#role.name === 'replica';
  }

  /** Whether the primary's stream comes in; true on a primary, which needs none. */
  get isLinkUp(): boolean {
    return this.#role.name === 'primary' || this.#role.link.isUp;
  }

  /** The primary followed; null on a primary. For CONFIG REWRITE. */
  get primaryAddress(): Address | null {
    return this.#role.name === 'replica' ? this.#role.link.target : null;
  }

  get history(): History {
    return this.#standing.history;
  }

  /** Bytes of the history so far: produced, or applied. What a write's client later waits for. */
  get offset(): number {
    return this.#log.offset;
  }

  /** Replicas that stream and are heard of: for `min-replicas-to-write`. */
  get goodReplicaCount(): number {
    return this.#replicas.goodCount;
  }

  /** Replicas in INFO's order. */
  get replicas(): readonly ReplicaView[] {
    return this.#replicas.views();
  }

  /** The last syncs that replicas asked for, oldest first, with the reason for each full one. */
  get syncRecords(): readonly SyncRecord[] {
    return this.#syncs.records;
  }

  /** How many bytes of the stream, and which, are still here; null without a backlog. */
  get backlog(): ReplicationLog['window'] {
    return this.#log.window;
  }

  /** REPLICAOF host port: `already` when that primary is followed. */
  follow(host: string, port: number): 'ok' | 'already' {
    const role = this.#role;
    if (role.name === 'replica') {
      const { target } = role.link;
      if (target.host.toLowerCase() === host.toLowerCase() && target.port === port)
        return 'already';
      role.link.stop();
    }
    this.#becomeReplicaOf(host, port).start();
    return 'ok';
  }

  /** REPLICAOF NO ONE. Harmless on a primary. */
  promote(): void {
    if (this.#role.name === 'primary') return;
    const { host, log } = this.#world;
    this.#role.link.stop();
    this.#role = { name: 'primary' };
    const { history } = this.#standing;
    this.#standing.shift();
    this.feed.setOriginates(true);
    this.feed.forgetDatabase();
    this.#lonelyBacklog.expectReplicas();
    log.notice(
      `Setting secondary replication ID to ${history.id}, valid up to offset: ` +
        `${this.offset + 1}. New replication ID is ${this.history.id}`,
    );
    log.notice('MASTER MODE enabled');
    host.roleChanged('primary');
  }

  /** CLIENT KILL TYPE master: the link breaks, and is taken up again; false where there is none. */
  breakLink(): boolean {
    return this.#role.name === 'replica' && this.#role.link.breakConnection();
  }

  /** What ROLE shows. */
  roleView(): RoleView {
    return roleViewOf(this.#role, this.offset, this.#replicas.views());
  }

  /** REPLCONF. Replies, or not where none is due; throws a `CommandError`. */
  replconf(caller: Caller, request: Request, reply: ReplyWriter): void {
    const session = this.#replicas.sessionOf(caller);
    const outcome = readReplconf(request, session.introduction);
    if (outcome.kind === 'introduced') reply.ok();
    if (outcome.kind !== 'acknowledged' || session.state.name === 'introducing') return;
    if (this.#replicas.acknowledged(session, outcome.offset)) this.#waits.check();
  }

  /**
   * PSYNC or SYNC: the session becomes a replica's, or a `CommandError` is thrown and it stays a
   * client's. `hasPendingOutput`: replies to the client are not all sent yet.
   */
  sync(caller: Caller, request: Request, hasPendingOutput: boolean): void {
    const session = this.#replicas.sessionOf(caller);
    if (session.state.name !== 'introducing') return;
    const namesFailover = request.count > 3 && request.is(3, 'failover');
    if (namesFailover && request.is(0, 'psync')) this.#takeOverFor(request);
    if (!this.isLinkUp) throw errors.noPrimaryLink;
    const { log, clock } = this.#world;
    answerSync(session, request, hasPendingOutput, {
      replicas: this.#replicas,
      log: this.#log,
      source: this.#standing,
      records: this.#syncs,
      lines: log,
      clock,
      startHistory: () => this.#startHistory(),
    });
  }

  /** Something arrived from a client's session, be it an empty line: a replica is alive. */
  noteActivity(sessionId: number): void {
    const session = this.#replicas.find(sessionId);
    if (session !== null) session.heardAtMs = steadyMs(this.#world.clock);
  }

  /** Whether a session is a replica's, in whatever state. */
  isReplicaSession(sessionId: number): boolean {
    const session = this.#replicas.find(sessionId);
    return session !== null && session.state.name !== 'introducing';
  }

  /** A client's connection is gone. */
  sessionClosed(sessionId: number): void {
    this.#replicas.closed(sessionId);
  }

  /** The connection of a session that was taken over has sent what was pending. */
  sessionDrained(sessionId: number): void {
    this.#replicas.drained(sessionId);
  }

  /** How many replicas stream and acknowledged `offset`. */
  acknowledgedBy(offset: number): number {
    return this.#replicas.acknowledgedBy(offset);
  }

  /**
   * WAIT, when `acknowledgedBy` is not enough yet: the replicas are asked once at the end of this
   * turn. Returns a function that takes the wait back; then `onDone` is not called.
   */
  wait(request: WaitRequest): () => void {
    const forget = this.#waits.add(request);
    this.askForAcknowledgements();
    return forget;
  }

  /** Asks all replicas at the end of this turn how far they are, once. */
  askForAcknowledgements(): void {
    if (this.#acknowledgementsWanted) return;
    this.#acknowledgementsWanted = true;
    this.#world.clock.endOfTurn(() => this.#flush());
  }

  /** CLIENT PAUSE: the primary's stream is taken but not applied. */
  pauseStream(): void {
    this.#streamIsPaused = true;
    if (this.#role.name === 'replica') this.#role.link.pauseApplying();
  }

  /** CLIENT UNPAUSE, or the pause is over. */
  resumeStream(): void {
    this.#streamIsPaused = false;
    if (this.#role.name === 'replica') this.#role.link.resumeApplying();
  }

  /** Settings changed: those that are not read at each use take effect. */
  applySettings(): void {
    const { replBacklogBytes } = this.#world.settings;
    if (replBacklogBytes !== this.#log.backlogBytes) this.#log.resize(replBacklogBytes);
    this.#replicas.countGood();
  }

  /** DEBUG CHANGE-REPL-ID */
  changeReplicationId(): void {
    this.#standing.renameHistory();
  }

  /** The section `# Replication` of INFO. */
  infoFields(): readonly InfoField[] {
    return replicationInfo({
      role: this.#role,
      settings: this.#world.settings,
      history: this.history,
      log: this.#log,
      replicas: this.#replicas.views(),
      goodReplicaCount: this.goodReplicaCount,
      nowMs: steadyMs(this.#world.clock),
    });
  }

  /** What replication adds to the sections `# Stats` and `# Memory`. */
  statistics(): ReplicationStatistics {
    return replicationStatistics({
      syncs: this.#syncs,
      log: this.#log,
      replicas: this.#replicas,
      inputBytes: this.#inputBytes,
      outputBytes: this.#outputBytes,
    });
  }

  /** CONFIG RESETSTAT */
  resetStatistics(): void {
    this.#syncs.reset();
    this.#inputBytes = 0;
    this.#outputBytes = 0;
  }

  /** The link is there, and not started. */
  #becomeReplicaOf(host: string, port: number): Link {
    const { host: server, log } = this.#world;
    if (this.#role.name === 'primary') this.#demote();
    const link = new Link({ host, port }, this.#world, this.#standing);
    if (this.#streamIsPaused) link.pauseApplying();
    this.#role = { name: 'replica', link };
    server.roleChanged('replica');
    log.notice(`REPLICAOF ${host}:${port} enabled`);
    return link;
  }

  #demote(): void {
    const { host, log } = this.#world;
    log.notice(
      'Before turning into a replica, using my own master parameters to synthesize a cached ' +
        'master: I may be able to synchronize with the new master with just a partial transfer.',
    );
    host.primaryDatabase = this.#standing.streamDatabase;
    this.feed.setOriginates(false);
  }

  /** PSYNC … FAILOVER: our primary hands its place over to us. */
  #takeOverFor(request: Request): void {
    if (this.#role.name === 'primary') throw errors.psyncFailoverToPrimary;
    if (request.text(1).toLowerCase() !== this.history.id) {
      throw new CommandError('ERR PSYNC FAILOVER replid must match my replid.');
    }
    this.promote();
  }

  /** The first replica is here: from now on the stream is kept. */
  #startHistory(): void {
    assert(this.#role.name === 'primary', 'a replica that streams has a backlog');
    this.#standing.startHistory(true);
    this.#world.log.notice(
      'Replication backlog created, my new replication IDs are ' +
        `'${this.history.id}' and '${'0'.repeat(40)}'`,
    );
  }

  /** The end of a turn: what was appended goes out, in one piece for each replica. */
  #flush(): void {
    if (this.#acknowledgementsWanted) {
      this.#acknowledgementsWanted = false;
      this.feed.askForAcknowledgements();
    }
    this.feed.turnEnded();
    this.#replicas.flush(this.#log.backlogBytes);
  }

  #tick(): void {
    const nowMs = steadyMs(this.#world.clock);
    // A stall: SIGSTOP, DEBUG SLEEP, a suspended machine.
    const lateMs = nowMs - this.#lastTickMs - tickMs;
    const stallMs = lateMs > tickMs ? lateMs : 0;
    this.#lastTickMs = nowMs;
    this.#ticks += 1;
    this.applySettings();
    if (this.#role.name === 'replica') this.#role.link.tick(stallMs);
    else this.#tickPrimary();
    this.#replicas.tick(this.#log.backlogBytes, stallMs);
  }

  #tickPrimary(): void {
    const { settings, log } = this.#world;
    if (this.#replicas.attachedCount > 0) {
      this.#lonelyBacklog.expectReplicas();
      if (this.#ticks % settings.replPingReplicaPeriodSeconds === 0) this.feed.ping();
      return;
    }
    const ttlSeconds = settings.replBacklogTtlSeconds;
    if (!this.#log.active || !this.#lonelyBacklog.isForgotten(ttlSeconds)) return;
    // Writes are not counted from here on, so the old id would name two different histories.
    this.#standing.startHistory(false);
    log.notice(`Replication backlog freed after ${ttlSeconds} seconds without connected replicas.`);
  }
}
