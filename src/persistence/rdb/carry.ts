import { withView } from '../../base/bytes.ts';

/** A buffer above this size is given back when its item was read. */
const keptBytes = 1024 * 1024;
const initialBytes = 256;

/**
 * Gathers an item that is spread over several pieces of input: exactly as many bytes as it is known
 * to need. The buffer grows with the bytes that arrived, never with the length that an item claims.
 */
export class Carry {
  #bytes: Uint8Array = withView(new Uint8Array(initialBytes));
  #length = 0;

  /** The gathered bytes are `bytes[0, length)`. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** How many bytes were gathered; 0 when nothing is carried. */
  get length(): number {
    return this.#length;
  }

  /**
   * Adds from `source[start, end)` what is missing to `needed` bytes.
   *
   * @returns the index of the first byte that was not taken.
   */
  take(source: Uint8Array, start: number, end: number, needed: number): number {
    const taken = Math.min(end - start, needed - this.#length);
    this.#grow(this.#length + taken, needed);
    this.#bytes.set(source.subarray(start, start + taken), this.#length);
    this.#length += taken;
    return start + taken;
  }

  /** Forgets the item: it was read. */
  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > keptBytes) this.#bytes = withView(new Uint8Array(initialBytes));
  }

  #grow(length: number, needed: number): void {
    if (length <= this.#bytes.length) return;
    const doubled = Math.min(this.#bytes.length * 2, needed);
    const grown = withView(new Uint8Array(Math.max(length, doubled)));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
