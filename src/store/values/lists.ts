import type { Database } from '../database.ts';
import {
  adjustHeader,
  count,
  emptyBytes,
  endMark,
  headerBytes,
  last,
  seek,
  skipEntries,
  skipEntry,
  writeEmpty,
  writeHeader,
} from '../packed/listpack.ts';
import type { EntryView } from '../packed/listpack-elements.ts';
import { encodedLength, writeEntry } from '../packed/listpack-encoding.ts';
import { kindOf, listEncodings, valueTypes } from '../value-types.ts';
import { ListCursor } from './list-cursor.ts';
import { exceedsNode, nodeBytesMax, nodeEntriesMax } from './list-limits.ts';
import { Quicklist } from './list-quicklist.ts';
import { countEqual, dropEqual } from './list-removal.ts';

/** Words in one piece of memory, as a request has them. */
export interface ElementWords {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly count: number;
}

/**
 * The lists of a database: one listpack as long as it fits into what would be a node, then a
 * `Quicklist`, and a listpack again when that shrinks to one node of at most half the size.
 *
 * Every change takes a list's ref and returns the one that takes its place. Deletions may leave a
 * list empty: `settle` then deletes its key, and lets a small list become a listpack.
 */
export class Lists {
  /** Deleted by the last `removeEqual`. */
  removedCount = 0;
  /** Number of elements after the last `pushWords`. */
  pushedLength = 0;
  /** Shows the elements of the list that `open` chose. */
  readonly cursor: ListCursor = new ListCursor();
  /** What the cursor shows. */
  readonly element: EntryView = this.cursor.element;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Number of elements. */
  length(ref: number): number {
    const large = this.large(ref);
    if (large !== null) return large.length;
    const { values } = this.#database;
    values.locate(ref);
    return count(values.bytes, values.start);
  }

  /** The large form of a list; null when it is a listpack. */
  large(ref: number): Quicklist | null {
    if (this.#database.encodingOf(ref) !== listEncodings.quicklist) return null;
    return this.#database.values.structureOf(ref) as Quicklist;
  }

  /** Puts the cursor on an element, negative indexes from the end; false when there is none. */
  open(ref: number, index: number, isBackwards: boolean): boolean {
    const large = this.large(ref);
    if (large !== null) return this.cursor.openLarge(large, index, isBackwards);
    const { values } = this.#database;
    values.locate(ref);
    return this.cursor.openPacked(values.bytes, values.start, values.end, index, isBackwards);
  }

  /** Visits all elements in order; a visitor keeps nothing and changes nothing. */
  forEach(ref: number, visit: (bytes: Uint8Array, start: number, end: number) => void): void {
    const { cursor, element } = this;
    for (let isThere = this.open(ref, 0, false); isThere; isThere = cursor.next()) {
      cursor.read();
      visit(element.bytes, element.start, element.end);
    }
  }

  /** Creates an empty list under a key, to be filled at once. */
  create(key: Uint8Array, start: number, end: number): number {
    const { values } = this.#database;
    const ref = values.put(key, start, end, packedKind, emptyBytes, 0);
    writeEmpty(values.bytes, values.start);
    return ref;
  }

  /**
   * Pushes the words from 2 on, one after the other, to a list, or to a new one (ref 0) under the
   * key in word 1.
   */
  pushWords(ref: number, atHead: boolean, words: ElementWords): number {
    const { bytes, starts, ends } = words;
    const there = ref === 0 ? null : this.large(ref);
    if (there !== null) {
      this.#pushLarge(there, atHead, words);
      return ref;
    }
    const added = words.count - firstElement;
    let length = 0;
    for (let word = firstElement; word < words.count; word += 1) {
      length += ends[word] - starts[word];
    }
    let known = ref;
    if (ref === 0) {
      const { listNodeSize } = this.#database.limits;
      if (!exceedsNode(listNodeSize, emptyBytes + length, added)) {
        return this.#createPacked(atHead, words);
      }
      known = this.create(bytes, starts[1], ends[1]);
    }
    const grown = this.grow(known, length, added);
    const large = this.large(grown);
    if (large === null) return this.#pushPacked(grown, atHead, words);
    this.#pushLarge(large, atHead, words);
    return grown;
  }

  #pushLarge(large: Quicklist, atHead: boolean, words: ElementWords): void {
    const { bytes, starts, ends, count: stop } = words;
    for (let word = firstElement; word < stop; word += 1) {
      large.push(atHead, bytes, starts[word], ends[word]);
    }
    this.pushedLength = large.length;
  }

  /**
   * Turns a listpack into nodes if `entries` more elements of `length` bytes in all are too much
   * for it. To be called before elements are added or replaced.
   */
  grow(ref: number, length: number, entries: number): number {
    const database = this.#database;
    if (database.encodingOf(ref) === listEncodings.quicklist) return ref;
    const { limits, records, values } = database;
    values.locate(ref);
    const { bytes, start, end } = values;
    const elements = count(bytes, start);
    if (!exceedsNode(limits.listNodeSize, end - start + length, elements + entries)) return ref;
    const large = new Quicklist(records, limits);
    if (elements > 0) large.appendNode(bytes, start, end, elements, false);
    return values.replaceByStructure(ref, listEncodings.quicklist, large);
  }

  /** Pushes one element. Requires: `grow` was asked. */
  push(ref: number, atHead: boolean, bytes: Uint8Array, start: number, end: number): number {
    const large = this.large(ref);
    if (large !== null) {
      large.push(atHead, bytes, start, end);
      return ref;
    }
    const { values } = this.#database;
    values.locate(ref);
    const at = atHead ? headerBytes : values.end - values.start - 1;
    return this.#spliceEntry(ref, at, 0, bytes, start, end);
  }

  /** Inserts an element beside the one at an index. Requires: there is one; `grow` was asked. */
  insert(
    ref: number,
    index: number,
    isBehind: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): number {
    const large = this.large(ref);
    if (large !== null) {
      large.insert(index, isBehind, bytes, start, end);
      return ref;
    }
    const { values } = this.#database;
    values.locate(ref);
    const entry = seek(values.bytes, values.start, values.end, index);
    const at = isBehind ? skipEntry(values.bytes, entry) : entry;
    return this.#spliceEntry(ref, at - values.start, 0, bytes, start, end);
  }

  /** Replaces the element at an index (0 and more). Requires: there is one; `grow` was asked. */
  replace(ref: number, index: number, bytes: Uint8Array, start: number, end: number): number {
    const large = this.large(ref);
    if (large !== null) {
      large.replace(index, bytes, start, end);
      return ref;
    }
    const { values } = this.#database;
    values.locate(ref);
    const at = seek(values.bytes, values.start, values.end, index);
    const removed = skipEntry(values.bytes, at) - at;
    return this.#spliceEntry(ref, at - values.start, removed, bytes, start, end);
  }

  /** Index of the first element that equals the needle; -1 when there is none. */
  indexOf(ref: number, needle: Uint8Array, start: number, end: number): number {
    const { cursor } = this;
    let index = 0;
    for (let isThere = this.open(ref, 0, false); isThere; isThere = cursor.next()) {
      if (cursor.equals(needle, start, end)) return index;
      index += 1;
    }
    return -1;
  }

  /** Shows the element at an end in `element`. */
  showEnd(ref: number, atHead: boolean): void {
    const large = this.large(ref);
    if (large !== null) {
      large.showEnd(atHead, this.element);
      return;
    }
    const { values } = this.#database;
    values.locate(ref);
    const { bytes, start, end } = values;
    this.element.read(bytes, atHead ? start + headerBytes : last(bytes, start, end));
  }

  /** Deletes the element at an end. Requires: there is one. `settle` must follow. */
  deleteEnd(ref: number, atHead: boolean): number {
    const large = this.large(ref);
    if (large === null) return this.deleteRange(ref, atHead ? 0 : -1, 1);
    large.deleteEnd(atHead);
    return ref;
  }

  /**
   * Deletes `length` elements from an index on; a negative one counts from the end. Requires: there
   * are that many. `settle` must follow.
   */
  deleteRange(ref: number, index: number, length: number): number {
    if (length === 0) return ref;
    const large = this.large(ref);
    if (large !== null) {
      large.deleteRange(index < 0 ? index + large.length : index, length);
      return ref;
    }
    const { values } = this.#database;
    values.locate(ref);
    const { bytes, start, end } = values;
    const from = seek(bytes, start, end, index);
    const to = skipEntries(bytes, from, length);
    const spliced = values.splice(ref, from - start, to - from, 0);
    adjustHeader(values.bytes, values.start, from - to, -length);
    return spliced;
  }

  /**
   * Deletes up to `limit` elements that equal the needle, the last ones first where `isBackwards`;
   * `removedCount` says how many. `settle` must follow.
   */
  removeEqual(
    ref: number,
    limit: number,
    isBackwards: boolean,
    needle: Uint8Array,
    start: number,
    end: number,
  ): number {
    const large = this.large(ref);
    if (large !== null) {
      this.removedCount = large.removeEqual(limit, isBackwards, needle, start, end);
      return ref;
    }
    const { values } = this.#database;
    values.locate(ref);
    const matches = countEqual(values.bytes, values.start, needle, start, end);
    const taken = Math.min(matches, limit);
    this.removedCount = taken;
    if (taken === 0) return ref;
    const skipped = isBackwards ? matches - taken : 0;
    const writable = values.writable(ref);
    const from = values.start;
    const bytes = values.end - from;
    const kept = dropEqual(values.bytes, from, taken, skipped, needle, start, end) - from;
    const spliced = values.splice(writable, kept, bytes - kept, 0);
    adjustHeader(values.bytes, values.start, kept - bytes, -taken);
    return spliced;
  }

  /**
   * After deletions and replacements: deletes the key of an empty list, and returns 0 then; turns
   * one small node into a listpack.
   */
  settle(ref: number): number {
    const { limits, values } = this.#database;
    const large = this.large(ref);
    if ((large === null ? this.length(ref) : large.length) === 0) {
      values.remove(ref);
      return 0;
    }
    if (large === null || large.directory.nodeCount !== 1) return ref;
    const { directory, nodes } = large;
    directory.toFirst();
    if (nodes.isPlain(directory.ref)) return ref;
    nodes.locate(directory.ref);
    const { bytes, start, end } = nodes;
    const size = limits.listNodeSize;
    const entriesMax = Math.floor(nodeEntriesMax(size) / 2);
    if (end - start > nodeBytesMax(size) / 2 || large.length > entriesMax) return ref;
    // The nodes go with the list, before the bytes have their new place.
    const pack = bytes.slice(start, end);
    const fresh = values.replace(ref, listEncodings.listpack, pack.length);
    values.bytes.set(pack, values.start);
    return fresh;
  }

  #createPacked(atHead: boolean, words: ElementWords): number {
    const { bytes, starts, ends } = words;
    const { values } = this.#database;
    const packBytes = emptyBytes + encodedWords(words);
    const ref = values.put(bytes, starts[1], ends[1], packedKind, packBytes, 0);
    writeHeader(values.bytes, values.start, packBytes, words.count - firstElement);
    values.bytes[values.end - 1] = endMark;
    writeWords(values.bytes, values.start + headerBytes, atHead, words);
    this.pushedLength = words.count - firstElement;
    return ref;
  }

  #pushPacked(ref: number, atHead: boolean, words: ElementWords): number {
    const { values } = this.#database;
    const added = encodedWords(words);
    values.locate(ref);
    const at = atHead ? headerBytes : values.end - values.start - 1;
    const spliced = values.splice(ref, at, 0, added);
    writeWords(values.bytes, values.start + at, atHead, words);
    adjustHeader(values.bytes, values.start, added, words.count - firstElement);
    this.pushedLength = count(values.bytes, values.start);
    return spliced;
  }

  /**
   * Puts an element in place of `removed` bytes (of one entry, or none) at offset `at` of a pack.
   */
  #spliceEntry(
    ref: number,
    at: number,
    removed: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): number {
    const { values } = this.#database;
    const added = encodedLength(bytes, start, end);
    const spliced = values.splice(ref, at, removed, added);
    writeEntry(values.bytes, values.start + at, bytes, start, end);
    adjustHeader(values.bytes, values.start, added - removed, removed === 0 ? 1 : 0);
    return spliced;
  }
}

const packedKind = kindOf(valueTypes.list, listEncodings.listpack);
/** Behind the command and the key. */
const firstElement = 2;

function encodedWords({ bytes, starts, ends, count }: ElementWords): number {
  let length = 0;
  for (let word = firstElement; word < count; word += 1) {
    length += encodedLength(bytes, starts[word], ends[word]);
  }
  return length;
}

/** Writes the words as entries; those pushed to the head come in reverse. */
function writeWords(target: Uint8Array, at: number, atHead: boolean, words: ElementWords): void {
  const { bytes, starts, ends, count } = words;
  const step = atHead ? -1 : 1;
  let word = atHead ? count - 1 : firstElement;
  let to = at;
  for (let left = count - firstElement; left > 0; left -= 1, word += step) {
    to = writeEntry(target, to, bytes, starts[word], ends[word]);
  }
}
