import { assert } from '../../base/assert.ts';
import { type Arena, refMask, slabShift } from './arena.ts';

/**
 * Segments of a byte table: small open-addressed hash tables, each in one block of the arena, all
 * described by parallel typed arrays. A slot is two words side by side, so that one cache line holds
 * eight: the mark and the ref.
 *
 *   mark = 0                     the slot is empty
 *   bits 0-30                    the hash, never 0
 *   bit 31                       the record has an expiry
 *
 * The whole hash is there, so resizing, splitting, deleting and scanning need no look at the records.
 * Sizes step by about a fifth near the top, so that a table's slots are 70 to 87 % full at any size.
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
    const base = (block & refMask) << 1;
    const words = this.arena.words[block >>> slabShift];
    let slot = homeOf(mark, capacity);
    while (words[base + 2 * slot] !== 0) {
      slot += 1;
      if (slot === capacity) slot = 0;
    }
    words[base + 2 * slot] = mark;
    words[base + 2 * slot + 1] = ref;
    this.size[segment] += 1;
  }

  /** Empties a slot and moves entries up that were displaced past it. */
  removeAt(segment: number, slot: number): void {
    const block = this.block[segment];
    const capacity = capacities[this.sizeClass[segment]];
    const base = (block & refMask) << 1;
    const words = this.arena.words[block >>> slabShift];
    let hole = slot;
    let at = slot;
    for (;;) {
      at += 1;
      if (at === capacity) at = 0;
      const mark = words[base + 2 * at];
      if (mark === 0) break;
      const home = homeOf(mark, capacity);
      // The entry may move up only if its home is not between the hole and itself.
      const stays = hole <= at ? home > hole && home <= at : home > hole || home <= at;
      if (stays) continue;
      words[base + 2 * hole] = mark;
      words[base + 2 * hole + 1] = words[base + 2 * at + 1];
      hole = at;
    }
    words[base + 2 * hole] = 0;
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
    const base = (old & refMask) << 1;
    const words = this.arena.words[old >>> slabShift];
    for (let at = base; at < base + 2 * oldCapacity; at += 2) {
      if (words[at] !== 0) this.place(segment, words[at + 1], words[at]);
    }
    this.arena.free(old);
  }

  /**
   * Takes all entries out: writes refs and marks to the two arrays and leaves the segment without a
   * block, for `refill`. Requires: room for `largestCapacity` entries. Returns their count.
   */
  takeAll(segment: number, refs: Uint32Array, marks: Uint32Array): number {
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
  copyRefs(segment: number, refs: Uint32Array, marks: Uint32Array | null): number {
    const block = this.block[segment];
    const base = (block & refMask) << 1;
    const end = base + 2 * capacities[this.sizeClass[segment]];
    const words = this.arena.words[block >>> slabShift];
    let count = 0;
    for (let at = base; at < end; at += 2) {
      const mark = words[at];
      if (mark === 0) continue;
      refs[count] = words[at + 1];
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
    const base = (block & refMask) << 1;
    const end = base + 2 * capacities[this.sizeClass[segment]];
    const words = this.arena.words[block >>> slabShift];
    let visited = 0;
    if (this.size[segment] === 0) return 0;
    for (let at = base; at < end; at += 2) {
      const mark = words[at];
      if (mark === 0) continue;
      const tag = tagOf(mark);
      if (tag < from || tag >= to) continue;
      visit(words[at + 1]);
      visited += 1;
    }
    return visited;
  }

  /** Visits the refs of entries that have an expiry. */
  visitMarked(segment: number, visit: (ref: number) => void): void {
    const block = this.block[segment];
    const base = (block & refMask) << 1;
    const end = base + 2 * capacities[this.sizeClass[segment]];
    const words = this.arena.words[block >>> slabShift];
    for (let at = base; at < end; at += 2) {
      if ((words[at] & expiryMark) !== 0) visit(words[at + 1]);
    }
  }

  /** The ref in a slot; 0 when it is empty or not there. */
  refAt(segment: number, slot: number): number {
    if (slot >= capacities[this.sizeClass[segment]]) return 0;
    const block = this.block[segment];
    const at = ((block & refMask) << 1) + 2 * slot;
    const words = this.arena.words[block >>> slabShift];
    return words[at] === 0 ? 0 : words[at + 1];
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
    const base = (block & refMask) << 1;
    this.arena.words[block >>> slabShift].fill(0, base, base + 2 * capacity);
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
const slotBytes = 8;

/** `hash & hashMask` is what tables use of a hash. */
export const hashMask = 0x7fffffff;
/** Set in a mark whose record has an expiry. */
export const expiryMark = -0x80000000;
/** Bits of a tag. */
export const tagBits = 15;

/** What tables keep of a hash: 31 bits, never 0. */
export function markOf(hash: number): number {
  const mark = hash & hashMask;
  return mark === 0 ? 1 : mark;
}

/** Where an entry stands in the order of its segment: bits that depend on the whole hash. */
export function tagOf(mark: number): number {
  return Math.imul(mark & hashMask, 0x9e3779b1) >>> (32 - tagBits);
}

/** The slot where the search for an entry begins; it grows with the tag. */
export function homeOf(mark: number, capacity: number): number {
  return (tagOf(mark) * capacity) >>> tagBits;
}

/** Slots of each segment class: chosen so that eight bytes a slot fill the arena's size classes. */
export const capacities: Uint32Array = Uint32Array.of(8, 16, 32, 64, 128, 256, 512, 640, 768, 896);
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
