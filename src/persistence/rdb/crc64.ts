/**
 * The checksum of RDB files and DUMP payloads: CRC64 "Jones", polynomial ad93d23594c935a9, reflected
 * in and out, start 0, no final xor. "123456789" gives e9c6d914c4b8d9ca.
 *
 * A full sync passes every byte through here, so eight bytes are taken at a time (slicing by eight)
 * and the 64-bit state is kept in two 32-bit halves: a BigInt would allocate for each step. Measured
 * at about 1.1 GB/s; sixteen bytes at a time were no faster.
 */
import { viewOf } from '../../base/bytes.ts';

const reflectedLow = 0xac4bc9b5;
const reflectedHigh = 0x95ac9329;
const slices = 8;

interface Tables {
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/** Table 0 advances the state by one byte; table n does so for a byte that n zero bytes follow. */
function buildTables(): Tables {
  const low = new Int32Array(256 * slices);
  const high = new Int32Array(256 * slices);
  for (let byte = 0; byte < 256; byte += 1) {
    let stateLow = byte;
    let stateHigh = 0;
    for (let bit = 0; bit < 8; bit += 1) {
      const carry = stateLow & 1;
      stateLow = (stateLow >>> 1) | (stateHigh << 31);
      stateHigh >>>= 1;
      if (carry === 1) {
        stateLow ^= reflectedLow;
        stateHigh ^= reflectedHigh;
      }
    }
    low[byte] = stateLow;
    high[byte] = stateHigh;
  }
  for (let at = 256; at < low.length; at += 1) {
    const before = low[at - 256];
    const index = before & 255;
    low[at] = ((before >>> 8) | (high[at - 256] << 24)) ^ low[index];
    high[at] = (high[at - 256] >>> 8) ^ high[index];
  }
  return { low, high };
}

const { low: tableLow, high: tableHigh } = buildTables();

/** Below this many bytes, making a `DataView` costs more than it saves. */
const viewWorthwhileBytes = 64;
/**
 * So much at a time: V8 compiles a function that is called often as a whole, but one that is called
 * seldom from the middle of its loop, without what follows, and leaves that code at each end.
 */
const bytesPerCall = 2048;

/** A running checksum: bytes may come in pieces of any size. */
export class Crc64 {
  #low = 0;
  #high = 0;

  /** The lower 32 bits of the checksum, unsigned. */
  get low(): number {
    return this.#low >>> 0;
  }

  /** The upper 32 bits of the checksum, unsigned. */
  get high(): number {
    return this.#high >>> 0;
  }

  /** Starts again from nothing. */
  reset(): void {
    this.#low = 0;
    this.#high = 0;
  }

  /** Adds `bytes[start, end)`. */
  update(bytes: Uint8Array, start: number, end: number): void {
    const at = end - start < viewWorthwhileBytes ? start : this.#updateLong(bytes, start, end);
    let low = this.#low;
    let high = this.#high;
    for (let i = at; i < end; i += 1) {
      const index = (low ^ bytes[i]) & 255;
      low = ((low >>> 8) | (high << 24)) ^ tableLow[index];
      high = (high >>> 8) ^ tableHigh[index];
    }
    this.#low = low;
    this.#high = high;
  }

  /** Writes the checksum as it stands in a file: eight bytes, the least significant first. */
  writeTo(target: Uint8Array, at: number): void {
    for (let i = 0; i < 4; i += 1) {
      target[at + i] = this.#low >>> (8 * i);
      target[at + 4 + i] = this.#high >>> (8 * i);
    }
  }

  /** Sixteen hex digits, for messages. */
  toHex(): string {
    return crcHexOf(this.high, this.low);
  }

  /** Takes whole groups of eight bytes, and returns where it stopped. */
  #updateLong(bytes: Uint8Array, start: number, end: number): number {
    const view = viewOf(bytes);
    const wordsEnd = start + ((end - start) & ~7);
    for (let at = start; at < wordsEnd; at += bytesPerCall) {
      this.#updateWords(view, at, Math.min(wordsEnd, at + bytesPerCall));
    }
    return wordsEnd;
  }

  /** Requires: a whole number of groups of eight bytes. */
  #updateWords(view: DataView, start: number, wordsEnd: number): void {
    let low = this.#low;
    let high = this.#high;
    for (let at = start; at < wordsEnd; at += 8) {
      const first = low ^ view.getInt32(at, true);
      const second = high ^ view.getInt32(at + 4, true);
      const i7 = 1792 + (first & 255);
      const i6 = 1536 + ((first >>> 8) & 255);
      const i5 = 1280 + ((first >>> 16) & 255);
      const i4 = 1024 + (first >>> 24);
      const i3 = 768 + (second & 255);
      const i2 = 512 + ((second >>> 8) & 255);
      const i1 = 256 + ((second >>> 16) & 255);
      const i0 = second >>> 24;
      low =
        tableLow[i7] ^
        tableLow[i6] ^
        tableLow[i5] ^
        tableLow[i4] ^
        (tableLow[i3] ^ tableLow[i2] ^ tableLow[i1] ^ tableLow[i0]);
      high =
        tableHigh[i7] ^
        tableHigh[i6] ^
        tableHigh[i5] ^
        tableHigh[i4] ^
        (tableHigh[i3] ^ tableHigh[i2] ^ tableHigh[i1] ^ tableHigh[i0]);
    }
    this.#low = low;
    this.#high = high;
  }
}

/** The two halves of a checksum as sixteen hex digits. */
export function crcHexOf(high: number, low: number): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
