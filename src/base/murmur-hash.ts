/**
 * MurmurHash64A by Austin Appleby: 64 bits, here as two halves of 32, so that no big integers are made.
 * It is no defence against chosen keys; HyperLogLog needs exactly this one.
 */

/** The multiplier, 0xc6a4a7935bd1e995. */
const multiplierLow = 0x5bd1e995;
const multiplierHigh = 0xc6a4a793 | 0;
const lowHalf = 0xe995;
const highHalf = 0x5bd1;

/** The hash that `compute` left; one object serves many computations. */
export class MurmurHash {
  /** The lower and the upper 32 bits, signed. */
  low = 0;
  high = 0;

  /** Hashes `bytes[start, end)` with a seed below 2^32. */
  compute(bytes: Uint8Array, start: number, end: number, seed: number): void {
    const length = end - start;
    this.low = length | 0;
    this.high = 0;
    this.#multiply();
    this.low ^= seed;
    const blocksEnd = end - (length & 7);
    for (let at = start; at < blocksEnd; at += 8) this.#mixBlock(bytes, at);
    if (blocksEnd < end) this.#mixTail(bytes, blocksEnd, end);
    this.low ^= this.high >>> 15;
    this.#multiply();
    this.low ^= this.high >>> 15;
  }

  #mixBlock(bytes: Uint8Array, at: number): void {
    const { low, high } = this;
    this.low = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    this.high =
      bytes[at + 4] | (bytes[at + 5] << 8) | (bytes[at + 6] << 16) | (bytes[at + 7] << 24);
    this.#multiply();
    this.low ^= this.high >>> 15;
    this.#multiply();
    this.low ^= low;
    this.high ^= high;
    this.#multiply();
  }

  #mixTail(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; at += 1) {
      const shift = (at - start) * 8;
      if (shift < 32) this.low ^= bytes[at] << shift;
      else this.high ^= bytes[at] << (shift - 32);
    }
    this.#multiply();
  }

  /** Times the multiplier, modulo 2^64: products of 16 bits each, whose carries fit 32 bits. */
  #multiply(): void {
    const { low, high } = this;
    const a = low & 0xffff;
    const b = low >>> 16;
    const first = Math.imul(a, lowHalf) >>> 0;
    const second = (Math.imul(b, lowHalf) >>> 0) + (first >>> 16);
    const third = (Math.imul(a, highHalf) >>> 0) + (second & 0xffff);
    const carried = Math.imul(b, highHalf) + (second >>> 16) + (third >>> 16);
    this.low = Math.imul(low, multiplierLow);
    this.high = (carried + Math.imul(low, multiplierHigh) + Math.imul(high, multiplierLow)) | 0;
  }
}
