import { type Database, keepExpiry, noExpiry } from '../database.ts';
import { stringEncodings } from '../value-types.ts';
import {
  denseBytes,
  denseRegister,
  headerBytes,
  hyperLogLogEncodings,
  isSparse,
  markCardinalityStale,
  registerCount,
  setDenseRegister,
  writeCardinality,
  writeEncoding,
  writeHeader,
} from './hyperloglog.ts';
import { newRegisters, raiseRegisters, writeDenseRegisters } from './hyperloglog-registers.ts';
import {
  emptySparseBytes,
  findRun,
  mergeRuns,
  RunReplacement,
  SparseRun,
  sparseValueMax,
  writeEmptyRuns,
} from './hyperloglog-sparse.ts';

/** What setting a register came to. */
export type Outcome = 'changed' | 'unchanged' | 'damaged';

/**
 * Changes the HyperLogLog of one key in the store's memory. One editor serves many keys, one after
 * the other; nothing else may touch the database between `open` or `create` and the last change.
 * Sparse values grow byte by byte and become dense at Redis's moments, so that the bytes are equal.
 */
export class HyperLogLogEditor {
  /** The value is `bytes[start, end)`; valid until the next call. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  #database: Database | null = null;
  #key: Uint8Array = new Uint8Array(0);
  #keyStart = 0;
  #keyEnd = 0;
  #isWritable = false;
  readonly #run = new SparseRun();
  readonly #replacement = new RunReplacement();
  readonly #scratch = new Uint8Array(denseBytes);
  readonly #registers = newRegisters();

  /** Opens the value of `key[keyStart, keyEnd)`. Requires: `record` is its record, and a string. */
  open(
    database: Database,
    record: number,
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
  ): void {
    this.#choose(database, key, keyStart, keyEnd);
    const value = database.string(record);
    this.bytes = value.bytes;
    this.start = value.start;
    this.end = value.end;
    // Redis edits strings in raw form only, and makes this one raw whether it changes or not.
    if (database.encodingOf(record) !== stringEncodings.raw) this.makeWritable();
  }

  /** Makes a sparse value that has seen nothing. Requires: the key is missing. */
  create(database: Database, key: Uint8Array, keyStart: number, keyEnd: number): void {
    this.#choose(database, key, keyStart, keyEnd);
    const scratch = this.#scratch;
    writeHeader(scratch, 0, hyperLogLogEncodings.sparse);
    writeEmptyRuns(scratch, 0);
    this.#store(scratch, emptySparseBytes, noExpiry);
    this.makeWritable(emptySparseBytes);
  }

  /** Makes the bytes safe to change: a snapshot may still need those of before. */
  makeWritable(length = this.end - this.start): void {
    if (this.#isWritable && length === this.end - this.start) return;
    const value = this.#open().resizeString(this.#key, this.#keyStart, this.#keyEnd, length);
    this.bytes = value.bytes;
    this.start = value.start;
    this.end = value.end;
    this.#isWritable = true;
  }

  /** Raises a register to `value`, from 1 to 63; a damaged value may have been changed in part. */
  raise(register: number, value: number): Outcome {
    if (isSparse(this.bytes, this.start)) return this.#raiseSparse(register, value);
    if (denseRegister(this.bytes, this.start, register) >= value) return 'unchanged';
    this.makeWritable();
    setDenseRegister(this.bytes, this.start, register, value);
    return 'changed';
  }

  /** Raises all registers to `registers`. Requires: those of the value are among what they hold. */
  raiseAll(registers: Uint8Array): void {
    for (let i = 0; i < registerCount; i += 1) {
      if (registers[i] > 0) this.raise(i, registers[i]);
    }
  }

  /** Gives the value the dense layout; false, and nothing changed, when it is damaged. */
  becomeDense(): boolean {
    if (!isSparse(this.bytes, this.start)) return true;
    this.#registers.fill(0);
    if (!raiseRegisters(this.#registers, this.bytes, this.start, this.end)) return false;
    const scratch = this.#scratch;
    // The whole header comes along, with whatever its unused bytes hold.
    for (let i = 0; i < headerBytes; i += 1) scratch[i] = this.bytes[this.start + i];
    writeEncoding(scratch, 0, hyperLogLogEncodings.dense);
    writeDenseRegisters(scratch, 0, this.#registers);
    this.#store(scratch, denseBytes, keepExpiry);
    this.makeWritable(denseBytes);
    return true;
  }

  /** Notes that the stored cardinality is not that of the registers any more. */
  markStale(): void {
    this.makeWritable();
    markCardinalityStale(this.bytes, this.start);
  }

  /** Stores the cardinality. */
  storeCardinality(cardinality: number): void {
    this.makeWritable();
    writeCardinality(this.bytes, this.start, cardinality);
  }

  #store(value: Uint8Array, length: number, expiry: number): void {
    const key = this.#key;
    this.#open().setStringRaw(key, this.#keyStart, this.#keyEnd, value, 0, length, expiry);
    this.#isWritable = false;
  }

  #open(): Database {
    if (this.#database === null) throw new Error('no value is open');
    return this.#database;
  }

  #choose(database: Database, key: Uint8Array, keyStart: number, keyEnd: number): void {
    this.#database = database;
    this.#key = key;
    this.#keyStart = keyStart;
    this.#keyEnd = keyEnd;
    this.#isWritable = false;
  }

  #raiseSparse(register: number, value: number): Outcome {
    const run = this.#run;
    if (value > sparseValueMax) return this.#raiseDense(register, value);
    if (!findRun(run, this.bytes, this.start, this.end, register)) return 'damaged';
    if (run.value >= value) return 'unchanged';
    const replacement = this.#replacement;
    replacement.plan(run, register, value);
    const growth = replacement.length - (run.next - run.at);
    const length = this.end - this.start;
    if (growth > 0 && length + growth > this.#open().limits.sparseBytes) {
      return this.#raiseDense(register, value);
    }
    this.#replaceRun(length, growth);
    return 'changed';
  }

  /** Puts the planned runs in the place of the found one, then joins what became equal. */
  #replaceRun(length: number, growth: number): void {
    const run = this.#run;
    const replacement = this.#replacement;
    const at = run.at - this.start;
    const next = run.next - this.start;
    const previous = run.previous < 0 ? headerBytes : run.previous - this.start;
    this.makeWritable(growth > 0 ? length + growth : length);
    const { bytes, start } = this;
    if (growth !== 0) bytes.copyWithin(start + next + growth, start + next, start + length);
    for (let i = 0; i < replacement.length; i += 1) bytes[start + at + i] = replacement.bytes[i];
    const end = mergeRuns(bytes, start + previous, start + length + growth);
    this.makeWritable(end - start);
  }

  #raiseDense(register: number, value: number): Outcome {
    if (!this.becomeDense()) return 'damaged';
    return this.raise(register, value);
  }
}
