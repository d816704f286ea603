import { expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import type { Random } from '../../runtime/random.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import type { Database } from '../database.ts';
import { Keyspace } from '../keyspace.ts';
import type { Snapshot } from '../snapshot.ts';
import { hashEncodings } from '../value-types.ts';
import { HashBuilder } from './hash-builder.ts';
import type { LentBytes } from './hashes.ts';

const key = bytesOf('key');
const { listpack, hashtable, wide, expiringListpack, expiringHashtable } = hashEncodings;

interface FieldState {
  readonly value: string;
  readonly expiresAtMs: number;
}
type Model = Map<string, FieldState>;

function newKeyspace(entries = 16): Keyspace {
  const keyspace = new Keyspace(2, seededRandom(5));
  Object.assign(keyspace.limits, { hashEntries: entries, hashValueBytes: 10 });
  return keyspace;
}

function textOf({ bytes, start, end }: LentBytes): string {
  return new TextDecoder().decode(bytes.subarray(start, end));
}

function contentOf(database: Database, ref: number): Model {
  const content: Model = new Map();
  database.hashes.forEach(ref, (field, value, expiresAtMs) => {
    expect(content.has(textOf(field))).toBe(false);
    content.set(textOf(field), { value: textOf(value), expiresAtMs });
  });
  expect(database.hashes.length(ref)).toBe(content.size);
  return content;
}

function refOf(database: Database): number {
  return database.find(key, 0, key.length);
}

function set(database: Database, name: string, text: string, expiresAtMs = 0): boolean {
  const field = bytesOf(name);
  const value = bytesOf(text);
  const ref = refOf(database);
  const { hashes } = database;
  if (ref === 0 && expiresAtMs === 0) {
    hashes.create(key, 0, key.length, field, 0, field.length, value, 0, value.length);
    return hashes.isNew;
  }
  const hash = ref || hashes.create(key, 0, key.length, field, 0, field.length, value, 0, 0);
  const isNew = ref === 0;
  hashes.set(hash, field, 0, field.length, value, 0, value.length, expiresAtMs);
  return isNew || hashes.isNew;
}

function remove(database: Database, name: string): void {
  const field = bytesOf(name);
  const ref = database.hashes.delete(refOf(database), field, 0, field.length);
  if (database.hashes.length(ref) === 0) database.values.remove(ref);
}

function find(database: Database, name: string): FieldState | undefined {
  const field = bytesOf(name);
  const { hashes } = database;
  if (!hashes.find(refOf(database), field, 0, field.length)) return undefined;
  return { value: textOf(hashes.value), expiresAtMs: hashes.expiresAtMs };
}

const many = Array.from({ length: 33 }, (_, i) => `f${i}`);

test.each([
  ['a few fields', many.slice(0, 16), 'v', 0, listpack],
  ['more fields than the settings allow', many.slice(0, 17), 'v', 0, wide],
  ['a long value', ['f'], 'x'.repeat(11), 0, wide],
  ['a long field', ['x'.repeat(11)], 'v', 0, wide],
  ['far more fields', many, 'v', 0, hashtable],
  ['long values in all', many.slice(0, 20), 'x'.repeat(300), 0, hashtable],
  ['an expiry', ['f'], 'v', 5, expiringListpack],
  ['an expiry, and a long value', ['f'], 'x'.repeat(11), 5, expiringHashtable],
  ['expiries of too many fields', many.slice(0, 17), 'v', 5, expiringHashtable],
])('a hash with %s takes the smallest form', (_, names, value, expiresAtMs, encoding) => {
  const database = newKeyspace().databases[0];
  const model: Model = new Map();
  for (const name of names) {
    expect(set(database, name, value, expiresAtMs)).toBe(true);
    model.set(name, { value, expiresAtMs });
  }
  const ref = refOf(database);
  expect(contentOf(database, ref)).toEqual(model);
  expect(database.encodingOf(ref)).toBe(encoding);

  const builder = new HashBuilder(database);
  builder.begin(names.length);
  for (const [name, field] of model) addTo(builder, name, field);
  const built = builder.put(bytesOf('built'), 0, 5, 77);
  expect(contentOf(database, built)).toEqual(model);
  expect(database.encodingOf(built)).toBe(encoding);
  expect(database.expiresAtMs(built)).toBe(77);
  expect(database.hashes.earliestMs(built)).toBe(expiresAtMs === 0 ? Infinity : expiresAtMs);
});

function addTo(builder: HashBuilder, name: string, field: FieldState): boolean {
  const bytes = bytesOf(name);
  const value = bytesOf(field.value);
  return builder.add(bytes, 0, bytes.length, value, 0, value.length, field.expiresAtMs);
}

test('what was a table or wide stays so', () => {
  const database = newKeyspace().databases[0];
  set(database, 'a', 'x'.repeat(11));
  set(database, 'b', '1');
  set(database, 'a', '1');
  expect(database.encodingOf(refOf(database))).toBe(wide);
  for (const name of many) set(database, name, '1');
  for (const name of many) remove(database, name);
  expect(database.encodingOf(refOf(database))).toBe(hashtable);
  expect(find(database, 'b')).toEqual({ value: '1', expiresAtMs: 0 });
});

test('packed fields stand by expiry, those without at the end', () => {
  const database = newKeyspace().databases[0];
  set(database, 'never', '1');
  set(database, 'late', '2', 300);
  set(database, 'soon', '3', 100);
  set(database, 'also late', '4', 300);
  expect([...contentOf(database, refOf(database)).keys()]).toEqual([
    'soon',
    'late',
    'also late',
    'never',
  ]);
  const field = bytesOf('soon');
  database.hashes.setExpiry(refOf(database), field, 0, field.length, 200);
  expect(database.hashes.earliestMs(refOf(database))).toBe(200);
  database.hashes.setExpiry(refOf(database), field, 0, field.length, 0);
  expect([...contentOf(database, refOf(database)).keys()].at(-1)).toBe('soon');
  set(database, 'late', '5');
  set(database, 'also late', '5');
  expect(database.hashes.earliestMs(refOf(database))).toBe(Number.POSITIVE_INFINITY);
});

test('a builder refuses a field that it has', () => {
  const database = newKeyspace().databases[0];
  const builder = new HashBuilder(database);
  for (const count of [4, 40]) {
    builder.begin(count);
    for (const name of many.slice(0, count)) {
      expect(addTo(builder, name, { value: 'v', expiresAtMs: 0 })).toBe(true);
    }
    expect(addTo(builder, 'f1', { value: 'w', expiresAtMs: 0 })).toBe(false);
    const ref = builder.put(key, 0, key.length, 0);
    expect(contentOf(database, ref).get('f1')?.value).toBe('v');
  }
  builder.begin(100);
  addTo(builder, 'given up', { value: 'v', expiresAtMs: 9 });
  builder.discard();
});

test.each([
  [12, listpack],
  [24, wide],
  [40, hashtable],
])('a pack of %i fields from a file is taken as the settings allow', (count, encoding) => {
  const { databases } = newKeyspace(100);
  const [source] = databases;
  for (const name of many.concat(many.map((each) => `${each}+`)).slice(0, count)) {
    set(source, name, 'v');
  }
  const ref = refOf(source);
  const model = contentOf(source, ref);
  source.values.locate(ref);
  const pack = source.values.bytes.slice(source.values.start, source.values.end);

  const target = newKeyspace(16).databases[1];
  const place = { bytes: pack, start: 0, end: pack.length };
  const taken = new HashBuilder(target).putPacked(key, place, false, 0);
  expect(contentOf(target, taken)).toEqual(model);
  expect(target.encodingOf(taken)).toBe(encoding);
});

test('triples from a file become a table when there are too many', () => {
  const source = newKeyspace(100).databases[0];
  for (const [i, name] of many.entries()) set(source, name, 'v', i % 2 === 0 ? 50 + i : 0);
  const ref = refOf(source);
  const model = contentOf(source, ref);
  source.values.locate(ref);
  const pack = source.values.bytes.slice(source.values.start, source.values.end);
  const target = newKeyspace(16).databases[0];
  const place = { bytes: pack, start: 0, end: pack.length };
  const taken = new HashBuilder(target).putPacked(key, place, true, 0);
  expect(contentOf(target, taken)).toEqual(model);
  expect(target.encodingOf(taken)).toBe(expiringHashtable);
  expect(target.hashes.earliestMs(taken)).toBe(50);
});

test('due fields are taken out in bounded steps', () => {
  for (const count of [10, 500]) {
    const database = newKeyspace().databases[0];
    for (let i = 0; i < count; i += 1) set(database, `due ${i}`, '1', 100);
    set(database, 'later', '1', 200);
    const { hashes } = database;
    const ref = refOf(database);
    const names: Uint8Array[] = [];
    expect(hashes.takeDue(ref, 99, 1000, names)).toBe(ref);
    expect(names).toEqual([]);
    hashes.takeDue(ref, 100, 4, names);
    expect(names.length).toBeGreaterThanOrEqual(4);
    hashes.takeDue(refOf(database), 100, 1_000_000, names);
    expect(names.length).toBe(count);
    expect(hashes.earliestMs(refOf(database))).toBe(200);
    expect([...contentOf(database, refOf(database)).keys()]).toEqual(['later']);
  }
});

test('every field is picked with about the same chance', () => {
  for (const count of [5, 40]) {
    const database = newKeyspace().databases[0];
    for (const name of many.concat('a', 'b', 'c', 'd', 'e', 'f', 'g').slice(0, count)) {
      set(database, name, name);
    }
    const picked = new Map<string, number>();
    const random = seededRandom(9);
    for (let i = 0; i < count * 200; i += 1) {
      database.hashes.pick(refOf(database), random);
      const name = textOf(database.hashes.field);
      expect(textOf(database.hashes.value)).toBe(name);
      picked.set(name, (picked.get(name) ?? 0) + 1);
    }
    expect(picked.size).toBe(count);
    for (const times of picked.values()) expect(times).toBeGreaterThan(100);
  }
});

test('a scan sees every field', () => {
  for (const count of [5, 3000]) {
    const database = newKeyspace().databases[0];
    for (let i = 0; i < count; i += 1) set(database, `f${i}`, 'v');
    const seen = new Set<string>();
    let cursor = 0;
    do {
      cursor = database.hashes.scan(refOf(database), cursor, 10, (field) => {
        seen.add(textOf(field));
      });
    } while (cursor !== 0);
    expect(seen.size).toBe(count);
  }
});

test('a copy shares nothing, and keeps its expiries', () => {
  for (const count of [5, 100]) {
    const { databases } = newKeyspace();
    const [source, target] = databases;
    for (let i = 0; i < count; i += 1) set(source, `f${i}`, 'v', i === 3 ? 900 : 0);
    source.copyTo(refOf(source), target, key, 0, key.length);
    const model = contentOf(source, refOf(source));
    expect(contentOf(target, refOf(target))).toEqual(model);
    set(source, 'f0', 'other');
    remove(source, 'f1');
    expect(contentOf(target, refOf(target))).toEqual(model);
    expect(target.hashes.earliestMs(refOf(target))).toBe(900);
  }
});

/** One random change, to the hash and to its model. */
function change(database: Database, model: Model, random: Random): void {
  const pick = (max: number): number => random.uint32() % max;
  const name = ['', 'a', '7', '-300', 'é'][pick(5)] + (pick(3) === 0 ? String(pick(30)) : '');
  const what = pick(10);
  if (what < 4) {
    const value = ['', '12345', 'word', 'x'.repeat(pick(12)), '-9223372036854775808'][pick(5)];
    const expiresAtMs = pick(4) === 0 ? 1000 + pick(50) : 0;
    expect(set(database, name, value, expiresAtMs)).toBe(!model.has(name));
    model.set(name, { value, expiresAtMs });
  } else if (what < 7) {
    if (model.size === 0) return;
    remove(database, name);
    model.delete(name);
  } else if (what < 9) {
    const field = model.get(name);
    if (field === undefined) return;
    const expiresAtMs = pick(2) === 0 ? 1000 + pick(50) : 0;
    const bytes = bytesOf(name);
    database.hashes.setExpiry(refOf(database), bytes, 0, bytes.length, expiresAtMs);
    model.set(name, { value: field.value, expiresAtMs });
  } else if (model.size > 0) {
    expect(find(database, name)).toEqual(model.get(name));
  }
}

/** What an open snapshot reads of the one key. */
function contentOfSnapshot(keyspace: Keyspace, snapshot: Snapshot): Model {
  const [database] = keyspace.databases;
  const { records } = database;
  const ref = snapshot.next();
  if (!records.isStructured(ref)) return contentOf(database, ref);
  const table = database.hashes.tableOf(ref);
  records.structures.beginRead(table);
  const content: Model = new Map();
  for (let field = table.walk.next(); field !== 0; field = table.walk.next()) {
    records.locateKey(field);
    const name = { bytes: records.keyBytes, start: records.keyStart, end: records.keyEnd };
    records.locateValue(field);
    const value = { bytes: records.valueBytes, start: records.valueStart, end: records.valueEnd };
    const expiresAtMs = records.expiresAtMs(field);
    content.set(textOf(name), { value: textOf(value), expiresAtMs });
  }
  records.structures.endRead(table);
  return content;
}

const seed = Date.now() % 1_000_000;

test.each([0, 1, 2, 3])(`random programs agree with a map, seed ${seed} + %i`, (round) => {
  const random = seededRandom(seed + round);
  const keyspace = newKeyspace([2, 16, 60, 400][round]);
  const [database] = keyspace.databases;
  const empty = keyspace.records.usedBytes;
  const model: Model = new Map();
  for (let step = 0; step < 6000; step += 1) {
    if (step % 200 === 100 && model.size > 0) {
      const before = new Map(model);
      const snapshot = keyspace.openSnapshot();
      for (let i = 0; i < 30; i += 1) change(database, model, random);
      expect(contentOfSnapshot(keyspace, snapshot)).toEqual(before);
      snapshot.close();
    }
    change(database, model, random);
    if (step % 50 === 0 && model.size > 0) {
      expect(contentOf(database, refOf(database))).toEqual(model);
    }
  }
  expect(refOf(database) === 0).toBe(model.size === 0);
  for (const name of [...model.keys()]) remove(database, name);
  expect(refOf(database)).toBe(0);
  expect(keyspace.records.usedBytes).toBe(empty);
});
