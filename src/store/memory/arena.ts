import { assert } from '../../base/assert.ts';
import { withView } from '../../base/bytes.ts';
import { classBytes, classCount, sizeClassOf } from './size-classes.ts';

/**
 * Memory outside the JavaScript heap: slabs of 64 MiB, cut into spans of 1 MiB, each span into blocks
 * of one size class. A block is named by a **ref**: a uint32 that counts granules of 8 bytes from the
 * start of the arena (reach 32 GiB); 0 is no block.
 *
 * Every span keeps its own list of free blocks, threaded through the blocks themselves, and a count
 * of live ones, so that an emptied span goes back to the pool and serves any other size class.
 * Nothing here moves a block.
 *
 * `slabs` and `words` are views of the same memory; hot paths index them directly:
 * byte address in slab = `(ref & refMask) << 3`, slab = `ref >>> slabShift`.
 */
export class Arena {
  readonly slabs: Uint8Array[] = [];
  readonly words: Uint32Array[] = [];
  readonly views: DataView[] = [];
  /** Bytes in live blocks, rounding included. */
  usedBytes = 0;

  #spanClass = new Uint8Array(spansPerSlab);
  #spanLive = new Uint32Array(spansPerSlab);
  /** First free block of a span; 0 when it has none but those never given out. */
  #spanFree = new Uint32Array(spansPerSlab);
  /** Granules of a span that were given out at least once. */
  #spanBump = new Uint32Array(spansPerSlab);
  /** Spans of a class that have room form a list: neighbours, -1 at the ends. */
  #spanNext = new Int32Array(spansPerSlab).fill(-1);
  #spanPrevious = new Int32Array(spansPerSlab).fill(-1);
  #classHead = new Int32Array(classCount).fill(-1);
  #emptySpans: number[] = [];
  #spanCount = 0;
  /**
   * Memory for the next slabs: as much as there is, up to four. Each piece of memory outside its heap
   * has V8 collect the whole heap, which is worth less often the more there is; what nobody has
   * touched takes none of the machine's.
   */
  #ahead: ArrayBuffer | null = null;
  #aheadUsed = 0;
  readonly #slabBytes: number;
  /** A byte address masked with this lies in any slab. */
  readonly slabMask: number;

  /** `slabBytes`: 64 MiB; less for small tests. A power of two, at least 1 MiB. */
  constructor(slabBytes = slabBytesDefault) {
    this.#slabBytes = slabBytes;
    this.slabMask = slabBytes - 1;
  }

  /** A block of at least `bytes`, its content undefined. Requires: 0 < bytes ≤ `blockBytesMax`. */
  allocate(bytes: number): number {
    const sizeClass = sizeClassOf(bytes);
    let span = this.#classHead[sizeClass];
    if (span < 0) span = this.#openSpan(sizeClass);
    const size = classBytes[sizeClass];
    this.usedBytes += size;
    this.#spanLive[span] += 1;
    const free = this.#spanFree[span];
    if (free !== 0) {
      const next = this.words[free >>> slabShift][(free & refMask) << 1];
      this.#spanFree[span] = next;
      if (next === 0 && this.#isSpent(span, size)) this.#unlink(span, sizeClass);
      return free;
    }
    const at = this.#spanBump[span];
    this.#spanBump[span] = at + (size >>> 3);
    if (this.#isSpent(span, size)) this.#unlink(span, sizeClass);
    return ((span << spanShift) | at) >>> 0;
  }

  /** Gives a block back. Requires: a live block. */
  free(ref: number): void {
    const span = ref >>> spanShift;
    const sizeClass = this.#spanClass[span];
    const size = classBytes[sizeClass];
    const wasFull = this.#spanFree[span] === 0 && this.#isSpent(span, size);
    assert(this.#spanLive[span] > 0, 'only live blocks are freed');
    this.usedBytes -= size;
    this.words[ref >>> slabShift][(ref & refMask) << 1] = this.#spanFree[span];
    this.#spanFree[span] = ref;
    this.#spanLive[span] -= 1;
    if (wasFull) this.#link(span, sizeClass);
    if (this.#spanLive[span] === 0) this.#retire(span, sizeClass);
  }

  /** How many bytes the block holds. */
  capacityOf(ref: number): number {
    return classBytes[this.#spanClass[ref >>> spanShift]];
  }

  /** Bytes of memory taken from the system for blocks, touched or not. */
  get reservedBytes(): number {
    return this.slabs.length * this.#slabBytes;
  }

  /** Bytes of spans that hold at least one block: what churn has spread over. */
  get spannedBytes(): number {
    return (this.#spanCount - this.#emptySpans.length) * spanBytes;
  }

  #isSpent(span: number, size: number): boolean {
    return this.#spanBump[span] + (size >>> 3) > spanGranules;
  }

  #openSpan(sizeClass: number): number {
    const span = this.#emptySpans.pop() ?? this.#newSpan();
    this.#spanClass[span] = sizeClass;
    this.#spanFree[span] = 0;
    this.#spanLive[span] = 0;
    // Granule 0 of the arena stays unused, because ref 0 means "no block".
    this.#spanBump[span] = span === 0 ? 1 : 0;
    this.#link(span, sizeClass);
    return span;
  }

  #newSpan(): number {
    const perSlab = this.#slabBytes / spanBytes;
    if (this.#spanCount === this.slabs.length * perSlab) this.#addSlab();
    this.#spanCount += 1;
    // With small slabs (tests) spans are still numbered as if slabs were full size.
    const slab = this.slabs.length - 1;
    return slab * spansPerSlab + ((this.#spanCount - 1) % perSlab);
  }

  #addSlab(): void {
    if (this.slabs.length === slabCountMax) throw new ArenaFullError();
    const bytes = this.#slabBytes;
    if (this.#ahead === null || this.#aheadUsed === this.#ahead.byteLength) {
      this.#ahead = new ArrayBuffer(bytes * Math.min(Math.max(1, this.slabs.length), aheadMax));
      this.#aheadUsed = 0;
    }
    const buffer = this.#ahead;
    const at = this.#aheadUsed;
    this.#aheadUsed += bytes;
    this.slabs.push(withView(new Uint8Array(buffer, at, bytes)));
    this.words.push(new Uint32Array(buffer, at, bytes / 4));
    this.views.push(new DataView(buffer, at, bytes));
    const spans = this.slabs.length * spansPerSlab;
    if (spans > this.#spanClass.length) this.#growSpans(spans * 2);
  }

  #growSpans(count: number): void {
    const grow = <T extends Uint8Array | Uint32Array | Int32Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    this.#spanClass = grow(this.#spanClass, new Uint8Array(count));
    this.#spanLive = grow(this.#spanLive, new Uint32Array(count));
    this.#spanFree = grow(this.#spanFree, new Uint32Array(count));
    this.#spanBump = grow(this.#spanBump, new Uint32Array(count));
    this.#spanNext = grow(this.#spanNext, new Int32Array(count).fill(-1));
    this.#spanPrevious = grow(this.#spanPrevious, new Int32Array(count).fill(-1));
  }

  #link(span: number, sizeClass: number): void {
    const head = this.#classHead[sizeClass];
    this.#spanNext[span] = head;
    this.#spanPrevious[span] = -1;
    if (head >= 0) this.#spanPrevious[head] = span;
    this.#classHead[sizeClass] = span;
  }

  #unlink(span: number, sizeClass: number): void {
    const next = this.#spanNext[span];
    const previous = this.#spanPrevious[span];
    if (next >= 0) this.#spanPrevious[next] = previous;
    if (previous >= 0) this.#spanNext[previous] = next;
    else this.#classHead[sizeClass] = next;
  }

  /** An emptied span serves other classes, unless it is the last of its own with room. */
  #retire(span: number, sizeClass: number): void {
    this.#spanFree[span] = 0;
    this.#spanBump[span] = span === 0 ? 1 : 0;
    if (this.#spanNext[span] < 0 && this.#spanPrevious[span] < 0) return;
    this.#unlink(span, sizeClass);
    this.#emptySpans.push(span);
  }
}

/** The arena's reach of 32 GiB is used up. */
export class ArenaFullError extends Error {
  override readonly name = 'ArenaFullError';
  constructor() {
    super(`the arena holds ${slabCountMax} slabs of ${slabBytesDefault} bytes, its limit`);
  }
}

/** `ref >>> slabShift` is the slab. */
export const slabShift = 23;
/** `(ref & refMask) << 3` is the byte address in the slab. */
export const refMask = (1 << slabShift) - 1;

const slabBytesDefault = 64 * 1024 * 1024;
/** Most slabs that are taken from the system at once. */
const aheadMax = 4;
/** 32 GiB: what a uint32 of 8-byte granules reaches. */
const slabCountMax = 512;
const spanShift = 17;
const spanGranules = 1 << spanShift;
const spanBytes = spanGranules * 8;
const spansPerSlab = 64;
