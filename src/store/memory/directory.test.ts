import { expect, test } from 'vitest';
import { Directory } from './directory.ts';

test('directory: one segment takes every hash', () => {
  const directory = new Directory();
  for (const hash of [0, 1, -1, 0x7fffffff, -0x80000000]) expect(directory.segmentOf(hash)).toBe(0);
});

test('directory: a split sends the upper half of the hashes to the new segment', () => {
  const directory = new Directory();
  directory.split(0x12345678, 0, 1);
  directory.split(0x80000001 | 0, 1, 2);
  directory.split(0xc0000000 | 0, 2, 3);

  expect(directory.segmentOf(0x7fffffff)).toBe(0);
  expect(directory.segmentOf(0x80000000 | 0)).toBe(1);
  expect(directory.segmentOf(0xbfffffff | 0)).toBe(1);
  expect(directory.segmentOf(0xc0000000 | 0)).toBe(2);
  expect(directory.segmentOf(0xdfffffff | 0)).toBe(2);
  expect(directory.segmentOf(0xe0000000 | 0)).toBe(3);
  expect(directory.depth).toBe(3);
});

test('directory: a reset numbers segments in the order of hashes', () => {
  const directory = new Directory();
  directory.reset(4);
  expect([0, 0x10000000, 0xf0000000 | 0].map((hash) => directory.segmentOf(hash))).toEqual([
    0, 1, 15,
  ]);
});
