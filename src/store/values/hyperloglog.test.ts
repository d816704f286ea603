import { expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import {
  denseBytes,
  denseRegister,
  ElementHash,
  hyperLogLogEncodings,
  isCardinalityFresh,
  isHyperLogLog,
  markCardinalityStale,
  readCardinality,
  registerCount,
  setDenseRegister,
  writeCardinality,
  writeHeader,
} from './hyperloglog.ts';

test('hyperloglog: an element chooses the register that Redis would', () => {
  const hash = new ElementHash();
  const found = ['a', 'b', 'c', ''].map((text) => {
    const bytes = bytesOf(text);
    hash.compute(bytes, 0, bytes.length);
    return [hash.register, hash.run];
  });

  expect(found).toEqual([
    [12711, 2],
    [15780, 1],
    [8436, 1],
    [5938, 2],
  ]);
});

test('hyperloglog: every register keeps its six bits, and no other changes', () => {
  const value = new Uint8Array(denseBytes + 3).fill(0xaa);
  const expected = Array.from({ length: registerCount }, (_, i) => (i * 37 + 11) & 63);

  for (let i = 0; i < registerCount; i += 1) setDenseRegister(value, 1, i, expected[i]);

  expect(expected.map((_, i) => denseRegister(value, 1, i))).toEqual(expected);
  expect([value[0], value[denseBytes + 1], value[denseBytes + 2]]).toEqual([0xaa, 0xaa, 0xaa]);
});

test('hyperloglog: the stored cardinality is exact up to 63 bits, and stale beyond', () => {
  const value = new Uint8Array(denseBytes);
  writeHeader(value, 0, hyperLogLogEncodings.dense);
  expect(readCardinality(value, 0)).toBe(0);

  writeCardinality(value, 0, 2 ** 40 + 7);
  expect(readCardinality(value, 0)).toBe(2 ** 40 + 7);
  writeCardinality(value, 0, 2 ** 62);
  expect(readCardinality(value, 0)).toBe(2n ** 62n);
  expect(isCardinalityFresh(value, 0)).toBe(true);

  writeCardinality(value, 0, Number.POSITIVE_INFINITY);
  expect(isCardinalityFresh(value, 0)).toBe(false);
  writeCardinality(value, 0, 5);
  markCardinalityStale(value, 0);
  expect(isCardinalityFresh(value, 0)).toBe(false);
});

test('hyperloglog: what does not look like one is none', () => {
  const dense = new Uint8Array(denseBytes);
  writeHeader(dense, 0, hyperLogLogEncodings.dense);

  expect(isHyperLogLog(dense, 0, denseBytes)).toBe(true);
  expect(isHyperLogLog(dense, 0, denseBytes - 1)).toBe(false);
  expect(isHyperLogLog(dense, 1, denseBytes)).toBe(false);
  expect(isHyperLogLog(bytesOf('HYLL'), 0, 4)).toBe(false);
  expect(isHyperLogLog(bytesOf('HYLL\x01'.padEnd(16, '\0')), 0, 16)).toBe(true);
  expect(isHyperLogLog(bytesOf('HYLL\x02'.padEnd(16, '\0')), 0, 16)).toBe(false);
});
