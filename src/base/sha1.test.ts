import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { bytesOf } from './bytes.ts';
import { sha1 } from './sha1.ts';

test('sha1: equals the standard at every length around a block', () => {
  for (let length = 0; length < 200; length += 1) {
    const bytes = Uint8Array.from({ length: length + 3 }, (_, i) => (i * 7 + length) & 255);
    const expected = createHash('sha1')
      .update(bytes.subarray(2, length + 2))
      .digest();

    expect(Buffer.from(sha1(bytes, 2, length + 2)).equals(expected)).toBe(true);
  }
});

test('sha1: the digest of "abc"', () => {
  expect(Buffer.from(sha1(bytesOf('abc'), 0, 3)).toString('hex')).toBe(
    'a9993e364706816aba3e25717850c26c9cd0d89d',
  );
});
