import type { Random } from '../../runtime/random.ts';
import type { Database } from '../database.ts';
import { wideBytesMax, wideElementsMax } from '../encoding-limits.ts';
import {
  emptyBytes,
  endMark,
  headerBytes,
  seek,
  skipEntry,
  totalBytes,
  writeEmpty,
} from '../packed/listpack.ts';
import { EntryView, integerAt } from '../packed/listpack-elements.ts';
import { encodedLength } from '../packed/listpack-encoding.ts';
import { hashEncodings, kindOf, valueTypes } from '../value-types.ts';
import type { FieldTable } from './field-table.ts';
import { moveTriple, removeField, setPair, setTriple, writePair } from './hash-edits.ts';
import { ensureExpiring, toTable } from './hash-forms.ts';
import {
  earliestExpiry,
  expiryAt,
  fieldCount,
  fieldEntry,
  pairWidth,
  tripleWidth,
} from './hash-packs.ts';

/** Bytes that are lent. */
export interface LentBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Sees one field after the other. The bytes are lent for the call; `expiresAtMs` 0 means never. */
export type FieldVisitor = (field: LentBytes, value: LentBytes, expiresAtMs: number) => void;

const { listpack, wide, expiringListpack, expiringHashtable } = hashEncodings;

/**
 * The hashes of one database. It stores expiries of fields and acts on none: whoever reads decides
 * what counts as gone.
 *
 * Every change returns the hash's record, which may have moved. A hash without fields is a state
 * between two calls: the caller deletes the key. The results of the last look are in `field`, `value`
 * and `expiresAtMs`, until the next call to the database.
 */
export class Hashes {
  /** The field last looked at by `pick`. */
  readonly field = new EntryView();
  /** The value last looked at. */
  readonly value = new EntryView();
  /** When the field last looked at expires, Unix ms; 0 for never. */
  expiresAtMs = 0;
  /** Whether the last `set` added a field. */
  isNew = false;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Fields, those whose time has come included. */
  length(ref: number): number {
    const { records, values } = this.#database;
    if (records.isStructured(ref)) return this.tableOf(ref).size;
    values.locate(ref);
    return fieldCount(values.bytes, values.start, this.#widthOf(ref));
  }

  /** No field expires before this moment (Unix ms; infinite without expiries). */
  earliestMs(ref: number): number {
    const { records, values } = this.#database;
    const encoding = records.encodingOf(ref);
    if (encoding === expiringHashtable) return this.tableOf(ref).earliestMs;
    if (encoding !== expiringListpack) return Number.POSITIVE_INFINITY;
    values.locate(ref);
    return earliestExpiry(values);
  }

  /** The table of a hash. Requires: its encoding is a structured one. */
  tableOf(ref: number): FieldTable {
    return this.#database.values.structureOf(ref) as FieldTable;
  }

  /** Looks for a field; when it is there, shows its `value` and `expiresAtMs`. */
  find(ref: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { records, values } = this.#database;
    if (records.isStructured(ref)) {
      const field = this.tableOf(ref).find(bytes, start, end);
      if (field !== 0) this.#showRecordValue(field);
      return field !== 0;
    }
    values.locate(ref);
    const width = this.#widthOf(ref);
    const at = fieldEntry(values, width, bytes, start, end);
    if (at === -1) return false;
    this.value.read(values.bytes, skipEntry(values.bytes, at));
    this.expiresAtMs = width === tripleWidth ? expiryAt(values.bytes, at) : 0;
    return true;
  }

  /** Creates a hash with one field. Requires: there is no such key; else as `set`. */
  create(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): number {
    const { values, limits } = this.#database;
    const kind = kindOf(valueTypes.hash, listpack);
    const longest = Math.max(valueEnd - valueStart, fieldEnd - fieldStart);
    if (longest > limits.hashValueBytes || limits.hashEntries < 1) {
      const ref = values.put(key, keyStart, keyEnd, kind, emptyBytes, 0);
      writeEmpty(values.bytes, values.start);
      return this.set(ref, field, fieldStart, fieldEnd, value, valueStart, valueEnd);
    }
    this.isNew = true;
    const pairBytes =
      encodedLength(field, fieldStart, fieldEnd) + encodedLength(value, valueStart, valueEnd);
    const ref = values.put(key, keyStart, keyEnd, kind, emptyBytes + pairBytes, 0);
    writePair(values, field, fieldStart, fieldEnd, value, valueStart, valueEnd);
    return ref;
  }

  /**
   * Gives a field a value and an expiry (0: none, and an old one is lost). None of the bytes may lie
   * in the store.
   */
  set(
    ref: number,
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs = 0,
  ): number {
    const { records, values, limits } = this.#database;
    const hash = expiresAtMs === 0 ? ref : ensureExpiring(this.#database, this, ref);
    const valueLength = valueEnd - valueStart;
    const fieldLength = fieldEnd - fieldStart;
    let at = -1;
    let isPacked = false;
    let isPlain = false;
    if (!records.isStructured(hash)) {
      values.locate(hash);
      const encoding = records.encodingOf(hash);
      const width = encoding === expiringListpack ? tripleWidth : pairWidth;
      at = fieldEntry(values, width, field, fieldStart, fieldEnd);
      this.isNew = at === -1;
      const fields = fieldCount(values.bytes, values.start, width) + (this.isNew ? 1 : 0);
      isPlain =
        valueLength <= limits.hashValueBytes &&
        fieldLength <= limits.hashValueBytes &&
        fields <= limits.hashEntries;
      isPacked =
        (isPlain && encoding !== wide) ||
        this.#staysPacked(fields, valueLength + fieldLength, encoding);
    }
    if (!isPacked) {
      const large = records.isStructured(hash) ? hash : toTable(this.#database, this, hash);
      return this.#setInTable(
        large,
        field,
        fieldStart,
        fieldEnd,
        value,
        valueStart,
        valueEnd,
        expiresAtMs,
      );
    }
    const edit = records.encodingOf(hash) === expiringListpack ? setTriple : setPair;
    const offset = this.isNew ? -1 : at - values.start;
    const changed = edit(
      values,
      hash,
      offset,
      field,
      fieldStart,
      fieldEnd,
      value,
      valueStart,
      valueEnd,
      expiresAtMs,
    );
    if (expiresAtMs !== 0) this.noteExpiry(changed);
    return isPlain ? changed : values.setEncoding(changed, wide);
  }

  #setInTable(
    ref: number,
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs: number,
  ): number {
    const table = this.tableOf(ref);
    this.isNew = table.set(field, fieldStart, fieldEnd, value, valueStart, valueEnd, expiresAtMs);
    if (expiresAtMs !== 0) this.noteExpiry(ref);
    return ref;
  }

  /** Gives a field that exists an expiry, or takes it away (0). */
  setExpiry(
    ref: number,
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    expiresAtMs: number,
  ): number {
    const { records, values } = this.#database;
    const hash = expiresAtMs === 0 ? ref : ensureExpiring(this.#database, this, ref);
    if (records.isStructured(hash)) {
      const table = this.tableOf(hash);
      table.expire(table.find(field, fieldStart, fieldEnd), expiresAtMs);
      this.noteExpiry(hash);
      return hash;
    }
    if (records.encodingOf(hash) !== expiringListpack) return hash;
    values.locate(hash);
    const at = fieldEntry(values, tripleWidth, field, fieldStart, fieldEnd);
    const moved = moveTriple(values, hash, at - values.start, expiresAtMs);
    if (expiresAtMs !== 0) this.noteExpiry(moved);
    return moved;
  }

  /** Takes a field out; without one of that name the hash is the same as before. */
  delete(ref: number, field: Uint8Array, fieldStart: number, fieldEnd: number): number {
    const { records, values } = this.#database;
    if (records.isStructured(ref)) {
      const table = this.tableOf(ref);
      if (table.find(field, fieldStart, fieldEnd) !== 0) table.removeFound();
      return ref;
    }
    values.locate(ref);
    const width = this.#widthOf(ref);
    const at = fieldEntry(values, width, field, fieldStart, fieldEnd);
    return at === -1 ? ref : removeField(values, ref, at - values.start, width);
  }

  /** Takes fields out whose time has come, about `max` of them, and adds their names to `names`. */
  takeDue(ref: number, nowMs: number, max: number, names: Uint8Array[]): number {
    const { records, values } = this.#database;
    if (records.encodingOf(ref) === expiringHashtable) {
      this.tableOf(ref).takeDue(nowMs, max, names);
      return ref;
    }
    let hash = ref;
    while (names.length < max && this.earliestMs(hash) <= nowMs) {
      const at = values.start + headerBytes;
      this.field.read(values.bytes, at);
      names.push(this.field.copy());
      hash = removeField(values, hash, headerBytes, tripleWidth);
    }
    return hash;
  }

  /** Visits all fields. The visitor must not touch the database. */
  forEach(ref: number, visit: FieldVisitor): void {
    const { records, values } = this.#database;
    if (records.isStructured(ref)) {
      this.tableOf(ref).table.forEach((field) => {
        this.#showRecord(field);
        visit(this.field, this.value, this.expiresAtMs);
      });
      return;
    }
    values.locate(ref);
    const { bytes, start } = values;
    const width = this.#widthOf(ref);
    for (let at = start + headerBytes; bytes[at] !== endMark; ) {
      at = this.#showEntries(bytes, at, width);
      visit(this.field, this.value, this.expiresAtMs);
    }
  }

  /** As `ByteTable.scan`; a packed hash is visited whole, and the cursor returned is 0. */
  scan(ref: number, cursor: number, count: number, visit: FieldVisitor): number {
    if (!this.#database.records.isStructured(ref)) {
      this.forEach(ref, visit);
      return 0;
    }
    return this.tableOf(ref).table.scan(cursor, count, (field) => {
      this.#showRecord(field);
      visit(this.field, this.value, this.expiresAtMs);
    });
  }

  /** Shows a random field, every one with the same chance. Requires: the hash has one. */
  pick(ref: number, random: Random): void {
    const { records, values } = this.#database;
    if (records.isStructured(ref)) {
      this.#showRecord(this.tableOf(ref).table.randomRecord(random));
      return;
    }
    values.locate(ref);
    const width = this.#widthOf(ref);
    const fields = fieldCount(values.bytes, values.start, width);
    const index = (random.uint32() % fields) * width;
    const at = seek(values.bytes, values.start, values.end, index);
    this.#showEntries(values.bytes, at, width);
  }

  /** Gives a packed hash that has more fields than the settings allow its next form. */
  enlarge(ref: number): number {
    const { records, values } = this.#database;
    values.locate(ref);
    const width = this.#widthOf(ref);
    const fields = fieldCount(values.bytes, values.start, width);
    if (this.#staysPacked(fields, 0, records.encodingOf(ref))) {
      return values.setEncoding(ref, wide);
    }
    const hash = toTable(this.#database, this, ref);
    this.noteExpiry(hash);
    return hash;
  }

  /** Shows a field that exists as `pick` does. `name` is kept until then. */
  show(ref: number, name: Uint8Array): void {
    this.find(ref, name, 0, name.length);
    this.field.bytes = name;
    this.field.start = 0;
    this.field.end = name.length;
  }

  /** The database remembers when to look at this hash again. */
  noteExpiry(ref: number): void {
    const earliest = this.earliestMs(ref);
    if (earliest === Number.POSITIVE_INFINITY) return;
    const key = this.#database.keyRange(ref);
    this.#database.table.noteDue(key.bytes, key.start, key.end, earliest);
  }

  #widthOf(ref: number): number {
    return this.#database.records.encodingOf(ref) === expiringListpack ? tripleWidth : pairWidth;
  }

  #showRecord(ref: number): void {
    const { records } = this.#database;
    records.locateKey(ref);
    this.field.bytes = records.keyBytes;
    this.field.start = records.keyStart;
    this.field.end = records.keyEnd;
    this.#showRecordValue(ref);
  }

  #showRecordValue(ref: number): void {
    const { records } = this.#database;
    records.locateValue(ref);
    this.value.bytes = records.valueBytes;
    this.value.start = records.valueStart;
    this.value.end = records.valueEnd;
    this.expiresAtMs = records.expiresAtMs(ref);
  }

  /** Shows the field whose entries begin at `at`; returns where the next ones do. */
  #showEntries(bytes: Uint8Array, at: number, width: number): number {
    this.field.read(bytes, at);
    const valueAt = skipEntry(bytes, at);
    this.value.read(bytes, valueAt);
    const behind = skipEntry(bytes, valueAt);
    if (width === pairWidth) {
      this.expiresAtMs = 0;
      return behind;
    }
    this.expiresAtMs = integerAt(bytes, behind);
    return skipEntry(bytes, behind);
  }

  /** Whether a pack beyond the limits of the settings is still the best form. */
  #staysPacked(fields: number, grownBytes: number, encoding: number): boolean {
    if (encoding === expiringListpack || fields * pairWidth > wideElementsMax) return false;
    const { values } = this.#database;
    return totalBytes(values.bytes, values.start) + grownBytes + entryOverhead <= wideBytesMax;
  }
}

/** Most bytes that two entries take beside what they hold. */
const entryOverhead = 20;
