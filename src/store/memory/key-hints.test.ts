import { expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import { halfSipHash } from './half-sip-hash.ts';
import { hintsMax, KeyHints } from './key-hints.ts';

const memory = bytesOf('alpha beta gamma delta');
const other = bytesOf('ALPHA BETA GAMMA DELTA');
const ranges = [
  [0, 5],
  [6, 10],
  [11, 16],
  [17, 22],
] as const;
const hashOf = (bytes: Uint8Array, start: number, end: number) =>
  halfSipHash(bytes, start, end, 1, 2);

test('key hints: every key has its hash, noted or not, in whatever order it is asked for', () => {
  const orders = [
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [1, 1, 3, 3, 0],
    [2, 0, 2, 0],
  ];
  for (const order of orders) {
    const hints = new KeyHints(1, 2);
    for (const [start, end] of ranges.slice(0, 3)) hints.add(memory, start, end);

    for (const i of order) {
      const [start, end] = ranges[i];
      expect(hints.hash(memory, start, end)).toBe(hashOf(memory, start, end));
      expect(hints.hash(other, start, end)).toBe(hashOf(other, start, end));
      expect(hints.hash(memory, start, end - 1)).toBe(hashOf(memory, start, end - 1));
    }
  }
});

test('key hints: keys in other memory are not noted', () => {
  const hints = new KeyHints(1, 2);

  hints.add(memory, 0, 5);
  hints.add(other, 0, 5);
  hints.add(memory, 6, 10);

  expect(hints.count).toBe(2);
  expect([...hints.hashes.subarray(0, 2)]).toEqual([hashOf(memory, 0, 5), hashOf(memory, 6, 10)]);
});

test('key hints: are forgotten when the memory changes', () => {
  const hints = new KeyHints(1, 2);
  const reused = memory.slice();
  hints.add(reused, 0, 5);

  hints.clear();
  reused.set(other);

  expect(hints.count).toBe(0);
  expect(hints.hash(reused, 0, 5)).toBe(hashOf(other, 0, 5));
});

test('key hints: more keys than fit are hashed when they are asked for', () => {
  const long = new Uint8Array(3 * hintsMax).map((_, i) => i * 7);
  const hints = new KeyHints(1, 2);
  for (let i = 0; i < hintsMax + 50; i += 1) hints.add(long, i, i + 9);

  expect(hints.count).toBe(hintsMax);
  for (let i = 0; i < hintsMax + 50; i += 1) {
    expect(hints.hash(long, i, i + 9)).toBe(hashOf(long, i, i + 9));
  }
});
