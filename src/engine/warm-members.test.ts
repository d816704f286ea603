import { expect, test } from 'vitest';
import { bytesOf } from '../base/bytes.ts';
import { createCommandTable } from '../commands/table.ts';
import { Request } from '../protocol/request.ts';
import { RequestParser } from '../protocol/request-parser.ts';
import { seededRandom } from '../runtime/seeded-random.ts';
import { Keyspace } from '../store/keyspace.ts';
import { MemberWarming, worthwhileMembers } from './warm-members.ts';

const table = createCommandTable();

/** A database with a large set `large` and a small one `small`. */
function filledKeyspace(): Keyspace {
  const keyspace = new Keyspace(1, seededRandom(1));
  const [database] = keyspace.databases;
  const { sets } = database;
  for (const [name, count] of [
    ['large', worthwhileMembers],
    ['small', 1000],
  ] as const) {
    const key = bytesOf(name);
    sets.create(key, 0, key.length, key, 0, key.length, count);
    for (let i = 1; i < count; i += 1) {
      const member = bytesOf(`m${i}`);
      sets.add(sets.ref, member, 0, member.length);
    }
  }
  return keyspace;
}

const keyspace = filledKeyspace();

/** A request as clients send it: all of a batch lie in one piece of memory. */
function framed(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

function hintsAfter(...lines: readonly string[]): number {
  const text = lines.map((line) => framed(line.split(' '))).join('');
  const parser = new RequestParser();
  const bytes = bytesOf(text);
  parser.feed(bytes, bytes.length);
  const batch = lines.map(() => new Request());
  for (const request of batch) parser.next(request);
  const commands = batch.map((request) => table.find(request));
  keyspace.records.clearHints();
  new MemberWarming(table, batch, commands).warm(keyspace.databases[0], batch.length);
  return keyspace.records.memberHints.count;
}

test('warm members: notes members of requests that stay with one large value', () => {
  expect(hintsAfter('SISMEMBER large m1', 'SADD large m2 m3', 'PING', 'SREM large m4')).toBe(4);
  expect(hintsAfter('PING', 'SADD large m1', 'SADD large m2', 'SADD small m3')).toBe(2);
});

test.each(['ZPOPMIN', 'ZPOPMAX'])('warm members: changes nothing that %s sees', (name) => {
  const [database] = keyspace.databases;
  const { sortedSets } = database;
  const key = bytesOf('sorted');
  const builder = sortedSets.build(worthwhileMembers);
  for (let i = 0; i < worthwhileMembers; i += 1) {
    const member = bytesOf(`m${i}`);
    builder.add(member, 0, member.length, i % 1000);
  }
  const record = builder.finish(key, 0, key.length, 0);
  const members = sortedSets.membersOf(record);

  expect(hintsAfter(`${name} sorted`, `${name} sorted`, `${name} sorted`)).toBe(0);

  expect(members.table.warmth).not.toBe(0);
  expect(members.size).toBe(worthwhileMembers);
  expect(members.order.size).toBe(worthwhileMembers);
  const rank = name === 'ZPOPMIN' ? 0 : worthwhileMembers - 5;
  sortedSets.removeRange(record, rank, 5);
  expect(members.size).toBe(worthwhileMembers - 5);
  for (let i = 0; i < worthwhileMembers; i += 1) {
    const member = bytesOf(`m${i}`);
    if (sortedSets.find(record, member, 0, member.length)) continue;
    expect(i % 1000).toBe(name === 'ZPOPMIN' ? 0 : 999);
  }
});

test('warm members: leaves single requests, small values and missing keys alone', () => {
  expect(hintsAfter('SISMEMBER large m1')).toBe(0);
  expect(hintsAfter('SISMEMBER large m1', 'SISMEMBER small m1')).toBe(0);
  expect(hintsAfter('SISMEMBER small m1', 'SISMEMBER small m2')).toBe(0);
  expect(hintsAfter('SADD none m1', 'SADD none m2')).toBe(0);
  expect(hintsAfter('PING', 'PING', 'SADD')).toBe(0);
});
