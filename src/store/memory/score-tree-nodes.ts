import { copyBytes } from '../../base/bytes.ts';
import { type Arena, refMask, slabShift } from './arena.ts';

/**
 * Nodes of a score tree, each one block of the arena. All numbers are little-endian as in the arena's
 * views.
 *
 *   u32 count · u32 level (0: leaf) · u32 previous leaf · u32 next leaf
 *   f64 scores[capacity] · u32 records[capacity]
 *   in inner nodes also: u32 children[capacity] · u32 sizes[capacity]
 *
 * An entry of a leaf is an element: its score, and the record that holds its member. An entry of an
 * inner node is a child, with the first element in it and the number of elements below it.
 */
export class ScoreTreeNodes {
  readonly arena: Arena;
  /** Bytes in blocks of this tree. */
  usedBytes = 0;

  constructor(arena: Arena) {
    this.arena = arena;
  }

  /** A new node without entries. */
  create(level: number): number {
    const node = this.arena.allocate(level === 0 ? leafBytes : innerBytes);
    const words = this.arena.words[node >>> slabShift];
    const at = (node & refMask) << 1;
    words[at] = 0;
    words[at + 1] = level;
    words[at + 2] = 0;
    words[at + 3] = 0;
    this.usedBytes += level === 0 ? leafBytes : innerBytes;
    return node;
  }

  free(node: number): void {
    this.usedBytes -= this.levelOf(node) === 0 ? leafBytes : innerBytes;
    this.arena.free(node);
  }

  countOf(node: number): number {
    return this.arena.words[node >>> slabShift][(node & refMask) << 1];
  }

  setCount(node: number, count: number): void {
    this.arena.words[node >>> slabShift][(node & refMask) << 1] = count;
  }

  /** 0 for a leaf. */
  levelOf(node: number): number {
    return this.arena.words[node >>> slabShift][((node & refMask) << 1) + 1];
  }

  previousOf(leaf: number): number {
    return this.arena.words[leaf >>> slabShift][((leaf & refMask) << 1) + 2];
  }

  nextOf(leaf: number): number {
    return this.arena.words[leaf >>> slabShift][((leaf & refMask) << 1) + 3];
  }

  /** Makes two leaves neighbours; either may be 0, the end. */
  link(left: number, right: number): void {
    if (left !== 0) this.arena.words[left >>> slabShift][((left & refMask) << 1) + 3] = right;
    if (right !== 0) this.arena.words[right >>> slabShift][((right & refMask) << 1) + 2] = left;
  }

  scoreAt(node: number, index: number): number {
    const at = ((node & refMask) << 3) + scoresAt + 8 * index;
    return this.arena.views[node >>> slabShift].getFloat64(at, true);
  }

  /** The memory that a node lies in, for searches. */
  viewOf(node: number): DataView {
    return this.arena.views[node >>> slabShift];
  }

  /** Where a node's scores begin in `viewOf`. */
  scoresOf(node: number): number {
    return ((node & refMask) << 3) + scoresAt;
  }

  /** The memory that a node lies in, as words. */
  wordsOf(node: number): Uint32Array {
    return this.arena.words[node >>> slabShift];
  }

  /** Where the sizes of an inner node's children begin in `wordsOf`. */
  sizesOf(node: number): number {
    return ((node & refMask) << 1) + sizesWord;
  }

  /** The record of an element, or of the first element below a child. */
  recordAt(node: number, index: number): number {
    const base = this.levelOf(node) === 0 ? leafRecordsWord : innerRecordsWord;
    return this.arena.words[node >>> slabShift][((node & refMask) << 1) + base + index];
  }

  /** The record of a leaf's element. */
  leafRecordAt(leaf: number, index: number): number {
    return this.arena.words[leaf >>> slabShift][((leaf & refMask) << 1) + leafRecordsWord + index];
  }

  childAt(node: number, index: number): number {
    return this.arena.words[node >>> slabShift][((node & refMask) << 1) + childrenWord + index];
  }

  /** Elements below a child. */
  sizeAt(node: number, index: number): number {
    return this.arena.words[node >>> slabShift][((node & refMask) << 1) + sizesWord + index];
  }

  /** Elements below the first `count` children. */
  sizeBefore(node: number, count: number): number {
    const words = this.arena.words[node >>> slabShift];
    const base = ((node & refMask) << 1) + sizesWord;
    let size = 0;
    for (let i = base; i < base + count; i += 1) size += words[i];
    return size;
  }

  /** Elements in or below a node. */
  sizeOf(node: number): number {
    const count = this.countOf(node);
    return this.levelOf(node) === 0 ? count : this.sizeBefore(node, count);
  }

  setSize(node: number, index: number, size: number): void {
    this.arena.words[node >>> slabShift][((node & refMask) << 1) + sizesWord + index] = size;
  }

  /** Writes score and record of an entry. */
  setElement(node: number, index: number, score: number, record: number): void {
    const slab = node >>> slabShift;
    this.arena.views[slab].setFloat64(((node & refMask) << 3) + scoresAt + 8 * index, score, true);
    const base = this.levelOf(node) === 0 ? leafRecordsWord : innerRecordsWord;
    this.arena.words[slab][((node & refMask) << 1) + base + index] = record;
  }

  /** Writes a child as entry `index`, with what follows from it. */
  setChild(node: number, index: number, child: number): void {
    this.refreshFirst(node, index, child);
    this.arena.words[node >>> slabShift][((node & refMask) << 1) + childrenWord + index] = child;
    this.setSize(node, index, this.sizeOf(child));
  }

  /** The child at `index` may have another first element. */
  refreshFirst(node: number, index: number, child: number): void {
    this.setElement(node, index, this.scoreAt(child, 0), this.recordAt(child, 0));
  }

  /** Makes room for an entry at `index`, whose content is undefined. Requires: the node is not full. */
  open(node: number, index: number): void {
    const count = this.countOf(node);
    if (index < count) this.#shift(node, index, count, index + 1);
    this.setCount(node, count + 1);
  }

  /** Takes the entry at `index` out. */
  close(node: number, index: number): void {
    const count = this.countOf(node);
    if (index + 1 < count) this.#shift(node, index + 1, count, index);
    this.setCount(node, count - 1);
  }

  /** Moves the entries of `source` from `from` on to the end of `target`, a node of the same level. */
  moveTail(source: number, from: number, target: number): void {
    const count = this.countOf(source) - from;
    const at = this.countOf(target);
    const sourceBytes = this.arena.slabs[source >>> slabShift];
    const targetBytes = this.arena.slabs[target >>> slabShift];
    const sourceAt = (source & refMask) << 3;
    const targetAt = (target & refMask) << 3;
    const columns = this.levelOf(source) === 0 ? leafColumns : innerColumns;
    for (const { offset, width } of columns) {
      const first = sourceAt + offset + width * from;
      const end = first + width * count;
      copyBytes(sourceBytes, first, end, targetBytes, targetAt + offset + width * at);
    }
    this.setCount(source, from);
    this.setCount(target, at + count);
  }

  #shift(node: number, from: number, end: number, to: number): void {
    const bytes = this.arena.slabs[node >>> slabShift];
    const base = (node & refMask) << 3;
    const columns = this.levelOf(node) === 0 ? leafColumns : innerColumns;
    for (let i = 0; i < columns.length; i += 1) {
      const at = base + columns[i].offset;
      const { width } = columns[i];
      bytes.copyWithin(at + width * to, at + width * from, at + width * end);
    }
  }
}

/** Entries of a leaf, so that it fills a block of 768 bytes. */
export const leafCapacity = 62;
/** Children of an inner node, so that it fills a block of 1 KiB. */
export const innerCapacity = 50;

interface Column {
  readonly offset: number;
  readonly width: number;
}

const scoresAt = 16;
const leafRecordsAt = scoresAt + 8 * leafCapacity;
const leafBytes = 768;
const innerRecordsAt = scoresAt + 8 * innerCapacity;
const childrenAt = innerRecordsAt + 4 * innerCapacity;
const sizesAt = childrenAt + 4 * innerCapacity;
const innerBytes = 1024;

const leafRecordsWord = leafRecordsAt >>> 2;
const innerRecordsWord = innerRecordsAt >>> 2;
const childrenWord = childrenAt >>> 2;
const sizesWord = sizesAt >>> 2;

const leafColumns: readonly Column[] = [
  { offset: scoresAt, width: 8 },
  { offset: leafRecordsAt, width: 4 },
];
const innerColumns: readonly Column[] = [
  { offset: scoresAt, width: 8 },
  { offset: innerRecordsAt, width: 4 },
  { offset: childrenAt, width: 4 },
  { offset: sizesAt, width: 4 },
];
