import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesOfLatin1, concatBytes } from '../../src/base/bytes.ts';
import { type RdbVersion, RdbWriter } from '../../src/persistence/rdb/rdb-writer.ts';
import { type RecordedEntry, readRdb } from '../support/recorded-rdb.ts';
import { textOf } from '../support/reply.ts';
import type { Word } from '../support/resp-client.ts';
import { startRedis } from '../support/start-redis.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const fixtures = fileURLToPath(new URL('../data/rdb/', import.meta.url));
const farFutureMs = 4_102_444_800_000;
let temp: TempDir;

beforeAll(async () => {
  temp = await makeTempDir();
});

afterAll(() => temp.remove());

interface Entry {
  readonly database: number;
  readonly key: string;
  readonly value: string;
  readonly expiresAtMs: number;
}

function byPlace(left: Entry, right: Entry): number {
  if (left.database !== right.database) return left.database - right.database;
  return left.key < right.key ? -1 : 1;
}

function entriesOf(read: readonly RecordedEntry[]): Entry[] {
  return read
    .map(({ database, key, value, expiresAtMs }) => ({ database, key, value, expiresAtMs }))
    .sort(byPlace);
}

/** Strings of every form that a file has: integers of each width, compressible and random text. */
function interestingEntries(): Entry[] {
  const integers = [0, -1, 127, -128, 128, 32767, -32768, 32768, 2147483647, -2147483648];
  const values = [
    ...integers.map(String),
    ...['2147483648', '-2147483649', '-0', '00', '+1', '1.5', ' 1', '9223372036854775807'],
    ...[0, 1, 19, 20, 21, 62, 63, 64, 65, 16383, 16384, 70_000, 300_000].flatMap((length) => [
      'x'.repeat(length),
      randomText(length),
    ]),
    '\x00\r\n\xff',
    'abc abc abd abcd '.repeat(2000),
  ];
  const entries = values.map((value, i) => ({
    database: [0, 1, 9][i % 3],
    key: i % 5 === 0 ? String(i * 7001) : `key ${i} \x00\xff${'k'.repeat(i * 3)}`,
    value,
    expiresAtMs: i % 4 === 0 ? farFutureMs + i : 0,
  }));
  return entries.sort(byPlace);
}

function randomText(length: number): string {
  let state = length + 1;
  let text = '';
  for (let i = 0; i < length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += String.fromCharCode(state >>> 24);
  }
  return text;
}

function write(entries: readonly Entry[], version: RdbVersion, compress: boolean): Uint8Array {
  const chunks: Uint8Array[] = [];
  const sink = (chunk: Uint8Array, length: number) => chunks.push(chunk.slice(0, length));
  const writer = new RdbWriter({ version, compress, checksum: true, chunkBytes: 4096, sink });
  writer.writeHeader([
    ['redis-ver', '7.2.4'],
    ['repl-offset', '42'],
  ]);
  let database = -1;
  for (const entry of entries) {
    if (entry.database !== database) {
      database = entry.database;
      const own = entries.filter((each) => each.database === database);
      const expiring = own.filter((each) => each.expiresAtMs > 0);
      writer.selectDatabase(database, own.length, expiring.length);
    }
    const key = bytesOfLatin1(entry.key);
    const value = bytesOfLatin1(entry.value);
    if (value.length > 100_000) {
      writer.beginLargeStringEntry(key, 0, key.length, value.length, entry.expiresAtMs);
      writer.writeLargeStringPiece(value, 0, 100_000);
      writer.writeLargeStringPiece(value, 100_000, value.length);
    } else {
      writer.writeStringEntry(key, 0, key.length, value, 0, value.length, entry.expiresAtMs);
    }
  }
  writer.end();
  return concatBytes(chunks);
}

/** Starts redis-server on `file`, sends it requests, and gives the replies' texts. */
async function askRedis(file: Uint8Array, requests: readonly (readonly Word[])[]) {
  await writeFile(join(temp.path, 'dump.rdb'), file);
  const server = await startRedis({ dir: temp.path });
  try {
    const client = await server.connect();
    return await client.pipeline(requests);
  } finally {
    await server.stop();
  }
}

const versions: readonly RdbVersion[] = [9, 10];

for (const version of versions) {
  for (const compress of [true, false]) {
    const kind = compress ? 'compressed' : 'plain';
    test(`rdb: redis-server loads a ${kind} file of version ${version} of ours`, async () => {
      const entries = interestingEntries();

      const replies = await askRedis(
        write(entries, version, compress),
        entries.flatMap(({ database, key }) => [
          ['SELECT', database],
          ['GET', key],
          ['PEXPIRETIME', key],
        ]),
      );

      const loaded = entries.map(({ database, key }, i) => {
        const expiry = Number(textOf(replies[i * 3 + 2]));
        const value = textOf(replies[i * 3 + 1]);
        return { database, key, value, expiresAtMs: expiry === -1 ? 0 : expiry };
      });
      expect(loaded).toEqual(entries);
    });
  }
}

test('rdb: redis-check-rdb finds no fault in a file of ours', async () => {
  const path = join(temp.path, 'checked.rdb');
  await writeFile(path, write(interestingEntries(), 10, true));

  const { stdout } = await promisify(execFile)('redis-check-rdb', [path]);

  expect(stdout).toContain('Checksum OK');
  expect(stdout).toContain('RDB looks OK!');
});

test('rdb: a file that redis-server saved is read right, in pieces of any size', async () => {
  const entries = interestingEntries();
  const requests = entries.flatMap(({ database, key, value, expiresAtMs }) => [
    ['SELECT', database],
    expiresAtMs > 0 ? ['SET', key, value, 'PXAT', expiresAtMs] : ['SET', key, value],
  ]);
  await askRedis(write([], 10, true), [...requests, ['SAVE']]);
  const file = new Uint8Array(await readFile(join(temp.path, 'dump.rdb')));

  for (const size of [1, 7, 1000, 65536, file.length]) {
    const { failure, seen, consumedBytes } = readRdb(file, () => size);
    expect(failure).toBeNull();
    expect(consumedBytes).toBe(file.length);
    expect(seen.auxOf('redis-ver')).toBe('7.0.15');
    expect(entriesOf(seen.entries)).toEqual(entries);
  }
});

test('rdb: idle times and frequencies that redis-server saved are read', async () => {
  for (const [policy, field] of [
    ['allkeys-lru', 'idleSeconds'],
    ['allkeys-lfu', 'frequency'],
  ] as const) {
    const setPolicy = ['CONFIG', 'SET', 'maxmemory-policy', policy];
    await askRedis(write([], 10, true), [setPolicy, ['SET', 'k', 'v'], ['SAVE']]);
    const file = new Uint8Array(await readFile(join(temp.path, 'dump.rdb')));

    const { seen } = readRdb(file);

    expect(seen.entries[0][field]).toBeGreaterThanOrEqual(0);
    const other = field === 'frequency' ? 'idleSeconds' : 'frequency';
    expect(seen.entries[0][other]).toBe(-1);
  }
});

test('rdb: any data set of ours has the same content for redis-server', async () => {
  const server = await startRedis({ dir: temp.path, args: ['--dbfilename', 'any.rdb'] });
  try {
    const client = await server.connect();
    const text = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => String.fromCharCode(...bytes)),
      fc.maxSafeInteger().map(String),
      fc.tuple(fc.constantFrom('a', 'ab', '-1'), fc.nat(400)).map(([part, n]) => part.repeat(n)),
    );
    const entry = fc.record({
      database: fc.nat(15),
      key: text,
      value: text,
      expiresAtMs: fc.oneof(fc.constant(0), fc.integer({ min: farFutureMs, max: 2 ** 52 })),
    });
    const unique = { selector: (each: Entry) => `${each.database} ${each.key}`, maxLength: 40 };
    const dataSets = fc.uniqueArray(entry, unique);
    await fc.assert(
      fc.asyncProperty(dataSets, fc.boolean(), async (entries, compress) => {
        entries.sort(byPlace);
        await writeFile(join(temp.path, 'any.rdb'), write(entries, 10, compress));
        expect(await client.send('DEBUG', 'RELOAD', 'NOSAVE')).toBe('+OK');
        const digest = await client.send('DEBUG', 'DIGEST');
        const rebuild = entries.flatMap(({ database, key, value, expiresAtMs }) => [
          ['SELECT', database],
          ['SET', key, value],
          ...(expiresAtMs > 0 ? [['PEXPIREAT', key, expiresAtMs]] : []),
        ]);
        const replies = await client.pipeline([['FLUSHALL'], ...rebuild, ['DEBUG', 'DIGEST']]);
        expect(replies.at(-1)).toBe(digest);
      }),
      { numRuns: 40 },
    );
  } finally {
    await server.stop();
  }
});

test('rdb: the strings of a fixture are read as redis-server reads them', async () => {
  const file = new Uint8Array(await readFile(join(fixtures, 'redis-7.0.15.rdb')));
  const about = JSON.parse(await readFile(join(fixtures, 'redis-7.0.15.json'), 'utf8'));
  const databases: [string, Record<string, { type: string }>][] = Object.entries(about.keys);
  const removals = databases.flatMap(([database, keys]) => [
    ['SELECT', database],
    ...Object.keys(keys)
      .filter((key) => keys[key].type !== 'string')
      .map((key) => ['DEL', key]),
  ]);
  const [digest] = (await askRedis(file, [...removals, ['SAVE'], ['DEBUG', 'DIGEST']])).slice(-1);

  const { failure, seen } = readRdb(new Uint8Array(await readFile(join(temp.path, 'dump.rdb'))));

  expect(failure).toBeNull();
  expect(seen.functions).toEqual([expect.stringContaining('echo_first')]);
  const rewritten = write(entriesOf(seen.entries), 10, true);
  expect(await askRedis(rewritten, [['DEBUG', 'DIGEST']])).toEqual([digest]);
});
