import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { halfSipHash } from './half-sip-hash.ts';

/**
 * The same function as its authors describe it: one round as a step of its own, words read whole,
 * for any numbers of rounds and both lengths of the result.
 */
function reference(
  bytes: Uint8Array,
  key: readonly [number, number],
  rounds: { readonly each: number; readonly last: number },
): number {
  const rotate = (word: number, by: number) => (word << by) | (word >>> (32 - by));
  const v = [key[0] | 0, key[1] | 0, key[0] ^ 0x6c796765, key[1] ^ 0x74656462];
  const round = () => {
    v[0] = (v[0] + v[1]) | 0;
    v[1] = rotate(v[1], 5) ^ v[0];
    v[0] = rotate(v[0], 16);
    v[2] = (v[2] + v[3]) | 0;
    v[3] = rotate(v[3], 8) ^ v[2];
    v[0] = (v[0] + v[3]) | 0;
    v[3] = rotate(v[3], 7) ^ v[0];
    v[2] = (v[2] + v[1]) | 0;
    v[1] = rotate(v[1], 13) ^ v[2];
    v[2] = rotate(v[2], 16);
  };
  const padded = new Uint8Array((bytes.length & ~3) + 4);
  padded.set(bytes);
  padded[padded.length - 1] = bytes.length;
  const view = new DataView(padded.buffer);
  for (let at = 0; at < padded.length; at += 4) {
    const word = view.getInt32(at, true);
    v[3] ^= word;
    for (let i = 0; i < rounds.each; i += 1) round();
    v[0] ^= word;
  }
  v[2] ^= 0xff;
  for (let i = 0; i < rounds.last; i += 1) round();
  return v[1] ^ v[3];
}

const counting = (length: number) => Uint8Array.from({ length }, (_, i) => i);

describe('HalfSipHash', () => {
  test('the reference gives the published results of HalfSipHash-2-4', () => {
    // Key 00 01 … 07, input 00 01 …; results of the authors' test, little-endian.
    const key = [0x03020100, 0x07060504] as const;
    const published = [0x5b9f35a9, 0xb85a4727, 0x03a662fa, 0x04e7fe8a];

    const results = published.map((_, length) =>
      reference(counting(length), key, { each: 2, last: 4 }),
    );

    expect(results.map((result) => result >>> 0)).toEqual(published);
  });

  test('ours is the reference with one round and three, for any input', () => {
    const seed = 31;
    const random = seededRandom(seed);
    for (let run = 0; run < 3_000; run += 1) {
      const memory = new Uint8Array(run % 80);
      random.fill(memory);
      const key = [random.uint32() | 0, random.uint32() | 0] as const;
      const start = memory.length === 0 ? 0 : random.uint32() % memory.length;
      const end = start + (random.uint32() % (memory.length - start + 1));

      const hash = halfSipHash(memory, start, end, key[0], key[1]);

      const right = reference(memory.slice(start, end), key, { each: 1, last: 3 });
      expect(hash, `seed ${seed} run ${run}`).toBe(right);
    }
  });

  test('is a signed 32-bit integer, and another with another key', () => {
    const key = bytesOf('key:1');
    const hashes = new Set(
      Array.from({ length: 1_000 }, (_, i) => halfSipHash(key, 0, key.length, i, 0)),
    );

    for (const hash of hashes) expect(hash).toBe(hash | 0);
    expect(hashes.size).toBeGreaterThan(995);
  });
});
