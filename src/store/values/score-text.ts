import { latin1Of } from '../../base/bytes.ts';
import { writeDecimal } from '../../base/number-text.ts';

/**
 * Scores as text, as Redis 7.2 prints them: the shortest digits that read back as the same number,
 * integers in full up to 2^62, an exponent only where there would be many zeros or decimals.
 */

/** Longest text of a score. */
export const scoreTextBytesMax = 32;

/** Up to here an integer is printed in full, however large. */
const integerMax = 2 ** 62;
/** Decimals from which on a number of five digits and more before the point gets an exponent. */
const decimalsMax = 7;

/** The text of a score. */
export function scoreText(score: number): string {
  if (score === 0) return Object.is(score, -0) ? '-0' : '0';
  if (Number.isSafeInteger(score)) return String(score);
  if (!Number.isFinite(score)) return score > 0 ? 'inf' : '-inf';
  if (Number.isInteger(score) && Math.abs(score) <= integerMax) return BigInt(score).toString();
  return fractionText(score);
}

function fractionText(score: number): string {
  const [mantissa, exponentText] = score.toExponential().split('e');
  const sign = score < 0 ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  const exponent = Number(exponentText);
  /** Power of ten of the last digit. */
  const last = exponent - digits.length + 1;
  if (last >= 0 && exponent < digits.length + 7) return sign + digits + '0'.repeat(last);
  if (last < 0 && (-last < decimalsMax || Math.abs(exponent) < 4)) {
    const whole = digits.length + last;
    if (whole > 0) return `${sign}${digits.slice(0, whole)}.${digits.slice(whole)}`;
    return `${sign}0.${'0'.repeat(-whole)}${digits}`;
  }
  const rest = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${sign}${digits[0]}${rest}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}

/**
 * Writes the text of a score to `target[at…)`.
 *
 * @returns the position behind it. Requires: room for `scoreTextBytesMax` bytes.
 */
export function writeScoreText(score: number, target: Uint8Array, at: number): number {
  if (Number.isSafeInteger(score) && !Object.is(score, -0)) return writeDecimal(score, target, at);
  const text = scoreText(score);
  for (let i = 0; i < text.length; i += 1) target[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** Digits that a double holds exactly, and powers of ten that are exact. */
const exactDigits = 15;
const powersOfTen = Array.from({ length: exactDigits + 1 }, (_, i) => 10 ** i);

/**
 * The score that a server wrote as `bytes[start, end)`. Short decimals, which nearly all are, take no
 * string on the way: both parts of the quotient are exact, so it is rounded once.
 *
 * @returns NaN for what is no score.
 */
export function readScoreText(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === 45;
  let value = 0;
  let decimals = -1;
  let at = isNegative ? start + 1 : start;
  if (at === end || end - at > exactDigits) return readAnyScore(bytes, start, end);
  for (; at < end; at += 1) {
    const digit = bytes[at] - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      if (decimals >= 0) decimals += 1;
    } else if (bytes[at] === 46 && decimals < 0) {
      decimals = 0;
    } else {
      return readAnyScore(bytes, start, end);
    }
  }
  if (decimals > 0) value /= powersOfTen[decimals];
  return isNegative ? -value : value;
}

function readAnyScore(bytes: Uint8Array, start: number, end: number): number {
  const text = latin1Of(bytes, start, end);
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  if (text === '-inf') return Number.NEGATIVE_INFINITY;
  return text.trim() === '' ? Number.NaN : Number(text);
}
