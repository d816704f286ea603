import type { StreamId } from './stream-id.ts';

/** Says whether a snapshot needs what is there, and by which number it is known. */
export interface CaptureMark {
  /** The epoch of the snapshot that has captured the stream; 0 when none has. */
  capturedEpoch: number;
}

/** What is kept beside each id. */
export interface IdColumns {
  /** One 32-bit number. */
  readonly hasNumber: boolean;
  /** A time in Unix ms, and a count. */
  readonly hasDelivery: boolean;
}

/** Up to `chunkMax` ids in order, with what belongs to them. Changed by `SortedIds` only. */
export class IdChunk {
  /** Made or copied under the capture with this epoch. */
  readonly epoch: number;
  count = 0;
  /** Four halves of each id, then its number where there is one. */
  words: Uint32Array;
  /** Time and count of each id, where there are such. */
  deliveries: Float64Array;
  readonly stride: number;

  constructor(epoch: number, stride: number, hasDelivery: boolean, capacity: number) {
    this.epoch = epoch;
    this.stride = stride;
    this.words =
      capacity === chunkMin ? smallWords(chunkMin * stride) : new Uint32Array(capacity * stride);
    this.deliveries = hasDelivery ? new Float64Array(capacity * 2) : noDeliveries;
  }

  get capacity(): number {
    return this.words.length / this.stride;
  }

  /** Reads the id at `index`. */
  readId(index: number, into: StreamId): void {
    const { words } = this;
    const at = index * this.stride;
    into.set(words[at], words[at + 1], words[at + 2], words[at + 3]);
  }

  writeId(index: number, id: StreamId): void {
    const { words } = this;
    const at = index * this.stride;
    words[at] = id.msHi;
    words[at + 1] = id.msLo;
    words[at + 2] = id.seqHi;
    words[at + 3] = id.seqLo;
  }

  /** The number beside the id at `index`. Requires: there is such a column. */
  numberAt(index: number): number {
    return this.words[index * this.stride + 4];
  }

  setNumber(index: number, value: number): void {
    this.words[index * this.stride + 4] = value;
  }

  timeAt(index: number): number {
    return this.deliveries[index * 2];
  }

  deliveryCountAt(index: number): number {
    return this.deliveries[index * 2 + 1];
  }

  setDelivery(index: number, timeMs: number, count: number): void {
    this.deliveries[index * 2] = timeMs;
    this.deliveries[index * 2 + 1] = count;
  }

  /** Below zero, zero or above, as the id at `index` compares with `id`. */
  compareAt(index: number, id: StreamId): number {
    const { words } = this;
    const at = index * this.stride;
    if (words[at] !== id.msHi) return words[at] < id.msHi ? -1 : 1;
    if (words[at + 1] !== id.msLo) return words[at + 1] < id.msLo ? -1 : 1;
    if (words[at + 2] !== id.seqHi) return words[at + 2] < id.seqHi ? -1 : 1;
    if (words[at + 3] !== id.seqLo) return words[at + 3] < id.seqLo ? -1 : 1;
    return 0;
  }

  /** The first index whose id is `id` or comes after it; `count` when there is none. */
  indexOf(id: StreamId): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.compareAt(middle, id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  grow(): void {
    const capacity = Math.min(this.capacity * 2, chunkMax);
    const words = new Uint32Array(capacity * this.stride);
    words.set(this.words);
    this.words = words;
    if (this.deliveries === noDeliveries) return;
    const deliveries = new Float64Array(capacity * 2);
    deliveries.set(this.deliveries);
    this.deliveries = deliveries;
  }

  /** Moves the entries from `from` on to `to`; the caller keeps the count. */
  shift(from: number, to: number): void {
    const { stride, count } = this;
    this.words.copyWithin(to * stride, from * stride, count * stride);
    if (this.deliveries !== noDeliveries) {
      this.deliveries.copyWithin(to * 2, from * 2, count * 2);
    }
  }

  /** Adds entries `[from, to)` of `source` behind its own. Requires: room. */
  appendFrom(source: IdChunk, from: number, to: number): void {
    const { stride } = this;
    this.words.set(source.words.subarray(from * stride, to * stride), this.count * stride);
    if (this.deliveries !== noDeliveries) {
      this.deliveries.set(source.deliveries.subarray(from * 2, to * 2), this.count * 2);
    }
    this.count += to - from;
  }
}

/**
 * Ids in order, in chunks of typed arrays: an element costs what its bytes cost, and to find, insert
 * or remove one takes a binary search and the move of a part of a chunk. Under a capture a chunk is
 * copied before its first change, so that `chunks.slice()` keeps what was there.
 *
 * `find` and its kin set the place, `chunkIndex` and `index`; the `…Found` operations act on it.
 */
export class SortedIds {
  chunks: IdChunk[] = [];
  size = 0;
  chunkIndex = 0;
  index = 0;
  readonly #mark: CaptureMark;
  readonly #stride: number;
  readonly #hasDelivery: boolean;

  constructor(mark: CaptureMark, columns: IdColumns) {
    this.#mark = mark;
    this.#stride = columns.hasNumber ? 5 : 4;
    this.#hasDelivery = columns.hasDelivery;
  }

  /** Goes to the first id that is `id` or comes after it; says whether it is `id`. */
  find(id: StreamId): boolean {
    const { chunks } = this;
    let low = 0;
    let high = chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const chunk = chunks[middle];
      if (chunk.compareAt(chunk.count - 1, id) < 0) low = middle + 1;
      else high = middle;
    }
    this.chunkIndex = low;
    this.index = 0;
    if (low === chunks.length) return false;
    this.index = chunks[low].indexOf(id);
    return chunks[low].compareAt(this.index, id) === 0;
  }

  /** Goes to the last id that is `id` or comes before it; false when there is none. */
  findBefore(id: StreamId): boolean {
    return this.find(id) || this.previous();
  }

  /** Goes to the first id; false when there is none. */
  first(): boolean {
    this.chunkIndex = 0;
    this.index = 0;
    return this.size > 0;
  }

  /** Goes to the last id; false when there is none. */
  last(): boolean {
    if (this.size === 0) return false;
    this.chunkIndex = this.chunks.length - 1;
    this.index = this.chunks[this.chunkIndex].count - 1;
    return true;
  }

  /** Whether the place is on an id, not behind the last. */
  get isFound(): boolean {
    return this.chunkIndex < this.chunks.length;
  }

  /** The chunk of the place, to read. */
  get chunk(): IdChunk {
    return this.chunks[this.chunkIndex];
  }

  /** Goes to the id after; false behind the last. */
  next(): boolean {
    this.index += 1;
    if (this.index < this.chunks[this.chunkIndex].count) return true;
    this.chunkIndex += 1;
    this.index = 0;
    return this.chunkIndex < this.chunks.length;
  }

  /** Goes to the id before; false, and nowhere, before the first. */
  previous(): boolean {
    if (this.index > 0) {
      this.index -= 1;
      return true;
    }
    if (this.chunkIndex === 0) return false;
    this.chunkIndex -= 1;
    this.index = this.chunks[this.chunkIndex].count - 1;
    return true;
  }

  /** Adds the id that `find` just missed, and goes to it. What stands beside it is undefined. */
  insertFound(id: StreamId): IdChunk {
    this.size += 1;
    if (this.chunkIndex === this.chunks.length) this.#toEndOfLast();
    let chunk = this.writableFound();
    if (chunk.count === chunk.capacity && chunk.capacity < chunkMax) chunk.grow();
    if (chunk.count === chunkMax) chunk = this.#splitFound();
    if (this.index < chunk.count) chunk.shift(this.index, this.index + 1);
    chunk.count += 1;
    chunk.writeId(this.index, id);
    return chunk;
  }

  /** Takes the found id out; the place is then on the one after it. */
  removeFound(): void {
    const chunk = this.writableFound();
    chunk.shift(this.index + 1, this.index);
    chunk.count -= 1;
    this.size -= 1;
    if (chunk.count === 0) this.chunks.splice(this.chunkIndex, 1);
    else if (chunk.count <= sparseMax) this.#mergeFound();
    if (this.isFound && this.index === this.chunk.count) {
      this.chunkIndex += 1;
      this.index = 0;
    }
  }

  /** The chunk of the place, to change: a copy, where a capture needs the one that was there. */
  writableFound(): IdChunk {
    const chunk = this.chunks[this.chunkIndex];
    if (this.#mark.capturedEpoch === 0 || chunk.epoch === this.#mark.capturedEpoch) return chunk;
    const copy = this.#newChunk(chunk.capacity);
    copy.appendFrom(chunk, 0, chunk.count);
    this.chunks[this.chunkIndex] = copy;
    return copy;
  }

  /** Adds all ids of another, with what belongs to them. Requires: empty, the same columns. */
  copyFrom(other: SortedIds): void {
    for (const chunk of other.chunks) {
      const copy = this.#newChunk(chunk.count);
      copy.appendFrom(chunk, 0, chunk.count);
      this.chunks.push(copy);
    }
    this.size = other.size;
  }

  get memoryBytes(): number {
    const bytes = this.#stride * 4 + (this.#hasDelivery ? 16 : 0);
    return this.chunks.length * chunkOverheadBytes + Math.ceil(this.size * bytes * 1.25);
  }

  #newChunk(capacity: number): IdChunk {
    const { capturedEpoch } = this.#mark;
    return new IdChunk(
      capturedEpoch,
      this.#stride,
      this.#hasDelivery,
      Math.max(capacity, chunkMin),
    );
  }

  /** From behind all chunks to the end of the last; makes one where there is none with room. */
  #toEndOfLast(): void {
    const { chunks } = this;
    const last = chunks.at(-1);
    if (last === undefined) {
      // An array that grows has room for many: most streams have one chunk.
      this.chunks = [this.#newChunk(chunkMin)];
      this.index = 0;
    } else if (last.count === chunkMax) {
      chunks.push(this.#newChunk(chunkMax));
      this.index = 0;
    } else {
      this.index = last.count;
    }
    this.chunkIndex = this.chunks.length - 1;
  }

  /** Puts the upper half of a full chunk into one of its own; the place stays what it was. */
  #splitFound(): IdChunk {
    const chunk = this.chunk;
    const half = chunkMax >> 1;
    const upper = this.#newChunk(chunkMax);
    upper.appendFrom(chunk, half, chunk.count);
    chunk.count = half;
    this.chunks.splice(this.chunkIndex + 1, 0, upper);
    if (this.index <= half) return chunk;
    this.index -= half;
    this.chunkIndex += 1;
    return upper;
  }

  /** Joins a chunk that has become sparse with the one after it, where both are small. */
  #mergeFound(): void {
    const chunk = this.chunk;
    const after = this.chunks[this.chunkIndex + 1];
    if (after === undefined || chunk.count + after.count > chunkMax >> 1) return;
    while (chunk.capacity < chunk.count + after.count) chunk.grow();
    chunk.appendFrom(after, 0, after.count);
    this.chunks.splice(this.chunkIndex + 1, 1);
  }
}

/** Memory for the numbers of the smallest chunks, most of which live and go together. */
let page = new ArrayBuffer(0);
let pageUsed = 0;

/** A piece of a page: of its own, an array of a few numbers would be three objects instead of one. */
function smallWords(count: number): Uint32Array {
  const bytes = count * 4;
  if (pageUsed + bytes > page.byteLength) {
    page = new ArrayBuffer(pageBytes);
    pageUsed = 0;
  }
  pageUsed += bytes;
  return new Uint32Array(page, pageUsed - bytes, count);
}

const pageBytes = 4096;
const noDeliveries = new Float64Array(0);
/** Most streams have one node. */
const chunkMin = 3;
/** Entries of a full chunk: small enough to copy before a change, large enough to need few. */
const chunkMax = 256;
const sparseMax = 64;
/** The objects of a chunk around its numbers. */
const chunkOverheadBytes = 200;
