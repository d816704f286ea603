import { bytesOfLatin1 } from '../../base/bytes.ts';
import { errors } from '../../protocol/errors.ts';
import type { Timer } from '../../runtime/clock.ts';
import { steadyMs } from '../steady-time.ts';
import type { ReplicationWorld } from '../world.ts';
import { FailedSyncs } from './failed-syncs.ts';
import type { ReplicaSession } from './replica-session.ts';
import type { JobListener, SnapshotJob, StreamSource } from './snapshot-source.ts';
import { SpooledSnapshot } from './spooled-snapshot.ts';
import { StreamedSnapshot } from './streamed-snapshot.ts';

const newline = bytesOfLatin1('\n');

/**
 * Decides when a snapshot begins and who gets it: all that wait for the same content share one, and
 * those who come when it has begun wait for the next, but for a snapshot that goes to a file. Who
 * left with one that it never acknowledged waits for longer, and nobody waits for it.
 */
export class FullSyncs {
  readonly #world: ReplicationWorld;
  readonly #source: StreamSource;
  readonly #giveUp: (session: ReplicaSession, reason: string) => void;
  readonly #waiting = new Set<ReplicaSession>();
  readonly #failed = new FailedSyncs();
  readonly #jobs = new Set<SnapshotJob>();
  /** The job whose snapshot is being made; others may still be sending theirs. */
  #walking: SnapshotJob | null = null;
  #timer: Timer | null = null;
  #isStarting = false;

  /** `giveUp` ends a replica's session. */
  constructor(
    world: ReplicationWorld,
    source: StreamSource,
    giveUp: (session: ReplicaSession, reason: string) => void,
  ) {
    this.#world = world;
    this.#source = source;
    this.#giveUp = giveUp;
  }

  /** Whether a snapshot for replicas is being made. */
  get isWalking(): boolean {
    return this.#walking !== null;
  }

  /** Finds a snapshot for `session`, now or later. Requires: it is in `awaitingSnapshot`. */
  request(session: ReplicaSession): void {
    if (this.#holdBack(session)) return;
    const { log } = this.#world;
    const running = this.#walking;
    if (running instanceof SpooledSnapshot && running.accepts(session)) {
      log.notice('Waiting for end of BGSAVE for SYNC');
      running.join(session);
      return;
    }
    this.#waiting.add(session);
    if (running instanceof SpooledSnapshot) {
      log.notice(
        "Can't attach the replica to the current BGSAVE. Waiting for next BGSAVE for SYNC",
      );
    } else if (running !== null) {
      log.notice('Current BGSAVE has socket target. Waiting for next BGSAVE for SYNC');
    } else if (!this.#world.host.canStartSnapshot) {
      // It goes to our own file, and the stream since its beginning was kept for nobody.
      log.notice(
        "Can't attach the replica to the current BGSAVE. Waiting for next BGSAVE for SYNC",
      );
    }
    this.#startWhenDue();
    if (this.#timer !== null) log.notice('Delay next BGSAVE for diskless SYNC');
  }

  /** The replica is gone. */
  leave(session: ReplicaSession): void {
    this.#waiting.delete(session);
    for (const job of [...this.#jobs]) job.leave(session);
  }

  /** The replica went away with a snapshot, or a part of one, that it never acknowledged. */
  leftUnacknowledged(session: ReplicaSession): void {
    this.#failed.add(session.address, steadyMs(this.#world.clock));
  }

  /** The replica acknowledged for the first time since its snapshot. */
  acknowledged(session: ReplicaSession): void {
    this.#failed.forget(session.address);
  }

  /** The replica's connection took what waited. */
  drained(session: ReplicaSession): void {
    for (const job of this.#jobs) job.drained(session);
  }

  /** Somebody else's snapshot is over. */
  snapshotIsFree(): void {
    this.#startWhenDue();
  }

  /** To be called each second. */
  tick(): void {
    for (const session of this.#waiting) session.send(newline);
    for (const job of [...this.#jobs]) job.tick();
    this.#startWhenDue();
  }

  /** Lets a replica wait that did not acknowledge its last full sync. Returns whether it must. */
  #holdBack(session: ReplicaSession): boolean {
    const { clock, log } = this.#world;
    const { failureCount, leftMs } = this.#failed.pauseOf(session.address, steadyMs(clock));
    if (leftMs === 0) return false;
    log.warning(
      `Replica ${session.address} left ${failureCount} full sync(s) in a row without ` +
        'acknowledging any, perhaps because it cannot load the data. ' +
        `Its next full sync waits ${leftMs} ms`,
    );
    this.#waiting.add(session);
    this.#startWhenDue();
    return true;
  }

  #startWhenDue(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#walking !== null || this.#isStarting || this.#waiting.size === 0) return;
    // Somebody else has one written: `snapshotIsFree` tells when it is over.
    if (!this.#world.host.canStartSnapshot) return;
    const { group, heldMs } = this.#nextGroup();
    if (group.length === 0) {
      this.#startAfter(heldMs);
      return;
    }
    const isStreamed = this.#canStream(group);
    const delayMs = isStreamed ? this.#delayMs(group) : 0;
    if (delayMs > 0) this.#startAfter(Math.min(delayMs, heldMs));
    else this.#start(group, isStreamed);
  }

  #startAfter(delayMs: number): void {
    this.#timer = this.#world.clock.after(delayMs, () => this.#startWhenDue());
  }

  /**
   * All that wait for the same content as the first and are not held back, and how long until the
   * next one of those that are may have its snapshot, or `Infinity`.
   */
  #nextGroup(): { readonly group: readonly ReplicaSession[]; readonly heldMs: number } {
    const nowMs = steadyMs(this.#world.clock);
    const group: ReplicaSession[] = [];
    let heldMs = Number.POSITIVE_INFINITY;
    for (const session of this.#waiting) {
      const { leftMs } = this.#failed.pauseOf(session.address, nowMs);
      if (leftMs > 0) heldMs = Math.min(heldMs, leftMs);
      else if (session.introduction.content === (group[0] ?? session).introduction.content) {
        group.push(session);
      }
    }
    return { group, heldMs };
  }

  #canStream(group: readonly ReplicaSession[]): boolean {
    const { content } = group[0].introduction;
    const isWanted = this.#world.settings.replDisklessSync || content !== 'all';
    return isWanted && group.every((each) => each.introduction.understandsEofMark);
  }

  /** How long others may still join the group. */
  #delayMs(group: readonly ReplicaSession[]): number {
    const { replDisklessSyncDelaySeconds, replDisklessSyncMaxReplicas } = this.#world.settings;
    if (replDisklessSyncMaxReplicas > 0 && group.length >= replDisklessSyncMaxReplicas) return 0;
    const [{ state }] = group;
    const sinceMs = state.name === 'awaitingSnapshot' ? state.sinceMs : 0;
    return sinceMs + replDisklessSyncDelaySeconds * 1000 - steadyMs(this.#world.clock);
  }

  #start(group: readonly ReplicaSession[], isStreamed: boolean): void {
    const target = isStreamed ? 'replicas sockets' : 'disk';
    this.#world.log.notice(`Starting BGSAVE for SYNC with target: ${target}`);
    for (const session of group) this.#waiting.delete(session);
    const Job = isStreamed ? StreamedSnapshot : SpooledSnapshot;
    this.#isStarting = true;
    const job: SnapshotJob = new Job(
      group,
      this.#world,
      this.#source,
      this.#listenerFor(() => job),
    );
    this.#isStarting = false;
    this.#walking = job;
    this.#jobs.add(job);
  }

  #listenerFor(job: () => SnapshotJob): JobListener {
    return {
      onWalked: () => {
        if (this.#walking === job()) this.#walking = null;
      },
      onOver: () => {
        this.#jobs.delete(job());
        this.#startWhenDue();
      },
      onGiveUp: (session, reason) => this.#refuse(session, reason),
    };
  }

  #refuse(session: ReplicaSession, reason: string): void {
    // Before the snapshot's first byte there is a place for an error.
    if (session.state.name === 'snapshotting') {
      this.#world.log.warning(`Disconnecting replica ${session.address}: ${reason}`);
      session.refuse(bytesOfLatin1(`-${errors.snapshotFailed.text}\r\n`));
    } else {
      this.#giveUp(session, reason);
    }
  }
}
