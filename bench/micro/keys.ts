/** Keys for the programs of this folder, and a keyspace that holds them. */
import { seededRandom } from '../../src/runtime/seeded-random.ts';
import { Keyspace } from '../../src/store/keyspace.ts';
import { isQuick } from './measure.ts';

export const keyCount = isQuick ? 100_000 : 1_000_000;
export const keyBytes = 16;

/** `key:000000000000` and on, one after the other. */
export const allKeys = writeKeys();

/** Positions in `allKeys`, each key once, in an order that no cache likes. */
export const shuffled = shuffle();

const value = new Uint8Array(16).fill(120);

/** A keyspace with nothing in it; the hash is seeded, so that runs are alike. */
export function emptyKeyspace(): Keyspace {
  return new Keyspace(1, seededRandom(1));
}

/** Sets all keys, in the given order, to 16 bytes. */
export function setAll(keyspace: Keyspace, order: Uint32Array): number {
  const [database] = keyspace.databases;
  for (let i = 0; i < order.length; i += 1) {
    const at = order[i];
    database.setString(allKeys, at, at + keyBytes, value, 0, value.length, 0);
  }
  return database.size;
}

function writeKeys(): Uint8Array {
  const bytes = new Uint8Array(keyCount * keyBytes);
  for (let i = 0; i < keyCount; i += 1) {
    const text = `key:${String(i).padStart(12, '0')}`;
    for (let at = 0; at < keyBytes; at += 1) bytes[i * keyBytes + at] = text.charCodeAt(at);
  }
  return bytes;
}

function shuffle(): Uint32Array {
  const random = seededRandom(2);
  const order = new Uint32Array(keyCount).map((_, i) => i * keyBytes);
  for (let i = keyCount - 1; i > 0; i -= 1) {
    const other = random.uint32() % (i + 1);
    const at = order[i];
    order[i] = order[other];
    order[other] = at;
  }
  return order;
}
