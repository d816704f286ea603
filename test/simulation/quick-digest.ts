import type { Keyspace } from '../../src/store/keyspace.ts';

const prime = 0x01000193;
const otherPrime = 0x85ebca6b;

/**
 * What DEBUG DIGEST says, for a small part of its price: a walk looks at all data after each step.
 * Keys come in any order, so their hashes are added up.
 */
export function quickDigest(keyspace: Keyspace): string {
  const { records } = keyspace;
  let low = 0;
  let high = 0;
  for (const database of keyspace.databases) {
    database.forEachRecord((ref) => {
      records.locateKey(ref);
      records.locateValue(ref);
      const { keyBytes, keyStart, keyEnd, valueBytes, valueStart, valueEnd } = records;
      const expiry = records.expiresAtMs(ref);
      const seed = (database.index + 1) * 0x9e3779b9 + (keyEnd - keyStart);
      const key = hash(keyBytes, keyStart, keyEnd, seed);
      const value = hash(valueBytes, valueStart, valueEnd, key);
      const whole = Math.imul(value ^ expiry ^ Math.floor(expiry / 2 ** 32), otherPrime);
      low = (low + whole) >>> 0;
      high = (high + Math.imul(whole ^ (whole >>> 13), prime)) >>> 0;
    });
  }
  return `${keyspace.size}:${high.toString(16)}:${low.toString(16)}`;
}

function hash(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let state = seed | 0;
  for (let i = start; i < end; i += 1) {
    state = Math.imul(state ^ bytes[i], prime);
    state ^= state >>> 15;
  }
  return state;
}
