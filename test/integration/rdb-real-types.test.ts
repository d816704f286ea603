import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesOfLatin1 } from '../../src/base/bytes.ts';
import { DumpReader, dumpVersionOf } from '../../src/persistence/rdb/dump-payload.ts';
import { dumpValue } from '../../src/persistence/rdb/dump-value.ts';
import { restoreValue } from '../../src/persistence/rdb/restore.ts';
import { seededRandom } from '../../src/runtime/seeded-random.ts';
import { AccessClock } from '../../src/store/access-clock.ts';
import { Keyspace } from '../../src/store/keyspace.ts';
import { RecordingVisitor, readRdb } from '../support/recorded-rdb.ts';
import type { RecordedValue } from '../support/recorded-values.ts';
import { isError, type Reply, textOf } from '../support/reply.ts';
import type { Word } from '../support/resp-client.ts';
import { startRedis } from '../support/start-redis.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { digestOfValue, seventeenDigits } from '../support/value-digest.ts';

/** Random values of every type, saved by redis-server with other settings each time. */
const seed = Number(process.env.HEADWATER_FUZZ_SEED ?? Date.now() % 2 ** 31);
let temp: TempDir;

beforeAll(async () => {
  temp = await makeTempDir();
});

afterAll(() => temp.remove());

const settings: Readonly<Record<string, readonly string[]>> = {
  'default settings': [],
  'nothing packed': [
    ...['--hash-max-listpack-entries', '0', '--zset-max-listpack-entries', '0'],
    ...['--set-max-intset-entries', '0', '--list-max-listpack-size', '1'],
    ...['--stream-node-max-entries', '2', '--rdbcompression', 'no'],
  ],
  'everything packed': [
    ...['--hash-max-listpack-entries', '100000', '--hash-max-listpack-value', '100000'],
    ...['--zset-max-listpack-entries', '100000', '--zset-max-listpack-value', '100000'],
    ...['--set-max-intset-entries', '100000', '--list-max-listpack-size', '-5'],
    ...['--stream-node-max-bytes', '0', '--stream-node-max-entries', '0'],
  ],
};

type Dice = (below: number) => number;

const integers = [
  0,
  63,
  64,
  127,
  128,
  4095,
  4096,
  32767,
  32768,
  8388607,
  8388608,
  2 ** 31,
  2 ** 40,
];

function randomWord(dice: Dice): string {
  switch (dice(6)) {
    case 0:
      return String((dice(2) === 0 ? 1 : -1) * integers[dice(integers.length)]);
    case 1:
      return ['9223372036854775807', '-9223372036854775808', '-0', '007', ''][dice(5)];
    case 2:
      return 'abc'.repeat(dice(60));
    case 3:
      return String.fromCharCode(...Array.from({ length: dice(70) }, () => dice(256)));
    default:
      return `word:${dice(1000)}`;
  }
}

function randomScore(dice: Dice): string {
  const scores = ['inf', '-inf', '0.1', '-1e20', '3.5', '1e-300', '12345678901234567'];
  return dice(2) === 0 ? String(dice(100)) : scores[dice(scores.length)];
}

function fill(type: string, key: string, size: number, dice: Dice): Word[][] {
  const words = Array.from({ length: size }, () => randomWord(dice));
  switch (type) {
    case 'list':
      return [['RPUSH', key, ...words]];
    case 'set':
      return [['SADD', key, ...words]];
    case 'intset':
      return [['SADD', key, ...words.map(() => String(integers[dice(13)] - dice(9)))]];
    case 'zset':
      return [['ZADD', key, ...words.flatMap((word) => [randomScore(dice), word])]];
    case 'hash':
      return [['HSET', key, ...words.flatMap((word) => [word, randomWord(dice)])]];
    default:
      return fillStream(key, words, dice);
  }
}

function fillStream(key: string, words: readonly string[], dice: Dice): Word[][] {
  const requests: Word[][] = words.map((word, i) => {
    const more = dice(3) === 0 ? ['other', randomWord(dice)] : [];
    return ['XADD', key, `${i + 1}-${dice(3)}`, 'field', word, ...more];
  });
  requests.push(['XADD', key, '18446744073709551615-1', 'last', 'x']);
  requests.push(['XGROUP', 'CREATE', key, 'group', '0'], ['XGROUP', 'CREATE', key, 'idle', '$']);
  requests.push(['XGROUP', 'CREATECONSUMER', key, 'group', 'idler']);
  for (const consumer of ['one', 'two']) {
    const count = 1 + dice(20);
    requests.push(['XREADGROUP', 'GROUP', 'group', consumer, 'COUNT', count, 'STREAMS', key, '>']);
  }
  for (let i = 0; i < 5; i += 1) requests.push(['XDEL', key, `${dice(words.length) + 1}-1`]);
  return requests;
}

const types = ['list', 'set', 'intset', 'zset', 'hash', 'stream'];
const kinds: Readonly<Record<string, string>> = { intset: 'set', zset: 'sortedSet' };

for (const [name, args] of Object.entries(settings)) {
  test(`rdb types: redis-server with ${name} is read right (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const dice: Dice = (below) => random.uint32() % below;
    const server = await startRedis({ dir: temp.path, args });
    const client = await server.connect();
    const keys = types.flatMap((type) => [1, 3, 40, 700].map((size) => ({ type, size })));
    const requests = keys.flatMap(({ type, size }) => fill(type, `${type} ${size}`, size, dice));
    requests.push(['PEXPIREAT', 'hash 3', 4_102_444_800_000], ['SAVE']);
    for (const reply of await client.pipeline([['FLUSHALL'], ...requests])) {
      expect(isError(reply) ? reply : '').toBe('');
    }
    const digests = await client.pipeline(
      keys.map(({ type, size }) => ['DEBUG', 'DIGEST-VALUE', `${type} ${size}`]),
    );
    const groups = await client.pipeline(
      [1, 40, 700].map((size) => ['XPENDING', `stream ${size}`, 'group']),
    );
    const dumps = await client.pipeline(keys.map(({ type, size }) => ['DUMP', `${type} ${size}`]));
    await server.stop();

    const file = new Uint8Array(await readFile(join(temp.path, 'dump.rdb')));
    const { failure, seen } = readRdb(file, () => 1 + dice(5000));

    expect(failure).toBeNull();
    const found = new Map(seen.values.values.map((value) => [value.key, value]));
    for (const [i, { type, size }] of keys.entries()) {
      const value = found.get(`${type} ${size}`);
      expect(value?.kind).toBe(kinds[type] ?? type);
      if (value === undefined) continue;
      const digest = digestOfValue(value, seventeenDigits);
      expect([`${type} ${size}`, digest]).toEqual([`${type} ${size}`, firstOf(digests[i])]);
      expectSameDump(textOf(dumps[i]), value);
    }
    for (const [i, size] of [1, 40, 700].entries()) {
      const group = found.get(`stream ${size}`)?.groups.find((each) => each.name === 'group');
      expect(group?.pending.length).toBe(Number(firstOf(groups[i])));
      expect(group?.pending.map(({ id }) => id).sort()).toEqual(
        group?.consumers.flatMap(({ pending }) => pending).sort(),
      );
    }
  });
}

test(`rdb types: values go from redis-server to us and back by DUMP (seed ${seed})`, async () => {
  const random = seededRandom(seed);
  const dice: Dice = (below) => random.uint32() % below;
  const database = new Keyspace(1, random).databases[0];
  const clock = new AccessClock(random);
  const server = await startRedis();
  const client = await server.connect();
  const sizes = [1, 3, 40, 700];
  const keys = types.flatMap((type) => sizes.map((size) => ({ type, size })));
  for (const [i, { type, size }] of keys.entries()) {
    const [key, copy] = [`key ${i}`, `copy ${i}`];
    await client.pipeline([...fill(type, key, size, dice)]);
    const dumped = bytesOfLatin1(textOf(await client.send('DUMP', key)));
    const name = bytesOfLatin1(key);
    const entry = { key: name, expiresAtMs: 0, idleSeconds: -1, frequency: -1 };
    const payload = { bytes: dumped, start: 0, end: dumped.length };

    expect(restoreValue(database, clock, entry, payload)).toBe('stored');
    const ours = dumpValue(database, database.find(name, 0, name.length));
    expect(await client.send('RESTORE', copy, 0, ours)).toBe('+OK');

    const request = ['DEBUG', 'DIGEST-VALUE', key, copy];
    const digests = await client.send(...request);
    expect([type, size, firstOf(digests)]).toEqual([type, size, textOf(itemsOf(digests)[1])]);
    if (type !== 'stream') continue;
    const info = await client.pipeline(
      [key, copy].map((each) => ['XINFO', 'STREAM', each, 'FULL']),
    );
    expect(withoutRadix(info[1])).toEqual(withoutRadix(info[0]));
  }
  await server.stop();
});

/** What XINFO says but how many nodes its index has. */
function withoutRadix(info: Reply): readonly Reply[] {
  return itemsOf(info).filter((_, i) => i < 2 || i > 5);
}

function itemsOf(reply: Reply): readonly Reply[] {
  if (typeof reply === 'string' || 'kind' in reply) throw new Error('not an array');
  return reply;
}

/** The first item of an array, as text. */
function firstOf(reply: Reply): string {
  return textOf(itemsOf(reply)[0]);
}

/** What DUMP gave is what the file says. */
function expectSameDump(payload: string, value: RecordedValue): void {
  const bytes = bytesOfLatin1(payload);
  const seen = new RecordingVisitor();
  const version = dumpVersionOf(bytes, 0, bytes.length);
  expect(version).toBe(10);
  const entry = { key: bytesOfLatin1(value.key), expiresAtMs: 0, idleSeconds: -1, frequency: -1 };
  const failure = new DumpReader(seen, entry).read(bytes, 0, bytes.length, version);
  expect(failure).toBeNull();
  const [read] = seen.values.values;
  expect(read).toEqual({ ...value, database: 0, expiresAtMs: 0 });
}
