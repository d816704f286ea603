/** Elements for random packs: integers around every encoding's bounds, and strings of all sizes. */
import fc from 'fast-check';

const powers = [0, 6, 7, 12, 15, 16, 23, 24, 31, 32, 53, 62, 63];

/** Decimal texts around ±2^n, some of them beyond int64. */
export const edgeIntegers: readonly string[] = powers.flatMap((power) =>
  [-2n, -1n, 0n, 1n, 2n].flatMap((step) => {
    const value = 2n ** BigInt(power) + step;
    return [String(value), String(-value)];
  }),
);

/** Lengths around the bounds of the string encodings and of the back-length. */
export const edgeLengths: readonly number[] = [
  0, 1, 62, 63, 64, 65, 125, 126, 127, 4094, 4095, 4096, 4097, 16_377, 16_378, 16_379, 70_000,
];

const nearlyIntegers = ['-', '-0', '00', '01', '+1', ' 1', '1.0', '1e3', '9'.repeat(20)];

/** An element of at most `lengthMax` characters of ASCII, often an integer or nearly one. */
export function element(lengthMax: number): fc.Arbitrary<string> {
  const lengths = edgeLengths.filter((length) => length <= lengthMax);
  return fc.oneof(
    fc.constantFrom(...edgeIntegers),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    fc.integer({ min: -5000, max: 5000 }).map(String),
    fc.constantFrom(...nearlyIntegers),
    fc.string({ unit: 'grapheme-ascii', maxLength: 20 }),
    fc.constantFrom(...lengths).map((length) => 'x'.repeat(length)),
  );
}

/** Elements of every size that a test can afford. */
export const elements: fc.Arbitrary<string> = element(5000);
