import type { Clock } from '../../runtime/clock.ts';
import type { Keyspace } from '../../store/keyspace.ts';
import type { Records } from '../../store/memory/records.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { valueTypes } from '../../store/value-types.ts';
import { type SavedUse, type UseWriter, useWriterOf } from './entry-use.ts';
import { type AuxField, type RdbVersion, RdbWriter } from './rdb-writer.ts';
import { ValueWriter } from './value-writer.ts';

/** What to write, and who takes it. */
export interface SnapshotWriterOptions {
  readonly keyspace: Keyspace;
  readonly clock: Clock;
  readonly version: RdbVersion;
  readonly checksum: boolean;
  readonly compress: boolean;
  readonly aux: readonly AuxField[];
  /** Sources of function libraries. */
  readonly functions: readonly Uint8Array[];
  /** What is said of the use of keys. */
  readonly use: SavedUse;
  /** Whether keys are written at all. */
  readonly withKeys: boolean;
  /** The next bytes, lent until the call returns. */
  readonly onChunk: (bytes: Uint8Array) => void;
  readonly onEnd: () => void;
  readonly onFailure: (reason: string) => void;
}

/**
 * Writes the data set of the moment at which it was made, in slices of about a millisecond, between
 * which everything else goes on. Callbacks begin after the turn in which it was made.
 */
export class SnapshotWriter {
  readonly #options: SnapshotWriterOptions;
  readonly #snapshot: Snapshot;
  readonly #records: Records;
  readonly #writer: RdbWriter;
  readonly #values: ValueWriter;
  readonly #writeUse: UseWriter | null;
  readonly #startedUs: number;
  #state: 'running' | 'paused' | 'over' = 'running';
  #isScheduled = false;
  #isHeaderWritten = false;
  #database = -1;
  /** Whether a structure is being written, over several slices. */
  #isValueOpen = false;
  /** A string above `pieceBytes` that is written over several slices. */
  #large: { readonly bytes: Uint8Array; at: number; readonly end: number } | null = null;

  /** Requires: no other snapshot of the keyspace is open. */
  constructor(options: SnapshotWriterOptions) {
    this.#options = options;
    this.#records = options.keyspace.records;
    this.#snapshot = options.keyspace.openSnapshot();
    this.#startedUs = options.clock.monotonicUs();
    this.#writer = new RdbWriter({
      version: options.version,
      checksum: options.checksum,
      compress: options.compress,
      chunkBytes,
      sink: (chunk, length) => options.onChunk(chunk.subarray(0, length)),
    });
    this.#writeUse = useWriterOf(options.keyspace, this.#writer, options.use);
    this.#values = new ValueWriter(this.#records, this.#writer, {
      head: 'expiry-type-key',
      reading: 'snapshot',
      use: this.#writeUse,
    });
    this.#schedule();
  }

  /** Keys of the snapshot, and how many were written. */
  get keyCount(): number {
    return this.#snapshot.keyCount;
  }

  get writtenCount(): number {
    return this.#snapshot.readCount;
  }

  /** Microseconds since it began. */
  get runningUs(): number {
    return this.#options.clock.monotonicUs() - this.#startedUs;
  }

  /** No slices until `resume`. */
  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    this.#schedule();
  }

  /** Gives up. No callback follows. */
  cancel(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#values.cancel();
    this.#snapshot.close();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.clock.endOfTurn(() => {
      this.#isScheduled = false;
      if (this.#state === 'running') this.#slice();
    });
  }

  #slice(): void {
    const { clock } = this.#options;
    const deadlineUs = clock.monotonicUs() + sliceUs;
    if (!this.#isHeaderWritten) this.#writeHead();
    do {
      const hasMore = this.#writeSome();
      if (!hasMore) {
        this.#finish();
        return;
      }
    } while (this.#isRunning() && clock.monotonicUs() < deadlineUs);
    if (this.#isRunning()) this.#schedule();
  }

  /** A chunk's receiver may have paused or cancelled meanwhile. */
  #isRunning(): boolean {
    return this.#state === 'running';
  }

  #writeHead(): void {
    this.#isHeaderWritten = true;
    this.#writer.writeHeader(this.#options.aux);
    for (const source of this.#options.functions) this.#writer.writeFunctionLibrary(source);
  }

  /** Writes a few entries, or a piece of a long one. Returns false at the end. */
  #writeSome(): boolean {
    if (this.#large !== null) {
      this.#writePiece();
      return true;
    }
    if (this.#isValueOpen) {
      this.#isValueOpen = this.#values.writeSome();
      return true;
    }
    if (!this.#options.withKeys) return false;
    const bytesMax = this.#writer.bytesWritten + bytesPerCheck;
    for (let i = 0; i < entriesPerCheck; i += 1) {
      const ref = this.#snapshot.next();
      if (ref === 0) return false;
      this.#writeEntry(ref);
      const isLong = this.#large !== null || this.#isValueOpen;
      if (isLong || this.#writer.bytesWritten > bytesMax || !this.#isRunning()) return true;
    }
    return true;
  }

  #writeEntry(ref: number): void {
    const records = this.#records;
    if (this.#snapshot.databaseIndex !== this.#database) this.#selectDatabase();
    if (records.typeOf(ref) !== valueTypes.string) {
      this.#isValueOpen = this.#values.begin(ref);
      return;
    }
    records.locateKey(ref);
    records.locateValue(ref);
    const { keyBytes, keyStart, keyEnd, valueBytes, valueStart, valueEnd } = records;
    let expiresAtMs = records.expiresAtMs(ref);
    if (this.#writeUse !== null) {
      this.#writer.writeExpiry(expiresAtMs);
      this.#writeUse(ref);
      expiresAtMs = 0;
    }
    const length = valueEnd - valueStart;
    if (length <= pieceBytes) {
      this.#writer.writeStringEntry(
        keyBytes,
        keyStart,
        keyEnd,
        valueBytes,
        valueStart,
        valueEnd,
        expiresAtMs,
      );
      return;
    }
    this.#writer.beginLargeStringEntry(keyBytes, keyStart, keyEnd, length, expiresAtMs);
    this.#large = { bytes: valueBytes, at: valueStart, end: valueEnd };
  }

  #writePiece(): void {
    const large = this.#large;
    if (large === null) return;
    const to = Math.min(large.end, large.at + pieceBytes);
    this.#writer.writeLargeStringPiece(large.bytes, large.at, to);
    large.at = to;
    if (to === large.end) this.#large = null;
  }

  #selectDatabase(): void {
    const index = this.#snapshot.databaseIndex;
    this.#database = index;
    const facts = this.#snapshot.databases.find((each) => each.index === index);
    this.#writer.selectDatabase(index, facts?.keys ?? 0, facts?.expiries ?? 0);
  }

  #finish(): void {
    this.#writer.end();
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#snapshot.close();
    this.#options.onEnd();
  }
}

/** How long a slice lasts, about. */
const sliceUs = 1000;
/** The clock is read after so many entries. */
const entriesPerCheck = 64;
/** And after so many bytes: packed values are larger than most strings. */
const bytesPerCheck = 16 * 1024;
const chunkBytes = 64 * 1024;
/** Longer values are written in pieces of this size. */
const pieceBytes = 64 * 1024;
