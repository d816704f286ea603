import * as fs from 'node:fs';
import * as path from 'node:path';
import { withView } from '../../base/bytes.ts';
import type {
  Disk,
  FileReader,
  FileReaderListener,
  FileWriter,
  FileWriterListener,
} from '../disk.ts';
import { nodeInstantDisk } from './instant-disk.ts';

const readBytes = 256 * 1024;
/** What is written at once, unless the file ends. */
const blockBytes = 256 * 1024;

/**
 * The disk of this machine. `directory` is asked at each use: `CONFIG SET dir` moves the server to
 * another one while it runs.
 */
export function nodeDisk(directory: () => string): Disk {
  const pathOf = (name: string): string => path.resolve(directory(), name);
  return {
    create: (name, listener) => new NodeFileWriter(pathOf(name), listener),
    read: (name, listener) => new NodeFileReader(pathOf(name), listener),
    measure: (name, done) => {
      fs.stat(pathOf(name), (error, found) => {
        if (error === null) done(null, found.size);
        else if (error.code === 'ENOENT') done(null, null);
        else done(error.message, null);
      });
    },
    rename: (from, to, done) => renameDurably(pathOf(from), pathOf(to), done),
    remove: (name, done) => {
      fs.unlink(pathOf(name), (error) => {
        done(error === null || error.code === 'ENOENT' ? null : error.message);
      });
    },
    instant: nodeInstantDisk(pathOf),
  };
}

function renameDurably(from: string, to: string, done: (error: string | null) => void): void {
  fs.rename(from, to, (error) => {
    if (error !== null) {
      done(error.message);
      return;
    }
    // The new name is only safe once the directory itself is on the disk.
    fs.open(path.dirname(to), 'r', (openError, descriptor) => {
      if (openError !== null) {
        done(openError.message);
        return;
      }
      fs.fsync(descriptor, (syncError) => {
        fs.close(descriptor, () => done(syncError === null ? null : syncError.message));
      });
    });
  });
}

/**
 * Gathers what comes in blocks, and writes those that are full with one call at a time. Blocks are used
 * again once they are written, so there are as many as waited at once. Fresh memory for each would count
 * as garbage by the megabyte, and the collector would stop the commands of a server that saves.
 */
class NodeFileWriter implements FileWriter {
  readonly #path: string;
  readonly #listener: FileWriterListener;
  #descriptor = -1;
  #isBusy = true;
  #block: Uint8Array = new Uint8Array(blockBytes);
  #filled = 0;
  readonly #spare: Uint8Array[] = [];
  #waiting: Uint8Array[] = [];
  #pendingBytes = 0;
  #ending: 'no' | 'plain' | 'durable' = 'no';
  #isAbandoned = false;
  #isOver = false;

  constructor(filePath: string, listener: FileWriterListener) {
    this.#path = filePath;
    this.#listener = listener;
    fs.open(filePath, 'w', 0o644, (error, descriptor) => {
      this.#isBusy = false;
      if (error !== null) {
        this.#fail(error);
        return;
      }
      this.#descriptor = descriptor;
      this.#continue();
    });
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  write(bytes: Uint8Array): void {
    if (this.#isOver || this.#isAbandoned) return;
    let at = 0;
    while (at < bytes.length) {
      const to = Math.min(bytes.length, at + blockBytes - this.#filled);
      this.#block.set(bytes.subarray(at, to), this.#filled);
      this.#filled += to - at;
      at = to;
      if (this.#filled === blockBytes) this.#endBlock();
    }
    this.#continue();
  }

  finish(durable: boolean): void {
    if (this.#ending !== 'no') return;
    this.#ending = durable ? 'durable' : 'plain';
    if (this.#filled > 0) this.#waiting.push(this.#block.subarray(0, this.#filled));
    this.#pendingBytes += this.#filled;
    this.#continue();
  }

  abandon(): void {
    if (this.#isOver || this.#isAbandoned) return;
    this.#isAbandoned = true;
    this.#waiting = [];
    this.#continue();
  }

  #endBlock(): void {
    this.#waiting.push(this.#block);
    this.#pendingBytes += blockBytes;
    this.#block = this.#spare.pop() ?? new Uint8Array(blockBytes);
    this.#filled = 0;
  }

  #continue(): void {
    if (this.#isBusy || this.#isOver) return;
    if (this.#isAbandoned) this.#discard();
    else if (this.#waiting.length > 0) this.#writeWaiting();
    else if (this.#ending !== 'no') this.#end();
  }

  #writeWaiting(): void {
    const pieces = this.#waiting;
    this.#waiting = [];
    this.#isBusy = true;
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#writeAll(pieces, length, (error) => {
      this.#isBusy = false;
      if (error !== null) {
        this.#fail(error);
        return;
      }
      this.#pendingBytes -= length;
      for (const piece of pieces) if (piece.length === blockBytes) this.#spare.push(piece);
      if (this.#pendingBytes === 0 && !this.#isAbandoned) this.#listener.onDrain();
      this.#continue();
    });
  }

  /** A write may take less than it was given: goes on until all is taken. */
  #writeAll(
    pieces: readonly Uint8Array[],
    left: number,
    done: (error: Error | null) => void,
  ): void {
    fs.writev(this.#descriptor, pieces, (error, written) => {
      if (error !== null) done(error);
      else if (written >= left) done(null);
      else this.#writeAll(withoutFirst(pieces, written), left - written, done);
    });
  }

  #end(): void {
    this.#isBusy = true;
    const close = (error: Error | null): void => {
      fs.close(this.#descriptor, (closeError) => {
        this.#isBusy = false;
        const failure = error ?? closeError ?? null;
        if (this.#isAbandoned || failure !== null) fs.unlink(this.#path, () => {});
        this.#isOver = true;
        if (this.#isAbandoned) return;
        if (failure === null) this.#listener.onFinished();
        else this.#listener.onFailure(failure.message);
      });
    };
    if (this.#ending === 'durable') fs.fsync(this.#descriptor, close);
    else close(null);
  }

  #discard(): void {
    this.#isOver = true;
    // Nobody asked for this file any more: what cannot be deleted is left to the operator.
    if (this.#descriptor >= 0) fs.close(this.#descriptor, () => fs.unlink(this.#path, () => {}));
  }

  #fail(error: Error): void {
    this.#discard();
    if (!this.#isAbandoned) this.#listener.onFailure(error.message);
  }
}

function withoutFirst(pieces: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let skip = count;
  const rest: Uint8Array[] = [];
  for (const piece of pieces) {
    if (skip >= piece.length) {
      skip -= piece.length;
    } else {
      rest.push(skip === 0 ? piece : piece.subarray(skip));
      skip = 0;
    }
  }
  return rest;
}

/**
 * Reads one piece after the other, and none while paused. All pieces come in the same memory: fresh
 * memory for each would be cleared first, and would make the garbage collector run again and again.
 */
class NodeFileReader implements FileReader {
  readonly #listener: FileReaderListener;
  readonly #piece = withView(new Uint8Array(readBytes));
  #descriptor = -1;
  #isBusy = true;
  #isPaused = false;
  #isClosed = false;

  constructor(filePath: string, listener: FileReaderListener) {
    this.#listener = listener;
    fs.open(filePath, 'r', (error, descriptor) => {
      this.#isBusy = false;
      if (error !== null) {
        if (!this.#isClosed) listener.onFailure(error.message);
        this.#isClosed = true;
        return;
      }
      this.#descriptor = descriptor;
      if (this.#isClosed) this.#release();
      else this.#continue();
    });
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#continue();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (!this.#isBusy) this.#release();
  }

  #continue(): void {
    if (this.#isBusy || this.#isPaused || this.#isClosed) return;
    this.#isBusy = true;
    const piece = this.#piece;
    fs.read(this.#descriptor, piece, 0, readBytes, null, (error, count) => {
      if (!this.#isClosed) this.#give(error, count);
      // Until here, so that no read overwrites what is lent.
      this.#isBusy = false;
      if (this.#isClosed) this.#release();
      else this.#continue();
    });
  }

  #give(error: Error | null, count: number): void {
    if (error === null && count > 0) {
      this.#listener.onData(count === readBytes ? this.#piece : this.#piece.subarray(0, count));
      return;
    }
    this.#isClosed = true;
    if (error === null) this.#listener.onEnd();
    else this.#listener.onFailure(error.message);
  }

  #release(): void {
    if (this.#descriptor >= 0) fs.close(this.#descriptor, () => {});
    this.#descriptor = -1;
  }
}
