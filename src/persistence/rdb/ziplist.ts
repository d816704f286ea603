import { bytesOfLatin1, copyBytes } from '../../base/bytes.ts';
import type { StringRange } from './rdb-cursor.ts';

/**
 * Reads ziplists, the packed layout of old files: four bytes of total length, four of the offset of
 * the last entry, two of the count, the entries, an end mark. Numbers are little endian.
 *
 * An entry: the length of the entry before (one byte, or 254 and four bytes), then its own form:
 * text of up to 63, 16,383 or 2^32 bytes (the lengths big endian), or an integer.
 */

const headerBytes = 10;
const endMark = 255;
const longMark = 254;
/** The count field says this when there are more. */
const countUnknown = 0xffff;
const smallIntegerMin = 0xf1;
const smallIntegerMax = 0xfd;

/** Bytes of the integers, by the byte that leads them. */
const integerWidths: Readonly<Record<number, number>> = {
  192: 2,
  208: 4,
  224: 8,
  240: 3,
  254: 1,
};

/** Walks over the entries of one ziplist. `open` checks all of it first. */
export class ZiplistReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  /** The entry that `#locate` found: its form, and where its data stand. */
  #form = 0;
  #dataStart = 0;
  #dataEnd = 0;
  /** How many entries it has. */
  count = 0;

  /**
   * Checks `bytes[start, end)` whole, and stands before its first entry.
   *
   * @returns null, or what is wrong with it.
   */
  open(bytes: Uint8Array, start: number, end: number): string | null {
    this.#bytes = bytes;
    this.#at = start + headerBytes;
    this.#end = end;
    this.count = 0;
    if (end - start < headerBytes + 1) return 'a ziplist is too short';
    if (uint32Of(bytes, start) !== end - start) return 'a ziplist has another length than it says';
    if (bytes[end - 1] !== endMark) return 'a ziplist has no end mark';
    const problem = this.#check(start);
    this.#at = start + headerBytes;
    return problem;
  }

  /** Puts the next entry into `target`; false at the end. Requires: `open` found nothing wrong. */
  next(target: StringRange): boolean {
    if (this.#at >= this.#end - 1) return false;
    this.#locate();
    this.#at = this.#dataEnd;
    if (this.#form < 0xc0) {
      target.bytes = this.#bytes;
      target.start = this.#dataStart;
      target.end = this.#dataEnd;
      return true;
    }
    const text = bytesOfLatin1(this.#integerText());
    target.bytes = target.reserve(text.length);
    copyBytes(text, 0, text.length, target.bytes, 0);
    target.start = 0;
    target.end = text.length;
    return true;
  }

  #check(start: number): string | null {
    const bytes = this.#bytes;
    const last = this.#end - 1;
    let previous = 0;
    let lastEntryAt = start + headerBytes;
    while (this.#at < last) {
      lastEntryAt = this.#at;
      const claimed = this.#previousLength();
      if (!this.#locate() || this.#dataEnd > last) return 'an entry of a ziplist is damaged';
      if (claimed !== previous) return 'an entry of a ziplist has a wrong back link';
      previous = this.#dataEnd - lastEntryAt;
      this.#at = this.#dataEnd;
      this.count += 1;
    }
    if (uint32Of(bytes, start + 4) !== lastEntryAt - start) return 'the tail of a ziplist is wrong';
    const count = bytes[start + 8] | (bytes[start + 9] << 8);
    const isCounted = count === countUnknown || count === this.count;
    return isCounted ? null : 'the count of a ziplist is wrong';
  }

  /** Requires: the entry at `#at` is before the end mark, so one byte of it is there. */
  #previousLength(): number {
    const first = this.#bytes[this.#at];
    if (first < longMark) return first;
    return this.#at + 5 < this.#end ? uint32Of(this.#bytes, this.#at + 1) : -1;
  }

  /** Finds the data of the entry at `#at`. False when it is no entry, or one that is cut off. */
  #locate(): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#at] === endMark) return false;
    const at = this.#at + (bytes[this.#at] < longMark ? 1 : 5);
    if (at >= this.#end - 1) return false;
    const form = bytes[at];
    this.#form = form;
    if (form >= 0xc0) {
      const isSmall = form >= smallIntegerMin && form <= smallIntegerMax;
      const width = isSmall ? 0 : integerWidths[form];
      if (width === undefined) return false;
      this.#dataStart = at + 1;
      this.#dataEnd = at + 1 + width;
      return true;
    }
    const formBytes = form < 0x40 ? 1 : form < 0x80 ? 2 : 5;
    if (at + formBytes >= this.#end) return false;
    let length = form & 0x3f;
    if (formBytes === 2) length = (length << 8) | bytes[at + 1];
    else if (formBytes === 5) length = uint32BigEndianOf(bytes, at + 1);
    this.#dataStart = at + formBytes;
    this.#dataEnd = this.#dataStart + length;
    return true;
  }

  #integerText(): string {
    const length = this.#dataEnd - this.#dataStart;
    if (length === 0) return String(this.#form - smallIntegerMin);
    let value = 0n;
    for (let i = this.#dataEnd - 1; i >= this.#dataStart; i -= 1) {
      value = (value << 8n) | BigInt(this.#bytes[i]);
    }
    return BigInt.asIntN(length * 8, value).toString();
  }
}

function uint32Of(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

function uint32BigEndianOf(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
