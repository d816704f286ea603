import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf } from './bytes.ts';
import { MurmurHash } from './murmur-hash.ts';

const mask = (1n << 64n) - 1n;
const multiplier = 0xc6a4a7935bd1e995n;

/** The same algorithm as one would write it down, with integers of any size. */
function plain(bytes: Uint8Array, seed: number): bigint {
  const times = (value: bigint): bigint => (value * multiplier) & mask;
  const shifted = (value: bigint): bigint => value ^ (value >> 47n);
  const readLittle = (from: number, to: number): bigint => {
    let value = 0n;
    for (let at = to - 1; at >= from; at -= 1) value = (value << 8n) | BigInt(bytes[at]);
    return value;
  };
  const whole = bytes.length - (bytes.length % 8);
  let hash = BigInt(seed) ^ times(BigInt(bytes.length));
  for (let at = 0; at < whole; at += 8) {
    hash = times(hash ^ times(shifted(times(readLittle(at, at + 8)))));
  }
  if (whole < bytes.length) hash = times(hash ^ readLittle(whole, bytes.length));
  return shifted(times(shifted(hash)));
}

function halves(bytes: Uint8Array, seed: number, start = 0, end = bytes.length): bigint {
  const murmur = new MurmurHash();
  murmur.compute(bytes, start, end, seed);
  return (BigInt(murmur.high >>> 0) << 32n) | BigInt(murmur.low >>> 0);
}

test('murmur hash: halves give what big integers give', () => {
  const seeds = fc.constantFrom(0, 1, 0xadc83b19, 0xffffffff);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), seeds, (bytes, seed) => {
      expect(halves(bytes, seed)).toBe(plain(bytes, seed));
    }),
  );
});

test('murmur hash: looks at the range alone', () => {
  const bytes = bytesOf('--a range of bytes--');

  expect(halves(bytes, 7, 2, 18)).toBe(plain(bytesOf('a range of bytes'), 7));
});
