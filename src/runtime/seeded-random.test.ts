import { expect, test } from 'vitest';
import { randomHex } from './random.ts';
import { seededRandom } from './seeded-random.ts';

test('chance: one seed gives one sequence', () => {
  const draw = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 8 }, () => random.uint32());
  };

  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('chance: all bits and all bytes come up', () => {
  const random = seededRandom(1);
  const bytes = new Uint8Array(10_000);
  let ones = 0;
  let zeros = 0;

  random.fill(bytes);
  for (let i = 0; i < 100; i += 1) {
    const word = random.uint32();
    ones |= word;
    zeros |= ~word;
  }

  expect(new Set(bytes).size).toBe(256);
  expect([ones, zeros]).toEqual([-1, -1]);
});

test('chance: hex text has the length asked for', () => {
  const random = seededRandom(1);

  expect(randomHex(random, 40)).toMatch(/^[0-9a-f]{40}$/);
  expect(randomHex(random, 3)).toHaveLength(3);
  expect(randomHex(random, 0)).toBe('');
});
