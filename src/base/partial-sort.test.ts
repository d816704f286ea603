import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partialSort } from './partial-sort.ts';

const numbers = fc.array(fc.oneof(fc.nat(5), fc.nat(1000)), { minLength: 1, maxLength: 200 });

test('partial sort: the wanted range is that of the whole order, and nothing is lost', () => {
  fc.assert(
    fc.property(numbers, fc.nat(199), fc.nat(199), (list, one, other) => {
      const first = Math.min(one, other) % list.length;
      const last = Math.max(first, Math.max(one, other) % list.length);
      const items = [...list];
      const whole = [...list].sort((left, right) => left - right);

      partialSort(items, (left, right) => left - right, first, last);

      expect(items.slice(first, last + 1)).toEqual(whole.slice(first, last + 1));
      expect([...items].sort((left, right) => left - right)).toEqual(whole);
    }),
  );
});

test('partial sort: sorts no part that nobody wants', () => {
  const items = Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000);
  let comparisons = 0;

  const compare = (left: number, right: number): number => {
    comparisons += 1;
    return left - right;
  };
  partialSort(items, compare, 0, 4);

  expect(items.slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
  expect(comparisons).toBeLessThan(4000);
});
