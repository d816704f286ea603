import { assert } from '../../base/assert.ts';

/**
 * From the first bits of a hash (of 31) to the number of a segment. A segment that shares fewer bits than the
 * directory has stands in several neighbouring entries.
 */
export class Directory {
  #entries = new Uint32Array(1);
  /** How many leading bits of a hash choose an entry. */
  depth = 0;

  /** Requires: `hash` has 31 bits. */
  segmentOf(hash: number): number {
    return this.#entries[hash >>> (directoryBits - this.depth)];
  }

  /** Starts anew with 2^depth segments, numbered in the order of hashes. */
  reset(depth: number): void {
    this.#entries = Uint32Array.from({ length: 1 << depth }, (_, i) => i);
    this.depth = depth;
  }

  /**
   * A segment of `depth` bits, in which `hash` lies, was split: the half with the next bit set is now
   * segment `right`.
   */
  split(hash: number, depth: number, right: number): void {
    if (depth === this.depth) this.#double();
    const width = 1 << (this.depth - depth);
    const first = (hash >>> (directoryBits - depth)) * width;
    this.#entries.fill(right, first + width / 2, first + width);
  }

  /** Bytes that the entries take. */
  get bytes(): number {
    return this.#entries.length * 4;
  }

  #double(): void {
    assert(this.depth < directoryDepthMax, 'the directory stays within 2^24 entries');
    const old = this.#entries;
    const grown = new Uint32Array(old.length * 2);
    for (let i = 0; i < old.length; i += 1) {
      grown[2 * i] = old[i];
      grown[2 * i + 1] = old[i];
    }
    this.#entries = grown;
    this.depth += 1;
  }
}

/** Bits of the hashes that a directory is asked for. */
export const directoryBits = 31;
/** 16 million segments: more than the arena can hold. */
export const directoryDepthMax = 24;
