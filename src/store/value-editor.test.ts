import { expect, test } from 'vitest';
import { bytesOf } from '../base/bytes.ts';
import { seededRandom } from '../runtime/seeded-random.ts';
import { Keyspace } from './keyspace.ts';
import { hashEncodings, kindOf, valueTypes } from './value-types.ts';
import { MemberTable } from './values/member-table.ts';

const packed = kindOf(valueTypes.hash, hashEncodings.listpack);
const structured = kindOf(valueTypes.hash, hashEncodings.hashtable);
const key = bytesOf('key');

function newKeyspace(): Keyspace {
  return new Keyspace(1, seededRandom(3));
}

function contentOf(keyspace: Keyspace, ref: number): number[] {
  const { values } = keyspace.databases[0];
  values.locate(ref);
  return [...values.bytes.subarray(values.start, values.end)];
}

function addMembers(table: MemberTable, from: number, to: number, value: number): void {
  for (let i = from; i < to; i += 1) {
    const member = bytesOf(`member:${i}`);
    const found = table.find(member, 0, member.length);
    if (found === 0) table.insertFound(member, 0, member.length, 1, 0);
    else table.resizeFound(found, 1);
    table.records.valueBytes[table.records.valueStart] = value;
  }
}

function membersOf(table: MemberTable): Map<string, number> {
  const members = new Map<string, number>();
  table.table.forEach((ref) => {
    readMember(table, ref, members);
  });
  return members;
}

function readMember(table: MemberTable, ref: number, members: Map<string, number>): void {
  const { records } = table;
  records.locateKey(ref);
  const name = new TextDecoder().decode(
    records.keyBytes.subarray(records.keyStart, records.keyEnd),
  );
  records.locateValue(ref);
  expect(members.has(name)).toBe(false);
  members.set(name, records.valueBytes[records.valueStart]);
}

test.each([false, true])('store: splices equal those of an array (snapshot open: %s)', (open) => {
  const seed = 11;
  const random = seededRandom(seed);
  const keyspace = newKeyspace();
  const database = keyspace.databases[0];
  const { values } = database;
  let ref = values.put(key, 0, key.length, packed, 3, 5_000);
  values.bytes.set([1, 2, 3], values.start);
  const snapshot = open ? keyspace.openSnapshot() : null;
  const model = [1, 2, 3];
  for (let i = 0; i < 3000; i += 1) {
    const at = random.uint32() % (model.length + 1);
    const removed = Math.min(random.uint32() % (i % 50 === 0 ? 400 : 8), model.length - at);
    const added = Array.from({ length: random.uint32() % 9 }, () => random.uint32() & 0xff);
    if (i % 7 === 0) database.find(bytesOf('other'), 0, 5);
    ref = values.splice(ref, at, removed, added.length);
    values.bytes.set(added, values.start + at);
    model.splice(at, removed, ...added);
    expect(contentOf(keyspace, ref), `seed ${seed}, step ${i}`).toEqual(model);
  }
  expect(database.find(key, 0, key.length)).toBe(ref);
  expect(database.expiresAtMs(ref)).toBe(5_000);
  if (snapshot !== null) {
    expect(contentOf(keyspace, snapshot.next())).toEqual([1, 2, 3]);
    expect(snapshot.next()).toBe(0);
    snapshot.close();
  }
  values.remove(ref);
  expect(keyspace.records.usedBytes).toBe(new Keyspace(1, seededRandom(3)).records.usedBytes);
});

test('store: a structure is kept by rename and expiry, copied by copy, and freed with its key', () => {
  const keyspace = newKeyspace();
  const empty = keyspace.records.usedBytes;
  const database = keyspace.databases[0];
  const { values } = database;
  const table = new MemberTable(keyspace.records);
  values.putStructure(key, 0, key.length, structured, table, 0);
  addMembers(table, 0, 5000, 7);
  const other = bytesOf('other');
  database.setExpiry(database.find(key, 0, key.length), 9_000);
  database.rename(key, 0, key.length, other, 0, other.length);
  const renamed = database.find(other, 0, other.length);
  expect(values.structureOf(renamed)).toBe(table);
  database.copyTo(renamed, database, key, 0, key.length);
  const copy = values.structureOf(database.find(key, 0, key.length));
  expect(copy).not.toBe(table);
  addMembers(table, 0, 10, 8);
  expect(membersOf(copy as MemberTable).get('member:3')).toBe(7);
  expect(membersOf(table).get('member:3')).toBe(8);
  expect(keyspace.records.countByKind[structured]).toBe(2);
  database.delete(key, 0, key.length);
  database.delete(other, 0, other.length);
  expect(keyspace.hasDetached).toBe(true);
  while (keyspace.freeSome(1));
  expect(keyspace.records.countByKind[structured]).toBe(0);
  expect(keyspace.records.usedBytes).toBe(empty);
});

test('store: a snapshot reads a structure as it was, whatever happens to it', () => {
  const keyspace = newKeyspace();
  const database = keyspace.databases[0];
  const { structures } = keyspace.records;
  const table = new MemberTable(keyspace.records);
  database.values.putStructure(key, 0, key.length, structured, table, 0);
  addMembers(table, 0, 3000, 1);
  const before = membersOf(table);
  for (const change of ['nothing', 'edit', 'delete'] as const) {
    const snapshot = keyspace.openSnapshot();
    if (change !== 'nothing') addMembers(table, 1000, 4000, 2);
    const other = bytesOf('other');
    if (change === 'delete') {
      database.rename(key, 0, key.length, other, 0, other.length);
      database.delete(other, 0, other.length);
    }
    const ref = snapshot.next();
    const read = database.values.structureOf(ref);
    expect(read).toBe(table);
    structures.beginRead(read);
    const members = new Map<string, number>();
    expect(table.walk.size).toBe(change === 'delete' ? 4000 : before.size);
    for (let at = table.walk.next(); at !== 0; at = table.walk.next()) {
      readMember(table, at, members);
      if (members.size === 100 && change === 'edit') addMembers(table, 0, 3000, 3);
    }
    structures.endRead(read);
    if (change !== 'delete') expect(members).toEqual(before);
    expect(snapshot.next()).toBe(0);
    snapshot.close();
    before.clear();
    if (database.find(key, 0, key.length) === 0) {
      expect(change).toBe('delete');
      break;
    }
    for (const [name, value] of membersOf(table)) before.set(name, value);
  }
  while (keyspace.freeSome(1));
  expect(structures.hasDoomed).toBe(false);
});
