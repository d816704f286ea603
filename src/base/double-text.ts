import { latin1Of } from './bytes.ts';

/** Longer text is refused: servers in C have no room for it either. */
const textMax = 5_000;
const finiteText = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infiniteText = /^([+-]?)inf(?:inity)?$/i;
const hexText = /^([+-]?)0x([\da-f]*)(?:\.([\da-f]*))?(?:p([+-]?\d+))?$/i;
const someDigit = /[1-9]/;

const zero = 48;
const minus = 45;
const plus = 43;
const point = 46;
const lowerCase = 32;
const letterF = 102;
const letterI = 105;
const letterN = 110;
const shortTextMax = 40;
/** Powers of ten that doubles hold exactly. */
const exactPowers = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/**
 * Reads decimal text of few digits and without an exponent, or `inf`, byte by byte: what nearly all
 * numbers are. Digits that make a safe integer and a small power of ten are doubles, so that their
 * quotient is the double nearest to the text.
 *
 * @returns NaN for all other text, be it a number or not.
 */
export function parseShortNumber(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > shortTextMax) return Number.NaN;
  let at = start;
  const isNegative = bytes[at] === minus;
  if (isNegative || bytes[at] === plus) at += 1;
  if (end - at === 3 && (bytes[at] | lowerCase) === letterI) {
    if (!isInf(bytes, at)) return Number.NaN;
    return isNegative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  let value = 0;
  let digits = 0;
  let pointAt = end - 1;
  for (; at < end; at += 1) {
    const digit = bytes[at] - zero;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits += 1;
    } else if (digit === point - zero && pointAt === end - 1) {
      pointAt = at;
    } else {
      return Number.NaN;
    }
  }
  const power = end - 1 - pointAt;
  if (digits === 0 || power >= exactPowers.length || value > Number.MAX_SAFE_INTEGER) {
    return Number.NaN;
  }
  if (power > 0) value /= exactPowers[power];
  return isNegative ? -value : value;
}

function isInf(bytes: Uint8Array, at: number): boolean {
  return (bytes[at + 1] | lowerCase) === letterN && (bytes[at + 2] | lowerCase) === letterF;
}

/**
 * Reads text as C's `strtod` does, all of it: decimal, hexadecimal or infinite. NaN when it is no
 * number, or so large or so near to 0 that no double is it.
 */
export function parseDouble(bytes: Uint8Array, start: number, end: number): number {
  const short = parseShortNumber(bytes, start, end);
  if (!Number.isNaN(short)) return short;
  if (end - start > textMax) return Number.NaN;
  const text = latin1Of(bytes, start, end);
  if (finiteText.test(text)) return finiteOf(text);
  const infinite = infiniteText.exec(text);
  if (infinite !== null) {
    return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const hex = hexText.exec(text);
  return hex === null ? Number.NaN : hexOf(hex);
}

function finiteOf(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) return Number.NaN;
  const isTooSmall = value === 0 && someDigit.test(text.replace(/[eE].*/, ''));
  return isTooSmall ? Number.NaN : value;
}

function hexOf([, sign, whole, fraction = '', exponent = '0']: RegExpExecArray): number {
  const digits = whole + fraction;
  if (digits === '') return Number.NaN;
  const significand = BigInt(`0x${digits}`);
  const power = Number(exponent) - fraction.length * 4;
  // In two halves, each of which is a double where the product is one.
  const half = Math.trunc(power / 2);
  const value = Number(significand) * 2 ** half * 2 ** (power - half);
  const isLost = value === 0 && significand !== 0n;
  if (!Number.isFinite(value) || isLost) return Number.NaN;
  return sign === '-' ? -value : value;
}

/** Digits that tell any two doubles apart. */
const significantDigits = 17;
/** From this power of ten on, and below the other, C writes an exponent. */
const plainExponentMax = significantDigits;
const plainExponentMin = -4;

/** The text that C's `%.17g` has for a number. */
export function significantText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [mantissa, exponentText] = roundedToEven(Math.abs(value)).split('e');
  const digits = mantissa.replace('.', '').replace(/0+$/, '');
  const exponent = Number(exponentText);
  const sign = value < 0 ? '-' : '';
  if (exponent >= plainExponentMax || exponent < plainExponentMin) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const power = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${power}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`;
}

/** JavaScript rounds halves up where C takes the even digit; 60 digits show what is a half. */
function roundedToEven(magnitude: number): string {
  const exact = magnitude.toExponential(60);
  const cut = significantDigits + 1;
  const isHalf = /^50*e/.test(exact.slice(cut));
  const lastDigit = Number(exact[cut - 1]);
  if (!isHalf || lastDigit % 2 === 1) return magnitude.toExponential(significantDigits - 1);
  return exact.slice(0, cut) + exact.slice(exact.indexOf('e'));
}
