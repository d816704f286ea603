/**
 * Arithmetic of the x87 extended format (64-bit significand), which C programs on x86 call `long
 * double`: exact on big integers, then rounded half to even. Decimal text that such a program writes
 * is reproduced digit by digit.
 */

/** `sign × significand × 2^exponent`; the significand has 64 bits unless the number is tiny or 0. */
export interface FiniteLongDouble {
  readonly kind: 'finite';
  readonly negative: boolean;
  readonly significand: bigint;
  readonly exponent: number;
}

/** A number of that format. */
export type LongDouble =
  | FiniteLongDouble
  | { readonly kind: 'infinite'; readonly negative: boolean }
  | { readonly kind: 'nan' };

const precision = 64;
/** Exponent of the last bit of the smallest and of the largest numbers. */
const minExponent = -16445;
const maxExponent = 16383 - 63;

/** Longer text is refused: with 5120 bytes of room in Redis, nothing longer can be read there. */
const textMax = 5119;

/** More decimal digits than this change nothing but the time that parsing takes. */
const maxDecimalExponent = 6000;

const decimalText = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;
const hexText =
  /^([+-]?)0[xX](?:([\da-fA-F]+)(?:\.([\da-fA-F]*))?|\.([\da-fA-F]+))(?:[pP]([+-]?\d+))?$/;
const infinityText = /^([+-]?)inf(?:inity)?$/i;

/**
 * Reads text as `strtold` does, all of it.
 *
 * @returns null for text that is no number, and for finite text that is too large or too small
 * (`ERANGE`), as Redis treats it; not a number (NaN) is null, too.
 */
export function parseLongDouble(text: string): LongDouble | null {
  if (text.length > textMax) return null;
  const infinite = infinityText.exec(text);
  if (infinite) return { kind: 'infinite', negative: infinite[1] === '-' };
  const hex = hexText.exec(text);
  const decimal = hex ? null : decimalText.exec(text);
  const parts = hex ?? decimal;
  if (!parts) return null;
  const whole = parts[2] ?? '';
  const fraction = parts[3] ?? parts[4] ?? '';
  const digits = whole + fraction;
  const significand = BigInt((hex ? '0x' : '') + digits);
  const negative = parts[1] === '-';
  if (significand === 0n) return { kind: 'finite', negative, significand: 0n, exponent: 0 };
  const given = clampExponent(parts[5]);
  const parsed = hex
    ? roundRatio(negative, significand, 1n, given - fraction.length * 4)
    : fromDecimal(negative, significand, given - fraction.length);
  if (parsed.kind === 'infinite') return null;
  return parsed.kind === 'finite' && parsed.significand === 0n ? null : parsed;
}

function clampExponent(text: string | undefined): number {
  if (text === undefined) return 0;
  return Math.max(-100_000, Math.min(100_000, Number(text)));
}

function fromDecimal(negative: boolean, significand: bigint, exponent: number): LongDouble {
  const magnitude = significand.toString().length + exponent;
  if (magnitude > maxDecimalExponent) return { kind: 'infinite', negative };
  if (magnitude < -maxDecimalExponent) {
    return { kind: 'finite', negative, significand: 0n, exponent: 0 };
  }
  if (exponent >= 0) return roundRatio(negative, significand * 10n ** BigInt(exponent), 1n, 0);
  return roundRatio(negative, significand, 10n ** BigInt(-exponent), 0);
}

/** The number nearest to ± `numerator / denominator × 2^exponent`. Requires: numerator > 0. */
function roundRatio(
  negative: boolean,
  numerator: bigint,
  denominator: bigint,
  exponent: number,
): LongDouble {
  const guess = bitLength(numerator) - bitLength(denominator) - precision;
  // `guess` may be one too small, never too large: the quotient has 64 or 65 bits.
  const shift = Math.max(guess, minExponent - exponent);
  const scaledNumerator = shift < 0 ? numerator << BigInt(-shift) : numerator;
  const scaledDenominator = shift > 0 ? denominator << BigInt(shift) : denominator;
  const quotient = scaledNumerator / scaledDenominator;
  const remainder = scaledNumerator % scaledDenominator;
  if (bitLength(quotient) > precision) {
    const coarser = shift + 1;
    const wider = coarser > 0 ? denominator << BigInt(coarser) : denominator;
    const same = coarser < 0 ? numerator << BigInt(-coarser) : numerator;
    return roundQuotient(negative, same / wider, same % wider, wider, exponent + coarser);
  }
  return roundQuotient(negative, quotient, remainder, scaledDenominator, exponent + shift);
}

function roundQuotient(
  negative: boolean,
  quotient: bigint,
  remainder: bigint,
  denominator: bigint,
  exponent: number,
): LongDouble {
  let significand = quotient;
  let scale = exponent;
  const twice = remainder * 2n;
  if (twice > denominator || (twice === denominator && (significand & 1n) === 1n)) {
    significand += 1n;
  }
  if (bitLength(significand) > precision) {
    significand >>= 1n;
    scale += 1;
  }
  if (significand !== 0n && bitLength(significand) + scale > precision + maxExponent) {
    return { kind: 'infinite', negative };
  }
  return { kind: 'finite', negative, significand, exponent: significand === 0n ? 0 : scale };
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(16).length * 4 - leadingZeros(value);
}

function leadingZeros(value: bigint): number {
  const digits = value.toString(16);
  return Math.clz32(Number.parseInt(digits[0], 16)) - 28;
}

/** The sum, rounded once. */
export function addLongDoubles(left: LongDouble, right: LongDouble): LongDouble {
  if (left.kind === 'nan' || right.kind === 'nan') return { kind: 'nan' };
  if (left.kind === 'infinite' || right.kind === 'infinite') return addInfinite(left, right);
  const exponent = Math.min(left.exponent, right.exponent);
  const sum = scaled(left, exponent) + scaled(right, exponent);
  if (sum === 0n) {
    const negative = left.negative && right.negative;
    return { kind: 'finite', negative, significand: 0n, exponent: 0 };
  }
  const negative = sum < 0n;
  return roundRatio(negative, negative ? -sum : sum, 1n, exponent);
}

function addInfinite(left: LongDouble, right: LongDouble): LongDouble {
  if (left.kind !== 'infinite') return right;
  if (right.kind !== 'infinite' || left.kind !== 'infinite') return left;
  return left.negative === right.negative ? left : { kind: 'nan' };
}

function scaled(number: FiniteLongDouble, exponent: number): bigint {
  const magnitude = number.significand << BigInt(number.exponent - exponent);
  return number.negative ? -magnitude : magnitude;
}

const shownDigits = 17;
const shownScale = 10n ** BigInt(shownDigits);

/** The decimal text with up to 17 digits behind the point and no zeros at its end; never `-0`. */
export function longDoubleText(number: FiniteLongDouble): string {
  const digits = roundedToDecimals(number)
    .toString()
    .padStart(shownDigits + 1, '0');
  const whole = digits.slice(0, -shownDigits);
  const fraction = digits.slice(-shownDigits).replace(/0+$/, '');
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return number.negative && text !== '0' ? `-${text}` : text;
}

/** The magnitude in units of 10^-17, rounded half to even as `printf` does. */
function roundedToDecimals(number: FiniteLongDouble): bigint {
  const units = number.significand * shownScale;
  if (number.exponent >= 0) return units << BigInt(number.exponent);
  const shift = BigInt(-number.exponent);
  const whole = units >> shift;
  const rest = units - (whole << shift);
  const half = 1n << (shift - 1n);
  const up = rest > half || (rest === half && (whole & 1n) === 1n);
  return up ? whole + 1n : whole;
}
