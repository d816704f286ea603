import type { Position } from '../position.ts';
import { temporaryName } from '../temporary-name.ts';
import type { ReplicationWorld } from '../world.ts';
import type { LinkOwner } from './link-owner.ts';
import { SnapshotReceiver } from './snapshot-receiver.ts';
import { StreamApplier } from './stream-applier.ts';

/** Who is told what the intake makes of a link's bytes. */
export interface IntakeListener {
  /** No more bytes, please; `onResume` follows. */
  onPause(): void;
  onResume(): void;
  /** The snapshot is the data; the stream begins. */
  onLoaded(): void;
  onLoadFailure(reason: string, permanent: boolean): void;
  /** The primary asks for an acknowledgement. */
  onAskedToAcknowledge(): void;
  /** What comes is no replication stream. */
  onDesynchronized(problem: string): void;
}

/**
 * What comes over a link after the handshake: perhaps a snapshot, then the stream. Bytes of the
 * stream that arrive while the snapshot before them is still being loaded wait here.
 */
export class Intake {
  readonly #world: ReplicationWorld;
  readonly #owner: LinkOwner;
  readonly #listener: IntakeListener;
  #receiver: SnapshotReceiver | null = null;
  #applier: StreamApplier | null = null;
  #early: Uint8Array[] = [];
  #isPaused = false;

  constructor(world: ReplicationWorld, owner: LinkOwner, listener: IntakeListener) {
    this.#world = world;
    this.#owner = owner;
    this.#listener = listener;
  }

  /** Whether bytes belong to a snapshot or the stream, and no longer to the handshake. */
  get isActive(): boolean {
    return this.#receiver !== null || this.#applier !== null;
  }

  /** How far the snapshot is; null when none is coming in. */
  get snapshot(): SnapshotReceiver | null {
    return this.#receiver;
  }

  /** Whether a snapshot arrived whole and is still being loaded: the link is not needed for it. */
  get isFinishingSnapshot(): boolean {
    return this.#receiver?.isComplete === true;
  }

  /** Bytes of the stream that are here but not applied. */
  get waitingBytes(): number {
    return this.#applier?.waitingBytes ?? 0;
  }

  /** A snapshot comes next. */
  expectSnapshot(target: Position | null): void {
    const { log, host, disk, settings } = this.#world;
    if (target !== null) log.notice(`Full resync from master: ${target.id}:${target.offset}`);
    const spoolName = temporaryName('temp', this.#world);
    const sameHistory = target !== null && this.#owner.hasHistory(target.id);
    this.#receiver = new SnapshotReceiver(
      { host, disk, settings, sameHistory, spoolName },
      {
        onBegin: (totalBytes, goesToDisk) => this.#logBegin(totalBytes, goesToDisk),
        onReplaceData: () => {
          log.notice('MASTER <-> REPLICA sync: Flushing old data');
          if (this.#owner.position !== null) {
            log.notice('Discarding previously cached master state.');
          }
          this.#owner.replaceData();
          log.notice('MASTER <-> REPLICA sync: Loading DB in memory');
        },
        onPause: () => this.#listener.onPause(),
        onResume: () => this.#listener.onResume(),
        onLoaded: (streamDatabase) => this.#loaded(target, streamDatabase),
        onFailure: (reason, permanent) => this.#listener.onLoadFailure(reason, permanent),
      },
    );
  }

  /** The stream comes next. */
  expectStream(): void {
    const { host } = this.#world;
    host.forgetPrimaryTransaction();
    this.#applier = new StreamApplier({
      apply: (request) => host.apply(request),
      forward: (bytes, start, end) => this.#owner.forward(bytes, start, end),
      acknowledge: () => this.#listener.onAskedToAcknowledge(),
    });
    if (this.#isPaused) this.#applier.pause();
  }

  /** Takes bytes up to the end of a phase. Returns the position behind the last one taken. */
  take(bytes: Uint8Array, start: number, end: number): number {
    if (this.#applier !== null) {
      this.#check(this.#applier.feed(bytes, start, end));
      return end;
    }
    const receiver = this.#receiver;
    if (receiver === null) return end;
    if (!receiver.isComplete) return receiver.feed(bytes, start, end);
    this.#early.push(bytes.slice(start, end));
    return end;
  }

  /** Holds the stream back: bytes are taken and wait. */
  pauseApplying(): void {
    this.#isPaused = true;
    this.#applier?.pause();
  }

  /** Applies what waits and goes on. */
  resumeApplying(): void {
    this.#isPaused = false;
    this.#check(this.#applier?.resume() ?? null);
  }

  /** Lets go of everything that is not applied. */
  close(): void {
    this.#receiver?.abort();
    this.#receiver = null;
    if (this.#applier !== null) this.#world.host.forgetPrimaryTransaction();
    this.#applier = null;
    this.#early = [];
  }

  #loaded(target: Position | null, streamDatabase: number): void {
    this.#receiver = null;
    this.#owner.adoptSnapshot(target, streamDatabase);
    this.expectStream();
    this.#world.log.notice('MASTER <-> REPLICA sync: Finished with success');
    const early = this.#early;
    this.#early = [];
    this.#listener.onLoaded();
    // What the listener did, or the first of these bytes, may have ended the link.
    for (const bytes of early) if (this.#applier !== null) this.take(bytes, 0, bytes.length);
  }

  #check(problem: string | null): void {
    if (problem !== null) this.#listener.onDesynchronized(problem);
  }

  #logBegin(totalBytes: number | null, goesToDisk: boolean): void {
    const what =
      totalBytes === null
        ? 'receiving streamed RDB from master with EOF'
        : `receiving ${totalBytes} bytes from master`;
    const where = goesToDisk ? 'to disk' : 'to parser';
    this.#world.log.notice(`MASTER <-> REPLICA sync: ${what} ${where}`);
  }
}
