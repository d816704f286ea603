/**
 * Files as the pure folders see them. Names are relative to the working directory of the server
 * (`dir`). Everything is answered later, through callbacks; an error is a text for the log, such as
 * "No space left on device", and null means success.
 */
export interface Disk {
  /** Begins a new file, empty even if there was one of that name. */
  create(name: string, listener: FileWriterListener): FileWriter;
  /** Reads a file from its beginning. */
  read(name: string, listener: FileReaderListener): FileReader;
  /** How long a file is; null when there is none. */
  measure(name: string, done: (error: string | null, bytes: number | null) => void): void;
  /** Moves a file, replacing what was there, so that it survives a crash of the machine. */
  rename(from: string, to: string, done: (error: string | null) => void): void;
  /** Deletes a file. That there was none is no error. */
  remove(name: string, done: (error: string | null) => void): void;
  /** The same, for moments at which nothing else may happen: answered before the call returns. */
  readonly instant: InstantDisk;
}

/** Files while everything else stands still. Errors are texts, null means success. */
export interface InstantDisk {
  /**
   * Writes a file whole and durably: under the name `temporary` first, which then takes the place of
   * `name`. `fill` hands over the bytes.
   */
  save(
    name: string,
    temporary: string,
    fill: (write: (bytes: Uint8Array) => void) => void,
  ): string | null;
  /** Deletes a file. That there was none, or that it cannot be deleted, is no matter. */
  remove(name: string): void;
  /** Reads a file in pieces until its end, or until `take` returns false. */
  read(name: string, take: (bytes: Uint8Array) => boolean): string | null;
}

/** Writes one file, in order. */
export interface FileWriter {
  /** Appends a copy of `bytes`, which may wait for more to come before it goes to the file. */
  write(bytes: Uint8Array): void;
  /** Bytes that wait for the disk. */
  readonly pendingBytes: number;
  /**
   * Writes what there is and closes; `onFinished` follows. `durable` waits until the disk has it,
   * so that it survives a crash of the machine.
   */
  finish(durable: boolean): void;
  /** Closes and deletes the file; no callback follows. Harmless after its end. */
  abandon(): void;
}

/** Who is told how writing goes. */
export interface FileWriterListener {
  /** Nothing waits for the disk any more. */
  onDrain(): void;
  /** All bytes are in the file. */
  onFinished(): void;
  /** Writing failed; the file is closed and deleted. Nothing follows. */
  onFailure(error: string): void;
}

/** Reads one file. */
export interface FileReader {
  pause(): void;
  resume(): void;
  /** Stops; no callback follows. Harmless after its end. */
  close(): void;
}

/** Who is told what is read. */
export interface FileReaderListener {
  /** The next bytes; lent until the call returns. */
  onData(bytes: Uint8Array): void;
  onEnd(): void;
  onFailure(error: string): void;
}
