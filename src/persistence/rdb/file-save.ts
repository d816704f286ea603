import type { Disk, FileWriter } from '../../runtime/disk.ts';

/** A walk over the data set that hands its bytes to a `FileSave`. */
export interface SaveWalk {
  pause(): void;
  resume(): void;
  cancel(): void;
}

/** Where the walk's bytes go, and what it tells. */
export interface WalkReceiver {
  /** The next bytes, lent until the call returns. */
  readonly onChunk: (bytes: Uint8Array) => void;
  readonly onEnd: () => void;
  readonly onFailure: (reason: string) => void;
}

/** What to save, and who is told how it ended. */
export interface FileSaveOptions {
  readonly disk: Disk;
  /** The file that is replaced when the new one is whole. */
  readonly name: string;
  readonly temporaryName: string;
  /** Begins to walk; callbacks come later, never from inside the call. */
  readonly startWalk: (receiver: WalkReceiver) => SaveWalk;
  /** The file is in its place, and survives a crash of the machine. */
  readonly onSaved: (bytes: number) => void;
  /** It is not; the old file is as it was. */
  readonly onFailed: (reason: string) => void;
}

/** How far a save is. */
type Phase = 'writing' | 'syncing' | 'renaming' | 'over';

/**
 * Saves a walk's bytes: to a temporary file, which is synced and then takes the place of the old one.
 * Whatever goes wrong, and whenever the process dies, one whole file has the name: the old or the new.
 */
export class FileSave {
  readonly #options: FileSaveOptions;
  readonly #file: FileWriter;
  readonly #walk: SaveWalk;
  #phase: Phase = 'writing';
  #isPaused = false;
  #bytes = 0;

  /** Begins at once: the file will show this very moment. */
  constructor(options: FileSaveOptions) {
    this.#options = options;
    this.#file = options.disk.create(options.temporaryName, {
      onDrain: () => this.#resumeWalk(),
      onFinished: () => this.#rename(),
      onFailure: (error) => this.#fail(error),
    });
    this.#walk = options.startWalk({
      onChunk: (bytes) => this.#write(bytes),
      onEnd: () => this.#walked(),
      onFailure: (reason) => this.#fail(reason),
    });
  }

  /** Bytes that the walk has given so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Gives up, and no callback follows: the old file stays. Only when the new one is taking its place
   * right now, either may be there; nothing changes the file afterwards.
   */
  cancel(): void {
    if (this.#phase === 'over') return;
    const { disk, temporaryName } = this.#options;
    // A rename that is under way finds nothing any more, or is done already.
    if (this.#phase === 'renaming') disk.instant.remove(temporaryName);
    this.#end();
  }

  #write(bytes: Uint8Array): void {
    if (this.#phase !== 'writing') return;
    this.#bytes += bytes.length;
    this.#file.write(bytes);
    if (this.#isPaused || this.#file.pendingBytes <= unwrittenBytesMax) return;
    this.#isPaused = true;
    this.#walk.pause();
  }

  #resumeWalk(): void {
    if (!this.#isPaused || this.#phase !== 'writing') return;
    this.#isPaused = false;
    this.#walk.resume();
  }

  #walked(): void {
    if (this.#phase !== 'writing') return;
    this.#phase = 'syncing';
    this.#file.finish(true);
  }

  #rename(): void {
    if (this.#phase !== 'syncing') return;
    this.#phase = 'renaming';
    const { disk, temporaryName, name } = this.#options;
    disk.rename(temporaryName, name, (error) => {
      if (this.#phase === 'over') return;
      this.#phase = 'over';
      if (error === null) {
        this.#options.onSaved(this.#bytes);
      } else {
        disk.instant.remove(temporaryName);
        this.#options.onFailed(error);
      }
    });
  }

  #fail(reason: string): void {
    if (this.#phase === 'over') return;
    this.#end();
    this.#options.onFailed(reason);
  }

  #end(): void {
    if (this.#phase === 'writing') this.#walk.cancel();
    this.#phase = 'over';
    this.#file.abandon();
  }
}

/** The walk waits while more than this waits for the disk. */
const unwrittenBytesMax = 4 * 1024 * 1024;
