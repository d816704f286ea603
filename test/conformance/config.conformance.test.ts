/**
 * Settings against the real server: the same names, defaults, texts and errors in `CONFIG GET` and
 * `CONFIG SET`, the same reasons for a wrong file, the same file after `CONFIG REWRITE`.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeTextFiles } from '../../src/runtime/node/text-files.ts';
import { parseCommandLine } from '../../src/server/command-line.ts';
import { loadSettings } from '../../src/server/config-file-load.ts';
import { rewriteConfigFile } from '../../src/server/config-rewrite.ts';
import type { SettingsStore } from '../../src/server/settings/store.ts';
import { textOf } from '../support/reply.ts';
import type { RespClient } from '../support/resp-client.ts';
import { startRedis } from '../support/start-redis.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import type { TestServer } from '../support/test-server.ts';
import { setCases, stockDirectives, wrongLines } from './config-cases.ts';

/** Settings whose values belong to the process that was started. */
const ownValues = new Set(['port', 'dir', 'bind', 'save', 'enable-debug-command']);

/** Cases in which we answer otherwise on purpose. */
const exceptions = [
  { name: 'appendonly', value: 'yes', reason: 'there is no append-only file yet, and we say so' },
  { name: 'maxmemory-clients', value: '99999999999999999999', reason: 'Redis shows 1%' },
  { name: 'maxclients', value: '1000000', reason: 'the limit is that of the system' },
];

let redis: TestServer;
let client: RespClient;
let directory: TempDir;

beforeAll(async () => {
  redis = await startRedis();
  client = await redis.connect();
  directory = await makeTempDir();
});

afterAll(async () => {
  client?.close();
  await redis?.stop();
  await directory?.remove();
});

const inside = (name: string) => path.join(directory.path, name);

/** Our settings after a command line. */
function load(...args: string[]): SettingsStore {
  const line = parseCommandLine(args);
  if (line.kind !== 'run') throw new Error(line.kind);
  const loaded = loadSettings(line, {
    files: nodeTextFiles,
    readStandardInput: () => '',
    absolute: path.resolve,
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded));
  return loaded.settings;
}

async function pairsOfRedis(pattern: string): Promise<[string, string][]> {
  const reply = (await client.send('CONFIG', 'GET', pattern)) as string[];
  const flat = reply.map(textOf);
  const pairs: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i] ?? '', flat[i + 1] ?? '']);
  return pairs.sort();
}

describe('settings: CONFIG GET', () => {
  test('the same names and the same defaults', async () => {
    const theirs = (await pairsOfRedis('*')).filter(([name]) => !ownValues.has(name));
    const ours = load()
      .get(['*'])
      .filter(([name]) => !ownValues.has(name))
      .map(([name, value]) => [name, value] as [string, string])
      .sort();

    expect(ours).toEqual(theirs);
    expect(ours.length).toBeGreaterThan(180);
  });

  test('defaults of the settings that a test server sets itself', () => {
    expect(load().get(['save', 'port', 'bind', 'enable-debug-command'])).toEqual([
      ['save', '3600 1 300 100 60 10000'],
      ['port', '6379'],
      ['bind', '* -::*'],
      ['enable-debug-command', 'no'],
    ]);
  });

  test.each(['*slave*', 'T?MEOUT', 'repl-[a-e]*', 'key-load-delay', 'none', 'TimeOut'])(
    'the pattern %s gives the same pairs',
    async (pattern) => {
      const ours = load()
        .get([pattern])
        .map(([name, value]) => [name, value]);

      expect(ours.sort()).toEqual(await pairsOfRedis(pattern));
    },
  );
});

describe('settings: CONFIG SET', () => {
  test.each(setCases)('%s %s', async (name, value) => {
    const exception = exceptions.find((each) => each.name === name && each.value === value);
    const before = (await pairsOfRedis(name))[0]?.[1] ?? '';
    const store = load('--enable-debug-command', 'yes');
    if (!ownValues.has(name)) store.set([[name, before]]);

    const theirs = String(await client.send('CONFIG', 'SET', name, value));
    const result = store.set([[name, value]]);
    const ours = result.ok ? '+OK' : `-${result.error}`;
    const shown = (await pairsOfRedis(name))[0]?.[1];
    await client.send('CONFIG', 'SET', name, before);

    if (exception !== undefined) {
      const same = ours === theirs && store.get([name])[0]?.[1] === shown;
      expect(same, `no longer an exception: ${exception.reason}`).toBe(false);
      return;
    }
    expect(ours).toBe(theirs);
    if (result.ok) expect(store.get([name])[0]?.[1]).toBe(shown);
  });

  test.each([
    [['foo', '1']],
    [['timeout', '1', 'bar', '2']],
    [['timeout', '1', 'TIMEOUT', '2']],
    [['slave-priority', '1', 'replica-priority', '2']],
    [['timeout', '1', 'hz', 'abc']],
    [['databases', 'abc', 'foo', '2']],
    [['timeout', '1', 'foo', '2', 'databases', '3']],
    [['DIR', '/tmp']],
    [['SlaveOf', '127.0.0.1 5']],
    [['MaxMemory', 'abc']],
  ])('several at once: %j', async (words) => {
    const pairs: [string, string][] = [];
    for (let i = 0; i < words.length; i += 2) pairs.push([words[i] ?? '', words[i + 1] ?? '']);
    const result = load().set(pairs);

    const theirs = await client.send('CONFIG', 'SET', ...words);

    expect(result.ok ? '+OK' : `-${result.error}`).toBe(theirs);
    expect(load().set([['timeout', '0']]).ok).toBe(true);
  });
});

describe('configuration file', () => {
  test('the directives of a stock redis.conf are taken without a warning', () => {
    const file = inside('stock.conf');
    fs.writeFileSync(file, stockDirectives);

    expect(load(file).ignoredDirectives()).toEqual([]);
  });

  test('the file that Debian installs is taken', () => {
    const debian = '/etc/redis/redis.conf';
    const text = fs.existsSync(debian) ? readOrNull(debian) : null;
    // The file may be readable by its owner alone; the stock directives above are the same ones.
    if (text === null) return;
    const file = inside('debian.conf');
    fs.writeFileSync(file, text.replace(/^(dir|logfile|pidfile) .*$/gm, ''));

    expect(
      load(file)
        .ignoredDirectives()
        .map(({ name }) => name),
    ).toEqual(['daemonize']);
  });

  test.each(wrongLines)('the same reason for: %s', (line) => {
    const file = inside('wrong.conf');
    fs.writeFileSync(file, `# first\n${line}\n`);
    const run = spawnSync('/usr/bin/redis-server', [file, '--port', '0'], {
      cwd: directory.path,
      encoding: 'utf8',
      timeout: 5_000,
    });
    const theirs = run.stderr.trim().split('\n');

    const parsed = parseCommandLine([file]);
    if (parsed.kind !== 'run') throw new Error(parsed.kind);
    const sources = { files: nodeTextFiles, readStandardInput: () => '', absolute: path.resolve };
    const loaded = loadSettings(parsed, sources);

    if (loaded.ok || loaded.kind !== 'wrong') throw new Error('taken');
    expect(theirs[1]).toBe(`Reading the configuration file, at line ${loaded.error.line}`);
    expect(theirs[2]).toBe(`>>> '${loaded.error.raw}'`);
    expect(theirs[3]).toBe(loaded.error.reason);
  });
});

function readOrNull(file: string): string | null {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return null;
    throw error;
  }
}

describe('CONFIG REWRITE', () => {
  const content = [
    '# hi',
    'slave-priority 100',
    'replica-priority 30',
    '  timeout 5',
    'timeout 6',
    '# c2',
    'timeout 7',
    'maxmemory 10mb',
    'save 10 1',
    'save 20 2',
    'rename-command flushall fa',
    'client-output-buffer-limit slave 1mb 1mb 1',
    'client-output-buffer-limit normal 1 2 3',
    'requirepass "abc def"',
    '',
    '',
    'unixsocketperm 700',
    'lua-time-limit 77',
    'list-max-ziplist-entries 3',
    'notify-keyspace-events KEx',
    'logfile ""',
    String.raw`masterauth "!@#aedf \"\x00\n"`,
    '',
  ].join('\n');
  const change = ['slowlog-max-len', '5', 'hz', '20', 'masteruser', 'q r', 'save', '1 2 3 4'];

  test('makes the same file', async () => {
    const file = inside('theirs.conf');
    fs.writeFileSync(file, content);
    const server = await startRedis({ configFile: file, dir: directory.path });
    try {
      const other = await server.connect();
      await other.send('AUTH', 'abc def');
      await other.send('CONFIG', 'SET', ...change);
      expect(await other.send('CONFIG', 'REWRITE')).toBe('+OK');
      other.close();
    } finally {
      await server.stop();
    }
    const theirs = fs.readFileSync(file, 'latin1');

    const own = inside('ours.conf');
    fs.writeFileSync(own, content);
    const place = ['--port', String(server.port), '--dir', directory.path, '--bind', '127.0.0.1'];
    const settings = load(own, ...place, '--save', '', '--enable-debug-command', 'yes');
    const pairs: [string, string][] = [];
    for (let i = 0; i < change.length; i += 2) pairs.push([change[i] ?? '', change[i + 1] ?? '']);
    expect(settings.set(pairs)).toEqual({ ok: true });
    expect(rewriteConfigFile(settings, nodeTextFiles, own)).toEqual({ ok: true });

    expect(sections(fs.readFileSync(own, 'latin1'))).toEqual(sections(theirs));
  });
});

/**
 * The old part of a file as it is, the generated part in any order. Users are the real server's own
 * business, and it writes the percentiles whether they are the default or not.
 */
function sections(text: string): [string[], string[]] {
  const lines = text.split('\n');
  const mark = lines.indexOf('# Generated by CONFIG REWRITE');
  const foreign = /^(user |latency-tracking-info-percentiles 50 99 99\.9$|$)/;
  const generated = lines.slice(mark + 1).filter((line) => !foreign.test(line));
  return [lines.slice(0, mark), generated.sort()];
}
