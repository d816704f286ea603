import { halfSipHash } from './half-sip-hash.ts';

/**
 * Hashes of keys that are about to be looked up, in the order in which that will happen. A batch of
 * pipelined requests is hashed first, so that the memory that its look-ups need can be fetched all at
 * once (`ByteTable.warm`) rather than one cache miss after the other; each look-up then finds its
 * hash here. `bench/` shows the effect at a pipeline of 16 and more.
 */
export class KeyHints {
  readonly hashes = new Int32Array(hintsMax);
  count = 0;
  readonly #starts = new Int32Array(hintsMax);
  readonly #ends = new Int32Array(hintsMax);
  #bytes: Uint8Array | null = null;
  #at = 0;
  readonly #hashKey0: number;
  readonly #hashKey1: number;

  constructor(hashKey0: number, hashKey1: number) {
    this.#hashKey0 = hashKey0;
    this.#hashKey1 = hashKey1;
  }

  /** Adds a key. All keys of a batch lie in the same memory; others are not noted. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const at = this.count;
    if (at === 0) this.#bytes = bytes;
    else if (bytes !== this.#bytes || at === hintsMax) return;
    this.#starts[at] = start;
    this.#ends[at] = end;
    this.hashes[at] =
      at > 0 && this.#isLast(bytes, start, end)
        ? this.hashes[at - 1]
        : halfSipHash(bytes, start, end, this.#hashKey0, this.#hashKey1);
    this.count = at + 1;
  }

  /** Whether a key is the one that was added last: pipelines often stay with one list or counter. */
  #isLast(bytes: Uint8Array, start: number, end: number): boolean {
    const lastEnd = this.#ends[this.count - 1];
    const shift = end - lastEnd;
    if (start - this.#starts[this.count - 1] !== shift) return false;
    // Names that differ mostly differ at their end.
    for (let at = end - 1; at >= start; at -= 1) if (bytes[at] !== bytes[at - shift]) return false;
    return true;
  }

  /** Forgets all. Must be called before the memory of the keys changes. */
  clear(): void {
    this.count = 0;
    this.#at = 0;
    this.#bytes = null;
  }

  /** The hash of a key: noted, or computed now. */
  hash(bytes: Uint8Array, start: number, end: number): number {
    if (bytes === this.#bytes) {
      for (let at = this.#at; at < this.count; at += 1) {
        if (this.#starts[at] === start && this.#ends[at] === end) {
          this.#at = at;
          return this.hashes[at];
        }
        // Noted keys come in order: one that lies behind cannot be further on.
        if (this.#starts[at] > start) break;
      }
    }
    return halfSipHash(bytes, start, end, this.#hashKey0, this.#hashKey1);
  }
}

/** Most keys of a batch. */
export const hintsMax = 512;
