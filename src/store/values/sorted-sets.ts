import type { Database } from '../database.ts';
import { wideBytesMax, wideElementsMax } from '../encoding-limits.ts';
import {
  adjustHeader,
  count as countElements,
  emptyBytes,
  endMark,
  headerBytes,
  writeEmpty,
} from '../packed/listpack.ts';
import { kindOf, sortedSetEncodings, valueTypes } from '../value-types.ts';
import { SortedSetBuilder } from './sorted-set-builder.ts';
import { SortedSetCursor } from './sorted-set-cursor.ts';
import {
  type LexBound,
  lexRangeOfMembers,
  lexRangeOfPack,
  type RankRange,
} from './sorted-set-lex.ts';
import { RankedMembers } from './sorted-set-members.ts';
import {
  ElementEntries,
  ElementIndex,
  findMember,
  scoreOfElement,
  skipElement,
} from './sorted-set-pack.ts';

/** Sees one element after the other; the bytes are lent for the call. */
export type ElementVisitor = (bytes: Uint8Array, start: number, end: number, score: number) => void;

const { listpack, skiplist, wide } = sortedSetEncodings;

/**
 * The sorted sets of one database: members with scores, in the order of score and then member. A score
 * is never NaN.
 *
 * Every change returns the set's record, which may have moved. A set without members is a state
 * between two calls: the caller deletes the key. Member bytes that are given may not lie in the store.
 */
export class SortedSets {
  /** Score of the member that was found last. */
  score = 0;
  /** The place where `cursorAt` stands. */
  readonly cursor: SortedSetCursor = new SortedSetCursor();
  /** What `scoreRange` and `lexRange` found: ranks from `start` to before `end`. */
  readonly range: RankRange = { start: 0, end: 0 };
  readonly #database: Database;
  readonly #index = new ElementIndex();
  readonly #entries = new ElementEntries();
  /** What `find` found: a record in the table of members, or an offset in the pack; 0 for none. */
  #place = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** How many members there are. */
  length(ref: number): number {
    const { records, values } = this.#database;
    if (records.isStructured(ref)) return this.membersOf(ref).size;
    values.locate(ref);
    return countElements(values.bytes, values.start) >>> 1;
  }

  /** The structure of a large set. Requires: its encoding is `skiplist`. */
  membersOf(ref: number): RankedMembers {
    return this.#database.values.structureOf(ref) as RankedMembers;
  }

  /** Creates the key with a set without members, or replaces whatever it had. */
  create(key: Uint8Array, start: number, end: number, expiresAtMs: number): number {
    const { values } = this.#database;
    const ref = values.put(key, start, end, packedKind, emptyBytes, expiresAtMs);
    writeEmpty(values.bytes, values.start);
    return ref;
  }

  /**
   * Whether the set has a member; `score` is its score then. `insert`, `update` and `remove` may
   * follow, if nothing else happens in between.
   */
  find(ref: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { records, values } = this.#database;
    if (records.isStructured(ref)) {
      const members = this.membersOf(ref);
      const record = members.find(bytes, start, end);
      this.#place = record;
      if (record === 0) return false;
      this.score = members.scoreOf(record);
      return true;
    }
    values.locate(ref);
    const at = findMember(values.bytes, values.start, bytes, start, end);
    if (at < 0) return false;
    this.#place = at - values.start;
    this.score = scoreOfElement(values.bytes, at);
    return true;
  }

  /** The rank of a member, -1 where there is none; `score` is its score. */
  rankOf(ref: number, bytes: Uint8Array, start: number, end: number): number {
    if (!this.find(ref, bytes, start, end)) return -1;
    const { records, values } = this.#database;
    if (records.isStructured(ref)) {
      return this.membersOf(ref).order.rankOf(this.score, bytes, start, end);
    }
    const found = values.start + this.#place;
    let rank = 0;
    let at = values.start + headerBytes;
    for (; at < found; at = skipElement(values.bytes, at)) rank += 1;
    return rank;
  }

  /** Adds the member that `find` just missed. */
  insert(ref: number, bytes: Uint8Array, start: number, end: number, score: number): number {
    if (!this.#database.records.isStructured(ref)) {
      const fitting = this.#fit(ref, bytes, start, end, score);
      if (!this.#database.records.isStructured(fitting)) {
        return this.#insertEntry(fitting, bytes, start, end, score);
      }
      const members = this.membersOf(fitting);
      members.find(bytes, start, end);
      members.addFound(bytes, start, end, score);
      return fitting;
    }
    this.membersOf(ref).addFound(bytes, start, end, score);
    return ref;
  }

  /** Gives the member that `find` just found another score. */
  update(ref: number, bytes: Uint8Array, start: number, end: number, score: number): number {
    if (this.#database.records.isStructured(ref)) {
      this.membersOf(ref).rescoreFound(this.#place, bytes, start, end, score);
      return ref;
    }
    const fresh = this.#removeEntries(ref, this.#place, 1);
    return this.#insertEntry(fresh, bytes, start, end, score);
  }

  /** Takes out the member that `find` just found. */
  remove(ref: number, bytes: Uint8Array, start: number, end: number): number {
    if (!this.#database.records.isStructured(ref)) return this.#removeEntries(ref, this.#place, 1);
    this.membersOf(ref).dropFound(this.#place, bytes, start, end);
    return ref;
  }

  /** Takes out `count` members from this rank on. Requires: there are so many. */
  removeRange(ref: number, rank: number, count: number): number {
    const { records, values } = this.#database;
    if (records.isStructured(ref)) {
      this.membersOf(ref).dropRange(rank, count);
      return ref;
    }
    values.locate(ref);
    return this.#removeEntries(ref, this.#offsetOf(rank) - values.start, count);
  }

  /** Puts `cursor` on the element of this rank. Requires: 0 ≤ rank < length. */
  cursorAt(ref: number, rank: number): SortedSetCursor {
    const { records, values } = this.#database;
    if (records.isStructured(ref)) {
      this.cursor.openMembers(this.membersOf(ref), rank);
    } else {
      values.locate(ref);
      this.cursor.openPack(values.bytes, values.start, this.#offsetOf(rank));
    }
    return this.cursor;
  }

  /**
   * Finds the ranks of all scores between two bounds, each part of the range or not, into `range`.
   * Start and end are the same where nothing is between.
   */
  scoreRange(
    ref: number,
    min: number,
    max: number,
    minExclusive: boolean,
    maxExclusive: boolean,
  ): RankRange {
    const { records, values } = this.#database;
    const { range } = this;
    if (records.isStructured(ref)) {
      const { order } = this.membersOf(ref);
      range.start = order.countBelow(min, minExclusive);
      range.end = order.countBelow(max, !maxExclusive);
    } else {
      values.locate(ref);
      this.#index.read(values.bytes, values.start);
      range.start = this.#index.countBelow(values.bytes, min, minExclusive);
      range.end = this.#index.countBelow(values.bytes, max, !maxExclusive);
    }
    if (range.end < range.start) range.end = range.start;
    return range;
  }

  /**
   * The same for members between two bounds, where all scores are the same. Where they are not, small
   * sets are walked as Redis does, forward or from the end.
   */
  lexRange(ref: number, min: LexBound, max: LexBound, isReverse: boolean): RankRange {
    const { records, values } = this.#database;
    if (records.isStructured(ref)) {
      lexRangeOfMembers(this.membersOf(ref).order, min, max, this.range);
    } else {
      values.locate(ref);
      this.#index.read(values.bytes, values.start);
      lexRangeOfPack(this.#index, values.bytes, min, max, isReverse, this.range);
    }
    return this.range;
  }

  /** Visits all elements in order. The visitor must not change the database. */
  forEach(ref: number, visit: ElementVisitor): void {
    if (this.length(ref) === 0) return;
    const { cursor } = this;
    for (this.cursorAt(ref, 0); cursor.isOn; cursor.next()) {
      visit(cursor.bytes, cursor.start, cursor.end, cursor.score);
    }
  }

  /** Visits about `count` elements from `cursor` on, as `ByteTable.scan`; small sets at once. */
  scan(ref: number, cursor: number, count: number, visit: ElementVisitor): number {
    const { records } = this.#database;
    if (!records.isStructured(ref)) {
      this.forEach(ref, visit);
      return 0;
    }
    const members = this.membersOf(ref);
    return members.table.scan(cursor, count, (record) => {
      const score = members.scoreOf(record);
      records.locateKey(record);
      visit(records.keyBytes, records.keyStart, records.keyEnd, score);
    });
  }

  /** Begins a whole new set of about `expectedCount` members, which come in any order. */
  build(expectedCount: number): SortedSetBuilder {
    return new SortedSetBuilder(this.#database, expectedCount);
  }

  /**
   * Puts a packed set under a key, as it is where that is within limits. Requires: a well-formed pack
   * of an even, positive number of elements, in order and without duplicates; not in the store.
   */
  putPack(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    pack: Uint8Array,
    start: number,
    end: number,
    expiresAtMs: number,
  ): number {
    const { limits, values } = this.#database;
    const length = countElements(pack, start) >>> 1;
    if (length <= limits.sortedSetEntries) {
      const ref = values.put(key, keyStart, keyEnd, packedKind, end - start, expiresAtMs);
      values.bytes.set(pack.subarray(start, end), values.start);
      return ref;
    }
    const builder = this.build(length);
    const cursor = new SortedSetCursor();
    for (cursor.openPack(pack, start, start + headerBytes); cursor.isOn; cursor.next()) {
      builder.add(cursor.bytes, cursor.start, cursor.end, cursor.score);
    }
    return builder.finish(key, keyStart, keyEnd, expiresAtMs);
  }

  /** Gives a packed set the form that it needs to take one more member. */
  #fit(ref: number, bytes: Uint8Array, start: number, end: number, score: number): number {
    const { limits, records, values } = this.#database;
    values.locate(ref);
    const packBytes = values.end - values.start;
    const length = (countElements(values.bytes, values.start) >>> 1) + 1;
    const isPlain = records.encodingOf(ref) === listpack;
    if (isPlain && length <= limits.sortedSetEntries && end - start <= limits.sortedSetValueBytes) {
      return ref;
    }
    this.#entries.measure(bytes, start, end, score, true);
    const fitsWide =
      length * 2 <= wideElementsMax && packBytes + this.#entries.bytes <= wideBytesMax;
    return fitsWide ? values.setEncoding(ref, wide) : this.#convert(ref);
  }

  /** Makes a large set of a packed one. */
  #convert(ref: number): number {
    const { records, values } = this.#database;
    const members = new RankedMembers(records);
    this.forEach(ref, (bytes, start, end, score) => {
      members.find(bytes, start, end);
      members.addFound(bytes, start, end, score);
    });
    return values.replaceByStructure(ref, skiplist, members);
  }

  #insertEntry(ref: number, bytes: Uint8Array, start: number, end: number, score: number): number {
    const { records, values } = this.#database;
    const entries = this.#entries;
    entries.measure(bytes, start, end, score, records.encodingOf(ref) === wide);
    values.locate(ref);
    this.#index.read(values.bytes, values.start);
    const rank = this.#index.rankOf(values.bytes, score, bytes, start, end);
    const at = this.#index.offsets[rank] - values.start;
    const fresh = values.splice(ref, at, 0, entries.bytes);
    entries.write(values.bytes, values.start + at, bytes, start, end);
    adjustHeader(values.bytes, values.start, entries.bytes, 2);
    return fresh;
  }

  /** Takes `count` elements out, from the one at offset `at` of the pack on. */
  #removeEntries(ref: number, at: number, count: number): number {
    const { values } = this.#database;
    values.locate(ref);
    const from = values.start + at;
    let to = from;
    for (let i = 0; i < count; i += 1) to = skipElement(values.bytes, to);
    const fresh = values.splice(ref, at, to - from, 0);
    adjustHeader(values.bytes, values.start, from - to, -2 * count);
    return fresh;
  }

  /** Where the element of a rank begins, in the located pack. */
  #offsetOf(rank: number): number {
    const { bytes, start } = this.#database.values;
    let at = start + headerBytes;
    for (let i = 0; i < rank && bytes[at] !== endMark; i += 1) at = skipElement(bytes, at);
    return at;
  }
}

const packedKind = kindOf(valueTypes.sortedSet, listpack);
