import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import { isPossibleLzfExpansion, LzfCompressor, lzfDecompress } from './lzf.ts';

function compress(bytes: Uint8Array, limit = bytes.length * 2 + 16): Uint8Array | null {
  const target = new Uint8Array(limit + 8).fill(0xaa);
  const end = new LzfCompressor().compress(bytes, 0, bytes.length, target, 0, limit);
  expect([...target.subarray(limit)]).toEqual(new Array(8).fill(0xaa));
  return end < 0 ? null : target.slice(0, end);
}

function decompress(bytes: Uint8Array, length: number): Uint8Array | null {
  const target = new Uint8Array(length);
  return lzfDecompress(bytes, 0, bytes.length, target, 0, length) ? target : null;
}

/** Text with repetitions at many distances: what compressors make mistakes on. */
const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.integer({ min: 1, max: 40 })), {
    maxLength: 60,
  })
  .map((parts) =>
    Uint8Array.from(parts.flatMap(([part, times]) => new Array(times).fill([...part]).flat())),
  );

test('lzf: what was compressed comes back', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 400 }), repetitive), (bytes) => {
      fc.pre(bytes.length > 0);
      const compressed = compress(bytes);
      expect(compressed).not.toBeNull();
      if (compressed === null) return;
      expect(decompress(compressed, bytes.length)).toEqual(bytes);
      expect(isPossibleLzfExpansion(compressed.length, bytes.length)).toBe(true);
    }),
  );
});

test('lzf: a run of one byte shrinks to almost nothing', () => {
  const bytes = new Uint8Array(10_000).fill(7);

  const compressed = compress(bytes);

  expect(compressed?.length).toBeLessThan(130);
  expect(compressed && decompress(compressed, bytes.length)).toEqual(bytes);
});

test('lzf: matches reach 8,192 bytes back and no further', () => {
  for (const distance of [8190, 8191, 8192, 8193, 9000]) {
    const bytes = new Uint8Array(distance + 32);
    for (let i = 0; i < distance; i += 1) bytes[i] = (i * 7919 + (i >> 5) * 31 + (i >> 9)) & 255;
    bytes.copyWithin(distance, 0, 32);
    const compressed = compress(bytes);
    expect(compressed && decompress(compressed, bytes.length)).toEqual(bytes);
  }
});

test('lzf: the same input gives the same output whatever came before', () => {
  const compressor = new LzfCompressor();
  const target = new Uint8Array(400);
  const text = bytesOf('the same words, the same words, the same words again');
  const first = compressor.compress(text, 0, text.length, target, 0, 400);
  const expected = target.slice(0, first);
  const other = bytesOf('something else about the same words, or words like the same');
  compressor.compress(other, 0, other.length, target, 0, 400);

  const second = compressor.compress(text, 0, text.length, target, 0, 400);

  expect(target.slice(0, second)).toEqual(expected);
});

test('lzf: gives up when the output does not fit, at any limit', () => {
  const bytes = bytesOf(`${'abcdefgh'.repeat(9)}random 8s7df6 tail of the text`);
  const whole = compress(bytes);
  for (let limit = 0; limit < bytes.length; limit += 1) {
    const compressed = compress(bytes, limit);
    if (compressed !== null) expect(compressed).toEqual(whole);
    expect(compressed === null).toBe(limit < (whole?.length ?? 0) || limit < 2);
  }
});

test('lzf: damaged input is refused and nothing outside the target is written', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.integer({ min: 0, max: 200 }),
      (bytes, length) => {
        const target = new Uint8Array(length + 20).fill(0xaa);
        lzfDecompress(bytes, 0, bytes.length, target, 10, 10 + length);
        expect([...target.subarray(0, 10)]).toEqual(new Array(10).fill(0xaa));
        expect([...target.subarray(10 + length)]).toEqual(new Array(10).fill(0xaa));
      },
    ),
  );
});

test('lzf: each kind of damage is noticed', () => {
  const refused = (bytes: number[], length: number) => decompress(Uint8Array.from(bytes), length);
  expect(refused([2, 65, 66], 3)).toBeNull(); // literals cut off
  expect(refused([0, 65, 32], 4)).toBeNull(); // copy cut off
  expect(refused([0, 65, 0xe0, 1], 20)).toBeNull(); // long copy cut off
  expect(refused([0, 65, 32, 1], 4)).toBeNull(); // copies from before the beginning
  expect(refused([0, 65], 2)).toBeNull(); // too short
  expect(refused([1, 65, 66], 1)).toBeNull(); // too long
  expect(refused([0, 65, 32, 0], 4)).toEqual(bytesOf('AAAA'));
});
