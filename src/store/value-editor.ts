import { copyBytes } from '../base/bytes.ts';
import type { AccessClock } from './access-clock.ts';
import type { Database } from './database.ts';
import type { Records } from './memory/records.ts';
import type { Structure } from './memory/structures.ts';

/**
 * Changes values other than strings: packed blobs that lie in their records, and the structures of
 * large values. What type of value it is, and what is in it, is the callers' business.
 *
 * Whoever edits the bytes of a value first asks for the place by `writable`, `splice` or `replace`:
 * these keep what an open snapshot still needs, so the record may move. The ref that they return
 * takes the old one's place; `bytes`, `start` and `end` say where the value lies, until the next call
 * to the database.
 */
export class ValueEditor {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  readonly #database: Database;
  readonly #access: AccessClock;

  constructor(database: Database, access: AccessClock) {
    this.#database = database;
    this.#access = access;
  }

  /** Finds where a record's value lies, for reading. */
  locate(ref: number): void {
    const records = this.#database.records;
    records.locateValue(ref);
    this.#takePlace(records);
  }

  /**
   * Creates the key with `length` bytes of value to be filled, or replaces whatever it had. `kind` is
   * `kindOf(type, encoding)`, of a packed form.
   */
  put(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    kind: number,
    length: number,
    expiresAtMs: number,
  ): number {
    const records = this.#database.records;
    const { table } = this.#database;
    const old = table.find(key, keyStart, keyEnd);
    const word = kind | (this.#access.fresh() << 8);
    const ref = records.create(word, expiresAtMs, key, keyStart, keyEnd, length, length);
    this.#takePlace(records);
    if (old === 0) {
      this.#database.insertFound(ref, expiresAtMs);
    } else {
      table.replaceFound(ref, expiresAtMs);
      this.#database.keyObserver?.keyCreated(this.#database, ref, false);
    }
    return ref;
  }

  /** The same for a structure, which belongs to the key from then on. `kind` is a structured one. */
  putStructure(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    kind: number,
    structure: Structure,
    expiresAtMs: number,
  ): number {
    const ref = this.put(key, keyStart, keyEnd, kind, structureIdBytes, expiresAtMs);
    this.#database.records.setStructureId(ref, this.#database.records.structures.add(structure));
    return ref;
  }

  /** The structure that is the record's value. Requires: a structured kind. */
  structureOf(ref: number): Structure {
    const records = this.#database.records;
    return records.structures.at(records.structureIdOf(ref));
  }

  /** Makes the value's bytes ready to be changed where they are, all of the same length. */
  writable(ref: number): number {
    return this.splice(ref, 0, 0, 0);
  }

  /**
   * Takes `removed` bytes at offset `at` of the value out and makes room for `added` there, whose
   * content is undefined. The rest keeps its content; type, encoding, expiry and access stay.
   */
  splice(ref: number, at: number, removed: number, added: number): number {
    const records = this.#database.records;
    this.#ensureFound(ref);
    records.locateValue(ref);
    const { valueBytes: source, valueStart: start, valueEnd: end } = records;
    const tail = start + at + removed;
    const length = end - start - removed + added;
    if (this.#database.table.mayEditFound()) {
      if (removed > added) source.copyWithin(start + at + added, tail, end);
      if (records.resizeInPlace(ref, length, added >= removed)) {
        if (added > removed) {
          records.valueBytes.copyWithin(start + at + added, tail, end);
        }
        this.#takePlace(records);
        return ref;
      }
      if (removed > added) return this.#move(ref, source, start, start + length, length);
    }
    const fresh = this.#recreate(ref, records.headerOf(ref), length, true);
    const target = records.valueBytes;
    const to = records.valueStart;
    copyBytes(source, start, start + at, target, to);
    copyBytes(source, tail, end, target, to + at + added);
    this.#takePlace(records);
    return fresh;
  }

  /** Gives the key a value of `length` undefined bytes and this encoding; type and expiry stay. */
  replace(ref: number, encoding: number, length: number): number {
    const records = this.#database.records;
    this.#ensureFound(ref);
    const word = (records.headerOf(ref) & ~encodingMask) | (encoding << encodingShift);
    const fresh = this.#recreate(ref, word, length, false);
    this.#takePlace(records);
    return fresh;
  }

  /** The same with a structure, which belongs to the key from then on. */
  replaceByStructure(ref: number, encoding: number, structure: Structure): number {
    const fresh = this.replace(ref, encoding, structureIdBytes);
    this.#database.records.setStructureId(fresh, this.#database.records.structures.add(structure));
    return fresh;
  }

  /**
   * Changes the encoding code, the value's bytes staying as they are. Requires: both are packed, or
   * both structured.
   */
  setEncoding(ref: number, encoding: number): number {
    if (this.#database.records.encodingOf(ref) === encoding) return ref;
    const writable = this.writable(ref);
    this.#database.records.setEncoding(writable, encoding);
    return writable;
  }

  /** Deletes the key. */
  remove(ref: number): void {
    this.#ensureFound(ref);
    this.#database.table.removeFound();
  }

  #takePlace(records: Records): void {
    this.bytes = records.valueBytes;
    this.start = records.valueStart;
    this.end = records.valueEnd;
  }

  /** Other keys may have been looked up since the caller found this one. */
  #ensureFound(ref: number): void {
    const { table } = this.#database;
    if (table.hasFound(ref)) return;
    const { bytes, start, end } = this.#database.keyRange(ref);
    table.find(bytes, start, end);
  }

  /** Puts a smaller copy of a value in the record's place, as its block has become too large. */
  #move(ref: number, source: Uint8Array, start: number, end: number, length: number): number {
    const records = this.#database.records;
    const fresh = this.#recreate(ref, records.headerOf(ref), length, true);
    copyBytes(source, start, end, records.valueBytes, records.valueStart);
    this.#takePlace(records);
    return fresh;
  }

  /**
   * Puts a new record with the same key and expiry in the found one's place, and locates its value.
   * The old one's bytes stay readable until the next allocation. `keepsValue`: the caller copies them,
   * so a structure has one more owner for a moment.
   */
  #recreate(ref: number, word: number, length: number, keepsValue: boolean): number {
    const records = this.#database.records;
    if (keepsValue && records.isStructured(ref)) {
      records.structures.retain(records.structureIdOf(ref));
    }
    const key = this.#database.keyRange(ref);
    const expiresAtMs = records.expiresAtMs(ref);
    const { bytes, start, end } = key;
    const fresh = records.create(word, expiresAtMs, bytes, start, end, length, length);
    this.#database.table.replaceFound(fresh, expiresAtMs);
    records.locateValue(fresh);
    return fresh;
  }
}

const structureIdBytes = 4;
const encodingShift = 3;
const encodingMask = 7 << encodingShift;
