import { expect, test } from 'vitest';
import { seededRandom } from '../runtime/seeded-random.ts';
import { LatencyHistogram } from './latency-histogram.ts';

test('latency histogram: counts grow along the bounds of Redis', () => {
  const histogram = new LatencyHistogram();
  for (const tookUs of [0, 0.4, 1, 1.5, 3, 30, 1000, 1e12]) histogram.add(tookUs, 1);

  const steps = histogram.cumulative();

  expect(steps.slice(0, 5)).toEqual([
    [1, 3],
    [2, 4],
    [4, 5],
    [33, 6],
    [1056, 7],
  ]);
  expect(steps.at(-1)?.[1]).toBe(8);
  expect(histogram.total).toBe(8);
});

test('latency histogram: a quantile is right to seven percent (random times)', () => {
  const seed = 20;
  const random = seededRandom(seed);
  const histogram = new LatencyHistogram();
  const times: number[] = [];
  for (let i = 0; i < 5_000; i += 1) {
    const tookUs = 2 ** ((random.uint32() / 2 ** 32) * 20);
    times.push(tookUs);
    histogram.add(tookUs, 1);
  }
  times.sort((left, right) => left - right);

  for (const percent of [0, 1, 50, 90, 99, 99.9, 100]) {
    const right = times[Math.max(0, Math.ceil((percent / 100) * times.length) - 1)];
    const ratio = histogram.percentile(percent) / right;
    expect(ratio, `seed ${seed}, percent ${percent}`).toBeGreaterThanOrEqual(0.999);
    expect(ratio, `seed ${seed}, percent ${percent}`).toBeLessThan(1.07);
  }
});

test('latency histogram: weights stand for calls; without calls there is no quantile', () => {
  const histogram = new LatencyHistogram();
  expect([histogram.percentile(50), histogram.cumulative()]).toEqual([0, []]);

  histogram.add(2, 32);

  expect(histogram.total).toBe(32);
  expect(histogram.percentile(99)).toBe(2);
});
