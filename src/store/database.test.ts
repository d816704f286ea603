import { expect, test } from 'vitest';
import { bytesOf, latin1Of } from '../base/bytes.ts';
import { seededRandom } from '../runtime/seeded-random.ts';
import { type Database, noExpiry } from './database.ts';
import { Keyspace } from './keyspace.ts';
import { stringEncodings } from './value-types.ts';

function set(database: Database, key: string, value: string, expiresAtMs = noExpiry): void {
  const k = bytesOf(key);
  const v = bytesOf(value);
  database.setString(k, 0, k.length, v, 0, v.length, expiresAtMs);
}

function get(database: Database, key: string): string | null {
  const k = bytesOf(key);
  const ref = database.find(k, 0, k.length);
  if (ref === 0) return null;
  const range = database.string(ref);
  return latin1Of(range.bytes, range.start, range.end);
}

function remove(database: Database, key: string): boolean {
  const k = bytesOf(key);
  return database.delete(k, 0, k.length);
}

function allOf(database: Database): Map<string, string> {
  const found = new Map<string, string>();
  database.forEachRecord((ref) => {
    const value = database.string(ref);
    const text = latin1Of(value.bytes, value.start, value.end);
    found.set(latin1Of(database.keyOf(ref)), text);
  });
  return found;
}

test('database: behaves like a map under random writes, at every size', () => {
  const seed = 20_260;
  const random = seededRandom(seed);
  const keyspace = new Keyspace(2, random);
  const [database] = keyspace.databases;
  const model = new Map<string, string>();

  for (let step = 0; step < 60_000; step += 1) {
    const key = `key:${random.uint32() % 9_000}`;
    if (random.uint32() % 4 === 0) {
      expect(remove(database, key), `seed ${seed} step ${step}`).toBe(model.delete(key));
    } else {
      const value = 'v'.repeat(random.uint32() % (step % 500 === 0 ? 4000 : 60));
      const expiry = random.uint32() % 3 === 0 ? 5_000_000 : noExpiry;
      set(database, key, value, expiry);
      model.set(key, value);
    }
    if (step % 50 === 0) expect(get(database, key)).toBe(model.get(key) ?? null);
  }

  expect(database.size).toBe(model.size);
  expect(allOf(database)).toEqual(model);
  for (const key of [...model.keys()]) remove(database, key);
  expect(database.size).toBe(0);
  expect(database.expiryCount).toBe(0);
  // What is left is the table's own: segments shrunk to their smallest class.
  expect(keyspace.records.usedBytes).toBeLessThan(20_000);
});

test('database: SCAN returns what is there throughout, though the table grows and shrinks', () => {
  const random = seededRandom(7);
  const [database] = new Keyspace(1, random).databases;
  for (let i = 0; i < 5_000; i += 1) set(database, `stays:${i}`, 'x');
  const seen = new Set<string>();

  let cursor = 0;
  let calls = 0;
  do {
    cursor = database.scan(cursor, 10, (ref) => seen.add(latin1Of(database.keyOf(ref))));
    calls += 1;
    for (let i = 0; i < 20; i += 1) set(database, `new:${calls}:${i}`, 'y');
    if (calls % 3 === 0) for (let i = 0; i < 20; i += 1) remove(database, `new:${calls - 1}:${i}`);
  } while (cursor !== 0);

  for (let i = 0; i < 5_000; i += 1) expect(seen.has(`stays:${i}`), `stays:${i}`).toBe(true);
  expect(calls).toBeGreaterThan(300);
});

test('database: SCAN with a count visits about that many', () => {
  const [database] = new Keyspace(1, seededRandom(3)).databases;
  for (let i = 0; i < 20_000; i += 1) set(database, `key:${i}`, 'x');

  let visited = 0;
  const next = database.scan(0, 100, () => {
    visited += 1;
  });

  expect(next).not.toBe(0);
  expect(visited).toBeGreaterThanOrEqual(100);
  expect(visited).toBeLessThan(200);
});

test('database: a random record is fair', () => {
  const random = seededRandom(11);
  const [database] = new Keyspace(1, random).databases;
  const count = 1_500;
  for (let i = 0; i < count; i += 1) set(database, `key:${i}`, 'x');
  const hits = new Map<string, number>();

  const draws = count * 60;
  for (let i = 0; i < draws; i += 1) {
    const key = latin1Of(database.keyOf(database.randomRecord(random)));
    hits.set(key, (hits.get(key) ?? 0) + 1);
  }

  const chiSquare = [...hits.values()].reduce((sum, n) => sum + (n - 60) ** 2 / 60, 0);
  expect(hits.size).toBe(count);
  // Mean 1499, standard deviation about 55: five deviations.
  expect(chiSquare).toBeLessThan(1_499 + 5 * 55);
});

test('database: a snapshot shows the moment it was opened, whatever is written meanwhile', () => {
  const seed = 4_711;
  const random = seededRandom(seed);
  const keyspace = new Keyspace(3, random);
  const [database, second] = keyspace.databases;
  for (let i = 0; i < 8_000; i += 1) {
    set(database, `key:${i}`, `value ${i}`, i % 5 === 0 ? 9_000_000 + i : noExpiry);
  }
  for (let i = 0; i < 50; i += 1) set(second, `other:${i}`, 'z');
  const before = [allOf(database), allOf(second)];
  const usedBefore = keyspace.records.usedBytes;

  const snapshot = keyspace.openSnapshot();
  const read = [new Map<string, string>(), new Map<string, string>()];
  for (let ref = snapshot.next(), step = 0; ref !== 0; ref = snapshot.next(), step += 1) {
    const value = database.string(ref);
    const text = latin1Of(value.bytes, value.start, value.end);
    read[snapshot.databaseIndex].set(latin1Of(database.keyOf(ref)), text);
    const key = `key:${random.uint32() % 12_000}`;
    const choice = random.uint32() % 6;
    if (choice === 0) remove(database, key);
    else if (choice === 1) set(database, key, `changed ${step}`, 8_000_000);
    else if (choice === 2) database.resizeString(bytesOf(key), 0, key.length, 30).bytes[0] |= 0;
    else set(database, key, 'same size');
    if (step === 500) keyspace.swap(1, 2);
    if (step === 4_000) keyspace.flush(0);
    if (step === 4_100) keyspace.flushAll();
    if (step % 7 === 0) keyspace.freeSome(1);
  }

  expect(read[0].size, `seed ${seed}`).toBe(before[0].size);
  expect(read[0]).toEqual(before[0]);
  expect(read[1]).toEqual(before[1]);
  expect(snapshot.readCount).toBe(snapshot.keyCount);
  snapshot.close();
  while (keyspace.freeSome(1_000));
  keyspace.flushAll();
  expect(keyspace.hasDetached).toBe(false);
  expect(keyspace.usedBytes).toBeLessThan(usedBefore);
});

test('database: values and keys of every size class come back whole', () => {
  const keyspace = new Keyspace(1, seededRandom(5));
  const [database] = keyspace.databases;
  const lengths = [0, 1, 253, 254, 255, 256, 32_767, 32_768, 32_769, 196_608, 196_609, 3_000_000];
  for (const keyLength of lengths) {
    for (const valueLength of lengths) {
      const key = 'k'.repeat(keyLength);
      set(database, key, 'v'.repeat(valueLength), valueLength % 2 === 0 ? 77 : noExpiry);
      expect(get(database, key)?.length, `${keyLength}/${valueLength}`).toBe(valueLength);
    }
  }
  expect(database.size).toBe(lengths.length);
  for (const keyLength of lengths) expect(remove(database, 'k'.repeat(keyLength))).toBe(true);
  expect(keyspace.records.large.usedBytes).toBe(0);
});

test('database: encodings are those of Redis', () => {
  const [database] = new Keyspace(1, seededRandom(5)).databases;
  const encodingOf = (value: string) => {
    set(database, 'key', value);
    return database.encodingOf(database.find(bytesOf('key'), 0, 3));
  };

  expect(encodingOf('9223372036854775807')).toBe(stringEncodings.int);
  expect(encodingOf('-9223372036854775808')).toBe(stringEncodings.int);
  expect(encodingOf('9223372036854775808')).toBe(stringEncodings.embstr);
  expect(encodingOf('007')).toBe(stringEncodings.embstr);
  expect(encodingOf('x'.repeat(44))).toBe(stringEncodings.embstr);
  expect(encodingOf('x'.repeat(45))).toBe(stringEncodings.raw);
});

test('database: an appended string keeps its bytes and its expiry as it grows', () => {
  const [database] = new Keyspace(1, seededRandom(5)).databases;
  const key = bytesOf('key');
  set(database, 'key', 'start', 123_456);
  let expected = 'start';
  for (let i = 0; i < 3_000; i += 1) {
    const before = expected.length;
    const range = database.resizeString(key, 0, 3, before + 100);
    for (let at = 0; at < 100; at += 1) {
      expect(range.bytes[range.start + before + at]).toBe(0);
      range.bytes[range.start + before + at] = 65 + (i % 26);
    }
    expected += String.fromCharCode(65 + (i % 26)).repeat(100);
  }

  expect(get(database, 'key')).toBe(expected);
  expect(database.expiresAtMs(database.find(key, 0, 3))).toBe(123_456);
});
