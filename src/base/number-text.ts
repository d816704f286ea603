/** Numbers as decimal text in byte arrays, without strings on the way. */

const zero = 48;
const minus = 45;

/** Largest magnitude below which a JavaScript number holds every integer exactly. */
const safe = Number.MAX_SAFE_INTEGER;

/** How many characters the decimal form of `value` has. Requires: a safe integer. */
export function decimalLength(value: number): number {
  let length = value < 0 ? 2 : 1;
  let rest = value < 0 ? -value : value;
  while (rest >= 10) {
    rest = rest < 0x7fffffff ? (rest / 10) | 0 : Math.floor(rest / 10);
    length += 1;
  }
  return length;
}

/**
 * Writes `value` in decimal to `target[at…)`.
 *
 * @returns the position behind the last character. Requires: a safe integer, and room for it (at
 * most 17 bytes).
 */
export function writeDecimal(value: number, target: Uint8Array, at: number): number {
  // Most lengths and many results: digits without a loop.
  if (value >= 0 && value < 100) {
    if (value < 10) {
      target[at] = zero + value;
      return at + 1;
    }
    const tens = (value * 103) >> 10;
    target[at] = zero + tens;
    target[at + 1] = zero + value - tens * 10;
    return at + 2;
  }
  const length = decimalLength(value);
  const end = at + length;
  let rest = value;
  if (value < 0) {
    target[at] = minus;
    rest = -value;
  }
  let i = end;
  while (rest >= 0x7fffffff) {
    const tenth = Math.floor(rest / 10);
    i -= 1;
    target[i] = zero + (rest - tenth * 10);
    rest = tenth;
  }
  do {
    const tenth = (rest / 10) | 0;
    i -= 1;
    target[i] = zero + (rest - tenth * 10);
    rest = tenth;
  } while (rest > 0);
  return end;
}

/** What `parseSafeInteger` answers when the text is not a safe integer. */
export const notSafeInteger = Number.NaN;

/**
 * Reads canonical decimal text (no plus, no leading zeros, no spaces, as Redis' `string2ll`).
 *
 * @returns the integer, or NaN when the text is not canonical or the integer is not safe: then
 * `parseInt64` decides.
 */
export function parseSafeInteger(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  if (at >= end || end - at > 17) return notSafeInteger;
  const negative = bytes[at] === minus;
  if (negative) at += 1;
  if (at >= end) return notSafeInteger;
  const first = bytes[at] - zero;
  if (first < 0 || first > 9) return notSafeInteger;
  if (first === 0) return end - start === 1 ? 0 : notSafeInteger;
  let value = first;
  for (at += 1; at < end; at += 1) {
    const digit = bytes[at] - zero;
    if (digit < 0 || digit > 9) return notSafeInteger;
    value = value * 10 + digit;
  }
  if (value > safe) return notSafeInteger;
  return negative ? -value : value;
}

const int64Max = 9223372036854775807n;
const int64Min = -9223372036854775808n;

/** Reads canonical decimal text as a signed 64-bit integer; null when it is not one. */
export function parseInt64(bytes: Uint8Array, start: number, end: number): bigint | null {
  const fast = parseSafeInteger(bytes, start, end);
  if (!Number.isNaN(fast)) return BigInt(fast);
  let at = start;
  if (end - start > 20 || end === start) return null;
  const negative = bytes[at] === minus;
  if (negative) at += 1;
  if (at >= end || bytes[at] < zero + 1 || bytes[at] > zero + 9) return null;
  let value = 0n;
  for (; at < end; at += 1) {
    const digit = bytes[at] - zero;
    if (digit < 0 || digit > 9) return null;
    value = value * 10n + BigInt(digit);
  }
  if (negative) value = -value;
  return value >= int64Min && value <= int64Max ? value : null;
}

/** Whether `value` fits a signed 64-bit integer. */
export function isInt64(value: bigint): boolean {
  return value >= int64Min && value <= int64Max;
}
