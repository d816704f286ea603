import type { Database } from '../database.ts';
import { wideBytesMax, wideElementsMax } from '../encoding-limits.ts';
import { Int64 } from '../packed/int64.ts';
import * as intset from '../packed/intset.ts';
import * as listpack from '../packed/listpack.ts';
import { ListpackBuilder } from '../packed/listpack-builder.ts';
import { EntryView, entryEquals } from '../packed/listpack-elements.ts';
import { kindOf, setEncodings, valueTypes } from '../value-types.ts';
import { MemberTable } from './member-table.ts';

/**
 * Puts a set together from members that come one after the other, in any order, and stores it in the
 * form that fits: for files, and for commands that store their result.
 *
 * Members are gathered in a listpack with an index of hashes; when there are too many for any packed
 * form, they move to a table, which then is the set.
 */
export class SetBuilder {
  readonly #database: Database;
  readonly #members = new ListpackBuilder();
  /** Offset of each gathered member, by its hash; 0 where there is none. */
  #index = new Int32Array(firstSlots);
  #table: MemberTable | null = null;
  #areIntegers = true;
  #longest = 0;
  readonly #integer = new Int64();
  readonly #view = new EntryView();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Starts a set of about `expected` members; what was gathered before is forgotten. */
  begin(expected: number): void {
    this.discard();
    const { limits, records } = this.#database;
    if (expected <= Math.max(limits.setIntegers, limits.setEntries, wideElementsMax)) return;
    this.#table = new MemberTable(records);
    this.#table.table.reserve(Math.min(expected, reservedMax));
    this.#areIntegers = false;
  }

  get size(): number {
    return this.#table?.size ?? this.#members.count;
  }

  /** Adds a member; false when it was there. The bytes may lie in the store. */
  add(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#table !== null) return this.#addToTable(this.#table, bytes, start, end);
    const slot = this.#slotOf(bytes, start, end);
    if (this.#index[slot] !== 0) return false;
    const isInteger = this.#areIntegers && this.#integer.parse(bytes, start, end);
    if (!this.#fits(end - start, isInteger)) {
      return this.#addToTable(this.#toTable(), bytes, start, end);
    }
    this.#areIntegers = isInteger;
    this.#longest = Math.max(this.#longest, end - start);
    this.#index[slot] = this.#members.packBytes - 1;
    this.#members.append(bytes, start, end);
    if (this.#members.count * 2 > this.#index.length) this.#growIndex();
    return true;
  }

  /** Stores the set under a key, whatever was there. Requires: it has members. Returns its record. */
  store(key: Uint8Array, keyStart: number, keyEnd: number, expiresAtMs: number): number {
    const { values, limits } = this.#database;
    const table = this.#table ?? (this.#staysPacked() ? null : this.#toTable());
    if (table !== null) {
      const kind = kindOf(valueTypes.set, setEncodings.hashtable);
      this.#table = null;
      return values.putStructure(key, keyStart, keyEnd, kind, table, expiresAtMs);
    }
    if (this.#areIntegers && this.size <= limits.setIntegers) {
      return this.#storeIntegers(key, keyStart, keyEnd, expiresAtMs);
    }
    const isPlain = this.size <= limits.setEntries && this.#longest <= limits.setValueBytes;
    const encoding = isPlain ? setEncodings.listpack : setEncodings.wide;
    const length = this.#members.finish();
    const kind = kindOf(valueTypes.set, encoding);
    const ref = values.put(key, keyStart, keyEnd, kind, length, expiresAtMs);
    values.bytes.set(this.#members.bytes.subarray(0, length), values.start);
    return ref;
  }

  /** Gives up what was gathered. */
  discard(): void {
    if (this.#table !== null) while (!this.#table.freeSome(Number.MAX_SAFE_INTEGER));
    this.#table = null;
    this.#members.reset();
    if (this.#index.length > keptSlots) this.#index = new Int32Array(firstSlots);
    else this.#index.fill(0);
    this.#areIntegers = true;
    this.#longest = 0;
  }

  /** Whether one more member may be gathered, so that some packed form still is possible. */
  #fits(bytes: number, isInteger: boolean): boolean {
    const { limits } = this.#database;
    const count = this.size + 1;
    if (isInteger && count <= limits.setIntegers) return true;
    const longest = Math.max(bytes, this.#longest);
    if (count <= limits.setEntries && longest <= limits.setValueBytes) return true;
    return count <= wideElementsMax && this.#members.packBytes + bytes + 11 <= wideBytesMax;
  }

  /** A set of integers alone may have become too large for what it turned out to be. */
  #staysPacked(): boolean {
    const { limits } = this.#database;
    if (this.#areIntegers && this.size <= limits.setIntegers) return true;
    if (this.size <= limits.setEntries && this.#longest <= limits.setValueBytes) return true;
    return this.size <= wideElementsMax && this.#members.packBytes <= wideBytesMax;
  }

  #addToTable(table: MemberTable, bytes: Uint8Array, start: number, end: number): boolean {
    if (table.find(bytes, start, end) !== 0) return false;
    table.insertFound(bytes, start, end, 0, 0);
    return true;
  }

  #toTable(): MemberTable {
    const table = new MemberTable(this.#database.records);
    this.#forEachGathered((view) => {
      this.#addToTable(table, view.bytes, view.start, view.end);
    });
    this.#table = table;
    this.#members.reset();
    return table;
  }

  #storeIntegers(key: Uint8Array, keyStart: number, keyEnd: number, expiresAtMs: number): number {
    const sorted = new BigInt64Array(this.size);
    let i = 0;
    this.#forEachGathered((view) => {
      sorted[i++] = view.integer.toBigInt();
    });
    sorted.sort();
    const value = this.#integer;
    let width = 2;
    for (const end of [sorted[0], sorted[sorted.length - 1]]) {
      value.setBigInt(end);
      width = Math.max(width, intset.widthFor(value));
    }
    const kind = kindOf(valueTypes.set, setEncodings.intset);
    const length = intset.sizeOf(width, sorted.length);
    const { values } = this.#database;
    const ref = values.put(key, keyStart, keyEnd, kind, length, expiresAtMs);
    intset.writeHeader(values.bytes, values.start, width, 0);
    for (let at = 0; at < sorted.length; at += 1) {
      value.setBigInt(sorted[at]);
      intset.insert(values.bytes, values.start, at, value, values.bytes, values.start);
    }
    return ref;
  }

  #forEachGathered(visit: (view: EntryView) => void): void {
    this.#members.finish();
    const { bytes } = this.#members;
    for (let at = listpack.first(bytes, 0); at >= 0; at = listpack.next(bytes, at)) {
      this.#view.read(bytes, at);
      visit(this.#view);
    }
  }

  /** The slot of a member, or the empty one where it belongs. */
  #slotOf(bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#index.length - 1;
    let slot = this.#database.records.hash(bytes, start, end) & mask;
    for (;;) {
      const at = this.#index[slot];
      if (at === 0 || entryEquals(this.#members.bytes, at, bytes, start, end)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #growIndex(): void {
    this.#index = new Int32Array(this.#index.length * 2);
    this.#members.finish();
    const { bytes } = this.#members;
    for (let at = listpack.first(bytes, 0); at >= 0; at = listpack.next(bytes, at)) {
      this.#view.read(bytes, at);
      this.#index[this.#slotOf(this.#view.bytes, this.#view.start, this.#view.end)] = at;
    }
  }
}

/** Slots of the index at first: a power of two, as all its sizes are. */
const firstSlots = 256;
const keptSlots = 4096;
/** A hint may lie: room is made ahead for no more members than this. */
const reservedMax = 1024 * 1024;
