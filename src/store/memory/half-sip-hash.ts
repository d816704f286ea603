import { int32At } from '../../base/bytes.ts';

/**
 * HalfSipHash-1-3 with a 64-bit key and a 32-bit result: the keyed hash of every byte table. It needs
 * 32-bit operations only, which JavaScript has. An attacker who does not know the key cannot build
 * colliding keys (Aumasson and Bernstein, "SipHash: a fast short-input PRF", and its reference code).
 *
 * A round is written out at each of its three places: every look-up of a key comes through here, and
 * a branch for the last word in the loop cost a fifth more (`bench/micro`).
 *
 * @returns the hash as a signed 32-bit integer, so that it stays a small integer for the engine.
 */
export function halfSipHash(
  bytes: Uint8Array,
  start: number,
  end: number,
  key0: number,
  key1: number,
): number {
  let v0 = key0;
  let v1 = key1;
  let v2 = 0x6c796765 ^ key0;
  let v3 = 0x74656462 ^ key1;
  const length = end - start;
  const wordsEnd = start + (length & ~3);
  for (let at = start; at <= wordsEnd; at += 4) {
    const word = at < wordsEnd ? int32At(bytes, at) : lastWord(bytes, at, length);
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v2 = (v2 + v3) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v1) | 0;
    v0 = (v0 + v3) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  v2 ^= 0xff;
  for (let round = 0; round < 3; round += 1) {
    v0 = (v0 + v1) | 0;
    v2 = (v2 + v3) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v1) | 0;
    v0 = (v0 + v3) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 << 16) | (v2 >>> 16);
  }
  return v1 ^ v3;
}

/** What is left over behind the whole words, and the length in the top byte. */
function lastWord(bytes: Uint8Array, at: number, length: number): number {
  let word = length << 24;
  const left = length & 3;
  if (left > 2) word |= bytes[at + 2] << 16;
  if (left > 1) word |= bytes[at + 1] << 8;
  if (left > 0) word |= bytes[at];
  return word;
}
