import { expect, test } from 'vitest';
import { headerBytes } from './hyperloglog.ts';
import { findRun, mergeRuns, RunReplacement, readRun, SparseRun } from './hyperloglog-sparse.ts';

/** A value with these bytes behind a header. */
function sparseOf(...runs: readonly number[]): Uint8Array {
  return Uint8Array.of(...new Uint8Array(headerBytes), ...runs);
}

test.each([
  { bytes: [0x00], value: 0, count: 1 },
  { bytes: [0x3f], value: 0, count: 64 },
  { bytes: [0x40, 0x00], value: 0, count: 1 },
  { bytes: [0x7f, 0xff], value: 0, count: 16384 },
  { bytes: [0x80], value: 1, count: 1 },
  { bytes: [0xff], value: 32, count: 4 },
  { bytes: [0x41], value: 0, count: 257 },
])('sparse hyperloglog: $bytes is $count × $value', ({ bytes, value, count }) => {
  const run = new SparseRun();

  readRun(run, Uint8Array.of(...bytes), 0, bytes.length);

  expect([run.value, run.count]).toEqual([value, count]);
});

test('sparse hyperloglog: the run of a register, and the one before it', () => {
  const run = new SparseRun();
  const value = sparseOf(0x43, 0xe7, 0x84, 0x3f);

  expect(findRun(run, value, 0, value.length, 1000)).toBe(true);
  expect(run).toMatchObject({ at: 18, next: 19, previous: 16, first: 1000, count: 1, value: 2 });
  expect(findRun(run, value, 0, value.length, 0)).toBe(true);
  expect(run).toMatchObject({ at: 16, next: 18, previous: -1, first: 0, count: 1000 });
});

test('sparse hyperloglog: a register that no run has, or that one has in part, is damage', () => {
  const run = new SparseRun();

  expect(findRun(run, sparseOf(0x3f), 0, headerBytes + 1, 64)).toBe(false);
  expect(findRun(run, sparseOf(0x7f), 0, headerBytes + 1, 3)).toBe(false);
  expect(findRun(run, sparseOf(), 0, headerBytes, 0)).toBe(false);
});

test.each([
  { runs: [0x43, 0xe7], register: 0, replacement: [0x88, 0x43, 0xe6] },
  { runs: [0x43, 0xe7], register: 999, replacement: [0x43, 0xe6, 0x88] },
  { runs: [0x43, 0xe7], register: 500, replacement: [0x41, 0xf3, 0x88, 0x41, 0xf2] },
  { runs: [0x43, 0xe7], register: 10, replacement: [0x09, 0x88, 0x43, 0xdc] },
  { runs: [0x83], register: 1, replacement: [0x80, 0x88, 0x81] },
  { runs: [0x80], register: 0, replacement: [0x88] },
  { runs: [0x40, 0x00], register: 0, replacement: [0x88] },
])('sparse hyperloglog: 3 in register $register of $runs', ({ runs, register, replacement }) => {
  const run = new SparseRun();
  const planned = new RunReplacement();
  const value = sparseOf(...runs);

  findRun(run, value, 0, value.length, register);
  planned.plan(run, register, 3);

  expect([...planned.bytes.subarray(0, planned.length)]).toEqual(replacement);
});

test('sparse hyperloglog: equal neighbours become one run of at most four', () => {
  const value = Uint8Array.of(0x84, 0x84, 0x85, 0x84, 0x88, 0x00, 0x00, 0x84, 0x84, 0x84);

  const end = mergeRuns(value, 0, value.length);

  expect([...value.subarray(0, end)]).toEqual([0x87, 0x84, 0x88, 0x00, 0x00, 0x84, 0x84, 0x84]);
});
