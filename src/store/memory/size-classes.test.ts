import { expect, test } from 'vitest';
import { blockBytesMax, classBytes, classCount, sizeClassOf } from './size-classes.ts';

test('size classes: every size gets the smallest class that holds it', () => {
  for (let bytes = 1; bytes <= blockBytesMax; bytes += bytes < 5000 ? 1 : 37) {
    const found = sizeClassOf(bytes);
    expect(classBytes[found], `class for ${bytes}`).toBeGreaterThanOrEqual(bytes);
    if (found > 0) expect(classBytes[found - 1], `class below for ${bytes}`).toBeLessThan(bytes);
  }
  expect(sizeClassOf(blockBytesMax)).toBe(classCount - 1);
});

test('size classes: rounding up wastes an eighth at most', () => {
  for (let sizeClass = 1; sizeClass < classCount; sizeClass += 1) {
    const smallest = classBytes[sizeClass - 1] + 1;
    if (smallest > 128) expect(classBytes[sizeClass] / smallest).toBeLessThan(1.125);
  }
});

test('size classes: a full node of a list or a stream wastes next to nothing', () => {
  for (let bytes = 4096; bytes < blockBytesMax; bytes *= 2) {
    expect(classBytes[sizeClassOf(bytes + 14)]).toBe(bytes + 16);
    expect(classBytes[sizeClassOf(bytes + 17)]).toBe(bytes + bytes / 8);
    expect(classBytes[sizeClassOf(bytes)]).toBe(bytes);
  }
});

test('size classes: fit a byte and stay multiples of a granule', () => {
  expect(classCount).toBeLessThan(255);
  for (const bytes of classBytes) expect(bytes % 8).toBe(0);
});
