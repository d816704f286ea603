import { expect, test } from 'vitest';
import { readRdb } from '../../../test/support/recorded-rdb.ts';
import { bytesOfLatin1, concatBytes } from '../../base/bytes.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { Keyspace } from '../../store/keyspace.ts';
import { writeKeyspace } from './keyspace-writer.ts';
import { RdbWriter } from './rdb-writer.ts';

function written(keyspace: Keyspace, functions: readonly Uint8Array[] = []) {
  const chunks: Uint8Array[] = [];
  const writer = new RdbWriter({
    version: 10,
    checksum: true,
    compress: true,
    chunkBytes: 1024,
    sink: (chunk, length) => chunks.push(chunk.slice(0, length)),
  });
  writeKeyspace(keyspace, { aux: [['redis-ver', '7.2.4']], functions }, writer);
  return readRdb(concatBytes(chunks)).seen;
}

test('keyspace writer: keys of all databases, with their expiry', () => {
  const keyspace = new Keyspace(4, seededRandom(1));
  const set = (index: number, name: string, text: string, expiresAtMs: number): void => {
    const key = bytesOfLatin1(name);
    const value = bytesOfLatin1(text);
    const database = keyspace.databases[index];
    database.setString(key, 0, key.length, value, 0, value.length, expiresAtMs);
  };
  for (let i = 0; i < 2_000; i += 1) set(0, `key:${i}`, `value ${i}`, 0);
  set(3, 'other', 'x'.repeat(100_000), 4_102_444_800_000);

  const { entries } = written(keyspace);

  expect(entries).toHaveLength(2_001);
  expect(entries.filter(({ database }) => database === 0)).toHaveLength(2_000);
  expect(entries.find(({ key }) => key === 'other')).toMatchObject({
    database: 3,
    value: 'x'.repeat(100_000),
    expiresAtMs: 4_102_444_800_000,
  });
});

test('keyspace writer: nothing but what it is told when there are no keys', () => {
  const seen = written(new Keyspace(2, seededRandom(1)), [bytesOfLatin1('#!lua name=a')]);

  expect(seen.entries).toEqual([]);
  expect(seen.auxOf('redis-ver')).toBe('7.2.4');
  expect(seen.functions).toEqual(['#!lua name=a']);
});
