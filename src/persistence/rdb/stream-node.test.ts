import { expect, test } from 'vitest';
import { bytesOfLatin1 } from '../../base/bytes.ts';
import { ListpackBuilder } from '../../store/packed/listpack-builder.ts';
import { validateStreamNode } from './stream-node.ts';

function problemOf(elements: readonly (number | string)[]): string | null {
  const builder = new ListpackBuilder();
  for (const element of elements) {
    if (typeof element === 'number') {
      builder.appendInteger(element);
    } else {
      const bytes = bytesOfLatin1(element);
      builder.append(bytes, 0, bytes.length);
    }
  }
  builder.finish();
  return validateStreamNode(builder.bytes, 0);
}

const head = 'the head of a stream node is damaged';
const entry = 'an entry of a stream node is damaged';
const count = 'a stream node has another number of entries than it says';
const shared = [2, 5, 0, 'v', 'w', 5];
const own = [0, 6, 1, 1, 'f', 'v', 6];

test('stream node: entries that share their fields, have their own, are deleted', () => {
  expect(problemOf([2, 1, 2, 'a', 'b', 0, ...shared, ...own, 3, 9, 0, 'x', 'y', 5])).toBeNull();
  expect(problemOf([0, 0, 0, 0])).toBeNull();
  expect(problemOf([1, 0, 0, 0, 0, -1, -1, 0, 4])).toBeNull();
});

test('stream node: what is wrong is noticed', () => {
  expect(problemOf([])).toBe(head);
  expect(problemOf([1, 0, 2, 'a', 'b'])).toBe(head);
  expect(problemOf([1, 0, 2, 'a', 'b', 1])).toBe(head);
  expect(problemOf([1, 0, -2, 0])).toBe(head);
  expect(problemOf([1, 0, 4_000_000_000, 0])).toBe(head);
  expect(problemOf([1, 'x', 0, 0])).toBe(head);
  expect(problemOf([2, 0, 2, 'a', 'b', 0, ...shared])).toBe(count);
  expect(problemOf([0, 1, 2, 'a', 'b', 0, ...shared])).toBe(count);
  expect(problemOf([1, 0, 2, 'a', 'b', 0, ...shared.slice(0, -1)])).toBe(entry);
  expect(problemOf([1, 0, 2, 'a', 'b', 0, 2, 5, 0, 'v', 'w', 6])).toBe(entry);
  expect(problemOf([1, 0, 2, 'a', 'b', 0, 2, 'x', 0, 'v', 'w', 5])).toBe(entry);
  expect(problemOf([1, 0, 0, 0, 0, 6, 1, 9_000_000, 'f', 'v', 6])).toBe(entry);
  expect(problemOf([1, 0, 0, 0, 4, 6, 1, 1, 'f', 'v', 6])).toBe(entry);
  expect(problemOf([1, 0, 0, 0, 0])).toBe(entry);
});
