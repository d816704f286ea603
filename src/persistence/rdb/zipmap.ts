import type { StringRange } from './rdb-cursor.ts';

/**
 * Reads zipmaps, the packed layout of hashes in the oldest files: one byte of count, then by turns a
 * field (its length, its bytes) and a value (its length, one byte that says how many unused bytes
 * follow it, its bytes), and an end mark. A length is one byte, or 254 and four bytes, little endian.
 */

const endMark = 255;
const longMark = 254;

/** Walks over the pairs of one zipmap. `open` checks all of it first. */
export class ZipmapReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;

  /**
   * Checks `bytes[start, end)` whole, and stands before its first pair.
   *
   * @returns null, or what is wrong with it.
   */
  open(bytes: Uint8Array, start: number, end: number): string | null {
    this.#bytes = bytes;
    this.#at = start + 1;
    this.#end = end;
    if (end - start < 2 || bytes[end - 1] !== endMark) return 'a zipmap has no end mark';
    let pairs = 0;
    while (this.#at < end - 1) {
      if (bytes[this.#at] === endMark) return 'a zipmap ends too early';
      if (!this.#skip(false) || !this.#skip(true)) return 'a pair of a zipmap is damaged';
      pairs += 1;
    }
    this.#at = start + 1;
    const isCounted = bytes[start] >= longMark || bytes[start] === pairs;
    return isCounted ? null : 'the count of a zipmap is wrong';
  }

  /** The next pair; false at the end. Requires: `open` found nothing wrong. */
  next(field: StringRange, value: StringRange): boolean {
    if (this.#at >= this.#end - 1) return false;
    this.#read(field, false);
    this.#read(value, true);
    return true;
  }

  #skip(isValue: boolean): boolean {
    const bytes = this.#bytes;
    const headBytes = (bytes[this.#at] < longMark ? 1 : 5) + (isValue ? 1 : 0);
    // The end mark is behind every pair.
    if (bytes[this.#at] === endMark || this.#at + headBytes >= this.#end) return false;
    const length = this.#length();
    const unused = isValue ? bytes[this.#at + headBytes - 1] : 0;
    this.#at += headBytes + length + unused;
    return this.#at < this.#end;
  }

  #read(target: StringRange, isValue: boolean): void {
    const length = this.#length();
    let at = this.#at + (this.#bytes[this.#at] < longMark ? 1 : 5);
    let unused = 0;
    if (isValue) {
      unused = this.#bytes[at];
      at += 1;
    }
    target.bytes = this.#bytes;
    target.start = at;
    target.end = at + length;
    this.#at = target.end + unused;
  }

  #length(): number {
    const bytes = this.#bytes;
    const at = this.#at + 1;
    if (bytes[this.#at] < longMark) return bytes[this.#at];
    return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
  }
}
