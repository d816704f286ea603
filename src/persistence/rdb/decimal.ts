/** The integers that RDB files store as numbers instead of text: 32-bit, canonical decimal. */

const digitZero = 0x30;
const minus = 0x2d;
const digitsMax = 11;

/** Writes the decimal text of the 32-bit `value` to `target[at…)`, and returns where it ends. */
export function writeDecimal(value: number, target: Uint8Array, at: number): number {
  let rest = Math.abs(value);
  let end = at + (value < 0 ? 1 : 0);
  for (let bound = 10; rest >= bound; bound *= 10) end += 1;
  end += 1;
  let out = end;
  do {
    out -= 1;
    const tenth = Math.floor(rest / 10);
    target[out] = digitZero + rest - tenth * 10;
    rest = tenth;
  } while (rest > 0);
  if (value < 0) target[at] = minus;
  return end;
}

/** What `parseDecimal` returns for text that is not such an integer: no 32-bit integer is NaN. */
export const notDecimal = Number.NaN;

/**
 * The 32-bit integer whose canonical text is `bytes[start, end)`, or `notDecimal`: no plus sign, no
 * leading zero, no "-0", so that writing the number gives the same text again.
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length === 0 || length > digitsMax) return notDecimal;
  const isNegative = bytes[start] === minus;
  let at = isNegative ? start + 1 : start;
  const first = bytes[at] - digitZero;
  if (at === end || !(first >= 0 && first <= 9)) return notDecimal;
  if (first === 0 && length > 1) return notDecimal;
  let value = 0;
  for (; at < end; at += 1) {
    const digit = bytes[at] - digitZero;
    if (!(digit >= 0 && digit <= 9)) return notDecimal;
    value = value * 10 + digit;
  }
  if (isNegative) value = -value;
  return value === (value | 0) ? value : notDecimal;
}
