import { expect, test } from 'vitest';
import { latencyGraph } from './latency-graph.ts';

function graphOf(times: readonly number[], agesSeconds: readonly number[]): string[] {
  const samples = times.map((milliseconds, i) => ({
    unixSeconds: 1_000_000 - agesSeconds[i],
    milliseconds,
  }));
  return latencyGraph(samples, 1_000_000).split('\n');
}

test('latency graph: a column for each sample, its age below', () => {
  expect(graphOf([10, 60, 120], [200_000, 3_700, 15])).toEqual([
    '  #',
    '  |',
    ' #|',
    '_||',
    '211',
    'dh5',
    '  s',
    '',
  ]);
});

test('latency graph: one sample is at the bottom', () => {
  expect(graphOf([51], [0])).toEqual([' ', ' ', ' ', '_', '0', 's', '']);
});

test('latency graph: has at most 80 columns', () => {
  const many = Array.from({ length: 100 }, (_, i) => i);
  expect(Math.max(...graphOf(many, many).map((line) => line.length))).toBe(80);
});
