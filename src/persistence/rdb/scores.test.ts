import { expect, test } from 'vitest';
import { bytesOfLatin1 } from '../../base/bytes.ts';
import { parseScore } from './scores.ts';

function scoreOf(text: string): number {
  const bytes = bytesOfLatin1(`9${text}9`);
  return parseScore(bytes, 1, 1 + text.length);
}

test('scores: every text that a server writes', () => {
  for (const value of [0, -0, 1.5, -3, 0.1, 1e300, 5e-324, 1.7976931348623157e308, 2 ** 60]) {
    expect(scoreOf(Object.is(value, -0) ? '-0' : String(value))).toBe(value);
  }
  expect(scoreOf('3.1400000000000001')).toBe(3.14);
  expect(scoreOf('1e+20')).toBe(1e20);
  expect(scoreOf('inf')).toBe(Number.POSITIVE_INFINITY);
  expect(scoreOf('-inf')).toBe(Number.NEGATIVE_INFINITY);
  expect(scoreOf('-Infinity')).toBe(Number.NEGATIVE_INFINITY);
});

test('scores: what is no number', () => {
  for (const text of [
    '',
    ' 1',
    '1 ',
    'nan',
    '-nan',
    '0x10',
    '1e',
    '.',
    '--1',
    'e5',
    '1,5',
    'infi',
  ]) {
    expect(scoreOf(text)).toBeNaN();
  }
  expect(scoreOf(`0.${'1'.repeat(1000)}`)).toBeNaN();
});
