import { execFile, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { startHeadwater } from '../../support/start-headwater.ts';
import { startRedis } from '../../support/start-redis.ts';
import { makeTempDir, type TempDir } from '../../support/temp-dir.ts';
import type { TestServer, TestServerOptions } from '../../support/test-server.ts';
import { Node, untilSame } from '../replication/links.ts';
import { changesOf, fill, formSettings, valuesOfEveryType } from '../replication/values.ts';

const program = fileURLToPath(new URL('../../../dist/cli/headwater.js', import.meta.url));
const seed = Number(process.env.HEADWATER_FUZZ_SEED ?? Date.now() % 2 ** 31);
const servers: TestServer[] = [];
let dir: TempDir;
let file: string;

beforeEach(async () => {
  dir = await makeTempDir();
  file = join(dir.path, 'dump.rdb');
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.kill();
  await dir.remove();
});

type Start = (options: TestServerOptions) => Promise<TestServer>;

/** Starts a server in the folder of this test. */
async function nodeOf(start: Start, ...args: readonly string[]): Promise<Node> {
  const server = await start({ dir: dir.path, args: ['--repl-diskless-sync-delay', '0', ...args] });
  servers.push(server);
  return Node.of(server);
}

async function saved(node: Node): Promise<void> {
  await eventually(async () => (await node.info('rdb_bgsave_in_progress')) === '0');
  expect(await node.info('rdb_last_bgsave_status')).toBe('ok');
}

async function fillAll(node: Node): Promise<void> {
  await fill(node.client, valuesOfEveryType('a', 700));
  await fill(node.client, valuesOfEveryType('b', 3));
  await fill(node.client, [['SELECT', 3], ...valuesOfEveryType('c', 40), ['SELECT', 0]]);
  await node.client.pipeline(changesOf('a', 300, seed));
}

describe.each([
  ['ours', 'redis-server', startHeadwater, startRedis],
  ['redis-server', 'ours', startRedis, startHeadwater],
  ['ours', 'ours', startHeadwater, startHeadwater],
] as const)(
  'files: every type, saved by %s, read by %s',
  (_one, _two, startWriter, startReader) => {
    test.each(Object.entries(formSettings))(`%s (seed ${seed})`, async (_name, args) => {
      for (const command of ['SAVE', 'BGSAVE']) {
        const writer = await nodeOf(startWriter, ...args);
        await writer.client.send('FLUSHALL');
        await fillAll(writer);
        await writer.client.send('DEL', 'a:brief');
        const before = await writer.digest();
        await writer.client.send(command);
        await saved(writer);
        await writer.server.kill();

        const { stdout } = await promisify(execFile)('redis-check-rdb', [file]);
        expect(stdout).toContain('RDB looks OK!');
        const reader = await nodeOf(startReader, ...args);
        expect(await reader.digest()).toBe(before);
        expect(await reader.client.send('DEBUG', 'RELOAD')).toBe('+OK');
        expect(await reader.digest()).toBe(before);
        await reader.server.kill();
      }
    });
  },
);

test('files: BGSAVE under writes to large values has the data of its beginning', async () => {
  const writer = await nodeOf(startHeadwater);
  for (let i = 0; i < 20; i += 1) await fill(writer.client, largeValues(i * 5_000, 5_000));
  const before = await writer.digest();
  const requests = changesOf('large', 150, seed);
  const replies = await writer.client.pipeline([
    ['BGSAVE'],
    ['INFO', 'persistence'],
    ...requests,
    ['DEL', 'large:set'],
    ['RENAME', 'large:sorted', 'elsewhere'],
    ...largeValues(100_000, 500),
  ]);
  expect(String(replies[1])).toContain('rdb_bgsave_in_progress:1');
  await saved(writer);
  expect(await writer.digest()).not.toBe(before);
  await writer.server.kill();

  expect(await (await nodeOf(startRedis)).digest()).toBe(before);
  expect(await (await nodeOf(startHeadwater)).digest()).toBe(before);
});

function largeValues(first: number, count: number): (string | number)[][] {
  const numbers = Array.from({ length: count }, (_, i) => first + i);
  return [
    ['HSET', 'large:hash', ...numbers.flatMap((i) => [`field ${i}`, i])],
    ['RPUSH', 'large:list', ...numbers.map((i) => `element ${i}`)],
    ['SADD', 'large:set', ...numbers.map((i) => `member ${i}`)],
    ['ZADD', 'large:sorted', ...numbers.flatMap((i) => [i / 3, `member ${i}`])],
    [
      'XADD',
      'large:stream',
      `${first + 1}-1`,
      ...numbers.flatMap((i) => [`f${i}`, i]).slice(0, 200),
    ],
  ];
}

test('files: fields that expire, and DEBUG RELOAD', async () => {
  const node = await nodeOf(startHeadwater);
  await fillAll(node);
  await node.client.pipeline([
    ['HEXPIRE', 'a:hash', 5_000, 'FIELDS', 2, 'field 1', 'field 3'],
    ['HEXPIRE', 'b:hash', 6_000, 'FIELDS', 1, 'field 1'],
    ['DEL', 'a:brief'],
  ]);
  const times = [
    ['HPEXPIRETIME', 'a:hash', 'FIELDS', 2, 'field 1', 'field 3'],
    ['HPEXPIRETIME', 'b:hash', 'FIELDS', 2, 'field 1', 'field 2'],
  ];
  const before = [await node.digest(), await node.client.pipeline(times)];
  expect(await node.client.send('DEBUG', 'RELOAD')).toBe('+OK');
  expect([await node.digest(), await node.client.pipeline(times)]).toEqual(before);
  await node.server.kill();

  const again = await nodeOf(startHeadwater);
  expect([await again.digest(), await again.client.pipeline(times)]).toEqual(before);
});

test(`files: a damaged file with values of every type is refused and left alone (seed ${seed})`, async () => {
  const writer = await nodeOf(startHeadwater, '--rdbcompression', 'no');
  await fill(writer.client, valuesOfEveryType('a', 100));
  expect(await writer.client.send('SAVE')).toBe('+OK');
  await writer.server.kill();
  const whole = await readFile(file);
  for (const part of [0.15, 0.35, 0.55, 0.75, 0.95]) {
    const flipped = Buffer.from(whole);
    flipped[Math.floor(whole.length * part)] ^= 0x55;
    for (const bytes of [flipped, whole.subarray(0, Math.floor(whole.length * part))]) {
      await writeFile(file, bytes);
      const line = [program, '--port', '0', '--dir', dir.path];
      const options = { encoding: 'utf8', timeout: 20_000 } as const;
      const { status, stdout } = spawnSync(process.execPath, line, options);
      expect(stdout).toMatch(/ \(at byte \d+ of the RDB\)/);
      expect(status).toBe(1);
      expect((await readFile(file)).equals(bytes)).toBe(true);
    }
  }
});

test.each([
  ['ours', 'redis-server', startHeadwater, startRedis],
  ['redis-server', 'ours', startRedis, startHeadwater],
] as const)('restart: primary %s, replica %s: partial syncs of every type', async (...names) => {
  const [, , startPrimary, startReplica] = names;
  const port = await freePort();
  const first = await startPrimary({ port, dir: dir.path });
  servers.push(first);
  const primary = await Node.of(first);
  const replicaDir = await makeTempDir();
  const args = ['--replicaof', '127.0.0.1', String(port)];
  const replica = await Node.of(await startReplica({ dir: replicaDir.path, args }));
  servers.push(replica.server);
  await fillAll(primary);
  await untilSame(primary, replica);
  primary.client.send('SHUTDOWN', 'SAVE').catch(() => {});
  await eventually(() => first.output().includes('bye bye'));
  await first.kill();

  const second = await startPrimary({ port, dir: dir.path });
  servers.push(second);
  const restarted = await Node.of(second);
  await untilSame(restarted, replica);
  await restarted.client.pipeline(changesOf('a', 200, seed + 1));
  await untilSame(restarted, replica);

  expect(await restarted.info('sync_full')).toBe('0');
  expect(await restarted.info('sync_partial_ok')).toBe('1');
  await replicaDir.remove();
});
