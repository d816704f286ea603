import type { Disk, FileReader, FileWriter } from '../../runtime/disk.ts';

/** With more than this waiting for the disk, the primary has to wait too. */
const maxPendingBytes = 8 * 1024 * 1024;

/** Who is told what happens with a spooled snapshot. */
export interface SpoolListener {
  onFull(): void;
  onDrain(): void;
  /** Everything is in the file; `onData` and `onEnd` follow. */
  onWritten(): void;
  onData(bytes: Uint8Array): void;
  onEnd(): void;
  onFailure(reason: string): void;
}

/** A snapshot that goes to a temporary file first, then is read from it. */
export class SnapshotSpool {
  readonly #disk: Disk;
  readonly #name: string;
  readonly #listener: SpoolListener;
  readonly #writer: FileWriter;
  #reader: FileReader | null = null;
  #isFull = false;
  #isClosed = false;

  constructor(disk: Disk, name: string, listener: SpoolListener) {
    this.#disk = disk;
    this.#name = name;
    this.#listener = listener;
    this.#writer = disk.create(name, {
      onDrain: () => this.#drained(),
      onFinished: () => this.#readBack(),
      onFailure: (error) => this.#failed(`cannot write ${name}: ${error}`),
    });
  }

  /** Appends a copy of `bytes[start, end)`. */
  write(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isClosed) return;
    this.#writer.write(bytes.subarray(start, end));
    if (this.#isFull || this.#writer.pendingBytes <= maxPendingBytes) return;
    this.#isFull = true;
    this.#listener.onFull();
  }

  /** Nothing more is written: the file is read from its beginning. */
  finish(): void {
    this.#writer.finish(false);
  }

  /** Ends whatever is under way and deletes the file. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#reader?.close();
    if (this.#reader === null) this.#writer.abandon();
    else this.#disk.remove(this.#name, ignoreLeftover);
  }

  #drained(): void {
    if (!this.#isFull || this.#isClosed) return;
    this.#isFull = false;
    this.#listener.onDrain();
  }

  #readBack(): void {
    if (this.#isClosed) return;
    this.#reader = this.#disk.read(this.#name, {
      onData: (bytes) => this.#listener.onData(bytes),
      onEnd: () => this.#listener.onEnd(),
      onFailure: (error) => this.#failed(`cannot read ${this.#name}: ${error}`),
    });
    this.#listener.onWritten();
  }

  #failed(reason: string): void {
    if (!this.#isClosed) this.#listener.onFailure(reason);
  }
}

/** A temporary file that cannot be deleted harms nobody: the next of its name replaces it. */
function ignoreLeftover(): void {}
