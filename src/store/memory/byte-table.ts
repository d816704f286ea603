import { assert } from '../../base/assert.ts';
import type { Random } from '../../runtime/random.ts';
import { refMask, slabShift } from './arena.ts';
import { Directory, directoryBits, directoryDepthMax } from './directory.ts';
import type { KeyHints } from './key-hints.ts';
import type { Records } from './records.ts';
import {
  capacities,
  expiryMark,
  hashMask,
  homeOf,
  largestCapacity,
  lastClass,
  limits,
  markOf,
  roomyClassOf,
  Segments,
  tagBits,
} from './segments.ts';
import { noGuard, type TableGuard } from './table-guard.ts';
import { warm } from './warm.ts';

/**
 * Bytes → record, by extendible hashing: the first bits of the hash choose a segment in a directory,
 * a full segment splits alone. No operation touches more than one segment, two for a split, plus now
 * and then a copy of the directory (4 bytes for each 400 to 800 keys).
 *
 * `find` remembers the place; the `…Found` operations that follow act on it, and nothing else may
 * happen to the table in between.
 */
export class ByteTable {
  readonly records: Records;
  readonly segments: Segments;
  /** Entries in the table. */
  size = 0;
  /** Entries whose record has an expiry. */
  expiryCount = 0;
  guard: TableGuard | null = null;

  readonly #hints: KeyHints;
  readonly #directory = new Directory();
  /** The class that segments of a reserved table will need: they grow there in two steps. */
  #expectedClass = 0;
  /** What warming read, without meaning: an optimiser leaves reads out whose result goes nowhere. */
  warmth = 0;
  #foundSegment = 0;
  #foundSlot = 0;
  #foundMark = 0;
  #isMiss = false;

  /** `hints`: where hashes of keys may be noted; those of the database's own keys when left out. */
  constructor(records: Records, hints: KeyHints = records.hints) {
    this.records = records;
    this.#hints = hints;
    this.guard = noGuard;
    this.guard = null;
    this.segments = new Segments(records.arena);
    this.segments.create(0, 0);
  }

  /** The record whose key is `bytes[start, end)`; 0 when there is none. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const wanted = markOf(this.#hints.hash(bytes, start, end));
    const segment = this.#directory.segmentOf(wanted);
    const block = this.segments.block[segment];
    const capacity = capacities[this.segments.sizeClass[segment]];
    const base = (block & refMask) << 1;
    const words = this.records.arena.words[block >>> slabShift];
    this.#isMiss = false;
    // A pipeline often stays with one key, which may lie far from its home.
    if (
      wanted === this.#foundMark &&
      segment === this.#foundSegment &&
      this.#foundSlot < capacity
    ) {
      const at = base + 2 * this.#foundSlot;
      if (((words[at] ^ wanted) & hashMask) === 0) {
        if (this.records.matches(words[at + 1], bytes, start, end)) return words[at + 1];
      }
    }
    let slot = homeOf(wanted, capacity);
    this.#foundSegment = segment;
    this.#foundMark = wanted;
    for (;;) {
      const mark = words[base + 2 * slot];
      if (mark === 0) break;
      if (((mark ^ wanted) & hashMask) === 0) {
        const ref = words[base + 2 * slot + 1];
        if (this.records.matches(ref, bytes, start, end)) {
          this.#foundSlot = slot;
          return ref;
        }
      }
      slot += 1;
      if (slot === capacity) slot = 0;
    }
    this.#foundSlot = slot;
    this.#isMiss = true;
    return 0;
  }

  /**
   * Finds the place of a record whose key probably has this hash, without a look at its key.
   *
   * @returns false where it is not found like that, and be it because the hash is wrong.
   */
  findRecord(ref: number, hash: number): boolean {
    const wanted = markOf(hash);
    const segment = this.#directory.segmentOf(wanted);
    const block = this.segments.block[segment];
    const capacity = capacities[this.segments.sizeClass[segment]];
    const base = (block & refMask) << 1;
    const words = this.records.arena.words[block >>> slabShift];
    let slot = homeOf(wanted, capacity);
    while (words[base + 2 * slot] !== 0 && words[base + 2 * slot + 1] !== ref) {
      slot += 1;
      if (slot === capacity) slot = 0;
    }
    if (words[base + 2 * slot] === 0) return false;
    this.#foundSegment = segment;
    this.#foundSlot = slot;
    this.#foundMark = wanted;
    this.#isMiss = false;
    return true;
  }

  /** Whether the last that happened here was a find that found nothing: `insertFound` may follow. */
  get hasJustMissed(): boolean {
    return this.#isMiss;
  }

  /** Whether the `…Found` operations act on this record now. */
  hasFound(ref: number): boolean {
    return !this.#isMiss && this.segments.refAt(this.#foundSegment, this.#foundSlot) === ref;
  }

  /** Fetches the memory that finds of these hashes will read; see `warm`. */
  warm(hashes: Int32Array, count: number): void {
    this.warmth = warm(this.#directory, this.segments, hashes, count);
  }

  /** Adds a record under the key that `find` just missed. */
  insertFound(ref: number, expiresAtMs: number): void {
    this.#isMiss = false;
    let segment = this.#foundSegment;
    this.#beforeChange(segment);
    const mark = expiresAtMs === 0 ? this.#foundMark : this.#foundMark | expiryMark;
    if (this.segments.size[segment] >= limits[this.segments.sizeClass[segment]]) {
      segment = this.#makeRoom(segment);
      this.segments.place(segment, ref, mark);
      this.#foundSlot = noSlot;
    } else {
      const block = this.segments.block[segment];
      const at = ((block & refMask) << 1) + 2 * this.#foundSlot;
      const words = this.records.arena.words[block >>> slabShift];
      words[at] = mark;
      words[at + 1] = ref;
      this.segments.size[segment] += 1;
    }
    this.size += 1;
    if (expiresAtMs !== 0) this.#noteExpiry(segment, expiresAtMs);
  }

  /** Puts another record with the same key in the found one's place; the old one is freed. */
  replaceFound(ref: number, expiresAtMs: number): void {
    const segment = this.#foundSegment;
    this.#beforeChange(segment);
    const block = this.segments.block[segment];
    const at = ((block & refMask) << 1) + 2 * this.#foundSlot + 1;
    const words = this.records.arena.words[block >>> slabShift];
    const old = words[at];
    words[at] = ref;
    this.#markFound(expiresAtMs);
    this.#release(segment, old);
  }

  /**
   * Whether the found record may be changed where it is. Requires: the caller is about to change it;
   * an open snapshot is told here.
   */
  mayEditFound(): boolean {
    if (this.guard === null) return true;
    const segment = this.#foundSegment;
    this.#beforeChange(segment);
    const capture = this.segments.capture[segment];
    return capture === 0 || !this.guard.isPending(capture);
  }

  /** After an edit in place: the found record now expires then (0: never). */
  markFoundExpiry(expiresAtMs: number): void {
    this.#markFound(expiresAtMs);
  }

  /** Takes the found record out and frees it. */
  removeFound(): void {
    this.#isMiss = false;
    const segment = this.#foundSegment;
    this.#beforeChange(segment);
    const ref = this.segments.refAt(segment, this.#foundSlot);
    if (this.records.hasExpiry(ref)) this.expiryCount -= 1;
    this.segments.removeAt(segment, this.#foundSlot);
    this.#foundSlot = noSlot;
    this.size -= 1;
    this.#release(segment, ref);
    const sizeClass = this.segments.sizeClass[segment];
    const size = this.segments.size[segment];
    if (sizeClass > 0 && size * 5 < capacities[sizeClass]) {
      this.segments.resize(segment, roomyClassOf(size));
    }
  }

  /** Prepares an empty table for `count` entries, so that none of its segments splits on the way. */
  reserve(count: number): void {
    if (this.size > 0 || this.segments.count > 1) return;
    const wanted = Math.ceil(Math.log2(Math.max(count / expectedFill, 1)));
    const depth = Math.min(directoryDepthMax, wanted);
    if (depth === 0) return;
    this.#directory.reset(depth);
    this.#expectedClass = roomyClassOf(count / (1 << depth));
    this.segments.depth[0] = depth;
    for (let i = 1; i < 1 << depth; i += 1) this.segments.create(depth, 0);
  }

  /**
   * Visits about `count` records, those with hashes from `cursor` on. The visitor must not change
   * the table.
   *
   * @returns the cursor to go on with, 0 at the end. An entry that is present from the first call to
   * the last is visited at least once, whatever else happens in between: segments cover ranges of
   * hashes, and a cursor is a place in the order of hashes.
   */
  scan(cursor: number, count: number, visit: (ref: number) => void): number {
    let from = Math.floor(cursor / tagRange);
    let tag = cursor % tagRange;
    if (from >= hashRange) return 0;
    let visited = 0;
    for (let steps = 0; ; steps += 1) {
      const segment = this.#directory.segmentOf(from);
      const size = this.segments.size[segment];
      const wanted = count - visited;
      const width = size <= wanted ? tagRange : Math.max(1, Math.ceil((wanted * tagRange) / size));
      const end = Math.min(tagRange, tag + width);
      visited += this.segments.visitTags(segment, tag, end, visit);
      if (end < tagRange) {
        if (visited >= count) return from * tagRange + end;
        tag = end;
        continue;
      }
      const span = 2 ** (directoryBits - this.segments.depth[segment]);
      from = (Math.floor(from / span) + 1) * span;
      if (from >= hashRange) return 0;
      tag = 0;
      if (visited >= count || steps > count + scanStepsMin) return from * tagRange;
    }
  }

  /**
   * A random record, every one with the same chance; 0 when the table is empty. `removeFound` may
   * follow.
   */
  randomRecord(random: Random): number {
    if (this.size === 0) return 0;
    for (let attempt = 0; attempt < randomAttemptsMax; attempt += 1) {
      const segment = random.uint32() % this.segments.count;
      const slot = random.uint32() % largestCapacity;
      const ref = this.segments.refAt(segment, slot);
      if (ref === 0) continue;
      this.#foundSegment = segment;
      this.#foundSlot = slot;
      this.#isMiss = false;
      return ref;
    }
    // Almost empty: walk on from a random place.
    const first = random.uint32() % this.segments.count;
    for (let i = 0; i < this.segments.count; i += 1) {
      const segment = (first + i) % this.segments.count;
      const size = this.segments.size[segment];
      if (size > 0) return this.#findOwn(this.segments.nthRef(segment, random.uint32() % size));
    }
    return 0;
  }

  /** Finds a record that is here by its own key. */
  #findOwn(ref: number): number {
    const { records } = this;
    records.locateKey(ref);
    return this.find(records.keyBytes, records.keyStart, records.keyEnd);
  }

  /** Visits every record once. The visitor must not change the table. */
  forEach(visit: (ref: number) => void): void {
    for (let segment = 0; segment < this.segments.count; segment += 1) {
      this.segments.visitTags(segment, 0, tagRange, visit);
    }
  }

  /**
   * Adds to `due` the records of a segment whose time has come, and learns when the next one's will.
   * The caller removes them by key.
   */
  collectDue(segment: number, nowMs: number, due: number[]): void {
    let earliest = Number.POSITIVE_INFINITY;
    this.segments.visitMarked(segment, (ref) => {
      const expiresAtMs = this.records.expiresAtMs(ref);
      if (expiresAtMs <= nowMs) due.push(ref);
      else if (expiresAtMs < earliest) earliest = expiresAtMs;
    });
    this.segments.earliestExpiry[segment] = earliest;
  }

  /** The record of a key that is there holds something that is due then, whatever its own expiry. */
  noteDue(bytes: Uint8Array, start: number, end: number, dueMs: number): void {
    const mark = markOf(this.records.hash(bytes, start, end));
    const segment = this.#directory.segmentOf(mark);
    const { earliestExpiry } = this.segments;
    if (dueMs < earliestExpiry[segment]) earliestExpiry[segment] = dueMs;
  }

  /** Frees everything in one segment of a table that is thrown away; its size goes down. */
  dropSegment(segment: number): void {
    this.segments.visitTags(segment, 0, tagRange, (ref) => this.records.free(ref));
    this.size -= this.segments.size[segment];
    this.segments.dropBlock(segment);
  }

  /** Bytes of directory and segment descriptions, which are not in the arena. */
  get overheadBytes(): number {
    return this.#directory.bytes + this.segments.overheadBytes;
  }

  #beforeChange(segment: number): void {
    const guard = this.guard;
    if (guard === null || this.segments.epoch[segment] >= guard.epoch) return;
    this.segments.epoch[segment] = guard.epoch;
    this.segments.capture[segment] = guard.capture(this, segment);
  }

  #release(segment: number, ref: number): void {
    const capture = this.segments.capture[segment];
    const guard = this.guard;
    if (guard !== null && capture !== 0 && guard.isPending(capture)) {
      guard.freeLater(capture, ref);
    } else {
      this.records.free(ref);
    }
  }

  #markFound(expiresAtMs: number): void {
    const segment = this.#foundSegment;
    const block = this.segments.block[segment];
    const at = ((block & refMask) << 1) + 2 * this.#foundSlot;
    const words = this.records.arena.words[block >>> slabShift];
    if ((words[at] & expiryMark) !== 0) this.expiryCount -= 1;
    if (expiresAtMs === 0) {
      words[at] = this.#foundMark;
    } else {
      words[at] = this.#foundMark | expiryMark;
      this.#noteExpiry(segment, expiresAtMs);
    }
  }

  #noteExpiry(segment: number, expiresAtMs: number): void {
    this.expiryCount += 1;
    if (expiresAtMs < this.segments.earliestExpiry[segment]) {
      this.segments.earliestExpiry[segment] = expiresAtMs;
    }
  }

  /** Makes a full segment larger or splits it; returns the one where the missed key belongs. */
  #makeRoom(segment: number): number {
    const sizeClass = this.segments.sizeClass[segment];
    if (sizeClass < lastClass) {
      this.segments.resize(segment, this.#nextClass(sizeClass));
      return segment;
    }
    this.#split(segment);
    const home = this.#directory.segmentOf(this.#foundMark);
    assert(
      this.segments.size[home] < limits[this.segments.sizeClass[home]],
      'a keyed hash spreads the entries of a split segment over both halves',
    );
    return home;
  }

  /** One class up; two jumps where the size to come is known. A promise alone takes no memory. */
  #nextClass(sizeClass: number): number {
    if (sizeClass + 1 >= this.#expectedClass) return sizeClass + 1;
    return sizeClass < firstJumpClass ? firstJumpClass : this.#expectedClass;
  }

  #split(segment: number): void {
    const depth = this.segments.depth[segment];
    const count = this.segments.takeAll(segment, splitRefs, splitMarks);
    const bit = 1 << (directoryBits - 1 - depth);
    let rightCount = 0;
    for (let i = 0; i < count; i += 1) if ((splitMarks[i] & bit) !== 0) rightCount += 1;
    const right = this.segments.create(depth + 1, roomyClassOf(rightCount));
    this.segments.refill(segment, roomyClassOf(count - rightCount));
    this.segments.depth[segment] = depth + 1;
    this.segments.epoch[right] = this.segments.epoch[segment];
    this.segments.capture[right] = this.segments.capture[segment];
    this.segments.earliestExpiry[right] = this.segments.earliestExpiry[segment];
    for (let i = 0; i < count; i += 1) {
      const side = (splitMarks[i] & bit) !== 0 ? right : segment;
      this.segments.place(side, splitRefs[i], splitMarks[i]);
    }
    this.#directory.split(this.#foundMark, depth, right);
  }
}

/** Entries that a reserved segment is meant to hold, so that chance does not split it. */
const expectedFill = 700;
/** 64 slots. */
const firstJumpClass = 3;
/** Beyond every segment: nothing is found. */
const noSlot = largestCapacity;
const tagRange = 1 << tagBits;
const hashRange = 2 ** directoryBits;
const scanStepsMin = 16;
const randomAttemptsMax = 64;

/** Scratch of `#split`: one split at a time, in one thread. */
const splitRefs = new Uint32Array(largestCapacity);
const splitMarks = new Uint32Array(largestCapacity);
