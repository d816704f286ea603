import { expect, test } from 'vitest';
import { parseOptions, sectionNames } from './options.ts';
import { alone, compared, median, milliseconds, tableOf } from './report.ts';
import { blockIn, updated } from './results.ts';

test('report: a ratio at its bound passes, one beyond it misses', () => {
  const ratio = (ours: number) =>
    compared('rate', { ours, redis: 100 }, String, { kind: 'ratio-at-least', bound: 1.4 }).verdict;

  expect([ratio(140), ratio(139)]).toEqual(['pass', 'miss']);
});

test('report: a value is judged by itself, not by its ratio', () => {
  const goal = { kind: 'value-at-most', bound: 15 } as const;

  expect(compared('stall', { ours: 14, redis: 1 }, milliseconds, goal).verdict).toBe('pass');
  expect(alone('stall', 15.1, milliseconds, goal).verdict).toBe('miss');
});

test('report: every line of a table is equally wide', () => {
  const table = tableOf([alone('a', 1, milliseconds), alone('longer', 1000, milliseconds)]);

  expect(new Set(table.split('\n').map((line) => line.length)).size).toBe(1);
});

test('report: the median of an even number of values lies between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('results: a run replaces what it measured and keeps the rest', () => {
  const first = updated(
    '',
    new Map([['sync', 'old sync'] as const, ['memory', 'memory'] as const]),
  );
  const noted = first.replace('## Notes\n\nNone.', '## Notes\n\nBy hand.');

  const second = updated(noted, new Map([['sync', 'new sync'] as const]));

  expect(blockIn(second, 'sync')).toBe('new sync');
  expect(blockIn(second, 'memory')).toBe('memory');
  expect(blockIn(second, 'notes')).toBe('## Notes\n\nBy hand.');
  expect(second.match(/^# /gm)?.length).toBe(1);
  expect(updated(second, new Map())).toBe(second);
});

test('options: all sections by default, and no unknown one', () => {
  expect(parseOptions([]).sections).toEqual(sectionNames);
  expect(parseOptions(['sync', '--quick']).sections).toEqual(['sync']);
  expect(() => parseOptions(['speed'])).toThrow('there is no section "speed"');
  expect(() => parseOptions(['--rounds', '0'])).toThrow('whole number');
});
