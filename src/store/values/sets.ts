import type { Random } from '../../runtime/random.ts';
import type { Database } from '../database.ts';
import { wideBytesMax, wideElementsMax } from '../encoding-limits.ts';
import { Int64 } from '../packed/int64.ts';
import * as intset from '../packed/intset.ts';
import * as listpack from '../packed/listpack.ts';
import { EntryView, find } from '../packed/listpack-elements.ts';
import { encodedLength, writeEntry } from '../packed/listpack-encoding.ts';
import { kindOf, setEncodings, valueTypes } from '../value-types.ts';
import { MemberTable } from './member-table.ts';

const { intset: asIntset, listpack: asListpack, hashtable: asTable, wide: asWide } = setEncodings;

/** Takes one member: `bytes[start, end)`, lent for the call. */
export type MemberVisitor = (bytes: Uint8Array, start: number, end: number) => void;

/**
 * The sets of a database: sorted integers, a listpack, or a table, with Redis 7.2's thresholds.
 *
 * Every method takes the record of a key that holds a set. Where a set was changed, `ref` is its
 * record from then on. Keys of emptied sets are the caller's to delete.
 */
export class Sets {
  /** The record of the set that was changed last. */
  ref = 0;
  /** The member that `memberAt` or `randomMember` found. */
  readonly member: EntryView = new EntryView();
  readonly #database: Database;
  readonly #view = new EntryView();
  readonly #integer = new Int64();
  /** Index of the member of a packed set that `randomMember` showed. */
  #shown = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Number of members. */
  length(ref: number): number {
    const { values } = this.#database;
    const encoding = this.#database.encodingOf(ref);
    if (encoding === asTable) return this.tableOf(ref).size;
    values.locate(ref);
    return encoding === asIntset
      ? intset.count(values.bytes, values.start)
      : listpack.count(values.bytes, values.start);
  }

  has(ref: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { values } = this.#database;
    const encoding = this.#database.encodingOf(ref);
    if (encoding === asTable) return this.tableOf(ref).find(bytes, start, end) !== 0;
    values.locate(ref);
    if (encoding === asIntset) {
      return intset.findText(values.bytes, values.start, bytes, start, end) >= 0;
    }
    const first = listpack.first(values.bytes, values.start);
    return find(values.bytes, first, bytes, start, end, 0) >= 0;
  }

  /**
   * Creates a set with one member. `expected` is how many there will be, for the form to begin with.
   */
  create(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    expected: number,
  ): void {
    const { values, limits } = this.#database;
    const isInteger = this.#integer.parse(bytes, start, end);
    if (isInteger && expected <= limits.setIntegers) {
      const kind = kindOf(valueTypes.set, asIntset);
      this.ref = values.put(key, keyStart, keyEnd, kind, intset.headerBytes, 0);
      intset.writeEmpty(values.bytes, values.start);
    } else if (expected <= limits.setEntries) {
      const kind = kindOf(valueTypes.set, asListpack);
      this.ref = values.put(key, keyStart, keyEnd, kind, listpack.emptyBytes, 0);
      listpack.writeEmpty(values.bytes, values.start);
    } else {
      const table = new MemberTable(this.#database.records);
      const kind = kindOf(valueTypes.set, asTable);
      this.ref = values.putStructure(key, keyStart, keyEnd, kind, table, 0);
    }
    this.add(this.ref, bytes, start, end);
  }

  /** Makes a packed set a table when about `count` members are to be added, too many for it. */
  prepare(ref: number, count: number): void {
    const { limits } = this.#database;
    const encoding = this.#database.encodingOf(ref);
    this.ref = ref;
    const isOver =
      (encoding === asIntset && count > limits.setIntegers) ||
      (encoding === asListpack && count > limits.setEntries);
    if (isOver) this.#toTable(ref);
  }

  /** Adds a member; says whether it is new. */
  add(ref: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.ref = ref;
    switch (this.#database.encodingOf(ref)) {
      case asTable: {
        const table = this.tableOf(ref);
        if (table.find(bytes, start, end) !== 0) return false;
        table.insertFound(bytes, start, end, 0, 0);
        return true;
      }
      case asIntset:
        return this.#addToIntset(ref, bytes, start, end);
      default:
        return this.#addToListpack(ref, bytes, start, end);
    }
  }

  /** Takes a member out; says whether it was there. */
  remove(ref: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.ref = ref;
    const { values } = this.#database;
    const encoding = this.#database.encodingOf(ref);
    if (encoding === asTable) {
      const table = this.tableOf(ref);
      if (table.find(bytes, start, end) === 0) return false;
      table.removeFound();
      return true;
    }
    values.locate(ref);
    if (encoding === asIntset) {
      const index = intset.findText(values.bytes, values.start, bytes, start, end);
      if (index < 0) return false;
      this.#removeInteger(ref, index);
      return true;
    }
    const first = listpack.first(values.bytes, values.start);
    const at = find(values.bytes, first, bytes, start, end, 0);
    if (at < 0) return false;
    this.#removeEntry(ref, at - values.start);
    return true;
  }

  /** Visits every member. The visitor must not change the set. */
  forEach(ref: number, visit: MemberVisitor): void {
    const { values, records } = this.#database;
    const encoding = this.#database.encodingOf(ref);
    if (encoding === asTable) {
      this.tableOf(ref).table.forEach((member) => {
        records.locateKey(member);
        visit(records.keyBytes, records.keyStart, records.keyEnd);
      });
      return;
    }
    values.locate(ref);
    const { bytes, start } = values;
    const view = this.#view;
    if (encoding === asIntset) {
      const count = intset.count(bytes, start);
      for (let i = 0; i < count; i += 1) {
        intset.showAt(bytes, start, i, view);
        visit(view.bytes, view.start, view.end);
      }
      return;
    }
    for (let at = listpack.first(bytes, start); at >= 0; at = listpack.next(bytes, at)) {
      view.read(bytes, at);
      visit(view.bytes, view.start, view.end);
    }
  }

  /**
   * Visits about `count` members from `cursor` on, all of them where the set is packed. Returns the
   * cursor to go on with, 0 at the end; see `ByteTable.scan`.
   */
  scan(ref: number, cursor: number, count: number, visit: MemberVisitor): number {
    if (this.#database.encodingOf(ref) !== asTable) {
      this.forEach(ref, visit);
      return 0;
    }
    const { records } = this.#database;
    return this.tableOf(ref).table.scan(cursor, count, (member) => {
      records.locateKey(member);
      visit(records.keyBytes, records.keyStart, records.keyEnd);
    });
  }

  /**
   * Shows a random member, each with the same chance, as `member`. `removeShown` may follow if nothing
   * else happens in between.
   */
  randomMember(ref: number, random: Random): void {
    if (this.#database.encodingOf(ref) !== asTable) {
      this.#shown = random.uint32() % this.length(ref);
      this.memberAt(ref, this.#shown);
      return;
    }
    const { records } = this.#database;
    records.locateKey(this.tableOf(ref).table.randomRecord(random));
    this.member.bytes = records.keyBytes;
    this.member.start = records.keyStart;
    this.member.end = records.keyEnd;
  }

  /** Takes out the member that `randomMember` just showed; its bytes are lost. */
  removeShown(ref: number): void {
    this.ref = ref;
    const { values } = this.#database;
    const encoding = this.#database.encodingOf(ref);
    if (encoding === asTable) {
      this.tableOf(ref).removeFound();
      return;
    }
    values.locate(ref);
    if (encoding === asIntset) {
      this.#removeInteger(ref, this.#shown);
      return;
    }
    const { bytes, start, end } = values;
    this.#removeEntry(ref, listpack.seek(bytes, start, end, this.#shown) - start);
  }

  /** Shows the member at `index` of a packed set as `member`. */
  memberAt(ref: number, index: number): void {
    const { values } = this.#database;
    values.locate(ref);
    const { bytes, start, end } = values;
    if (this.#database.encodingOf(ref) === asIntset) {
      intset.showAt(bytes, start, index, this.member);
    } else {
      this.member.read(bytes, listpack.seek(bytes, start, end, index));
    }
  }

  /** Whether members can be reached by their index. */
  isPacked(ref: number): boolean {
    return this.#database.encodingOf(ref) !== asTable;
  }

  /** The table of a large set. */
  tableOf(ref: number): MemberTable {
    return this.#database.values.structureOf(ref) as MemberTable;
  }

  #addToIntset(ref: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { values, limits } = this.#database;
    const value = this.#integer;
    if (!value.parse(bytes, start, end)) {
      this.#leaveIntset(ref, end - start);
      return this.add(this.ref, bytes, start, end);
    }
    values.locate(ref);
    const found = intset.find(values.bytes, values.start, value);
    if (found >= 0) return false;
    const before = values.end - values.start;
    const growth = intset.bytesWith(values.bytes, values.start, value) - before;
    this.ref = values.splice(ref, before, 0, growth);
    intset.insert(values.bytes, values.start, ~found, value, values.bytes, values.start);
    const limit = Math.min(limits.setIntegers, intsetEntriesMax);
    if (intset.count(values.bytes, values.start) > limit) this.#toTable(this.ref);
    return true;
  }

  /** The first member that is no integer, of so many bytes, comes: the set takes another form. */
  #leaveIntset(ref: number, newBytes: number): void {
    const { values, limits } = this.#database;
    values.locate(ref);
    const count = intset.count(values.bytes, values.start);
    let longest = 0;
    for (const index of [0, count - 1]) {
      intset.showAt(values.bytes, values.start, index, this.#view);
      longest = Math.max(longest, this.#view.length);
    }
    const isSmall =
      count < limits.setEntries &&
      newBytes <= limits.setValueBytes &&
      longest <= limits.setValueBytes;
    const isWide = count < wideElementsMax && count * longest + newBytes < wideBytesMax / 2;
    if (isSmall || isWide) this.#toListpack(ref, isSmall ? asListpack : asWide);
    else this.#toTable(ref);
  }

  #toListpack(ref: number, encoding: number): void {
    const { values } = this.#database;
    values.locate(ref);
    const { bytes, start } = values;
    const count = intset.count(bytes, start);
    let length = listpack.emptyBytes;
    for (let i = 0; i < count; i += 1) {
      intset.showAt(bytes, start, i, this.#view);
      length += encodedLength(this.#view.bytes, this.#view.start, this.#view.end);
    }
    this.ref = values.replace(ref, encoding, length);
    // What `replace` gave up keeps its bytes until something else is allocated.
    let at = values.start + listpack.headerBytes;
    for (let i = 0; i < count; i += 1) {
      intset.showAt(bytes, start, i, this.#view);
      at = writeEntry(values.bytes, at, this.#view.bytes, this.#view.start, this.#view.end);
    }
    values.bytes[at] = listpack.endMark;
    listpack.writeHeader(values.bytes, values.start, length, count);
  }

  #addToListpack(ref: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { values, limits } = this.#database;
    values.locate(ref);
    const first = listpack.first(values.bytes, values.start);
    if (find(values.bytes, first, bytes, start, end, 0) >= 0) return false;
    const count = listpack.count(values.bytes, values.start);
    const length = values.end - values.start;
    const added = encodedLength(bytes, start, end);
    const isWide = this.#database.encodingOf(ref) === asWide;
    if (isWide || count >= limits.setEntries || end - start > limits.setValueBytes) {
      if (count >= wideElementsMax || length + added > wideBytesMax) {
        this.#toTable(ref);
        return this.add(this.ref, bytes, start, end);
      }
      this.ref = values.setEncoding(ref, asWide);
    }
    this.ref = values.splice(this.ref, length - 1, 0, added);
    writeEntry(values.bytes, values.start + length - 1, bytes, start, end);
    listpack.adjustHeader(values.bytes, values.start, added, 1);
    return true;
  }

  #removeInteger(ref: number, index: number): void {
    const { values } = this.#database;
    this.ref = values.writable(ref);
    const before = values.end - values.start;
    const after = intset.remove(values.bytes, values.start, index) - values.start;
    this.ref = values.splice(this.ref, after, before - after, 0);
  }

  /** Takes out the entry at an offset of the pack. */
  #removeEntry(ref: number, offset: number): void {
    const { values } = this.#database;
    const at = values.start + offset;
    const length = listpack.skipEntry(values.bytes, at) - at;
    this.ref = values.splice(ref, offset, length, 0);
    listpack.adjustHeader(values.bytes, values.start, -length, -1);
    listpack.settleCount(values.bytes, values.start);
  }

  #toTable(ref: number): void {
    const table = new MemberTable(this.#database.records);
    // Filling the table allocates, but frees nothing: the packed bytes stay where they are.
    this.forEach(ref, (bytes, start, end) => {
      table.find(bytes, start, end);
      table.insertFound(bytes, start, end, 0, 0);
    });
    this.ref = this.#database.values.replaceByStructure(ref, asTable, table);
  }
}

/** Redis keeps no more integers in an intset, whatever the setting says. */
const intsetEntriesMax = 1 << 30;
