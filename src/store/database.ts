import { copyBytes } from '../base/bytes.ts';
import type { Random } from '../runtime/random.ts';
import type { AccessClock } from './access-clock.ts';
import type { EncodingLimits } from './encoding-limits.ts';
import type { KeyObserver } from './key-observer.ts';
import { ByteTable } from './memory/byte-table.ts';
import type { Records } from './memory/records.ts';
import { clearExpiry, putCopy, putShared, resizeString, setExpiry } from './record-moves.ts';
import { stringEncodingOf } from './string-encoding.ts';
import { ValueEditor } from './value-editor.ts';
import { embstrBytesMax, stringEncodings, valueTypes } from './value-types.ts';
import { Hashes } from './values/hashes.ts';
import { Lists } from './values/lists.ts';
import { Sets } from './values/sets.ts';
import { SortedSets } from './values/sorted-sets.ts';
import { Streams } from './values/streams.ts';

/** Keep the expiry that the key has. */
export const keepExpiry = -1;
/** Without expiry. */
export const noExpiry = 0;

/** A stretch of the store's memory; reused, valid until the next call to the database. */
export class StoredRange {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
}

/**
 * One numbered space of keys. It stores and finds; it knows nothing of expiry's consequences,
 * sessions or replication. A **record** is named by a ref, which is valid until the next change.
 */
export class Database {
  readonly index: number;
  table: ByteTable;
  keyObserver: KeyObserver | null = null;
  /** Up to what size values are kept packed. */
  readonly limits: EncodingLimits;
  /** For values of every type but string. */
  readonly values: ValueEditor;
  readonly hashes: Hashes = new Hashes(this);
  readonly lists: Lists = new Lists(this);
  readonly sets: Sets;
  readonly streams: Streams = new Streams(this);
  readonly sortedSets: SortedSets = new SortedSets(this);
  #records: Records;
  readonly #access: AccessClock;
  readonly #key = new StoredRange();
  readonly #value = new StoredRange();

  constructor(index: number, records: Records, access: AccessClock, limits: EncodingLimits) {
    this.index = index;
    this.limits = limits;
    this.#records = records;
    this.#access = access;
    this.table = new ByteTable(records);
    this.values = new ValueEditor(this, access);
    this.sets = new Sets(this);
  }

  /** Where keys and values are kept. */
  get records(): Records {
    return this.#records;
  }

  /** Number of keys, expired ones included. */
  get size(): number {
    return this.table.size;
  }

  /** Number of keys that have an expiry. */
  get expiryCount(): number {
    return this.table.expiryCount;
  }

  /** The record of the key `bytes[start, end)`; 0 when there is none. Looks at no expiry. */
  find(bytes: Uint8Array, start: number, end: number): number {
    return this.table.find(bytes, start, end);
  }

  /** Notes an access to the record for LRU and LFU. */
  touch(ref: number): void {
    const before = this.#records.accessOf(ref);
    const after = this.#access.touched(before);
    if (after !== before) this.#records.setAccess(ref, after);
  }

  /** Type code of the record's value: one of `valueTypes`. */
  typeOf(ref: number): number {
    return this.#records.typeOf(ref);
  }

  /** Encoding code of the record's value, by type: `stringEncodings`. */
  encodingOf(ref: number): number {
    return this.#records.encodingOf(ref);
  }

  /** The record's key, in the store's memory. */
  keyRange(ref: number): StoredRange {
    const records = this.#records;
    records.locateKey(ref);
    this.#key.bytes = records.keyBytes;
    this.#key.start = records.keyStart;
    this.#key.end = records.keyEnd;
    return this.#key;
  }

  /** A copy of the record's key. */
  keyOf(ref: number): Uint8Array {
    const range = this.keyRange(ref);
    return range.bytes.slice(range.start, range.end);
  }

  /** The bytes of a string value, in the store's memory. */
  string(ref: number): StoredRange {
    const records = this.#records;
    records.locateValue(ref);
    this.#value.bytes = records.valueBytes;
    this.#value.start = records.valueStart;
    this.#value.end = records.valueEnd;
    return this.#value;
  }

  /** Expiry in Unix ms, 0 for none. */
  expiresAtMs(ref: number): number {
    return this.#records.expiresAtMs(ref);
  }

  /**
   * Creates the key with a string, or replaces whatever it had. `expiresAtMs` may be `noExpiry` or
   * `keepExpiry`. None of the bytes may lie in the store.
   */
  setString(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs: number,
  ): void {
    const encoding = stringEncodingOf(value, valueStart, valueEnd);
    this.#set(key, keyStart, keyEnd, value, valueStart, valueEnd, expiresAtMs, encoding);
  }

  /**
   * Creates a key with a string where the look-up just before found nothing: the table is not searched
   * again.
   *
   * @returns the record; 0, and nothing is changed, when something else happened since that look-up.
   */
  addMissing(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs: number,
  ): number {
    if (!this.table.hasJustMissed) return 0;
    const encoding = stringEncodingOf(value, valueStart, valueEnd);
    return this.#insert(key, keyStart, keyEnd, value, valueStart, valueEnd, expiresAtMs, encoding);
  }

  /**
   * Replaces a string by one of the same length, where that takes no more than copying it.
   *
   * @returns false, and changes nothing, when it takes more. Requires: `ref` comes from the `find` just
   * before, and is a string.
   */
  overwrite(ref: number, value: Uint8Array, valueStart: number, valueEnd: number): boolean {
    const encoding = stringEncodingOf(value, valueStart, valueEnd);
    return this.#overwritePlain(ref, value, valueStart, valueEnd, encoding);
  }

  /** The same as `setString` for the result of an edit, which Redis keeps in raw form. */
  setStringRaw(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs: number,
  ): void {
    const raw = stringEncodings.raw;
    this.#set(key, keyStart, keyEnd, value, valueStart, valueEnd, expiresAtMs, raw);
  }

  /** The same for a computed text, which Redis does not turn into an integer even if it looks so. */
  setStringText(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs: number,
  ): void {
    const { embstr, raw } = stringEncodings;
    const encoding = valueEnd - valueStart <= embstrBytesMax ? embstr : raw;
    this.#set(key, keyStart, keyEnd, value, valueStart, valueEnd, expiresAtMs, encoding);
  }

  /**
   * The string's own memory, writable, with `length` bytes: what was there, then zero bytes. Creates
   * the key when it is missing. For APPEND, SETRANGE, SETBIT: appending leaves room to grow. Keeps
   * the expiry. Requires: missing or a string.
   */
  resizeString(key: Uint8Array, keyStart: number, keyEnd: number, length: number): StoredRange {
    const header = this.#header(stringEncodings.raw);
    return this.string(resizeString(this, header, key, keyStart, keyEnd, length));
  }

  /** Deletes the key; says whether it was there. */
  delete(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.table.find(bytes, start, end) === 0) return false;
    this.table.removeFound();
    return true;
  }

  /** Gives a record an expiry. Requires: `ref` comes from the `find` just before. */
  setExpiry(ref: number, expiresAtMs: number): void {
    setExpiry(this, ref, expiresAtMs);
  }

  /** Takes a record's expiry away; says whether it had one. Requires as `setExpiry`. */
  clearExpiry(ref: number): boolean {
    return clearExpiry(this, ref);
  }

  /** Gives the value of one key, with its expiry, to another, whose own is lost. */
  rename(
    source: Uint8Array,
    sourceStart: number,
    sourceEnd: number,
    target: Uint8Array,
    targetStart: number,
    targetEnd: number,
  ): void {
    const ref = this.table.find(source, sourceStart, sourceEnd);
    putShared(this, ref, this, target, targetStart, targetEnd);
    this.delete(source, sourceStart, sourceEnd);
  }

  /** Copies a record's value and expiry to a key of `target`, replacing what it had. */
  copyTo(ref: number, target: Database, key: Uint8Array, keyStart: number, keyEnd: number): void {
    putCopy(this, ref, target, key, keyStart, keyEnd);
  }

  /** Visits about `count` records from `cursor` on; see `ByteTable.scan`. */
  scan(cursor: number, count: number, visit: (ref: number) => void): number {
    return this.table.scan(cursor, count, visit);
  }

  /** A fair random record; 0 when the database is empty. */
  randomRecord(random: Random): number {
    return this.table.randomRecord(random);
  }

  /** Visits every record once. The visitor must not change the database. */
  forEachRecord(visit: (ref: number) => void): void {
    this.table.forEach(visit);
  }

  /** Seconds since the record's last access. */
  idleSeconds(ref: number): number {
    return this.#access.idleSeconds(this.#records.accessOf(ref));
  }

  /** The record's LFU counter, 0 to 255. */
  accessFrequency(ref: number): number {
    return this.#access.frequency(this.#records.accessOf(ref));
  }

  /** Bytes that the key takes, its slot in the table included. */
  memoryOf(ref: number): number {
    const records = this.#records;
    const structure = records.isStructured(ref) ? this.values.structureOf(ref).memoryBytes : 0;
    return records.bytesOf(ref) + slotBytes + structure;
  }

  /** `Keyspace` only: an empty table over `records`; the old one is the caller's. */
  renew(records: Records): ByteTable {
    const old = this.table;
    this.#records = records;
    this.table = new ByteTable(records);
    return old;
  }

  /** This folder only: adds a record under the key that the look-up just before missed. */
  insertFound(ref: number, expiresAtMs: number): void {
    this.table.insertFound(ref, expiresAtMs);
    if (this.keyObserver !== null) this.keyObserver.keyCreated(this, ref, true);
  }

  #header(encoding: number): number {
    return valueTypes.string | (encoding << 3) | (this.#access.fresh() << 8);
  }

  #set(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiry: number,
    encoding: number,
  ): void {
    const records = this.#records;
    const table = this.table;
    const ref = table.find(key, keyStart, keyEnd);
    const length = valueEnd - valueStart;
    if (ref === 0) {
      const expiresAtMs = expiry === keepExpiry ? noExpiry : expiry;
      this.#insert(key, keyStart, keyEnd, value, valueStart, valueEnd, expiresAtMs, encoding);
      return;
    }
    // A plain record has no expiry to keep.
    if (expiry <= noExpiry && this.#overwritePlain(ref, value, valueStart, valueEnd, encoding)) {
      return;
    }
    const expiresAtMs = expiry === keepExpiry ? records.expiresAtMs(ref) : expiry;
    if (
      records.hasExpiry(ref) === (expiresAtMs !== 0) &&
      records.typeOf(ref) === valueTypes.string &&
      table.mayEditFound() &&
      records.resizeInPlace(ref, length, false)
    ) {
      copyBytes(value, valueStart, valueEnd, records.valueBytes, records.valueStart);
      records.setEncoding(ref, encoding);
      records.setAccess(ref, this.#access.touched(records.accessOf(ref)));
      if (expiresAtMs !== 0) {
        records.setExpiryInPlace(ref, expiresAtMs);
        table.markFoundExpiry(expiresAtMs);
      }
      return;
    }
    const header = this.#header(encoding);
    const fresh = records.create(header, expiresAtMs, key, keyStart, keyEnd, length, length);
    copyBytes(value, valueStart, valueEnd, records.valueBytes, records.valueStart);
    table.replaceFound(fresh, expiresAtMs);
  }

  /** Adds the key that the table just missed. Returns its record. */
  #insert(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs: number,
    encoding: number,
  ): number {
    const records = this.#records;
    const length = valueEnd - valueStart;
    const header = this.#header(encoding);
    const ref = records.create(header, expiresAtMs, key, keyStart, keyEnd, length, length);
    copyBytes(value, valueStart, valueEnd, records.valueBytes, records.valueStart);
    this.insertFound(ref, expiresAtMs);
    return ref;
  }

  #overwritePlain(
    ref: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    encoding: number,
  ): boolean {
    if (!this.table.mayEditFound()) return false;
    const access = this.#access.touched(this.#records.accessOf(ref));
    const word = valueTypes.string | (encoding << 3) | (access << 8);
    return this.#records.overwritePlain(ref, word, value, valueStart, valueEnd);
  }
}

const slotBytes = 8;
