import type { Disk } from '../../runtime/disk.ts';
import type { ReplicationHost, SnapshotLoad } from '../host.ts';
import type { ReplicationSettings } from '../settings.ts';
import { SnapshotFraming } from './snapshot-framing.ts';
import { SnapshotSpool } from './snapshot-spool.ts';

/** What a receiver works with. */
export interface ReceiverWorld {
  readonly host: ReplicationHost;
  readonly disk: Disk;
  readonly settings: ReplicationSettings;
  /** Whether the snapshot continues the history of the data that is here. */
  readonly sameHistory: boolean;
  /** A name for a temporary file that nobody else uses. */
  readonly spoolName: string;
}

/** Who is told how a snapshot arrives. Exactly one of `onLoaded` and `onFailure` comes. */
export interface ReceiverListener {
  /** The frame began: how long it is, if that is known, and where it goes. */
  onBegin(totalBytes: number | null, goesToDisk: boolean): void;
  /** The old data is about to go: nothing of its position may be used any more. */
  onReplaceData(): void;
  /** The disk is slower than the primary, or the snapshot is complete and not loaded yet. */
  onPause(): void;
  onResume(): void;
  /** The snapshot is the data now; the stream goes on in `streamDatabase`. */
  onLoaded(streamDatabase: number): void;
  /** `permanent`: the same snapshot would fail again. */
  onFailure(reason: string, permanent: boolean): void;
}

/**
 * Takes one snapshot from the link to the data set, the way `repl-diskless-load` says: straight into
 * the data set, into a second one beside it, or to a file first, while the old data is served.
 */
export class SnapshotReceiver {
  readonly #world: ReceiverWorld;
  readonly #listener: ReceiverListener;
  readonly #framing: SnapshotFraming;
  #totalBytes: number | null = null;
  #readBytes = 0;
  #into: 'current' | 'second' = 'current';
  #load: SnapshotLoad | null = null;
  #loadedDatabase: number | null = null;
  #spool: SnapshotSpool | null = null;
  #isOver = false;

  constructor(world: ReceiverWorld, listener: ReceiverListener) {
    this.#world = world;
    this.#listener = listener;
    this.#framing = new SnapshotFraming({
      onBegin: (length) => this.#begin(length),
      onPayload: (bytes, start, end) => this.#take(bytes, start, end),
      onEnd: () => this.#end(),
      onFailure: (reason) => this.#fail(reason, false),
    });
  }

  /** Length of the snapshot; null when it is not known. */
  get totalBytes(): number | null {
    return this.#totalBytes;
  }

  get readBytes(): number {
    return this.#readBytes;
  }

  /** Whether all of the snapshot has arrived: what follows is the stream, for later. */
  get isComplete(): boolean {
    return this.#framing.isOver;
  }

  /** Whether data is being taken in, so that the primary should hear that we are alive. */
  get isLoading(): boolean {
    return !this.#isOver && this.#load !== null;
  }

  /** Takes bytes up to the snapshot's end. Returns the position behind the last one taken. */
  feed(bytes: Uint8Array, start: number, end: number): number {
    return this.#framing.feed(bytes, start, end);
  }

  /** Gives up without a word: the link is gone. */
  abort(): void {
    this.#close();
  }

  #begin(length: number | null): void {
    const { settings, host } = this.#world;
    const { replDisklessLoad } = settings;
    this.#totalBytes = length;
    const isDirect = host.dataIsEmpty || replDisklessLoad === 'flush-before-load';
    const goesToDisk = !isDirect && replDisklessLoad !== 'swapdb';
    this.#listener.onBegin(length, goesToDisk);
    if (goesToDisk) this.#openSpool();
    else this.#openLoad(isDirect ? 'current' : 'second');
  }

  #openLoad(into: 'current' | 'second'): void {
    this.#into = into;
    if (into === 'current') this.#listener.onReplaceData();
    this.#load = this.#world.host.beginLoad({
      into,
      servesOldData: into === 'second' && this.#world.sameHistory,
      totalBytes: this.#totalBytes,
    });
  }

  #openSpool(): void {
    this.#spool = new SnapshotSpool(this.#world.disk, this.#world.spoolName, {
      onFull: () => this.#listener.onPause(),
      onDrain: () => this.#listener.onResume(),
      onWritten: () => this.#openLoad('current'),
      onData: (bytes) => this.#feedLoad(bytes, 0, bytes.length),
      onEnd: () => this.#commit(),
      onFailure: (reason) => this.#fail(reason, false),
    });
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isOver) return;
    this.#readBytes += end - start;
    if (this.#spool !== null) this.#spool.write(bytes, start, end);
    else this.#feedLoad(bytes, start, end);
  }

  #feedLoad(bytes: Uint8Array, start: number, end: number): void {
    if (this.#load === null) return;
    if (this.#loadedDatabase !== null) {
      if (end > start) this.#fail('bytes follow the end of the snapshot', false);
      return;
    }
    const result = this.#load.feed(bytes, start, end);
    if (result.status === 'failed') {
      this.#fail(result.reason, result.permanent);
    } else if (result.status === 'done') {
      this.#loadedDatabase = result.streamDatabase;
      if (result.consumed < end - start) this.#fail('bytes follow the end of the snapshot', false);
    }
  }

  #end(): void {
    if (this.#isOver) return;
    if (this.#spool === null) {
      this.#commit();
      return;
    }
    this.#listener.onPause();
    this.#spool.finish();
  }

  #commit(): void {
    const database = this.#loadedDatabase;
    if (database === null || this.#load === null) {
      this.#fail('the snapshot ends too early', false);
      return;
    }
    if (this.#into === 'second') this.#listener.onReplaceData();
    this.#load.commit();
    this.#load = null;
    this.#close();
    this.#listener.onLoaded(database);
  }

  #fail(reason: string, permanent: boolean): void {
    if (this.#isOver) return;
    this.#close();
    this.#listener.onFailure(reason, permanent);
  }

  #close(): void {
    this.#isOver = true;
    this.#framing.stop();
    this.#spool?.close();
    this.#spool = null;
    this.#load?.abort();
    this.#load = null;
  }
}
