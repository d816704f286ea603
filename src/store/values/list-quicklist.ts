import type { EncodingLimits } from '../encoding-limits.ts';
import type { Records } from '../memory/records.ts';
import type { Structure } from '../memory/structures.ts';
import {
  adjustHeader,
  headerBytes,
  last,
  seek,
  skipEntries,
  skipEntry,
} from '../packed/listpack.ts';
import type { EntryView } from '../packed/listpack-elements.ts';
import { encodedLength, writeEntry } from '../packed/listpack-encoding.ts';
import { showPlain } from './list-cursor.ts';
import { ListDirectory } from './list-directory.ts';
import { allowsInsert, nodeRoomMax, nodeSizeOf } from './list-limits.ts';
import { ListNodes } from './list-nodes.ts';
import { countEqual, dropEqual, isSame } from './list-removal.ts';
import { joinAround, splitNode } from './list-splits.ts';

/**
 * The large form of lists: a directory of nodes. After the same commands the nodes are those that
 * Redis would have, because dumps copy them: pushes fill the node at the end, an insert into a full
 * node splits it and joins its neighbours, and a deletion joins nothing.
 *
 * A captured list keeps the refs of its nodes as they were; see `ListNodes` for what pins them.
 */
export class Quicklist implements Structure {
  epoch: number;
  readonly records: Records;
  readonly directory: ListDirectory = new ListDirectory();
  readonly nodes: ListNodes;
  /** How large nodes become: the setting when the list was made. */
  readonly nodeSize: number;
  readonly #limits: EncodingLimits;
  #captured: Uint32Array | null = null;
  #capturedLength = 0;

  constructor(records: Records, limits: EncodingLimits, nodeSize = limits.listNodeSize) {
    this.records = records;
    this.#limits = limits;
    this.nodeSize = nodeSizeOf(nodeSize);
    this.epoch = records.structures.openEpoch;
    this.nodes = new ListNodes(records, nodeRoomMax(this.nodeSize));
  }

  /** Number of elements. */
  get length(): number {
    return this.directory.elementCount;
  }

  /** Adds an element at an end. */
  push(atHead: boolean, bytes: Uint8Array, start: number, end: number): void {
    this.records.structures.beforeChange(this);
    const { directory, nodes } = this;
    const isThere = atHead ? directory.toFirst() : directory.toLast();
    const length = end - start;
    if (isThere && length < this.#limits.listPlainBytes && this.#hasRoom(length)) {
      const at = atHead ? nodes.start + headerBytes : nodes.end - 1;
      this.#addEntry(at, bytes, start, end);
    } else {
      this.#insertNode(!atHead, bytes, start, end);
    }
  }

  /**
   * Adds a whole node at the tail: a well-formed listpack of `count` elements, or a plain element.
   */
  appendNode(bytes: Uint8Array, start: number, end: number, count: number, isPlain: boolean): void {
    this.records.structures.beforeChange(this);
    const ref = this.nodes.createCopy(bytes, start, end, isPlain);
    this.directory.toLast();
    this.directory.insert(true, ref, count);
  }

  /** Deletes `count` elements from index `from` on. Requires: there are that many. */
  deleteRange(from: number, count: number): void {
    if (count <= 0) return;
    this.records.structures.beforeChange(this);
    const { directory, nodes } = this;
    directory.seek(from);
    let { offset } = directory;
    let left = count;
    while (left > 0) {
      const taken = Math.min(left, directory.count - offset);
      left -= taken;
      if (taken === directory.count) {
        nodes.free(directory.ref);
        directory.remove();
      } else {
        this.#deleteEntries(offset, taken);
        if (left > 0) directory.next();
      }
      offset = 0;
    }
  }

  /** Deletes the element at an end. Requires: there is one. */
  deleteEnd(atHead: boolean): void {
    this.records.structures.beforeChange(this);
    const { directory } = this;
    if (atHead) directory.toFirst();
    else directory.toLast();
    if (directory.count === 1) {
      this.nodes.free(directory.ref);
      directory.remove();
    } else {
      this.#deleteEntries(atHead ? 0 : directory.count - 1, 1);
    }
  }

  /** Shows the element at an end. Requires: there is one. */
  showEnd(atHead: boolean, element: EntryView): void {
    const { directory, nodes } = this;
    if (atHead) directory.toFirst();
    else directory.toLast();
    nodes.locate(directory.ref);
    const { bytes, start, end } = nodes;
    if (nodes.isPlain(directory.ref)) showPlain(element, bytes, start, end);
    else element.read(bytes, atHead ? start + headerBytes : last(bytes, start, end));
  }

  /** Replaces the element at an index. Requires: there is one. */
  replace(index: number, bytes: Uint8Array, start: number, end: number): void {
    this.records.structures.beforeChange(this);
    const { directory, nodes } = this;
    directory.seek(index);
    const isPlain = nodes.isPlain(directory.ref);
    const isLarge = end - start >= this.#limits.listPlainBytes;
    if (isPlain || isLarge) {
      this.#replacePlain(isPlain && !isLarge, bytes, start, end);
      return;
    }
    nodes.locate(directory.ref);
    const at = seek(nodes.bytes, nodes.start, nodes.end, directory.offset);
    const before = skipEntry(nodes.bytes, at) - at;
    const after = encodedLength(bytes, start, end);
    const offset = at - nodes.start;
    const ref = nodes.splice(directory.ref, offset, before, after);
    this.#fill(ref, nodes.start + offset, bytes, start, end, after - before, 0);
  }

  /** Inserts an element before or behind the one at an index. Requires: there is one. */
  insert(index: number, isBehind: boolean, bytes: Uint8Array, start: number, end: number): void {
    this.records.structures.beforeChange(this);
    this.directory.seek(index);
    this.#insertAtPosition(isBehind, bytes, start, end);
  }

  /**
   * Deletes up to `limit` elements that equal `needle[start, end)`, the last ones first where
   * `isBackwards`. Returns how many.
   */
  removeEqual(
    limit: number,
    isBackwards: boolean,
    needle: Uint8Array,
    start: number,
    end: number,
  ): number {
    this.records.structures.beforeChange(this);
    const { directory, nodes } = this;
    let left = limit;
    let isThere = isBackwards ? directory.toLast() : directory.toFirst();
    while (isThere && left > 0) {
      const matches = this.#countEqual(needle, start, end);
      const taken = Math.min(matches, left);
      left -= taken;
      if (taken > 0 && taken === directory.count) {
        nodes.free(directory.ref);
        const hasNext = directory.remove();
        isThere = isBackwards ? directory.previous() : hasNext;
        continue;
      }
      if (taken > 0) this.#compact(taken, isBackwards ? matches - taken : 0, needle, start, end);
      isThere = isBackwards ? directory.previous() : directory.next();
    }
    return limit - left;
  }

  get memoryBytes(): number {
    const { directory, records } = this;
    const sampled = Math.min(samples, directory.nodeCount);
    let bytes = 0;
    for (let i = 0; i < sampled; i += 1) {
      directory.toNode(Math.floor((i * directory.nodeCount) / sampled));
      bytes += records.bytesOf(directory.ref);
    }
    const nodes = sampled === 0 ? 0 : (bytes / sampled) * directory.nodeCount;
    return Math.ceil(nodes) + directory.memoryBytes + objectBytes;
  }

  clone(): Quicklist {
    const copy = new Quicklist(this.records, this.#limits, this.nodeSize);
    const { directory, nodes } = this;
    for (let ok = directory.toFirst(); ok; ok = directory.next()) {
      nodes.locate(directory.ref);
      const isPlain = nodes.isPlain(directory.ref);
      copy.appendNode(nodes.bytes, nodes.start, nodes.end, directory.count, isPlain);
    }
    return copy;
  }

  freeSome(count: number): boolean {
    const { directory, nodes } = this;
    let left = count;
    let isThere = directory.toLast();
    while (isThere && left > 0) {
      nodes.free(directory.ref);
      directory.remove();
      isThere = directory.toLast();
      left -= 1;
    }
    return !isThere;
  }

  capture(epoch: number): void {
    this.#captured = this.directory.refs();
    this.#capturedLength = this.length;
    this.nodes.capture(epoch);
  }

  release(): void {
    this.#captured = null;
    this.nodes.release();
  }

  /**
   * The nodes as they were when the open snapshot began, to be located one after the other.
   * Requires: between `Structures.beginRead` and `endRead`, as for `capturedLength`.
   */
  get capturedNodes(): Uint32Array {
    if (this.#captured === null) throw new Error('a list is read only by an open snapshot');
    return this.#captured;
  }

  /** Number of elements of those nodes. */
  get capturedLength(): number {
    return this.#capturedLength;
  }

  /** Whether the position's node takes an element of so many bytes; if so, it is located. */
  #hasRoom(length: number): boolean {
    const { directory, nodes } = this;
    const { ref } = directory;
    nodes.locate(ref);
    if (nodes.isPlain(ref)) return false;
    return allowsInsert(this.nodeSize, nodes.end - nodes.start, directory.count, length);
  }

  /** Adds an element at an end of the position's node. */
  #addAtEnd(atHead: boolean, bytes: Uint8Array, start: number, end: number): void {
    this.nodes.locate(this.directory.ref);
    const at = atHead ? this.nodes.start + headerBytes : this.nodes.end - 1;
    this.#addEntry(at, bytes, start, end);
  }

  /** Adds an element at the entry at `at`, or the end mark, of the position's located node. */
  #addEntry(at: number, bytes: Uint8Array, start: number, end: number): void {
    const { directory, nodes } = this;
    const length = encodedLength(bytes, start, end);
    const before = nodes.start;
    const ref = nodes.spliceLocated(directory.ref, at - before, 0, length);
    this.#fill(ref, at - before + nodes.start, bytes, start, end, length, 1);
  }

  /** Writes an element into the gap at `at` of the located node. */
  #fill(
    ref: number,
    at: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    addedBytes: number,
    addedCount: number,
  ): void {
    const { directory, nodes } = this;
    writeEntry(nodes.bytes, at, bytes, start, end);
    adjustHeader(nodes.bytes, nodes.start, addedBytes, addedCount);
    if (ref === directory.ref) directory.addElements(addedCount);
    else directory.update(ref, directory.count + addedCount);
  }

  /** Deletes entries of the position's node. Requires: not all of them. */
  #deleteEntries(offset: number, count: number): void {
    const { directory, nodes } = this;
    nodes.locate(directory.ref);
    const { bytes, start, end } = nodes;
    const at = seek(bytes, start, end, offset);
    const isToEnd = offset + count === directory.count;
    const stop = isToEnd ? end - 1 : skipEntries(bytes, at, count);
    const ref = nodes.spliceLocated(directory.ref, at - start, stop - at, 0);
    adjustHeader(nodes.bytes, nodes.start, at - stop, -count);
    directory.update(ref, directory.count - count);
  }

  /** How many elements of the position's node, which it locates, equal the needle. */
  #countEqual(needle: Uint8Array, start: number, end: number): number {
    const { directory, nodes } = this;
    nodes.locate(directory.ref);
    if (!nodes.isPlain(directory.ref)) {
      return countEqual(nodes.bytes, nodes.start, needle, start, end);
    }
    return isSame(nodes.bytes, nodes.start, nodes.end, needle, start, end) ? 1 : 0;
  }

  /**
   * Deletes `count` of the node's elements that equal the needle, leaving out the first `skipped`.
   */
  #compact(count: number, skipped: number, needle: Uint8Array, start: number, end: number): void {
    const { directory, nodes } = this;
    const writable = nodes.splice(directory.ref, 0, 0, 0);
    const from = nodes.start;
    const bytes = nodes.end - from;
    const kept = dropEqual(nodes.bytes, from, count, skipped, needle, start, end) - from;
    const ref = nodes.splice(writable, kept, bytes - kept, 0);
    adjustHeader(nodes.bytes, nodes.start, kept - bytes, -count);
    directory.update(ref, directory.count - count);
  }

  /** A new node of one element, before or behind the position. */
  #insertNode(isBehind: boolean, bytes: Uint8Array, start: number, end: number): void {
    const isPlain = end - start >= this.#limits.listPlainBytes;
    const ref = isPlain
      ? this.nodes.createCopy(bytes, start, end, true)
      : this.nodes.createSingle(bytes, start, end);
    this.directory.insert(isBehind, ref, 1);
  }

  /** A plain node gives way to another element, or an element to a plain node. */
  #replacePlain(isSmall: boolean, bytes: Uint8Array, start: number, end: number): void {
    const { directory, nodes } = this;
    const { offset } = directory;
    if (isSmall) {
      this.#insertAtPosition(true, bytes, start, end);
    } else {
      if (offset < directory.count - 1) splitNode(this, offset, true);
      const isAlone = directory.count === 1;
      if (!isAlone) this.#deleteEntries(offset, 1);
      this.#insertNode(true, bytes, start, end);
      if (!isAlone) return;
    }
    directory.previous();
    nodes.free(directory.ref);
    directory.remove();
  }

  /** Inserts at the element that `seek` found; the position is then that of the element's node. */
  #insertAtPosition(isBehind: boolean, bytes: Uint8Array, start: number, end: number): void {
    const { directory, nodes } = this;
    const { offset } = directory;
    const length = end - start;
    const isLarge = length >= this.#limits.listPlainBytes;
    if (!isLarge && this.#hasRoom(length)) {
      const at = seek(nodes.bytes, nodes.start, nodes.end, offset);
      this.#addEntry(isBehind ? skipEntry(nodes.bytes, at) : at, bytes, start, end);
      return;
    }
    const isAtEdge = isBehind ? offset === directory.count - 1 : offset === 0;
    if (isAtEdge) {
      this.#insertAtEdge(isBehind, bytes, start, end);
      return;
    }
    splitNode(this, offset, isBehind);
    if (isLarge) {
      this.#insertNode(isBehind, bytes, start, end);
      return;
    }
    if (isBehind) directory.next();
    else directory.previous();
    this.#addAtEnd(isBehind, bytes, start, end);
    if (isBehind) directory.previous();
    else directory.next();
    joinAround(this);
  }

  /** The node is full and the element belongs to its edge: into the neighbour, or between both. */
  #insertAtEdge(isBehind: boolean, bytes: Uint8Array, start: number, end: number): void {
    const { directory } = this;
    const hasNeighbour = isBehind ? directory.next() : directory.previous();
    if (hasNeighbour) {
      const length = end - start;
      if (length < this.#limits.listPlainBytes && this.#hasRoom(length)) {
        this.#addAtEnd(isBehind, bytes, start, end);
        return;
      }
      if (isBehind) directory.previous();
      else directory.next();
    }
    this.#insertNode(isBehind, bytes, start, end);
  }
}

/** Nodes whose size stands for all. */
const samples = 16;
/** The objects around directory and nodes. */
const objectBytes = 400;
