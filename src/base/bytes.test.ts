import { describe, expect, test } from 'vitest';
import { copyBytes, startsWithBytes, withView } from './bytes.ts';

const lengths = [0, 1, 3, 4, 5, 7, 8, 11, 16, 95, 96, 97, 300];
const memoryOf = (first: number): Uint8Array =>
  Uint8Array.from({ length: 1_000 }, (_, i) => first + i * 7);

describe.each([
  { name: 'both with a view', source: withView, target: withView },
  { name: 'the source with a view', source: withView, target: (bytes: Uint8Array) => bytes },
  { name: 'none with a view', source: (b: Uint8Array) => b, target: (b: Uint8Array) => b },
])('bytes, $name', ({ source, target }) => {
  test.each(lengths)('copies %i bytes and nothing beside them', (length) => {
    const from = source(memoryOf(1));
    const to = target(memoryOf(2));
    const expected = memoryOf(2);
    expected.set(from.subarray(13, 13 + length), 21);

    copyBytes(from, 13, 13 + length, to, 21);

    expect([...to]).toEqual([...expected]);
  });

  test.each(lengths)('compares %i bytes to the last', (length) => {
    const left = target(memoryOf(9));
    const right = source(memoryOf(0));
    right.set(left.subarray(5, 5 + length), 40);

    expect(startsWithBytes(left, 5, right, 40, 40 + length)).toBe(true);
    for (let at = 40; at < 40 + length; at += 1) {
      right[at] ^= 0x80;
      expect(startsWithBytes(left, 5, right, 40, 40 + length), `byte ${at}`).toBe(false);
      right[at] ^= 0x80;
    }
  });
});

test('bytes: a stretch moves down over itself', () => {
  const bytes = withView(Uint8Array.from({ length: 40 }, (_, i) => i));
  copyBytes(bytes, 3, 30, bytes, 2);
  expect([...bytes.subarray(0, 6), bytes[28], bytes[29]]).toEqual([0, 1, 3, 4, 5, 6, 29, 29]);
});

test('bytes: a view of a part covers that part', () => {
  const part = withView(new Uint8Array(100).subarray(20, 60));
  copyBytes(withView(Uint8Array.of(1, 2, 3, 4, 5)), 0, 5, part, 0);
  expect([...part.subarray(0, 5)]).toEqual([1, 2, 3, 4, 5]);
});
