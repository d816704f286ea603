import { expect, test } from 'vitest';
import { bytesOfLatin1 } from '../../base/bytes.ts';
import { ListpackBuilder } from '../../store/packed/listpack-builder.ts';
import { DuplicateFinder } from './duplicates.ts';

const finder = new DuplicateFinder();

function hasDuplicate(elements: readonly string[], group: number): boolean {
  const builder = new ListpackBuilder();
  for (const element of elements) {
    builder.append(bytesOfLatin1(element), 0, element.length);
  }
  builder.finish();
  return finder.hasDuplicate(builder.bytes, 0, group);
}

test('duplicates: elements that are there twice, integers too', () => {
  expect(hasDuplicate([], 1)).toBe(false);
  expect(hasDuplicate(['a', 'b', 'ab', '1', '11', ''], 1)).toBe(false);
  expect(hasDuplicate(['a', 'b', 'a'], 1)).toBe(true);
  expect(hasDuplicate(['4096', 'x', '4096'], 1)).toBe(true);
});

test('duplicates: only the first of each group counts', () => {
  expect(hasDuplicate(['a', 'v', 'b', 'v', 'v', 'v'], 2)).toBe(false);
  expect(hasDuplicate(['a', '1', '0', 'b', '1', '0', 'a', '2', '0'], 3)).toBe(true);
});

test('duplicates: any number of elements, again and again', () => {
  const many = Array.from({ length: 60_000 }, (_, i) => `element ${i}`);
  expect(hasDuplicate(many, 1)).toBe(false);
  expect(hasDuplicate([...many, 'element 59999'], 1)).toBe(true);
  for (let i = 0; i < 100; i += 1) expect(hasDuplicate(['a', 'b'], 1)).toBe(false);
});
