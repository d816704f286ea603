import { expect, test } from 'vitest';
import { lineOf, type Row, suggestions, tableOf } from './chain-table.ts';

const sample = {
  link: 'none',
  offset: 1234,
  keys: 3,
  operationsPerSecond: 5,
  fullSyncs: 1,
  partialSyncs: 0,
} as const;
const rows: readonly Row[] = [
  {
    name: 'primary',
    port: 8000,
    sample: { ...sample, role: 'primary' },
    bytesBehind: 0,
    msBehind: 0,
  },
  {
    name: 'replica',
    port: 8001,
    sample: { ...sample, role: 'replica', link: 'up', offset: 1200 },
    bytesBehind: 34,
    msBehind: 100,
  },
  { name: 'sub-replica', port: 8002, sample: null, bytesBehind: 0, msBehind: 0 },
];

test('chain: the table has a line of titles and one for each server', () => {
  expect(tableOf(rows)).toEqual([
    'server       port  role     link       offset  bytes behind  ms behind  keys  ops/s  full syncs  partial syncs',
    'primary      8000  primary  -            1234             -          -     3      5           1              0',
    'replica      8001  replica  up           1200            34        100     3      5           1              0',
    'sub-replica  8002  -        no answer       -             -          -     -      -           -              -',
  ]);
});

test('chain: in a log it is one line', () => {
  expect(lineOf(rows)).toBe(
    'primary 8000 offset=1234 keys=3 ops/s=5 full=1 partial=0 | ' +
      'replica 8001 offset=1200 keys=3 link=up behind=34B/100ms ops/s=5 full=1 partial=0 | ' +
      'sub-replica 8002 no answer',
  );
});

test('chain: what it suggests names the ports in use', () => {
  expect(suggestions([7000, 7001, 7002]).join('\n')).toMatch(/7000[\s\S]*7002[\s\S]*7001/);
});
