import { expect, test } from 'vitest';
import { addLongDoubles, longDoubleText, parseLongDouble } from './long-double.ts';

function sum(left: string, right: string): string {
  const a = parseLongDouble(left);
  const b = parseLongDouble(right);
  if (a === null || b === null) return 'not a number';
  const result = addLongDoubles(a, b);
  return result.kind === 'finite' ? longDoubleText(result) : result.kind;
}

// What a redis-server on x86 answers to INCRBYFLOAT.
test.each([
  ['0', '0.1', '0.1'],
  ['0.1', '0.2', '0.3'],
  ['0.3', '1e-17', '0.30000000000000001'],
  ['0.30000000000000001', '1e17', '100000000000000000.296875'],
  ['5.0e3', '16', '5016'],
  ['5016', '1e20', '100000000000000005016'],
  ['9223372036854775807', '1', '9223372036854775808'],
  ['0x10', '0', '16'],
  ['0x1p-3', '0', '0.125'],
  ['0.125', '-0.125', '0'],
  ['-0', '-0', '0'],
  ['-1e-20', '0', '0'],
  ['3.0e-17', '5', '5.00000000000000003'],
  ['+5', '.5', '5.5'],
  ['5.', '1', '6'],
  ['inf', '1', 'infinite'],
  ['inf', '-infinity', 'nan'],
])('long double: %s + %s = %s', (left, right, expected) => {
  expect(sum(left, right)).toBe(expected);
});

test.each(['', ' 1', '1 ', 'nan', '1e', '0x', '1e5000', '1e-5000', 'abc', '1'.repeat(6000)])(
  'long double: %j is refused',
  (text) => {
    expect(parseLongDouble(text)).toBeNull();
  },
);

test('long double: the largest numbers overflow to infinity', () => {
  expect(sum('1.18e4932', '1.18e4932')).toBe('infinite');
});

test('long double: 64 bits of precision, half to even', () => {
  expect(sum('18446744073709551616', '1')).toBe('18446744073709551616');
  expect(sum('18446744073709551616', '3')).toBe('18446744073709551620');
  expect(sum('18446744073709551615', '0')).toBe('18446744073709551615');
});
