import { expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import type { Database } from '../database.ts';
import { Keyspace } from '../keyspace.ts';
import { setEncodings, valueTypes } from '../value-types.ts';
import { SetBuilder } from './set-builder.ts';

const key = bytesOf('key');
const text = new TextDecoder();

function newKeyspace(): Keyspace {
  const keyspace = new Keyspace(1, seededRandom(5));
  Object.assign(keyspace.limits, { setIntegers: 16, setEntries: 8, setValueBytes: 10 });
  return keyspace;
}

function membersOf(database: Database, ref: number): Set<string> {
  const members: string[] = [];
  database.sets.forEach(ref, (bytes, start, end) => {
    members.push(text.decode(bytes.subarray(start, end)));
  });
  expect(new Set(members).size).toBe(members.length);
  return new Set(members);
}

function add(database: Database, member: string, expected = 1): boolean {
  const bytes = bytesOf(member);
  const ref = database.find(key, 0, key.length);
  if (ref !== 0) return database.sets.add(ref, bytes, 0, bytes.length);
  database.sets.create(key, 0, key.length, bytes, 0, bytes.length, expected);
  return true;
}

function encodingOf(database: Database): number {
  return database.encodingOf(database.find(key, 0, key.length));
}

function addAll(members: readonly string[], expected = 1): Database {
  const database = newKeyspace().databases[0];
  for (const member of members) add(database, member, expected);
  return database;
}

const integers = Array.from({ length: 17 }, (_, i) => String(i * 1000 - 8000));
const long = 'x'.repeat(11);

const { intset, listpack, hashtable, wide } = setEncodings;
test.each([
  ['integers', integers.slice(0, 16), 1, intset],
  ['too many integers', integers, 1, hashtable],
  ['words', ['a', 'b', '1'], 1, listpack],
  ['integers, then a word', ['1', '2', 'a'], 1, listpack],
  ['a long word', [long], 1, wide],
  ['a word, then a long one', ['a', long], 1, wide],
  ['integers, then a long word', ['1', long], 1, wide],
  ['more words than are packed', [...'abcdefghi'], 1, wide],
  ['far more words', Array.from({ length: 65 }, (_, i) => `w${i}`), 1, hashtable],
  ['many long words', Array.from({ length: 50 }, (_, i) => 'x'.repeat(100) + i), 1, hashtable],
  ['as many integers as expected', ['1'], 17, hashtable],
])('sets: %s take the form that fits', (_, members, expected, encoding) => {
  const database = addAll(members, expected);
  expect(encodingOf(database)).toBe(encoding);
  expect(membersOf(database, database.find(key, 0, key.length))).toEqual(new Set(members));
});

test.each([7, 8, 9])('sets: behave like a Set under random changes (seed %d)', (seed) => {
  const random = seededRandom(seed);
  const keyspace = newKeyspace();
  const database = keyspace.databases[0];
  const { sets } = database;
  let model = new Set<string>();
  const forms = new Set<number>();
  let read: Set<string> | null = null;
  for (let step = 0; step < 6000; step += 1) {
    if (step % 500 === 0) read = new Set(model);
    const snapshot = step % 500 === 0 && model.size > 0 ? keyspace.openSnapshot() : null;
    const size = 1 << (random.uint32() % 9);
    const number = random.uint32() % size;
    const member = step % 1000 < 500 ? String(number * 70_000) : `m${number % 90}`;
    const bytes = bytesOf(member);
    const ref = database.find(key, 0, key.length);
    if (random.uint32() % 3 > 0) {
      expect(add(database, member)).toBe(!model.has(member));
      model.add(member);
    } else if (ref !== 0) {
      expect(sets.has(ref, bytes, 0, bytes.length)).toBe(model.has(member));
      expect(sets.remove(ref, bytes, 0, bytes.length)).toBe(model.delete(member));
      if (model.size === 0) database.values.remove(sets.ref);
    }
    if (snapshot !== null) {
      const found = snapshot.next();
      if (database.encodingOf(found) !== hashtable)
        expect(membersOf(database, found)).toEqual(read);
      snapshot.close();
    }
    const now = database.find(key, 0, key.length);
    if (now === 0) {
      expect(model.size).toBe(0);
      continue;
    }
    forms.add(database.encodingOf(now));
    expect(sets.length(now)).toBe(model.size);
    sets.randomMember(now, random);
    const shown = text.decode(sets.member.copy());
    expect(model.has(shown)).toBe(true);
    if (step % 4 === 1 && model.size > 1) {
      sets.removeShown(now);
      model.delete(shown);
    }
    if (step % 100 === 0) expect(membersOf(database, now)).toEqual(model);
    if (random.uint32() % 700 === 0) {
      database.delete(key, 0, key.length);
      model = new Set();
    }
  }
  expect([...forms].sort()).toEqual([intset, listpack, hashtable, wide]);
});

test.each([
  [3, intset, (i: number) => String(i * 40_000)],
  [16, intset, (i: number) => String(9_000_000_000_000_000_000n - BigInt(i))],
  [17, wide, (i: number) => String(i)],
  [8, listpack, (i: number) => `a${i}`],
  [40, wide, (i: number) => `long member ${i}`],
  [500, hashtable, (i: number) => `a${i}`],
])('sets: %d built members are stored in the form that fits', (count, encoding, memberOf) => {
  for (const expected of [0, count, 10_000]) {
    const database = newKeyspace().databases[0];
    const builder = new SetBuilder(database);
    builder.begin(expected);
    const members = new Set<string>();
    for (let i = 0; i < count; i += 1) {
      const bytes = bytesOf(memberOf(i));
      expect(builder.add(bytes, 0, bytes.length)).toBe(true);
      expect(builder.add(bytes, 0, bytes.length)).toBe(false);
      members.add(memberOf(i));
    }
    expect(builder.size).toBe(count);
    const ref = builder.store(key, 0, key.length, 77);
    expect(database.typeOf(ref)).toBe(valueTypes.set);
    expect(database.encodingOf(ref)).toBe(expected > count ? hashtable : encoding);
    expect(database.expiresAtMs(ref)).toBe(77);
    expect(membersOf(database, ref)).toEqual(members);
    builder.discard();
  }
});

test('sets: a builder keeps many integers apart', () => {
  const database = new Keyspace(1, seededRandom(5)).databases[0];
  const builder = new SetBuilder(database);
  builder.begin(0);
  for (let round = 0; round < 2; round += 1) {
    for (let i = 0; i < 512; i += 1) {
      const bytes = bytesOf(String(i * i));
      expect(builder.add(bytes, 0, bytes.length)).toBe(round === 0);
    }
  }
  const ref = builder.store(key, 0, key.length, 0);
  expect(database.encodingOf(ref)).toBe(intset);
  expect(database.sets.length(ref)).toBe(512);
});

test('sets: a scan of a table visits every member that stays', () => {
  const database = addAll(Array.from({ length: 3000 }, (_, i) => `member ${i}`));
  const ref = database.find(key, 0, key.length);
  const seen = new Set<string>();
  let cursor = 0;
  do {
    cursor = database.sets.scan(ref, cursor, 10, (bytes, start, end) => {
      seen.add(text.decode(bytes.subarray(start, end)));
    });
    const gone = bytesOf(`member ${seen.size % 1000}`);
    database.sets.remove(ref, gone, 0, gone.length);
  } while (cursor !== 0);
  for (let i = 1000; i < 3000; i += 1) expect(seen.has(`member ${i}`)).toBe(true);
});
