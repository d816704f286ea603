import { assert } from '../../base/assert.ts';
import { type Arena, refMask, slabShift } from './arena.ts';

/**
 * Segments of a byte table: small open-addressed hash tables, each in one block of the arena, all
 * described by parallel typed arrays. A slot is a uint32 ref and a uint16 mark:
 *
 *   mark = 0                     the slot is empty
 *   bits 0-14                    tag: 15 bits of the hash, never 0
 *   bit 15                       the record has an expiry
 *
 * An entry's home slot grows with its tag, so that resizing, deleting and scanning need no look at
 * the records. Sizes step by about a fifth near the top, so that a table's slots are 70 to 87 % full
 * at any size.
 */
export class Segments {
  readonly arena: Arena;
  count = 0;
  block = new Uint32Array(firstRoom);
  /** Entries in the segment. */
  size = new Uint16Array(firstRoom);
  sizeClass = new Uint8Array(firstRoom);
  /** How many leading bits of the hash all entries of the segment share. */
  depth = new Uint8Array(firstRoom);
  /** Snapshot that last visited the segment. */
  epoch = new Uint32Array(firstRoom);
  /** Capture that may still need the segment's records; 0 for none. */
  capture = new Int32Array(firstRoom);
  /** No record of the segment expires before this moment (Unix ms; infinite without expiries). */
  earliestExpiry = new Float64Array(firstRoom);

  constructor(arena: Arena) {
    this.arena = arena;
  }

  /** A new empty segment with at least the given class; returns its number. */
  create(depth: number, sizeClass: number): number {
    if (this.count === this.block.length) this.#grow();
    const segment = this.count;
    this.count += 1;
    this.block[segment] = this.#emptyBlock(sizeClass);
    this.sizeClass[segment] = sizeClass;
    this.size[segment] = 0;
    this.depth[segment] = depth;
    this.epoch[segment] = 0;
    this.capture[segment] = 0;
    this.earliestExpiry[segment] = Number.POSITIVE_INFINITY;
    return segment;
  }

  /** Puts a ref with its mark into a slot that is free for it. Requires: room. */
  place(segment: number, ref: number, mark: number): void {
    const block = this.block[segment];
    const capacity = capacities[this.sizeClass[segment]];
    const refsAt = (block & refMask) << 1;
    const marksAt = (refsAt + capacity) << 1;
    const halves = this.arena.halves[block >>> slabShift];
    let slot = ((mark & tagMask) * capacity) >>> tagBits;
    while (halves[marksAt + slot] !== 0) {
      slot += 1;
      if (slot === capacity) slot = 0;
    }
    halves[marksAt + slot] = mark;
    this.arena.words[block >>> slabShift][refsAt + slot] = ref;
    this.size[segment] += 1;
  }

  /** Empties a slot and moves entries up that were displaced past it. */
  removeAt(segment: number, slot: number): void {
    const block = this.block[segment];
    const capacity = capacities[this.sizeClass[segment]];
    const refsAt = (block & refMask) << 1;
    const marksAt = (refsAt + capacity) << 1;
    const halves = this.arena.halves[block >>> slabShift];
    const words = this.arena.words[block >>> slabShift];
    let hole = slot;
    let at = slot;
    for (;;) {
      at += 1;
      if (at === capacity) at = 0;
      const mark = halves[marksAt + at];
      if (mark === 0) break;
      const home = ((mark & tagMask) * capacity) >>> tagBits;
      // The entry may move up only if its home is not between the hole and itself.
      const stays = hole <= at ? home > hole && home <= at : home > hole || home <= at;
      if (stays) continue;
      halves[marksAt + hole] = mark;
      words[refsAt + hole] = words[refsAt + at];
      hole = at;
    }
    halves[marksAt + hole] = 0;
    this.size[segment] -= 1;
  }

  /** Gives the segment a block of another class and puts its entries there. */
  resize(segment: number, sizeClass: number): void {
    const old = this.block[segment];
    const oldCapacity = capacities[this.sizeClass[segment]];
    assert(this.size[segment] <= limits[sizeClass], 'a resized segment holds its entries');
    this.block[segment] = this.#emptyBlock(sizeClass);
    this.sizeClass[segment] = sizeClass;
    this.size[segment] = 0;
    const refsAt = (old & refMask) << 1;
    const marksAt = (refsAt + oldCapacity) << 1;
    const halves = this.arena.halves[old >>> slabShift];
    const words = this.arena.words[old >>> slabShift];
    for (let slot = 0; slot < oldCapacity; slot += 1) {
      const mark = halves[marksAt + slot];
      if (mark !== 0) this.place(segment, words[refsAt + slot], mark);
    }
    this.arena.free(old);
  }

  /**
   * Takes all entries out: writes refs and marks to the two arrays and leaves the segment without a
   * block, for `refill`. Requires: room for `largestCapacity` entries. Returns their count.
   */
  takeAll(segment: number, refs: Uint32Array, marks: Uint16Array): number {
    const count = this.copyRefs(segment, refs, marks);
    this.arena.free(this.block[segment]);
    this.size[segment] = 0;
    return count;
  }

  /** Gives a segment that `takeAll` emptied a new block. */
  refill(segment: number, sizeClass: number): void {
    this.block[segment] = this.#emptyBlock(sizeClass);
    this.sizeClass[segment] = sizeClass;
  }

  /** Copies the refs (and marks, where wanted) of all entries; returns their count. */
  copyRefs(segment: number, refs: Uint32Array, marks: Uint16Array | null): number {
    const block = this.block[segment];
    const capacity = capacities[this.sizeClass[segment]];
    const refsAt = (block & refMask) << 1;
    const marksAt = (refsAt + capacity) << 1;
    const halves = this.arena.halves[block >>> slabShift];
    const words = this.arena.words[block >>> slabShift];
    let count = 0;
    for (let slot = 0; slot < capacity; slot += 1) {
      const mark = halves[marksAt + slot];
      if (mark === 0) continue;
      refs[count] = words[refsAt + slot];
      if (marks !== null) marks[count] = mark;
      count += 1;
    }
    return count;
  }

  /**
   * Visits the refs whose tags lie in `[from, to)`; returns how many. The visitor must not change the
   * segment.
   */
  visitTags(segment: number, from: number, to: number, visit: (ref: number) => void): number {
    const block = this.block[segment];
    const capacity = capacities[this.sizeClass[segment]];
    const refsAt = (block & refMask) << 1;
    const marksAt = (refsAt + capacity) << 1;
    const halves = this.arena.halves[block >>> slabShift];
    const words = this.arena.words[block >>> slabShift];
    let visited = 0;
    if (this.size[segment] === 0) return 0;
    for (let slot = 0; slot < capacity; slot += 1) {
      const mark = halves[marksAt + slot];
      if (mark === 0) continue;
      const tag = mark & tagMask;
      if (tag < from || tag >= to) continue;
      visit(words[refsAt + slot]);
      visited += 1;
    }
    return visited;
  }

  /** Visits the refs of entries that have an expiry. */
  visitMarked(segment: number, visit: (ref: number) => void): void {
    const block = this.block[segment];
    const capacity = capacities[this.sizeClass[segment]];
    const refsAt = (block & refMask) << 1;
    const marksAt = (refsAt + capacity) << 1;
    const halves = this.arena.halves[block >>> slabShift];
    const words = this.arena.words[block >>> slabShift];
    for (let slot = 0; slot < capacity; slot += 1) {
      if ((halves[marksAt + slot] & expiryMark) !== 0) visit(words[refsAt + slot]);
    }
  }

  /** The ref in a slot; 0 when it is empty or not there. */
  refAt(segment: number, slot: number): number {
    const capacity = capacities[this.sizeClass[segment]];
    if (slot >= capacity) return 0;
    const block = this.block[segment];
    const refsAt = (block & refMask) << 1;
    const marksAt = (refsAt + capacity) << 1;
    if (this.arena.halves[block >>> slabShift][marksAt + slot] === 0) return 0;
    return this.arena.words[block >>> slabShift][refsAt + slot];
  }

  /** The `n`th ref of a segment, in no order that means anything. Requires: so many entries. */
  nthRef(segment: number, n: number): number {
    const count = this.copyRefs(segment, nthRefs, null);
    assert(n < count, 'the segment has that many records');
    return nthRefs[n];
  }

  /** Gives a segment's block back. Only for a table that is thrown away. */
  dropBlock(segment: number): void {
    this.arena.free(this.block[segment]);
    this.size[segment] = 0;
  }

  /** Bytes of the describing arrays. */
  get overheadBytes(): number {
    return this.block.length * (4 + 2 + 1 + 1 + 4 + 4 + 8);
  }

  #emptyBlock(sizeClass: number): number {
    const capacity = capacities[sizeClass];
    const block = this.arena.allocate(capacity * slotBytes);
    const marksAt = (((block & refMask) << 1) + capacity) << 1;
    this.arena.halves[block >>> slabShift].fill(0, marksAt, marksAt + capacity);
    return block;
  }

  #grow(): void {
    const room = this.block.length * 2;
    const grow = <T extends Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array>(
      old: T,
      fresh: T,
    ): T => {
      fresh.set(old);
      return fresh;
    };
    this.block = grow(this.block, new Uint32Array(room));
    this.size = grow(this.size, new Uint16Array(room));
    this.sizeClass = grow(this.sizeClass, new Uint8Array(room));
    this.depth = grow(this.depth, new Uint8Array(room));
    this.epoch = grow(this.epoch, new Uint32Array(room));
    this.capture = grow(this.capture, new Int32Array(room));
    this.earliestExpiry = grow(this.earliestExpiry, new Float64Array(room));
  }
}

const firstRoom = 2;
const slotBytes = 6;

/** Bits of a tag; a mark's home slot is `(tag * capacity) >>> tagBits`. */
export const tagBits = 15;
/** `mark & tagMask` is the tag. */
export const tagMask = (1 << tagBits) - 1;
/** The tag of a hash: 15 bits that depend on all of it, never 0. */
export function tagOf(hash: number): number {
  const tag = Math.imul(hash, 0x9e3779b1) >>> (32 - tagBits);
  return tag === 0 ? 1 : tag;
}

/** Set in a mark whose record has an expiry. */
export const expiryMark = 1 << tagBits;

/** Slots of each segment class: chosen so that six bytes a slot fill the arena's size classes. */
export const capacities: Uint32Array = Uint32Array.of(8, 16, 32, 64, 128, 256, 512, 640, 768, 938);
/** Most entries of each class: seven of eight slots. */
export const limits: Uint32Array = capacities.map((capacity) => Math.floor((capacity * 7) / 8));
/** The largest class, after which a segment splits. */
export const lastClass: number = capacities.length - 1;
/** Slots of the largest class. */
export const largestCapacity: number = capacities[lastClass];

/** The smallest class that holds `count` entries and leaves some room. */
export function roomyClassOf(count: number): number {
  let sizeClass = 0;
  while (sizeClass < lastClass && count * 8 > capacities[sizeClass] * 6.5) sizeClass += 1;
  return sizeClass;
}

/** Scratch of `nthRef`. */
const nthRefs = new Uint32Array(largestCapacity);
