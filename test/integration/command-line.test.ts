/** The program `headwater` as a person starts it. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stockDirectives } from '../conformance/config-cases.ts';
import { textOf } from '../support/reply.ts';
import { startHeadwater } from '../support/start-headwater.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const program = fileURLToPath(new URL('../../dist/cli/headwater.js', import.meta.url));
let directory: TempDir;

beforeAll(async () => {
  directory = await makeTempDir();
});
afterAll(() => directory.remove());

/** Runs the program to its end. */
function run(args: readonly string[], input = '') {
  const options = { cwd: directory.path, encoding: 'utf8', input, timeout: 10_000 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], options);
  return { status, stdout, stderr };
}

function writeConfig(name: string, text: string): string {
  const file = path.join(directory.path, name);
  fs.writeFileSync(file, text);
  return file;
}

test('program: says its version and its use', () => {
  expect(run(['--version'])).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/v=\d+\.\d+\.\d+ /),
  });
  expect(run(['--help'])).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^Usage: headwater/),
  });
});

test('program: refuses what it cannot do yet', () => {
  expect(run(['--port', '0', '--sentinel'])).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/Sentinel/),
  });
  expect(run(['--test-memory', '10'])).toMatchObject({ status: 1 });
});

test('program: a wrong directive ends it with file, line and reason', () => {
  const file = writeConfig('wrong.conf', 'port 7000\n\nfoo bar\n');

  const { status, stderr } = run([file]);

  expect(status).toBe(1);
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^\*\*\* FATAL CONFIG FILE ERROR \(Headwater .*\) \*\*\*$/),
    `Reading the configuration file, at line 3 (${file})`,
    ">>> 'foo bar'",
    'Bad directive or wrong number of arguments',
  ]);
});

test('program: a command that cannot be renamed ends it', () => {
  const unknown = run([writeConfig('rename.conf', 'rename-command FOO BAR\n')]);
  const taken = run([writeConfig('taken.conf', 'rename-command GET SET\n')]);

  expect(unknown.status).toBe(1);
  expect(unknown.stderr).toMatch(/>>> 'rename-command FOO BAR'\nNo such command in rename-command/);
  expect(taken.stderr).toMatch(/at line 1 .*\n.*\nTarget command name already exists/);
});

test('program: a renamed command has its new name only', async () => {
  const configFile = writeConfig(
    'renamed.conf',
    'rename-command GET fetch\nrename-command SET ""\n',
  );
  const server = await startHeadwater({ configFile });
  try {
    const client = await server.connect();
    const replies = [
      await client.send('FETCH', 'a'),
      await client.send('GET', 'a'),
      await client.send('SET', 'a', '1'),
    ];
    client.close();

    expect(replies).toEqual([
      '$-1 (null)',
      expect.stringMatching(/^-ERR unknown command 'GET'/),
      expect.stringMatching(/^-ERR unknown command 'SET'/),
    ]);
  } finally {
    await server.stop();
  }
});

test('program: a file that is not there and a log that cannot be written end it', () => {
  const missing = run(['none.conf']);
  const unwritable = run(['--port', '0', '--logfile', '/nonexistent/a.log']);

  expect(missing.status).toBe(1);
  expect(missing.stdout + missing.stderr).toMatch(/can't open config file '.*none\.conf': No such/);
  expect(unwritable).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/Can't open the log file: No such file/),
  });
});

test('program: a stock redis.conf starts it, and a directive without effect is one warning', async () => {
  const text = stockDirectives.replace('appendfsync everysec', 'appendfsync always');
  const configFile = writeConfig('stock.conf', text);
  const server = await startHeadwater({ configFile });
  try {
    const client = await server.connect();
    const reply = await client.send('CONFIG', 'GET', 'appendfsync');
    client.close();

    expect((reply as string[]).map(textOf)).toEqual(['appendfsync', 'always']);
    expect(server.output().match(/known but not supported yet/g)).toHaveLength(1);
    expect(server.output()).toMatch(/'appendfsync'.*line=\d+ of=.*stock\.conf/);
    expect(server.output()).toMatch(
      /\d+:M \d\d \w{3} \d{4} [\d:.]+ \* Ready to accept connections/,
    );
  } finally {
    await server.stop();
  }
});

test('program: CONFIG REWRITE keeps a change over a restart', async () => {
  const configFile = writeConfig('kept.conf', '# mine\ntimeout 5\n');
  const dir = directory.path;
  const first = await startHeadwater({ configFile, dir });
  try {
    const client = await first.connect();
    await client.send('CONFIG', 'SET', 'timeout', '77', 'masterauth', 'a "b"');
    expect(await client.send('CONFIG', 'REWRITE')).toBe('+OK');
    client.close();
  } finally {
    await first.stop();
  }

  const second = await startHeadwater({ configFile, dir });
  try {
    const client = await second.connect();
    const reply = await client.send('CONFIG', 'GET', 'timeout', 'masterauth');
    client.close();

    expect((reply as string[]).map(textOf)).toEqual(['timeout', '77', 'masterauth', 'a "b"']);
    expect(fs.readFileSync(configFile, 'utf8')).toMatch(/^# mine\ntimeout 77\n/);
  } finally {
    await second.stop();
  }
});

test('program: without a file there is nothing to rewrite', async () => {
  const server = await startHeadwater();
  try {
    const client = await server.connect();
    expect(await client.send('CONFIG', 'REWRITE')).toBe(
      '-ERR The server is running without a config file',
    );
    client.close();
  } finally {
    await server.stop();
  }
});

test('program: SIGTERM ends it with code 0 and a word of farewell', async () => {
  const server = await startHeadwater();

  process.kill(server.pid, 'SIGTERM');
  await server.stop();

  expect(server.output()).toMatch(/Received SIGTERM scheduling shutdown/);
  expect(server.output()).toMatch(/ready to exit, bye bye/);
});
