import { execFile, spawnSync } from 'node:child_process';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startHeadwater } from '../../support/start-headwater.ts';
import { startRedis } from '../../support/start-redis.ts';
import { makeTempDir, type TempDir } from '../../support/temp-dir.ts';
import type { TestServer, TestServerOptions } from '../../support/test-server.ts';
import { Node } from '../replication/links.ts';

const program = fileURLToPath(new URL('../../../dist/cli/headwater.js', import.meta.url));
/** How a reply without a value reads. */
const none = '$-1 (null)';
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
  const server = await start({ dir: dir.path, args });
  servers.push(server);
  return Node.of(server);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

describe.each([
  ['ours', 'redis-server', startHeadwater, startRedis],
  ['redis-server', 'ours', startRedis, startHeadwater],
  ['ours', 'ours', startHeadwater, startHeadwater],
] as const)('files: saved by %s, loaded by %s', (_writer, _reader, startWriter, startReader) => {
  test.each(['SAVE', 'BGSAVE'])('with %s, every string and expiry is there', async (command) => {
    const writer = await nodeOf(startWriter);
    await writer.write(0, 3_000);
    await writer.client.pipeline([
      ['SELECT', 9],
      ['SET', 'large', 'abcdefgh'.repeat(300_000)],
      ['SET', 'odd \0\r\n\xff', '\0\xff'.repeat(50)],
      ['SET', 'integer', '-9223372036854775808'],
      ['SET', 'expiring', 'v', 'PXAT', '4102444800123'],
    ]);
    const before = await writer.digest();
    await writer.client.send(command);
    await eventually(async () => (await writer.info('rdb_bgsave_in_progress')) === '0');
    expect(await writer.info('rdb_last_bgsave_status')).toBe('ok');
    await writer.client.send('SET', 'later', 'is not in the file');
    await writer.server.kill();

    const { stdout } = await promisify(execFile)('redis-check-rdb', [file]);
    const reader = await nodeOf(startReader);

    expect(stdout).toContain('RDB looks OK!');
    expect(await reader.digest()).toBe(before);
    expect(await reader.client.send('GET', 'later')).toBe(none);
  });
});

test('files: a replaced file is never half, even when the process is killed', async () => {
  const writer = await nodeOf(startHeadwater);
  await writer.client.send('SET', 'old', '1');
  expect(await writer.client.send('SAVE')).toBe('+OK');
  await writer.client.send('DEBUG', 'POPULATE', 300_000, 'key', 100);
  const old = await readFile(file);
  expect(await writer.client.send('BGSAVE')).toBe('+Background saving started');
  expect(String(await writer.client.send('SAVE'))).toMatch(
    /-ERR Background save already in progress/,
  );
  await writer.server.kill();

  expect((await readFile(file)).equals(old)).toBe(true);
  const reader = await nodeOf(startHeadwater);
  expect(await reader.client.send('DBSIZE')).toBe(':1');
});

test('files: a value of a module stops the start with type and key', async () => {
  // `ReJSON-RL` of version 3, as the nine letters and ten bits of a module type's id.
  const moduleId = [0x44, 0x56, 0x92, 0x60, 0xe3, 0xbe, 0x44, 0x0b];
  const bytes = Buffer.concat([
    Buffer.from('REDIS0010\xfe\x00\x07\x08a module\x81', 'latin1'),
    Buffer.from([...moduleId, 0, 0xff]),
    Buffer.alloc(8),
  ]);
  await writeFile(file, bytes);

  const { status, stdout } = run();

  expect(status).toBe(1);
  expect(stdout).toMatch(/key "a module" has type 7, .*, which is not supported \(at byte \d+ of/);
  expect(stdout).toContain('Fatal error loading the DB');
  expect((await readFile(file)).equals(bytes)).toBe(true);
});

test('files: a damaged file stops the start with offset and reason, and is left alone', async () => {
  const writer = await nodeOf(startHeadwater);
  await writer.write(0, 500);
  await writer.client.send('SAVE');
  await writer.server.kill();
  const whole = await readFile(file);
  const flipped = Buffer.from(whole);
  flipped[whole.length >> 1] ^= 0x10;

  const cases = [
    [flipped, /\(at byte \d+ of the RDB\)/],
    [whole.subarray(0, whole.length - 20), /the file ends too early \(at byte \d+ of the RDB\)/],
    [Buffer.from('not an RDB file'), /this is not an RDB file \(at byte 0 of the RDB\)/],
    [Buffer.alloc(0), /the file ends too early \(at byte 0 of the RDB\)/],
  ] as const;
  for (const [bytes, reason] of cases) {
    await writeFile(file, bytes);
    const { status, stdout } = run();
    expect(stdout).toMatch(reason);
    expect(status).toBe(1);
    expect((await readFile(file)).equals(bytes)).toBe(true);
  }
});

/** Runs our server until it ends by itself. */
function run(): { readonly status: number | null; readonly stdout: string } {
  const args = [program, '--port', '0', '--dir', dir.path, '--save', '60 1'];
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, stdout };
}

test('files: save points save by themselves', async () => {
  const node = await nodeOf(startHeadwater, '--save', '1', '2');
  await node.client.send('SET', 'a', '1');
  expect(await node.info('rdb_changes_since_last_save')).toBe('1');
  await node.client.send('SET', 'b', '1');
  await eventually(() => exists(file));
  await eventually(async () => (await node.info('rdb_changes_since_last_save')) === '0');

  expect(node.server.output()).toContain('2 changes in 1 seconds. Saving...');
  expect(node.server.output()).toContain('Background saving terminated with success');
});

describe.each([
  ['redis-server', startRedis],
  ['ours', startHeadwater],
] as const)('files: when saving fails (%s)', (_name, start) => {
  test('writes and PING are refused until a save goes well', async () => {
    const node = await nodeOf(start, '--save', '3600', '1');
    const refusal = expect.stringMatching(/^-MISCONF Redis is configured to save RDB snapshots/);
    // What has the file's name cannot be replaced by a file.
    await mkdir(join(file, 'inside'), { recursive: true });
    await node.client.send('BGSAVE');
    await eventually(async () => (await node.info('rdb_last_bgsave_status')) === 'err');

    expect(await node.client.send('SET', 'k', 'v')).toEqual(refusal);
    expect(await node.client.send('PING')).toEqual(refusal);
    expect(await node.client.send('GET', 'k')).toBe(none);
    expect(await node.client.send('SAVE')).toMatch(/^-ERR/);
    await node.client.send('CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'no');
    expect(await node.client.send('SET', 'k', 'v')).toBe('+OK');
    expect(await node.client.send('SHUTDOWN')).toBe('-ERR Errors trying to SHUTDOWN. Check logs.');
    expect(await node.client.send('PING')).toBe('+PONG');
    await node.client.send('CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'yes');
    await node.client.send('CONFIG', 'SET', 'save', '');
    expect(await node.client.send('SET', 'k', 'v')).toBe('+OK');
  });
});

test.each([
  ['SHUTDOWN', ['--save', '3600', '1'], true],
  ['SHUTDOWN NOSAVE', ['--save', '3600', '1'], false],
  ['SHUTDOWN', [], false],
  ['SHUTDOWN SAVE', [], true],
  ['SIGTERM', ['--save', '3600', '1'], true],
] as const)('files: %s with %j saves: %s', async (how, args, isSaved) => {
  const node = await nodeOf(startHeadwater, ...args);
  await node.client.send('SET', 'k', 'v');
  if (how === 'SIGTERM') process.kill(node.server.pid, 'SIGTERM');
  else node.client.send(...how.split(' ')).catch(() => {});
  await eventually(() => node.server.output().includes('bye bye'));
  await node.server.stop();

  expect(await exists(file)).toBe(isSaved);
});

test('files: FLUSHALL empties the file, too', async () => {
  const node = await nodeOf(startHeadwater, '--save', '3600', '1');
  await node.client.send('SET', 'k', 'v');
  await node.client.send('SAVE');
  expect(await node.client.send('FLUSHALL')).toBe('+OK');
  await node.server.kill();

  expect(await (await nodeOf(startHeadwater)).client.send('DBSIZE')).toBe(':0');
});

test('files: DEBUG RELOAD goes through the file', async () => {
  const node = await nodeOf(startHeadwater);
  await node.client.send('SET', 'a', '1');
  expect(await node.client.send('DEBUG', 'RELOAD')).toBe('+OK');
  expect(await exists(file)).toBe(true);
  await node.client.pipeline([
    ['SET', 'a', '2'],
    ['SET', 'b', '2'],
  ]);
  expect(String(await node.client.send('DEBUG', 'RELOAD', 'NOSAVE', 'NOFLUSH'))).toMatch(/^-ERR/);
  expect(await node.client.send('DEBUG', 'RELOAD', 'NOSAVE', 'NOFLUSH', 'MERGE')).toBe('+OK');
  expect(await node.client.send('MGET', 'a', 'b')).toEqual(['$1', '$2']);
  expect(await node.client.send('DEBUG', 'RELOAD', 'NOSAVE')).toBe('+OK');
  expect(await node.client.send('MGET', 'a', 'b')).toEqual(['$1', none]);
});
