import { bytesOfLatin1 } from '../../base/bytes.ts';
import { randomHex } from '../../runtime/random.ts';
import type { SnapshotWalk } from '../host.ts';
import type { ReplicationWorld } from '../world.ts';
import type { ReplicaSession } from './replica-session.ts';
import type { JobListener, SnapshotJob, StreamSource } from './snapshot-source.ts';
import { snapshotRdbVersion } from './snapshot-source.ts';
import { openStreams } from './stream-opening.ts';

const markLength = 40;
/** The walk waits while more than this waits for the slowest replica. */
const maxPendingBytes = 4 * 1024 * 1024;

/**
 * A snapshot that goes to all its replicas as it is made, each chunk to every one of them from the
 * same memory. The slowest sets the pace.
 */
export class StreamedSnapshot implements SnapshotJob {
  readonly #world: ReplicationWorld;
  readonly #listener: JobListener;
  readonly #members: Set<ReplicaSession>;
  readonly #mark: Uint8Array;
  readonly #walk: SnapshotWalk;
  #isPaused = false;
  #isOver = false;

  /** Begins at once: the snapshot shows this very moment. */
  constructor(
    members: readonly ReplicaSession[],
    world: ReplicationWorld,
    source: StreamSource,
    listener: JobListener,
  ) {
    this.#world = world;
    this.#listener = listener;
    this.#members = new Set(members);
    const mark = randomHex(world.random, markLength);
    this.#mark = bytesOfLatin1(mark);
    const { history, offset, streamDatabase } = source;
    openStreams(members, source, offset);
    for (const member of members) {
      member.handle({ kind: 'snapshotBegun', framing: 'marked' });
      member.send(bytesOfLatin1(`$EOF:${mark}\r\n`));
    }
    this.#walk = world.host.startSnapshot({
      rdbVersion: snapshotRdbVersion,
      history,
      offset,
      streamDatabase,
      content: members[0].introduction.content,
      sharesHash: members.every(({ introduction }) => introduction.understandsSharedHash),
      onChunk: (bytes) => this.#take(bytes),
      onEnd: () => this.#end(),
      onFailure: (reason) => this.#fail(reason),
    });
  }

  leave(session: ReplicaSession): void {
    if (!this.#members.delete(session) || this.#isOver) return;
    if (this.#members.size > 0) {
      this.#resumeIfTaken();
      return;
    }
    this.#world.log.notice('Diskless rdb transfer, last replica dropped, killing fork child.');
    this.#isOver = true;
    this.#walk.cancel();
    this.#listener.onWalked();
    this.#listener.onOver();
  }

  drained(session: ReplicaSession): void {
    if (this.#members.has(session)) this.#resumeIfTaken();
  }

  tick(): void {
    this.#resumeIfTaken();
  }

  #take(lent: Uint8Array): void {
    const bytes = lent.slice();
    let mostPending = 0;
    for (const member of this.#members) {
      member.send(bytes);
      mostPending = Math.max(mostPending, member.pendingBytes);
    }
    if (this.#isPaused || mostPending <= maxPendingBytes) return;
    this.#isPaused = true;
    this.#walk.pause();
  }

  #resumeIfTaken(): void {
    if (!this.#isPaused || this.#isOver) return;
    for (const member of this.#members) if (member.pendingBytes > maxPendingBytes / 2) return;
    this.#isPaused = false;
    this.#walk.resume();
  }

  #end(): void {
    this.#isOver = true;
    const { log } = this.#world;
    log.notice(
      `Diskless rdb transfer, done reading from pipe, ${this.#members.size} replicas still up.`,
    );
    this.#listener.onWalked();
    for (const member of this.#members) {
      member.send(this.#mark);
      const wantsStream = !member.introduction.wantsSnapshotOnly;
      member.handle({ kind: 'snapshotSent', wantsStream });
      log.notice(
        `Streamed RDB transfer with replica ${member.address} succeeded (socket). ` +
          'Waiting for REPLCONF ACK from replica to enable streaming',
      );
    }
    this.#members.clear();
    this.#listener.onOver();
  }

  #fail(reason: string): void {
    this.#isOver = true;
    this.#listener.onWalked();
    const members = [...this.#members];
    this.#members.clear();
    // In the middle of a snapshot there is no way to say it but to go away.
    for (const member of members) this.#listener.onGiveUp(member, `snapshot failed: ${reason}`);
    this.#listener.onOver();
  }
}
