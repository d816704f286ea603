/** Builds a listpack element by element: for conversions, loads and tests. */

import { emptyBytes, endMark, headerBytes, writeHeader } from './listpack.ts';
import {
  encodedIntegerLength,
  encodedLength,
  writeEntry,
  writeIntegerEntry,
} from './listpack-encoding.ts';

/**
 * A growable pack. After `finish` it is `bytes[0, end)`, good until the next change; it may be added
 * to again, finished again, or emptied with `reset` and used for the next.
 */
export class ListpackBuilder {
  bytes: Uint8Array;
  /** Behind the last entry; behind the end mark once finished. */
  end = headerBytes;
  count = 0;
  #entriesEnd = headerBytes;

  constructor(capacity = 256) {
    this.bytes = new Uint8Array(Math.max(capacity, emptyBytes));
  }

  /** The size of the pack as it would be finished now. */
  get packBytes(): number {
    return this.#entriesEnd + 1;
  }

  /** Appends the element `bytes[start, end)`; integers in text become integers. */
  append(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(encodedLength(bytes, start, end));
    this.#appended(writeEntry(this.bytes, this.#entriesEnd, bytes, start, end));
  }

  /** Requires: a safe integer, or a bigint within int64. */
  appendInteger(value: number | bigint): void {
    this.#reserve(encodedIntegerLength(value));
    this.#appended(writeIntegerEntry(this.bytes, this.#entriesEnd, value));
  }

  /** Appends `entryCount` entries that are encoded already, `bytes[start, end)`. */
  appendEncoded(bytes: Uint8Array, start: number, end: number, entryCount: number): void {
    this.#reserve(end - start);
    this.bytes.set(bytes.subarray(start, end), this.#entriesEnd);
    this.#entriesEnd += end - start;
    this.end = this.#entriesEnd;
    this.count += entryCount;
  }

  /** Writes header and end mark. @returns the end: the pack is `bytes[0, end)`. */
  finish(): number {
    this.end = this.#entriesEnd + 1;
    writeHeader(this.bytes, 0, this.end, this.count);
    this.bytes[this.end - 1] = endMark;
    return this.end;
  }

  /** Empties it, keeping the memory. */
  reset(): void {
    this.#entriesEnd = headerBytes;
    this.end = headerBytes;
    this.count = 0;
  }

  #appended(end: number): void {
    this.#entriesEnd = end;
    this.end = end;
    this.count += 1;
  }

  /** Room for `more` bytes and the end mark. */
  #reserve(more: number): void {
    const needed = this.#entriesEnd + more + 1;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.#entriesEnd));
    this.bytes = grown;
  }
}
