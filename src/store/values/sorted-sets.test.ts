import { describe, expect, test } from 'vitest';
import { bytesOf, bytesOfLatin1, latin1Of } from '../../base/bytes.ts';
import type { Random } from '../../runtime/random.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import type { Database } from '../database.ts';
import { Keyspace } from '../keyspace.ts';
import { validate } from '../packed/listpack.ts';
import { sortedSetEncodings } from '../value-types.ts';
import type { LexBound } from './sorted-set-lex.ts';

const key = bytesOf('key');

interface World {
  readonly keyspace: Keyspace;
  readonly database: Database;
}

function newWorld(entries = 128, valueBytes = 64): World {
  const keyspace = new Keyspace(1, seededRandom(3));
  const database = keyspace.databases[0];
  database.limits.sortedSetEntries = entries;
  database.limits.sortedSetValueBytes = valueBytes;
  return { keyspace, database };
}

function elementsOf(database: Database, ref: number): [string, number][] {
  const found: [string, number][] = [];
  database.sortedSets.forEach(ref, (bytes, start, end, score) => {
    found.push([latin1Of(bytes, start, end), score]);
  });
  return found;
}

function sorted(model: ReadonlyMap<string, number>): [string, number][] {
  return [...model].sort(([left, a], [right, b]) => (a !== b ? a - b : left < right ? -1 : 1));
}

function set(database: Database, ref: number, member: string, score: number): number {
  const { sortedSets } = database;
  const bytes = bytesOfLatin1(member);
  const wasThere = sortedSets.find(ref, bytes, 0, bytes.length);
  if (wasThere) return sortedSets.update(ref, bytes, 0, bytes.length, score);
  return sortedSets.insert(ref, bytes, 0, bytes.length, score);
}

function remove(database: Database, ref: number, member: string): number {
  const { sortedSets } = database;
  const bytes = bytesOfLatin1(member);
  if (!sortedSets.find(ref, bytes, 0, bytes.length)) return ref;
  return sortedSets.remove(ref, bytes, 0, bytes.length);
}

function randomMember(random: Random, count: number): string {
  const number = random.uint32() % count;
  if (number % 3 === 0) return String(number - 20);
  return number % 11 === 0 ? 'long'.repeat(number % 40) : `member\xff${number}`;
}

function randomScore(random: Random): number {
  const scores = [0, 1, -1, 2.5, 0.1, 1e300, Infinity, -Infinity, 2 ** 60, 4096, -70_000];
  const choice = random.uint32() % 16;
  return choice < scores.length ? scores[choice] : random.uint32() % 50;
}

function checkPlaces(database: Database, ref: number, model: ReadonlyMap<string, number>): void {
  const { sortedSets } = database;
  for (const [rank, [member, score]] of sorted(model).entries()) {
    const bytes = bytesOfLatin1(member);
    expect(sortedSets.rankOf(ref, bytes, 0, bytes.length)).toBe(rank);
    expect(sortedSets.score).toBe(score);
    sortedSets.cursorAt(ref, rank);
    const { cursor } = sortedSets;
    expect(latin1Of(cursor.bytes, cursor.start, cursor.end)).toBe(member);
  }
}

/** Name, limits, how many members programs draw from. */
const forms = [
  ['packed', 1_000, 1_000, 60],
  ['wide', 2, 3, 24],
  ['large', 0, 0, 900],
  ['growing', 20, 64, 80],
] as const;

describe.each([false, true])('sorted sets, snapshot open: %s', (open) => {
  test.each(forms)('%s ones behave as a sorted map', (_, entries, valueBytes, members) => {
    const seed = entries + members;
    const random = seededRandom(seed);
    const { keyspace, database } = newWorld(entries, valueBytes);
    const { sortedSets } = database;
    const model = new Map<string, number>();
    let ref = sortedSets.create(key, 0, key.length, 0);
    let snapshot = open ? keyspace.openSnapshot() : null;
    for (let step = 0; step < 4_000; step += 1) {
      const note = `seed ${seed}, step ${step}`;
      const member = randomMember(random, members);
      const choice = random.uint32() % 100;
      if (choice < 60) {
        const score = randomScore(random);
        ref = set(database, ref, member, score);
        model.set(member, score);
      } else if (choice < 98) {
        ref = remove(database, ref, member);
        model.delete(member);
      } else if (model.size > 0) {
        const rank = random.uint32() % model.size;
        const count = Math.min(3, model.size - rank);
        for (const [each] of sorted(model).slice(rank, rank + count)) model.delete(each);
        ref = sortedSets.removeRange(ref, rank, count);
      }
      expect(sortedSets.length(ref), note).toBe(model.size);
      if (step % 400 !== 0) continue;
      expect(elementsOf(database, ref), note).toEqual(sorted(model));
      checkPlaces(database, ref, model);
      snapshot?.close();
      snapshot = open ? keyspace.openSnapshot() : null;
    }
    snapshot?.close();
    expect(database.find(key, 0, key.length)).toBe(ref);
    checkPlaces(database, ref, model);
    database.values.remove(ref);
    while (keyspace.records.structures.freeSome(1_000));
    expect(keyspace.records.usedBytes).toBe(newWorld().keyspace.records.usedBytes);
  });
});

test('sorted sets: a snapshot reads a large one as it was, while it changes', () => {
  const seed = 17;
  const random = seededRandom(seed);
  const { keyspace, database } = newWorld(0, 0);
  const { structures } = keyspace.records;
  const model = new Map<string, number>();
  let ref = database.sortedSets.create(key, 0, key.length, 0);
  for (let i = 0; i < 3_000; i += 1) {
    ref = set(database, ref, `m${i}`, i % 50);
    model.set(`m${i}`, i % 50);
  }
  const snapshot = keyspace.openSnapshot();
  const change = (): void => {
    for (let i = 0; i < 40; i += 1) {
      const member = `m${random.uint32() % 4_000}`;
      if (i % 3 === 0) ref = remove(database, ref, member);
      else ref = set(database, ref, member, random.uint32() % 99);
    }
  };
  change();

  const record = snapshot.next();
  const members = database.sortedSets.membersOf(record);
  structures.beginRead(members);
  const found = new Map<string, number>();
  const { walk } = members;
  const count = walk.size;
  for (let each = walk.next(); each !== 0; each = walk.next()) {
    const score = members.scoreOf(each);
    const { bytes, start, end } = database.keyRange(each);
    found.set(latin1Of(bytes, start, end), score);
    if (found.size % 100 === 0) change();
  }
  structures.endRead(members);
  snapshot.close();

  expect(count, `seed ${seed}`).toBe(3_000);
  expect(found, `seed ${seed}`).toEqual(model);
  expect(elementsOf(database, ref).length).toBe(database.sortedSets.length(ref));
});

test('sorted sets: forms follow the limits, and none goes back', () => {
  const { database } = newWorld(40, 8);
  const { records, sortedSets } = database;
  let ref = sortedSets.create(key, 0, key.length, 0);
  const encodings: number[] = [];
  const note = (): void => {
    encodings.push(records.encodingOf(ref));
  };
  ref = set(database, ref, 'short', -0);
  note();
  expect(Object.is(elementsOf(database, ref)[0][1], -0)).toBe(false);
  ref = set(database, ref, 'much longer', -0);
  note();
  expect(Object.is(elementsOf(database, ref)[0][1], -0)).toBe(true);
  ref = remove(database, ref, 'much longer');
  note();
  for (let i = 0; i < 40; i += 1) ref = set(database, ref, `m${i}`, i);
  note();
  for (let i = 0; i < 40; i += 1) ref = remove(database, ref, `m${i}`);
  note();

  const { listpack, wide, skiplist } = sortedSetEncodings;
  expect(encodings).toEqual([listpack, wide, wide, skiplist, skiplist]);
});

const member = (text: string, isExclusive = false): LexBound => ({
  kind: 'member',
  bytes: bytesOf(text),
  isExclusive,
});
const lowest: LexBound = { kind: 'lowest' };
const highest: LexBound = { kind: 'highest' };

test.each([0, 128])('sorted sets: ranges of scores and members (up to %i packed)', (entries) => {
  const { database } = newWorld(entries);
  const { sortedSets } = database;
  let ref = sortedSets.create(key, 0, key.length, 0);
  for (let i = 0; i < 100; i += 1) ref = set(database, ref, `m${10 + i}`.slice(0, 3), i >>> 1);
  let even = sortedSets.create(bytesOf('even'), 0, 4, 0);
  for (const each of ['a', 'b', 'c', 'd', 'e']) even = set(database, even, each, 7);
  const scores = (...range: [number, number, boolean, boolean]): number[] => {
    const { start, end } = sortedSets.scoreRange(ref, ...range);
    return [start, end];
  };
  const lex = (min: LexBound, max: LexBound, isReverse: boolean): number[] => {
    const { start, end } = sortedSets.lexRange(even, min, max, isReverse);
    return [start, end];
  };
  ref = database.find(key, 0, key.length);
  const length = sortedSets.length(ref);
  const all = elementsOf(database, ref).map(([, score]) => score);

  expect(scores(-Infinity, Infinity, false, false)).toEqual([0, length]);
  for (const [min, max] of [
    [3, 9],
    [9, 3],
    [5, 5],
    [-8, -1],
    [2.5, 7.25],
  ]) {
    const below = all.filter((score) => score < min).length;
    const upTo = all.filter((score) => score <= max).length;
    expect(scores(min, max, false, false)).toEqual([below, Math.max(below, upTo)]);
    const within = all.filter((score) => score <= min).length;
    const before = all.filter((score) => score < max).length;
    expect(scores(min, max, true, true)).toEqual([within, Math.max(within, before)]);
  }
  for (const isReverse of [false, true]) {
    expect(lex(lowest, highest, isReverse)).toEqual([0, 5]);
    expect(lex(member('b'), member('d'), isReverse)).toEqual([1, 4]);
    expect(lex(member('b', true), member('d', true), isReverse)).toEqual([2, 3]);
    expect(lex(member('bb'), highest, isReverse)).toEqual([2, 5]);
    const empty = lex(member('d'), member('b'), isReverse);
    expect(empty[0]).toBe(empty[1]);
    const nothing = lex(highest, lowest, isReverse);
    expect(nothing[0]).toBe(nothing[1]);
  }
});

test('sorted sets: a builder chooses the form, and takes a member once', () => {
  const { keyspace, database } = newWorld(4, 8);
  const { records, sortedSets } = database;
  const build = (count: number, text: string, expected: number): number => {
    const builder = sortedSets.build(expected);
    for (let i = count - 1; i >= 0; i -= 1) {
      const bytes = bytesOf(`${text}${i}`);
      expect(builder.add(bytes, 0, bytes.length, i / 2)).toBe(true);
      expect(builder.add(bytes, 0, bytes.length, i)).toBe(false);
    }
    expect(builder.count).toBe(count);
    const ref = builder.finish(key, 0, key.length, 5_000);
    expect(database.expiresAtMs(ref)).toBe(5_000);
    expect(elementsOf(database, ref)).toEqual(
      Array.from({ length: count }, (_, i) => [`${text}${i}`, i / 2]),
    );
    return records.encodingOf(ref);
  };
  const { listpack, wide, skiplist } = sortedSetEncodings;

  expect(build(4, 'm', 4)).toBe(listpack);
  expect(build(5, 'm', 0)).toBe(wide);
  expect(build(2, 'longer one', 2)).toBe(wide);
  expect(build(33, 'm', 0)).toBe(skiplist);
  expect(build(50, 'm', 50)).toBe(skiplist);
  const used = records.usedBytes;
  const given = sortedSets.build(1_000);
  given.add(key, 0, key.length, 1);
  given.discard();
  while (keyspace.records.structures.freeSome(1_000));
  expect(records.usedBytes).toBe(used);
});

test('sorted sets: a pack is taken as it is, or made into another form', () => {
  const { database } = newWorld(10);
  const { records, sortedSets, values } = database;
  let ref = sortedSets.create(key, 0, key.length, 0);
  for (let i = 0; i < 10; i += 1) ref = set(database, ref, `m${i}`, i + 0.5);
  values.locate(ref);
  const pack = values.bytes.slice(values.start, values.end);
  expect(validate(pack, 0, pack.length)).toBe(null);
  const elements = elementsOf(database, ref);
  const { listpack, skiplist, wide } = sortedSetEncodings;

  for (const [entries, encoding] of [
    [10, listpack],
    [9, wide],
  ]) {
    database.limits.sortedSetEntries = entries;
    ref = sortedSets.putPack(key, 0, key.length, pack, 0, pack.length, 0);
    expect(records.encodingOf(ref)).toBe(encoding);
    expect(elementsOf(database, ref)).toEqual(elements);
  }
  expect(skiplist).not.toBe(wide);
});

test('sorted sets: a copy of a large one shares nothing with it', () => {
  const { keyspace, database } = newWorld(0, 0);
  const empty = keyspace.records.usedBytes;
  let ref = database.sortedSets.create(key, 0, key.length, 0);
  for (let i = 0; i < 2_000; i += 1) ref = set(database, ref, `m${i}`, (i * 7) % 100);
  const elements = elementsOf(database, ref);
  const other = bytesOf('other');

  database.copyTo(ref, database, other, 0, other.length);
  database.delete(key, 0, key.length);
  while (keyspace.records.structures.freeSome(100));

  const copy = database.find(other, 0, other.length);
  expect(elementsOf(database, copy)).toEqual(elements);
  expect(database.memoryOf(copy)).toBeGreaterThan(2_000 * 20);
  expect(database.memoryOf(copy)).toBeLessThan(2_000 * 70);
  database.delete(other, 0, other.length);
  while (keyspace.records.structures.freeSome(100));
  expect(keyspace.records.usedBytes).toBe(empty);
});

test('sorted sets: a scan sees every element', () => {
  const { database } = newWorld(0, 0);
  const { sortedSets } = database;
  let ref = sortedSets.create(key, 0, key.length, 0);
  for (let i = 0; i < 2_000; i += 1) ref = set(database, ref, `m${i}`, i);
  const seen = new Set<string>();
  let cursor = 0;
  do {
    cursor = sortedSets.scan(ref, cursor, 20, (bytes, start, end, score) => {
      const name = latin1Of(bytes, start, end);
      expect(name).toBe(`m${score}`);
      seen.add(name);
    });
  } while (cursor !== 0);
  expect(seen.size).toBe(2_000);
});
