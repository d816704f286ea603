import { expect, test } from 'vitest';
import { matchesPattern } from './name-pattern.ts';

test.each([
  ['*', 'timeout', true],
  ['time*', 'timeout', true],
  ['*out', 'timeout', true],
  ['T?meout', 'timeout', true],
  ['tim[a-e]out', 'timeout', true],
  ['tim[^a-e]out', 'timeout', false],
  ['tim[z-a]out', 'timeout', true],
  ['*e*t', 'timeout', true],
  ['time', 'timeout', false],
  ['', '', true],
  ['**', '', true],
  ['a\\*', 'a*', true],
  ['a\\*', 'ab', false],
  ['[', '[', false],
  ['*[0-9]', 'a1', true],
])('settings: the pattern %s and %s: %s', (pattern, name, fits) => {
  expect(matchesPattern(pattern, name)).toBe(fits);
});

test('settings: a pattern of many stars comes to an end', () => {
  expect(matchesPattern(`${'*a'.repeat(100)}*`, 'a'.repeat(2_000))).toBe(true);
  expect(matchesPattern(`${'*a'.repeat(100)}c`, 'a'.repeat(2_000))).toBe(false);
});
