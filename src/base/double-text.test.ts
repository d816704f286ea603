import { expect, test } from 'vitest';
import { bytesOfLatin1 } from './bytes.ts';
import { parseDouble, parseShortNumber, significantText } from './double-text.ts';

function parsed(text: string): number {
  const bytes = bytesOfLatin1(`x${text}x`);
  return parseDouble(bytes, 1, 1 + text.length);
}

test.each([
  ['0', 0],
  ['-12', -12],
  ['+5', 5],
  ['007', 7],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['5.', 5],
  ['-1e3', -1000],
  ['1E-2', 0.01],
  ['0.1', 0.1],
  ['5e-324', 5e-324],
  ['0e-400', 0],
  ['0x10', 16],
  ['-0X1.8p1', -3],
  ['0x1p-1', 0.5],
  ['inf', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['9007199254740993', 9007199254740992],
])('double text: %s', (text, value) => {
  expect(parsed(text)).toBe(value);
});

test.each([
  '',
  ' 1',
  '1 ',
  'abc',
  '1e',
  '.',
  '-',
  'nan',
  '0x',
  '0x.p1',
  '1e400',
  '-1e400',
  '1e-400',
  '0x1p-9999',
  '1,5',
  '1\x00',
])('double text: %j is none', (text) => {
  expect(parsed(text)).toBeNaN();
});

test.each([
  [0, '0'],
  [-0, '-0'],
  [5, '5'],
  [0.1, '0.10000000000000001'],
  [-1.5, '-1.5'],
  [1e17, '1e+17'],
  [1e16, '10000000000000000'],
  [123456789012345680, '1.2345678901234568e+17'],
  [1e-4, '0.0001'],
  [1e-5, '1.0000000000000001e-05'],
  [1e300, '1.0000000000000001e+300'],
  [2 ** -25, '2.9802322387695312e-08'],
  [3 * 2 ** -25, '8.9406967163085938e-08'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NEGATIVE_INFINITY, '-inf'],
])('double text: %d with 17 digits', (value, text) => {
  expect(significantText(value)).toBe(text);
});

test.each([
  ['000000123456', 123456],
  ['-0', -0],
  ['-12.50', -12.5],
  ['0.1', 0.1],
  ['123456.789', 123456.789],
  ['.000000000000000000001', 1e-21],
  ['9007199254740991', 9007199254740991],
  ['9007199254740993', Number.NaN],
  ['1e5', Number.NaN],
  ['+Inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['ink', Number.NaN],
  ['1.2.3', Number.NaN],
  ['1'.padStart(60, '0'), Number.NaN],
])('double text: %s as a short number', (text, value) => {
  expect(parseShortNumber(bytesOfLatin1(text), 0, text.length)).toBe(value);
});

test('double text: short numbers of many digits are what JavaScript reads', () => {
  for (let i = 1; i < 2000; i += 1) {
    const text = `${(i * 7919) % 1000}.${String(i * 104_729).padStart(12, '0')}`;
    const value = parseShortNumber(bytesOfLatin1(text), 0, text.length);
    expect(value, text).toBe(Number(text));
  }
});
