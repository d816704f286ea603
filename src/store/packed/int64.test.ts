import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, latin1Of } from '../../base/bytes.ts';
import { compareHalves, Int64 } from './int64.ts';

const int64Max = 2n ** 63n - 1n;
const int64Min = -(2n ** 63n);
const near = (center: bigint) => [-2n, -1n, 0n, 1n, 2n].map((step) => center + step);

const edges = [
  ...[0, 7, 12, 15, 23, 31, 32, 52, 53, 54, 62, 63].flatMap((power) => near(2n ** BigInt(power))),
  ...[1, 9, 10, 15, 16, 17, 18].flatMap((power) => near(10n ** BigInt(power))),
].flatMap((value) => [value, -value]);

const values = fc.oneof(
  fc.constantFrom(...edges.filter((value) => value >= int64Min && value <= int64Max)),
  fc.bigInt({ min: int64Min, max: int64Max }),
);

function parsed(text: string): bigint | null {
  const value = new Int64();
  const bytes = bytesOf(`<${text}>`);
  return value.parse(bytes, 1, bytes.length - 1) ? value.toBigInt() : null;
}

test('int64: text, halves and bigint are one value', () => {
  fc.assert(
    fc.property(values, (wanted) => {
      const value = new Int64();
      const target = new Uint8Array(24);

      value.setBigInt(wanted);
      const end = value.writeText(target, 2);

      expect(latin1Of(target, 2, end)).toBe(String(wanted));
      expect(parsed(String(wanted))).toBe(wanted);
      expect(value.toBigInt()).toBe(wanted);
      expect(value.toNumber()).toBe(Number(wanted));
      expect(value.isSafe()).toBe(Number.isSafeInteger(Number(wanted)));
    }),
    { numRuns: 2000 },
  );
});

test('int64: every edge', () => {
  for (const edge of edges) {
    const isInRange = edge >= int64Min && edge <= int64Max;
    expect(parsed(String(edge))).toBe(isInRange ? edge : null);
    if (!Number.isSafeInteger(Number(edge))) continue;
    const value = new Int64();
    value.setNumber(Number(edge));
    expect(value.toBigInt()).toBe(edge);
  }
});

test('int64: only canonical text is an integer', () => {
  const wrong = ['', '-', '+1', '01', '-0', '-01', '00', ' 1', '1 ', '1.0', '1e3', '0x1', 'a'];
  const long = ['9'.repeat(19), '9'.repeat(20), `-${'9'.repeat(19)}`, '0123456789012345678'];
  const odd = ['123456789012345678a', '-0123456789012345678', '--123456789012345678'];
  for (const text of [...wrong, ...long, ...odd]) expect(parsed(text), text).toBeNull();
  expect(parsed('0')).toBe(0n);
});

test('int64: halves compare as the values do', () => {
  fc.assert(
    fc.property(values, values, (left, right) => {
      const a = new Int64();
      const b = new Int64();
      a.setBigInt(left);
      b.setBigInt(right);

      const order = compareHalves(a.hi, a.lo, b.hi, b.lo);

      expect(order).toBe(left < right ? -1 : left > right ? 1 : 0);
    }),
    { numRuns: 2000 },
  );
});

test('int64: a negative zero is zero', () => {
  const value = new Int64();

  value.setNumber(-0);

  expect(Object.is(value.lo, 0) && Object.is(value.hi, 0)).toBe(true);
});
