import type { Caller } from '../host.ts';
import { steadyMs } from '../steady-time.ts';
import type { ReplicationWorld } from '../world.ts';
import { FullSyncs } from './full-sync.ts';
import { ReplicaSession } from './replica-session.ts';
import { wireName } from './replica-state.ts';
import type { StreamSource } from './snapshot-source.ts';

/** What others want to know of a replica. */
export interface ReplicaView {
  readonly host: string;
  readonly port: number;
  /** In the words of INFO. */
  readonly state: string;
  readonly offset: number;
  readonly lagSeconds: number;
  readonly heldBytes: number;
}

/** All replicas of this server, and the clients that are about to become one. */
export class Replicas {
  readonly fullSyncs: FullSyncs;
  readonly #world: ReplicationWorld;
  readonly #countOutput: (bytes: number) => void;
  readonly #sessions = new Map<number, ReplicaSession>();
  #attachedCount = 0;
  #goodCount = 0;
  #outputLimitDisconnections = 0;

  constructor(world: ReplicationWorld, source: StreamSource, countOutput: (bytes: number) => void) {
    this.#world = world;
    this.#countOutput = countOutput;
    this.fullSyncs = new FullSyncs(world, source, (session, reason) => this.close(session, reason));
  }

  /** How many asked for a sync and are here. */
  get attachedCount(): number {
    return this.#attachedCount;
  }

  /** How many stream and were heard of within `min-replicas-max-lag`; counted anew each second. */
  get goodCount(): number {
    return this.#goodCount;
  }

  /** How many were cut because they cost too much memory. */
  get outputLimitDisconnections(): number {
    return this.#outputLimitDisconnections;
  }

  /** The session of a client that speaks REPLCONF, PSYNC or SYNC. */
  sessionOf(caller: Caller): ReplicaSession {
    const known = this.#sessions.get(caller.id);
    if (known !== undefined) return known;
    const session = new ReplicaSession(caller, this.#world.log, this.#countOutput);
    this.#sessions.set(caller.id, session);
    return session;
  }

  /** The same, or null when the client never spoke of replication. */
  find(sessionId: number): ReplicaSession | null {
    return this.#sessions.get(sessionId) ?? null;
  }

  /** The session becomes a replica: its connection is ours. */
  attach(session: ReplicaSession): void {
    const connection = this.#world.host.takeOver(session.caller.id);
    connection.setNoDelay(!this.#world.settings.replDisableTcpNoDelay);
    session.attach(connection, steadyMs(this.#world.clock));
    this.#attachedCount += 1;
  }

  /** An acknowledgement came. Returns whether it says something new. */
  acknowledged(session: ReplicaSession, offset: number): boolean {
    session.heardAtMs = steadyMs(this.#world.clock);
    if (session.state.name === 'awaitingFirstAck') {
      this.#world.log.notice(`Synchronization with replica ${session.address} succeeded`);
    }
    if (session.owesAck) this.fullSyncs.acknowledged(session);
    session.handle({ kind: 'acknowledged' });
    const isNews = offset > session.acknowledgedOffset;
    if (isNews) session.acknowledgedOffset = offset;
    this.countGood();
    return isNews;
  }

  /** How many stream and acknowledged `offset`. */
  acknowledgedBy(offset: number): number {
    let count = 0;
    for (const { state, acknowledgedOffset } of this.#sessions.values()) {
      if (state.name === 'streaming' && acknowledgedOffset >= offset) count += 1;
    }
    return count;
  }

  /** Hands the turn's bytes to all that stream, and gives up who costs too much. */
  flush(backlogBytes: number): void {
    const { clock, settings } = this.#world;
    const nowMs = steadyMs(clock);
    for (const session of this.#sessions.values()) {
      session.flush();
      if (session.exceeds(settings.replicaOutputLimit, backlogBytes, nowMs)) {
        this.#outputLimitDisconnections += 1;
        this.close(session, outputLimitExceeded);
      }
    }
  }

  /** To be called each second; `stallMs` is the time in which nothing here ran. */
  tick(backlogBytes: number, stallMs: number): void {
    const nowMs = steadyMs(this.#world.clock);
    for (const session of [...this.#sessions.values()]) {
      session.excuse(stallMs);
      session.watchProgress(nowMs);
      const reason = this.#timeoutOf(session, nowMs);
      if (reason !== null) this.close(session, reason);
    }
    this.fullSyncs.tick();
    this.flush(backlogBytes);
    this.countGood();
  }

  /** Ends a replica's session from our side. */
  close(session: ReplicaSession, reason: string): void {
    if (session.state.name === 'closed') return;
    this.#world.log.warning(farewellTo(session, reason));
    this.#end(session);
    this.#world.host.closeSession(session.caller.id);
  }

  /** Ends all of them: what they have is no longer what we have. Introductions stay. */
  closeAll(reason: string): void {
    for (const session of [...this.#sessions.values()]) {
      if (session.state.name !== 'introducing') this.close(session, reason);
    }
  }

  /** A client's connection is gone. */
  closed(sessionId: number): void {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return;
    if (session.state.name !== 'introducing') {
      this.#world.log.notice(`Connection with replica ${session.address} lost.`);
    }
    if (session.owesAck) this.fullSyncs.leftUnacknowledged(session);
    this.#end(session);
  }

  /** A client's connection took what waited. */
  drained(sessionId: number): void {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return;
    session.drained(steadyMs(this.#world.clock));
    this.fullSyncs.drained(session);
  }

  /** Those that INFO and ROLE list, in the order of their coming. */
  views(): readonly ReplicaView[] {
    const nowMs = steadyMs(this.#world.clock);
    const views: ReplicaView[] = [];
    for (const session of this.#sessions.values()) {
      const state = wireName(session.state);
      if (state === null || session.introduction.wantsSnapshotOnly) continue;
      views.push({
        host: session.host,
        port: session.introduction.listeningPort,
        state,
        offset: Math.max(0, session.acknowledgedOffset),
        lagSeconds: state === 'online' ? lagSeconds(session, nowMs) : 0,
        heldBytes: session.heldBytes,
      });
    }
    return views;
  }

  /** Counts the good replicas anew; cheap, done whenever one may have become better or worse. */
  countGood(): void {
    const { settings, clock } = this.#world;
    const nowMs = steadyMs(clock);
    let count = 0;
    for (const session of this.#sessions.values()) {
      if (session.state.name !== 'streaming') continue;
      if (lagSeconds(session, nowMs) <= settings.minReplicasMaxLagSeconds) count += 1;
    }
    this.#goodCount = count;
  }

  #end(session: ReplicaSession): void {
    const wasAttached = session.state.name !== 'introducing';
    this.#sessions.delete(session.caller.id);
    session.handle({ kind: 'closed' });
    if (!wasAttached) return;
    this.#attachedCount -= 1;
    this.fullSyncs.leave(session);
    this.countGood();
  }

  #timeoutOf(session: ReplicaSession, nowMs: number): string | null {
    const sinceMs = nowMs - this.#world.settings.replTimeoutSeconds * 1000;
    switch (session.state.name) {
      case 'streaming':
      case 'awaitingFirstAck':
        // Old replicas do not acknowledge: only their connection tells that they are alive.
        if (session.introduction.isPrePsync || session.heardAtMs >= sinceMs) return null;
        return 'timedout replica (streaming sync)';
      case 'sendingSnapshot':
        // Nobody expects a word from it before it has its snapshot.
        session.heardAtMs = nowMs;
        return session.progressAtMs < sinceMs ? 'timedout replica (full sync)' : null;
      case 'snapshotDelivered':
        return session.heardAtMs < sinceMs ? 'it has its snapshot' : null;
      case 'awaitingSnapshot':
      case 'snapshotting':
        session.heardAtMs = nowMs;
        return null;
      default:
        return null;
    }
  }
}

const outputLimitExceeded = 'output limit exceeded';

/** Why a replica is disconnected, in the words that operators know. */
function farewellTo({ address }: ReplicaSession, reason: string): string {
  if (reason.startsWith('timedout')) return `Disconnecting ${reason}: ${address}`;
  return reason === outputLimitExceeded
    ? `Replica ${address} closed for overcoming of output buffer limits.`
    : `Disconnecting replica ${address}: ${reason}`;
}

/** Seconds since it was last heard of. */
function lagSeconds(session: ReplicaSession, nowMs: number): number {
  return Math.floor((nowMs - session.heardAtMs) / 1000);
}
