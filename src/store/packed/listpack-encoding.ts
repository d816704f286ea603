/**
 * How one element becomes one listpack entry: encoding byte, data, and the size of both again behind
 * them, so that the pack can be walked backwards.
 *
 *   0xxxxxxx            7-bit unsigned integer
 *   10xxxxxx            string below 64 bytes
 *   110xxxxx +1         13-bit integer
 *   1110xxxx +1         string below 4,096 bytes
 *   f0 +4               any other string
 *   f1 f2 f3 f4         integers of 2, 3, 4, 8 bytes, little-endian
 *
 * An element that is the canonical decimal text of an int64 is always an integer: servers compare
 * elements by value and would not find the text.
 */
import { copyBytes } from '../../base/bytes.ts';
import { Int64 } from './int64.ts';

/** Filled and used within one call. */
const parsed = new Int64();

/**
 * Bytes of the back-length behind an entry whose encoding and data have `size` bytes. The bounds are
 * one short of what seven bits a byte could hold: so is the layout in every server.
 */
export function backLengthBytes(size: number): number {
  if (size <= 127) return 1;
  if (size < 16_383) return 2;
  if (size < 2_097_151) return 3;
  return size < 268_435_455 ? 4 : 5;
}

/** Writes the back-length of `size` to `target[at…)`. @returns the position behind it. */
export function writeBackLength(target: Uint8Array, at: number, size: number): number {
  const length = backLengthBytes(size);
  let rest = size;
  // Most significant group first; every byte but the first is marked, to be read backwards.
  for (let i = at + length - 1; i > at; i -= 1) {
    target[i] = (rest & 127) | 128;
    rest = Math.floor(rest / 128);
  }
  target[at] = rest;
  return at + length;
}

/** Whole size of the entry that holds the element `bytes[start, end)`, back-length included. */
export function encodedLength(bytes: Uint8Array, start: number, end: number): number {
  if (parsed.parse(bytes, start, end)) return encodedHalvesLength(parsed.hi, parsed.lo);
  return encodedTextLength(end - start);
}

/** Whole size of the entry of a string of `length` bytes that is no integer. */
export function encodedTextLength(length: number): number {
  const size = length + (length < 64 ? 1 : length < 4096 ? 2 : 5);
  return size + backLengthBytes(size);
}

/** The largest integer that is its own encoding. */
const smallMax = 127;

/** Whole size of the entry of an integer. Requires: a safe integer, or a bigint within int64. */
export function encodedIntegerLength(value: number | bigint): number {
  if (value >= 0 && value <= smallMax) return 2;
  if (typeof value === 'bigint') parsed.setBigInt(value);
  else parsed.setNumber(value);
  return encodedHalvesLength(parsed.hi, parsed.lo);
}

/** Whole size of the entry of the int64 with these halves (each a signed 32-bit integer). */
export function encodedHalvesLength(hi: number, lo: number): number {
  if (hi !== lo >> 31) return 10;
  if (lo >= -4096 && lo <= 4095) return lo >= 0 && lo <= 127 ? 2 : 3;
  if (lo >= -0x8000 && lo <= 0x7fff) return 4;
  return lo >= -0x80_0000 && lo <= 0x7f_ffff ? 5 : 6;
}

/**
 * Writes the entry of the element `bytes[start, end)` to `target[at…)`.
 *
 * @returns the position behind it. Requires: room for `encodedLength` bytes, which do not overlap
 * the element.
 */
export function writeEntry(
  target: Uint8Array,
  at: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  if (parsed.parse(bytes, start, end)) {
    return writeHalvesEntry(target, at, parsed.hi, parsed.lo);
  }
  return writeTextEntry(target, at, bytes, start, end);
}

/** As `writeEntry`, of a string that is known to be no integer. */
export function writeTextEntry(
  target: Uint8Array,
  at: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const length = end - start;
  let dataAt = at + 1;
  if (length < 64) {
    target[at] = 0x80 | length;
  } else if (length < 4096) {
    target[at] = 0xe0 | (length >> 8);
    target[at + 1] = length;
    dataAt = at + 2;
  } else {
    target[at] = 0xf0;
    target[at + 1] = length;
    target[at + 2] = length >>> 8;
    target[at + 3] = length >>> 16;
    target[at + 4] = length >>> 24;
    dataAt = at + 5;
  }
  copyBytes(bytes, start, end, target, dataAt);
  return writeBackLength(target, dataAt + length, dataAt + length - at);
}

/**
 * Writes the entry of an integer to `target[at…)`.
 *
 * @returns the position behind it. Requires: a safe integer or a bigint within int64, and room for
 * `encodedIntegerLength` bytes.
 */
export function writeIntegerEntry(target: Uint8Array, at: number, value: number | bigint): number {
  if (value >= 0 && value <= smallMax) {
    target[at] = Number(value);
    target[at + 1] = 1;
    return at + 2;
  }
  if (typeof value === 'bigint') parsed.setBigInt(value);
  else parsed.setNumber(value);
  return writeHalvesEntry(target, at, parsed.hi, parsed.lo);
}

/** As `writeIntegerEntry`, of the int64 with these halves (each a signed 32-bit integer). */
export function writeHalvesEntry(target: Uint8Array, at: number, hi: number, lo: number): number {
  const length = encodedHalvesLength(hi, lo);
  if (length === 2) {
    target[at] = lo;
  } else if (length === 3) {
    target[at] = 0xc0 | ((lo >> 8) & 0x1f);
    target[at + 1] = lo;
  } else {
    target[at] = length === 10 ? 0xf4 : 0xf1 + (length - 4);
    target[at + 1] = lo;
    target[at + 2] = lo >> 8;
    if (length > 4) target[at + 3] = lo >> 16;
    if (length > 5) target[at + 4] = lo >> 24;
    if (length === 10) {
      target[at + 5] = hi;
      target[at + 6] = hi >> 8;
      target[at + 7] = hi >> 16;
      target[at + 8] = hi >> 24;
    }
  }
  target[at + length - 1] = length - 1;
  return at + length;
}
