/**
 * Signed 64-bit integers as two 32-bit halves, because the packed layouts hold numbers that a
 * JavaScript number cannot hold exactly, and a bigint per probe of a search would be garbage.
 */
import { parseSafeInteger, writeDecimal } from '../../base/number-text.ts';

const minus = 45;
const zero = 48;
const halfRange = 0x1_0000_0000;

/** Longest decimal text of an int64: a minus and 19 digits. */
export const int64TextBytesMax = 20;

/** The number of `hi` and `lo`, rounded to the nearest double when it is not safe. */
export function numberOfHalves(hi: number, lo: number): number {
  return hi * halfRange + (lo >>> 0);
}

/** Whether `hi` and `lo` make an integer that a JavaScript number holds exactly. */
export function areSafeHalves(hi: number, lo: number): boolean {
  return hi >= -0x20_0000 && hi < 0x20_0000 && !(hi === -0x20_0000 && lo === 0);
}

/** Below zero, zero or above, as left is less than, equal to or greater than right. */
export function compareHalves(
  leftHi: number,
  leftLo: number,
  rightHi: number,
  rightLo: number,
): number {
  if (leftHi !== rightHi) return leftHi < rightHi ? -1 : 1;
  if (leftLo === rightLo) return 0;
  return leftLo >>> 0 < rightLo >>> 0 ? -1 : 1;
}

/** A reusable signed 64-bit integer: make one, fill it again and again. */
export class Int64 {
  /** Upper half, as a signed 32-bit integer. */
  hi = 0;
  /** Lower half, as a signed 32-bit integer too: `lo >>> 0` is its unsigned meaning. */
  lo = 0;

  /** Requires: both halves as signed 32-bit integers. */
  setHalves(hi: number, lo: number): void {
    this.hi = hi;
    this.lo = lo;
  }

  /** Requires: a safe integer. */
  setNumber(value: number): void {
    const low = value | 0;
    if (low === value) {
      this.hi = low >> 31;
      this.lo = low;
      return;
    }
    const hi = Math.floor(value / halfRange);
    this.hi = hi;
    this.lo = (value - hi * halfRange) | 0;
  }

  /** Requires: in the range of int64. */
  setBigInt(value: bigint): void {
    this.hi = Number(BigInt.asIntN(32, value >> 32n));
    this.lo = Number(BigInt.asIntN(32, value));
  }

  /**
   * Reads canonical decimal text of an int64: no plus, no leading zeros, no `-0`.
   *
   * @returns whether it was one; otherwise the value is undefined.
   */
  parse(bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    if (length === 0 || length > int64TextBytesMax) return false;
    const lead = bytes[start];
    if (lead !== minus && (lead < zero || lead > zero + 9)) return false;
    const value = parseSafeInteger(bytes, start, end);
    if (!Number.isNaN(value)) {
      this.setNumber(value);
      return true;
    }
    return length >= 16 && this.#parseLong(bytes, start, end);
  }

  #parseLong(bytes: Uint8Array, start: number, end: number): boolean {
    const isNegative = bytes[start] === minus;
    const digitsAt = isNegative ? start + 1 : start;
    // Nineteen digits stay below 2^64, so the sum below cannot overflow.
    if (end - digitsAt > 19 || bytes[digitsAt] === zero) return false;
    let hi = 0;
    let lo = 0;
    for (let at = digitsAt; at < end; at += 1) {
      const digit = bytes[at] - zero;
      if (digit < 0 || digit > 9) return false;
      const low = lo * 10 + digit;
      const carry = Math.floor(low / halfRange);
      lo = low - carry * halfRange;
      hi = hi * 10 + carry;
    }
    if (hi > 0x7fff_ffff && !(isNegative && hi === 0x8000_0000 && lo === 0)) return false;
    this.hi = (isNegative ? ~hi + (lo === 0 ? 1 : 0) : hi) | 0;
    this.lo = (isNegative ? -lo : lo) | 0;
    return true;
  }

  /** Whether `toNumber` is exact. */
  isSafe(): boolean {
    return areSafeHalves(this.hi, this.lo);
  }

  /** The value as a number, rounded to the nearest double when it is not safe. */
  toNumber(): number {
    if (this.hi === this.lo >> 31) return this.lo;
    return numberOfHalves(this.hi, this.lo);
  }

  toBigInt(): bigint {
    return (BigInt(this.hi) << 32n) | BigInt(this.lo >>> 0);
  }

  /**
   * Writes the decimal text to `target[at…)`.
   *
   * @returns the position behind it. Requires: room for `int64TextBytesMax` bytes.
   */
  writeText(target: Uint8Array, at: number): number {
    return writeInt64Text(this.hi, this.lo, target, at);
  }
}

/** As `Int64.writeText`, of two halves. */
export function writeInt64Text(hi: number, lo: number, target: Uint8Array, at: number): number {
  // Apart from the others, so that most integers are small ones all the way.
  if (hi === lo >> 31) return writeDecimal(lo, target, at);
  if (areSafeHalves(hi, lo)) return writeDecimal(numberOfHalves(hi, lo), target, at);
  let digitsAt = at;
  let high = hi;
  let low = lo;
  if (hi < 0) {
    target[at] = minus;
    digitsAt += 1;
    high = (~hi + (lo === 0 ? 1 : 0)) | 0;
    low = -lo | 0;
  }
  return writeMagnitude(high, low, target, digitsAt);
}

/** Digits from the last to the first, before their number is known. */
const digits = new Uint8Array(int64TextBytesMax);

function writeMagnitude(hi: number, lo: number, target: Uint8Array, at: number): number {
  // Long division in base 2^16 by 10: every step stays a small integer.
  let a = hi >>> 16;
  let b = hi & 0xffff;
  let c = lo >>> 16;
  let d = lo & 0xffff;
  let count = 0;
  while ((a | b | c | d) !== 0) {
    let rest = a % 10;
    a = (a / 10) | 0;
    rest = rest * 0x1_0000 + b;
    b = (rest / 10) | 0;
    rest = (rest % 10) * 0x1_0000 + c;
    c = (rest / 10) | 0;
    rest = (rest % 10) * 0x1_0000 + d;
    d = (rest / 10) | 0;
    digits[count] = zero + (rest % 10);
    count += 1;
  }
  for (let i = 0; i < count; i += 1) target[at + i] = digits[count - 1 - i];
  return at + count;
}
