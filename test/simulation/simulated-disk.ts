import type { Clock } from '../../src/runtime/clock.ts';
import type { Disk, FileReaderListener, FileWriterListener } from '../../src/runtime/disk.ts';
import type { Random } from '../../src/runtime/random.ts';

const maxDelayMs = 3;
const readBytes = 4 * 1024;

/** Files in memory, answered late. `fullAtBytes` makes a disk that has no room for more in a file. */
export class SimulatedDisk implements Disk {
  fullAtBytes = Number.POSITIVE_INFINITY;
  readonly files = new Map<string, Uint8Array>();
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  create(name: string, listener: FileWriterListener): ReturnType<Disk['create']> {
    const parts: Uint8Array[] = [];
    const file = { pendingBytes: 0, writtenBytes: 0, isEnding: false, isOver: false };
    this.files.set(name, new Uint8Array(0));
    const later = (): void => this.#later(() => this.#settle(name, parts, file, listener));
    return {
      write: (bytes) => {
        if (file.isOver) return;
        parts.push(bytes.slice());
        file.pendingBytes += bytes.length;
        later();
      },
      get pendingBytes() {
        return file.pendingBytes;
      },
      finish: () => {
        file.isEnding = true;
        later();
      },
      abandon: () => {
        if (file.isOver) return;
        file.isOver = true;
        this.files.delete(name);
      },
    };
  }

  read(name: string, listener: FileReaderListener): ReturnType<Disk['read']> {
    const reading = { at: 0, isPaused: false, isPlanned: false, isOver: false };
    const plan = (): void => {
      if (reading.isPlanned || reading.isPaused || reading.isOver) return;
      reading.isPlanned = true;
      this.#later(next);
    };
    const next = (): void => {
      reading.isPlanned = false;
      if (reading.isPaused || reading.isOver) return;
      const bytes = this.files.get(name);
      if (bytes === undefined) {
        reading.isOver = true;
        listener.onFailure('No such file or directory');
      } else if (reading.at >= bytes.length) {
        reading.isOver = true;
        listener.onEnd();
      } else {
        const piece = bytes.slice(reading.at, reading.at + readBytes);
        reading.at += piece.length;
        listener.onData(piece);
        plan();
      }
    };
    plan();
    return {
      pause: () => {
        reading.isPaused = true;
      },
      resume: () => {
        reading.isPaused = false;
        plan();
      },
      close: () => {
        reading.isOver = true;
      },
    };
  }

  rename(from: string, to: string, done: (error: string | null) => void): void {
    this.#later(() => {
      const bytes = this.files.get(from);
      if (bytes === undefined) {
        done('No such file or directory');
        return;
      }
      this.files.delete(from);
      this.files.set(to, bytes);
      done(null);
    });
  }

  get instant(): Disk['instant'] {
    return {
      save: (name, _temporary, fill) => {
        const parts: Uint8Array[] = [];
        fill((bytes) => parts.push(bytes.slice()));
        const bytes = joined(undefined, parts);
        if (bytes.length > this.fullAtBytes) return 'No space left on device';
        this.files.set(name, bytes);
        return null;
      },
      remove: (name) => {
        this.files.delete(name);
      },
      read: (name, take) => {
        const bytes = this.files.get(name);
        if (bytes === undefined) return 'No such file or directory';
        take(bytes.slice());
        return null;
      },
    };
  }

  measure(name: string, done: (error: string | null, bytes: number | null) => void): void {
    this.#later(() => done(null, this.files.get(name)?.length ?? null));
  }

  remove(name: string, done: (error: string | null) => void): void {
    this.#later(() => {
      this.files.delete(name);
      done(null);
    });
  }

  #settle(
    name: string,
    parts: Uint8Array[],
    file: { pendingBytes: number; writtenBytes: number; isEnding: boolean; isOver: boolean },
    listener: FileWriterListener,
  ): void {
    if (file.isOver) return;
    if (file.pendingBytes > 0) {
      if (file.writtenBytes + file.pendingBytes > this.fullAtBytes) {
        file.isOver = true;
        this.files.delete(name);
        listener.onFailure('No space left on device');
        return;
      }
      this.files.set(name, joined(this.files.get(name), parts.splice(0)));
      file.writtenBytes += file.pendingBytes;
      file.pendingBytes = 0;
      listener.onDrain();
    }
    if (!file.isEnding || file.isOver || file.pendingBytes > 0) return;
    file.isOver = true;
    listener.onFinished();
  }

  #later(task: () => void): void {
    this.#clock.after((this.#random.uint32() / 2 ** 32) * maxDelayMs, task);
  }
}

function joined(before: Uint8Array | undefined, parts: readonly Uint8Array[]): Uint8Array {
  const all = [before ?? new Uint8Array(0), ...parts];
  const bytes = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
