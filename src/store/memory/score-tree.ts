import { assert } from '../../base/assert.ts';
import type { Records } from './records.ts';
import { innerCapacity, leafCapacity, ScoreTreeNodes } from './score-tree-nodes.ts';
import { ScoreSearch, type SearchMode, searchModes } from './score-tree-search.ts';

/**
 * The order of a large sorted set: a B+tree over records, by score and then by the bytes of their
 * keys, which are the members. Inner nodes count what is below them, so that an element's rank and
 * the element at a rank take O(log n), as do all bounds of ranges.
 *
 * The tree owns its nodes, not the records. Nothing here is a JavaScript object per element or
 * node; a search reads few records, because scores
 * stand beside the refs.
 */
export class ScoreTree {
  /** Number of elements. */
  size = 0;
  /** Place of the cursor: entry `index` of `leaf`; `leaf` is 0 when it is beyond an end. */
  leaf = 0;
  index = 0;

  readonly #nodes: ScoreTreeNodes;
  #root: number;
  /** Inner levels above the leaves. */
  #height = 0;
  /** The way of the last descent: node and entry by level. */
  readonly #pathNodes = new Uint32Array(heightMax);
  readonly #pathIndexes = new Int32Array(heightMax);
  readonly #search: ScoreSearch;
  /** Nodes still to be freed; null while the tree is in use. */
  #doomed: number[] | null = null;

  constructor(records: Records) {
    this.#nodes = new ScoreTreeNodes(records.arena);
    this.#search = new ScoreSearch(records, this.#nodes);
    this.#root = this.#nodes.create(0);
  }

  /** Bytes of all nodes. */
  get memoryBytes(): number {
    return this.#nodes.usedBytes;
  }

  /** Adds an element that is not there yet. `record` has the member `bytes[start, end)` as key. */
  insert(score: number, record: number, bytes: Uint8Array, start: number, end: number): void {
    this.#seek(score, bytes, start, end);
    this.#insertAtPath(score, record);
  }

  /** Adds an element that comes after all others. */
  append(score: number, record: number): void {
    this.#seekEnd();
    this.#insertAtPath(score, record);
  }

  #insertAtPath(score: number, record: number): void {
    const nodes = this.#nodes;
    const leaf = this.#pathNodes[0];
    const index = this.#pathIndexes[0];
    const isFirst = index === 0 && nodes.previousOf(leaf) === 0;
    const isLast = nodes.nextOf(leaf) === 0 && index === nodes.countOf(leaf);
    let right = 0;
    let target = leaf;
    let at = index;
    if (nodes.countOf(leaf) === leafCapacity) {
      // Whoever adds in order leaves full leaves behind.
      const half = isLast ? leafCapacity : isFirst ? 0 : leafCapacity >>> 1;
      right = this.#splitLeaf(leaf, half);
      if (index > half || half === leafCapacity) {
        target = right;
        at = index - half;
      }
    }
    nodes.open(target, at);
    nodes.setElement(target, at, score, record);
    this.size += 1;
    this.#noteInsert(right, isFirst, isLast);
  }

  /** Takes out the element with this score and member. Requires: it is there. */
  remove(score: number, bytes: Uint8Array, start: number, end: number): void {
    this.#seekPresent(score, bytes, start, end);
    this.#removeAtPath();
  }

  /** Takes out the element of this rank and returns its record. Requires: 0 ≤ rank < size. */
  removeRank(rank: number): number {
    this.toRank(rank);
    const { record } = this;
    this.#removeAtPath();
    return record;
  }

  /**
   * Gives an element another score, and a record that may be another one. Requires: it is there. What
   * stays in its leaf costs no second descent, what stays between its neighbours no shifting.
   */
  rescore(
    score: number,
    fresh: number,
    record: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    this.#seekPresent(score, bytes, start, end);
    const nodes = this.#nodes;
    const { leaf, index } = this;
    const last = nodes.countOf(leaf) - 1;
    // The first element of a leaf is known to the nodes above.
    const staysInLeaf =
      index > 0 && fresh > nodes.scoreAt(leaf, 0) && fresh < nodes.scoreAt(leaf, last);
    if (!staysInLeaf) {
      this.#removeAtPath();
      this.insert(fresh, record, bytes, start, end);
      return;
    }
    const staysAfter = nodes.scoreAt(leaf, index - 1) < fresh;
    if (staysAfter && (index === last || nodes.scoreAt(leaf, index + 1) > fresh)) {
      nodes.setElement(leaf, index, fresh, record);
      return;
    }
    nodes.close(leaf, index);
    this.#search.score = fresh;
    const target = this.#search.in(leaf, searchModes.before);
    nodes.open(leaf, target);
    nodes.setElement(leaf, target, fresh, record);
  }

  /** How many elements stand before the one with this score and member; the cursor stands there. */
  rankOf(score: number, bytes: Uint8Array, start: number, end: number): number {
    this.#seek(score, bytes, start, end);
    return this.#pathRank();
  }

  /** How many elements have a score below `score`, or (`inclusive`) up to it. */
  countBelow(score: number, inclusive: boolean): number {
    // Many ranges have an open end.
    if (score === Number.POSITIVE_INFINITY && inclusive) return this.size;
    if (score === Number.NEGATIVE_INFINITY && !inclusive) return 0;
    this.#search.score = score;
    return this.#countBefore(inclusive ? searchModes.scoreUpTo : searchModes.scoreBelow);
  }

  /**
   * How many elements have a member below these bytes, or (`inclusive`) up to them. Meaningful where
   * all elements have the same score.
   */
  countBelowMember(bytes: Uint8Array, start: number, end: number, inclusive: boolean): number {
    this.#search.setMember(bytes, start, end);
    return this.#countBefore(inclusive ? searchModes.memberUpTo : searchModes.memberBelow);
  }

  /** Puts the cursor on the element of this rank. Requires: 0 ≤ rank < size. */
  toRank(rank: number): void {
    const nodes = this.#nodes;
    let node = this.#root;
    let rest = rank;
    let total = this.size;
    for (let level = this.#height; level > 0; level -= 1) {
      const sizes = nodes.wordsOf(node);
      const first = nodes.sizesOf(node);
      // From the nearer end.
      let at = first;
      if (rest * 2 < total) {
        for (let size = sizes[at]; rest >= size; size = sizes[at]) {
          rest -= size;
          at += 1;
        }
      } else {
        at += nodes.countOf(node) - 1;
        let before = total - sizes[at];
        while (rest < before) {
          at -= 1;
          before -= sizes[at];
        }
        rest -= before;
      }
      total = sizes[at];
      this.#pathNodes[level] = node;
      this.#pathIndexes[level] = at - first;
      node = nodes.childAt(node, at - first);
    }
    this.#pathNodes[0] = node;
    this.#pathIndexes[0] = rest;
    this.leaf = node;
    this.index = rest;
  }

  /** Moves the cursor to the next element; its `leaf` is 0 behind the last. */
  next(): void {
    this.index += 1;
    if (this.index < this.#nodes.countOf(this.leaf)) return;
    this.leaf = this.#nodes.nextOf(this.leaf);
    this.index = 0;
  }

  /** Moves the cursor to the element before; its `leaf` is 0 before the first. */
  previous(): void {
    this.index -= 1;
    if (this.index >= 0) return;
    this.leaf = this.#nodes.previousOf(this.leaf);
    if (this.leaf !== 0) this.index = this.#nodes.countOf(this.leaf) - 1;
  }

  /** The score under the cursor. */
  get score(): number {
    return this.#nodes.scoreAt(this.leaf, this.index);
  }

  /** The record under the cursor. */
  get record(): number {
    return this.#nodes.leafRecordAt(this.leaf, this.index);
  }

  /**
   * Frees about `count` elements of a tree that is thrown away; says whether nothing is left. It must
   * not be used otherwise from the first call on.
   */
  freeSome(count: number): boolean {
    const nodes = this.#nodes;
    this.#doomed ??= [this.#root];
    for (let left = count; left > 0 && this.#doomed.length > 0; left -= leafCapacity >>> 1) {
      const node = this.#doomed.pop() ?? 0;
      const children = nodes.levelOf(node) === 0 ? 0 : nodes.countOf(node);
      for (let i = 0; i < children; i += 1) this.#doomed.push(nodes.childAt(node, i));
      nodes.free(node);
    }
    return this.#doomed.length === 0;
  }

  /** Descends to where the element is, or would be; the cursor stands there, too. */
  #seek(score: number, bytes: Uint8Array, start: number, end: number): void {
    const search = this.#search;
    search.setMember(bytes, start, end);
    search.score = score;
    const nodes = this.#nodes;
    let node = this.#root;
    for (let level = this.#height; level > 0; level -= 1) {
      const index = Math.max(0, search.in(node, searchModes.upTo) - 1);
      this.#pathNodes[level] = node;
      this.#pathIndexes[level] = index;
      node = nodes.childAt(node, index);
    }
    this.leaf = node;
    this.index = search.in(node, searchModes.before);
    this.#pathNodes[0] = node;
    this.#pathIndexes[0] = this.index;
  }

  /** Descends to behind the last element. */
  #seekEnd(): void {
    const nodes = this.#nodes;
    let node = this.#root;
    for (let level = this.#height; level > 0; level -= 1) {
      const index = nodes.countOf(node) - 1;
      this.#pathNodes[level] = node;
      this.#pathIndexes[level] = index;
      node = nodes.childAt(node, index);
    }
    this.#pathNodes[0] = node;
    this.#pathIndexes[0] = nodes.countOf(node);
  }

  /** The same for an element that is there. */
  #seekPresent(score: number, bytes: Uint8Array, start: number, end: number): void {
    this.#seek(score, bytes, start, end);
    const { leaf, index } = this;
    assert(
      index < this.#nodes.countOf(leaf) && this.#nodes.scoreAt(leaf, index) === score,
      'an element of a sorted set is in its tree',
    );
  }

  #removeAtPath(): void {
    this.#nodes.close(this.#pathNodes[0], this.#pathIndexes[0]);
    this.size -= 1;
    this.#noteRemove();
  }

  #pathRank(): number {
    let rank = this.#pathIndexes[0];
    for (let level = this.#height; level > 0; level -= 1) {
      rank += this.#nodes.sizeBefore(this.#pathNodes[level], this.#pathIndexes[level]);
    }
    return rank;
  }

  #countBefore(mode: SearchMode): number {
    const nodes = this.#nodes;
    const search = this.#search;
    let node = this.#root;
    let count = 0;
    for (let level = this.#height; level > 0; level -= 1) {
      const index = Math.max(0, search.in(node, mode) - 1);
      count += nodes.sizeBefore(node, index);
      node = nodes.childAt(node, index);
    }
    return count + search.in(node, mode);
  }

  /** Moves the entries from `half` on to a new leaf behind. */
  #splitLeaf(leaf: number, half: number): number {
    const nodes = this.#nodes;
    const right = nodes.create(0);
    nodes.moveTail(leaf, half, right);
    nodes.link(right, nodes.nextOf(leaf));
    nodes.link(leaf, right);
    return right;
  }

  /** Brings the inner nodes up to date after an element was added at the end of the path. */
  #noteInsert(newLeaf: number, isFirst: boolean, isLast: boolean): void {
    const nodes = this.#nodes;
    let right = newLeaf;
    let isFirstNew = this.#pathIndexes[0] === 0;
    for (let level = 1; level <= this.#height; level += 1) {
      const node = this.#pathNodes[level];
      const index = this.#pathIndexes[level];
      const child = nodes.childAt(node, index);
      if (isFirstNew) nodes.refreshFirst(node, index, child);
      isFirstNew &&= index === 0;
      if (right === 0) {
        nodes.setSize(node, index, nodes.sizeAt(node, index) + 1);
        continue;
      }
      nodes.setSize(node, index, nodes.sizeOf(child));
      right = this.#addChild(node, index + 1, right, isFirst, isLast);
    }
    if (right === 0) return;
    const left = this.#root;
    this.#height += 1;
    this.#root = nodes.create(this.#height);
    nodes.setCount(this.#root, 2);
    nodes.setChild(this.#root, 0, left);
    nodes.setChild(this.#root, 1, right);
  }

  /** Adds a child to an inner node. Returns the node that was split off for it, or 0. */
  #addChild(node: number, index: number, child: number, isFirst: boolean, isLast: boolean): number {
    const nodes = this.#nodes;
    let right = 0;
    let target = node;
    let at = index;
    if (nodes.countOf(node) === innerCapacity) {
      const half = isLast ? innerCapacity : isFirst ? 1 : innerCapacity >>> 1;
      right = nodes.create(nodes.levelOf(node));
      nodes.moveTail(node, half, right);
      if (index >= half) {
        target = right;
        at = index - half;
      }
    }
    nodes.open(target, at);
    nodes.setChild(target, at, child);
    return right;
  }

  /** Brings the inner nodes up to date after an element was removed at the end of the path. */
  #noteRemove(): void {
    const nodes = this.#nodes;
    let isFirstNew = this.#pathIndexes[0] === 0;
    for (let level = 1; level <= this.#height; level += 1) {
      const node = this.#pathNodes[level];
      const index = this.#pathIndexes[level];
      const child = nodes.childAt(node, index);
      nodes.setSize(node, index, nodes.sizeAt(node, index) - 1);
      const count = nodes.countOf(child);
      if (count === 0) {
        this.#dropChild(node, index);
      } else {
        if (isFirstNew) nodes.refreshFirst(node, index, child);
        const capacity = level === 1 ? leafCapacity : innerCapacity;
        if (count * 3 < capacity) this.#mergeChild(node, index, capacity);
      }
      isFirstNew &&= index === 0;
    }
    while (this.#height > 0 && nodes.countOf(this.#root) === 1) {
      const child = nodes.childAt(this.#root, 0);
      nodes.free(this.#root);
      this.#root = child;
      this.#height -= 1;
    }
  }

  /** Joins a child with a neighbour, if one node holds both. */
  #mergeChild(node: number, index: number, capacity: number): void {
    const nodes = this.#nodes;
    const room = capacity - mergeSlack - nodes.countOf(nodes.childAt(node, index));
    let leftIndex = index - 1;
    if (index === 0 || nodes.countOf(nodes.childAt(node, leftIndex)) > room) {
      if (index + 1 >= nodes.countOf(node)) return;
      if (nodes.countOf(nodes.childAt(node, index + 1)) > room) return;
      leftIndex = index;
    }
    const left = nodes.childAt(node, leftIndex);
    const right = nodes.childAt(node, leftIndex + 1);
    nodes.moveTail(right, 0, left);
    nodes.setSize(node, leftIndex, nodes.sizeOf(left));
    this.#dropChild(node, leftIndex + 1);
  }

  /** Frees an empty child. */
  #dropChild(node: number, index: number): void {
    const nodes = this.#nodes;
    const child = nodes.childAt(node, index);
    if (nodes.levelOf(child) === 0) nodes.link(nodes.previousOf(child), nodes.nextOf(child));
    nodes.free(child);
    nodes.close(node, index);
  }
}

/** More than 2^32 elements need. */
const heightMax = 12;
/** Room that a merged node keeps, so that it is not split again at once. */
const mergeSlack = 6;
