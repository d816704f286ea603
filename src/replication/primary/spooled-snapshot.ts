import { bytesOfLatin1 } from '../../base/bytes.ts';
import type { FileReader, FileWriter } from '../../runtime/disk.ts';
import type { SnapshotWalk } from '../host.ts';
import { temporaryName } from '../temporary-name.ts';
import type { ReplicationWorld } from '../world.ts';
import type { ReplicaSession } from './replica-session.ts';
import type { JobListener, SnapshotJob, StreamSource } from './snapshot-source.ts';
import { snapshotRdbVersion } from './snapshot-source.ts';
import { openStreams } from './stream-opening.ts';

/** The walk waits while more than this waits for the disk. */
const maxUnwrittenBytes = 4 * 1024 * 1024;
/** Reading for a replica waits while more than this waits for it. */
const maxPendingBytes = 1024 * 1024;

const newline = bytesOfLatin1('\n');

/**
 * A snapshot that is written to a temporary file first, because its replicas need to know its length
 * before it comes. Each then reads the file at its own pace. Until the file is complete, others may
 * join: they get the same snapshot, and the stream from the same offset.
 */
export class SpooledSnapshot implements SnapshotJob {
  readonly #world: ReplicationWorld;
  readonly #source: StreamSource;
  readonly #listener: JobListener;
  readonly #offset: number;
  readonly #name: string;
  readonly #members: Set<ReplicaSession>;
  readonly #readers = new Map<ReplicaSession, FileReader>();
  readonly #walk: SnapshotWalk;
  readonly #file: FileWriter;
  #length = 0;
  #phase: 'writing' | 'sending' | 'over' = 'writing';
  #isPaused = false;

  /** Begins at once: the snapshot shows this very moment. */
  constructor(
    members: readonly ReplicaSession[],
    world: ReplicationWorld,
    source: StreamSource,
    listener: JobListener,
  ) {
    this.#world = world;
    this.#source = source;
    this.#listener = listener;
    this.#members = new Set(members);
    this.#offset = source.offset;
    this.#name = temporaryName('temp-sync', world);
    const { history, streamDatabase } = source;
    openStreams(members, source, this.#offset);
    for (const member of members) member.handle({ kind: 'snapshotBegun', framing: 'counted' });
    this.#file = world.disk.create(this.#name, {
      onDrain: () => this.#resumeWalk(),
      onFinished: () => this.#sendAll(),
      onFailure: (error) => this.#fail(`cannot write ${this.#name}: ${error}`),
    });
    this.#walk = world.host.startSnapshot({
      rdbVersion: snapshotRdbVersion,
      history,
      offset: this.#offset,
      streamDatabase,
      sharesHash: false,
      content: members[0].introduction.content,
      onChunk: (bytes) => this.#write(bytes),
      onEnd: () => this.#file.finish(false),
      onFailure: (reason) => this.#fail(reason),
    });
  }

  /**
   * Whether another replica may still get this snapshot: somebody who waits for it holds the stream
   * from its offset on.
   */
  accepts(session: ReplicaSession): boolean {
    if (this.#phase !== 'writing') return false;
    for (const { introduction } of this.#members) {
      if (introduction.content !== session.introduction.content) return false;
      if (!introduction.wantsSnapshotOnly) return true;
    }
    return session.introduction.wantsSnapshotOnly;
  }

  /** Takes one more replica in. Requires: `accepts(session)`. */
  join(session: ReplicaSession): void {
    this.#members.add(session);
    openStreams([session], this.#source, this.#offset);
    session.handle({ kind: 'snapshotBegun', framing: 'counted' });
  }

  leave(session: ReplicaSession): void {
    if (!this.#members.delete(session)) return;
    this.#readers.get(session)?.close();
    this.#readers.delete(session);
    if (this.#members.size === 0) this.#finish();
  }

  drained(session: ReplicaSession): void {
    this.#readers.get(session)?.resume();
  }

  tick(): void {
    if (this.#phase !== 'writing') return;
    for (const member of this.#members) member.send(newline);
  }

  #write(bytes: Uint8Array): void {
    this.#length += bytes.length;
    this.#file.write(bytes);
    if (this.#isPaused || this.#file.pendingBytes <= maxUnwrittenBytes) return;
    this.#isPaused = true;
    this.#walk.pause();
  }

  #resumeWalk(): void {
    if (!this.#isPaused || this.#phase !== 'writing') return;
    this.#isPaused = false;
    this.#walk.resume();
  }

  #sendAll(): void {
    if (this.#phase !== 'writing') return;
    this.#phase = 'sending';
    this.#listener.onWalked();
    for (const member of this.#members) this.#sendTo(member);
  }

  #sendTo(member: ReplicaSession): void {
    member.handle({ kind: 'snapshotComplete' });
    member.send(bytesOfLatin1(`$${this.#length}\r\n`));
    const reader = this.#world.disk.read(this.#name, {
      onData: (bytes) => {
        // What is read is lent, what is sent may wait.
        member.send(bytes.slice());
        if (member.pendingBytes > maxPendingBytes) reader.pause();
      },
      onEnd: () => this.#sent(member),
      onFailure: (error) => {
        this.#listener.onGiveUp(member, `cannot read ${this.#name}: ${error}`);
      },
    });
    this.#readers.set(member, reader);
  }

  #sent(member: ReplicaSession): void {
    this.#readers.delete(member);
    this.#members.delete(member);
    member.handle({
      kind: 'snapshotSent',
      wantsStream: !member.introduction.wantsSnapshotOnly,
    });
    this.#world.log.notice(`Synchronization with replica ${member.address} succeeded`);
    if (this.#members.size === 0) this.#finish();
  }

  #fail(reason: string): void {
    if (this.#phase !== 'writing') return;
    const members = [...this.#members];
    this.#members.clear();
    this.#finish();
    for (const member of members) this.#listener.onGiveUp(member, `snapshot failed: ${reason}`);
  }

  #finish(): void {
    const wasWriting = this.#phase === 'writing';
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    if (wasWriting) {
      this.#walk.cancel();
      this.#file.abandon();
      this.#listener.onWalked();
    } else {
      this.#world.disk.remove(this.#name, (error) => {
        if (error !== null) this.#world.log.warning(`Cannot remove ${this.#name}: ${error}`);
      });
    }
    this.#listener.onOver();
  }
}
