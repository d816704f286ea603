import { expect, test } from 'vitest';
import { bytesOf } from '../base/bytes.ts';
import { createCommandTable } from '../commands/table.ts';
import { RequestParser } from '../protocol/request-parser.ts';
import { seededRandom } from '../runtime/seeded-random.ts';
import { Keyspace } from '../store/keyspace.ts';
import { Batch } from './batch.ts';

test('batch: knows the commands, and keeps hints until it ends', () => {
  const keyspace = new Keyspace(1, seededRandom(1));
  const { hints } = keyspace.records;
  const batch = new Batch(createCommandTable());
  const parser = new RequestParser();
  const bytes = bytesOf('GET a\r\nNOTHING b\r\n*2\r\n$3\r\nGET\r\n$1\r\nc\r\n');
  parser.feed(bytes, bytes.length);
  for (let i = 0; i < 3; i += 1) expect(parser.next(batch.requests[i])).toBe('request');

  batch.prepare(keyspace, 0, 3);

  expect(batch.commands.slice(0, 3).map((each) => each?.fullName)).toEqual([
    'get',
    undefined,
    'get',
  ]);
  expect(hints.count).toBeGreaterThan(0);
  batch.end(keyspace, 3);
  expect(hints.count).toBe(0);
});

test('batch: a single request is not looked up ahead', () => {
  const keyspace = new Keyspace(1, seededRandom(1));
  const batch = new Batch(createCommandTable());
  const parser = new RequestParser();
  const bytes = bytesOf('*2\r\n$3\r\nGET\r\n$1\r\nc\r\n');
  parser.feed(bytes, bytes.length);
  parser.next(batch.requests[0]);

  batch.prepare(keyspace, 0, 1);

  expect(batch.commands[0]?.fullName).toBe('get');
  expect(keyspace.records.hints.count).toBe(0);
});
