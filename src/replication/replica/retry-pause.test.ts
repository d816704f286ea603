import { expect, test } from 'vitest';
import { pauseAfterFailedLoad } from './retry-pause.ts';

test('retry pause: doubles up to a bound, and is longer for data that is not understood', () => {
  expect([1, 2, 3, 7, 50].map((n) => pauseAfterFailedLoad(n, false))).toEqual([
    1_000, 2_000, 4_000, 60_000, 60_000,
  ]);
  expect([1, 2, 10].map((n) => pauseAfterFailedLoad(n, true))).toEqual([5_000, 10_000, 300_000]);
});
