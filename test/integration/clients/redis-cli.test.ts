/** Debian's redis-cli and redis-benchmark, as people run them, against our server. */
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { requestOf } from '../../support/resp-client.ts';
import { startHeadwater } from '../../support/start-headwater.ts';
import type { TestServer } from '../../support/test-server.ts';

const runFile = promisify(execFile);
let server: TestServer;
beforeAll(async () => {
  server = await startHeadwater();
});
afterAll(() => server.stop());

async function flush(): Promise<void> {
  const client = await server.connect();
  await client.send('FLUSHALL');
  client.close();
}

/** Runs redis-cli to its end; gives what it printed. */
async function cli(...args: readonly string[]): Promise<string> {
  const { stdout } = await runFile('redis-cli', ['-p', String(server.port), ...args]);
  return stdout;
}

/** Runs redis-cli with `input`. */
function cliWithInput(input: Uint8Array | string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('redis-cli', ['-p', String(server.port), ...args]);
    let output = '';
    child.stdout.on('data', (text) => {
      output += String(text);
    });
    child.on('error', reject);
    child.on('close', () => resolve(output));
    child.stdin.end(input);
  });
}

describe('redis-cli', () => {
  test('runs commands, in both protocols', async () => {
    await flush();

    expect(await cli('SET', 'k', 'a b')).toBe('OK\n');
    expect(await cli('GET', 'k')).toBe('a b\n');
    expect(await cli('--no-raw', 'GET', 'k')).toBe('"a b"\n');
    expect(await cli('-3', '--no-raw', 'GET', 'missing')).toBe('(nil)\n');
    expect(await cli('-3', 'HELLO')).toContain('proto 3\n');
    expect(await cli('--json', 'CONFIG', 'GET', 'maxclients')).toBe('{"maxclients":"10000"}\n');
    expect(await cli('INCR', 'k')).toMatch(/^ERR value is not an integer/);
    expect(await cli('-n', '3', 'DBSIZE')).toBe('0\n');
  });

  test('reads commands from a file, and repeats them', async () => {
    await flush();

    const output = await cliWithInput('SET a 1\nINCR a\nSELECT 2\nGET a\nPING "x y"\n');

    expect(output).toBe('OK\n2\nOK\n\nx y\n');
    expect(await cli('-r', '3', '-i', '0.01', 'INCR', 'n')).toBe('1\n2\n3\n');
  });

  test('--scan finds every key', async () => {
    await flush();
    const client = await server.connect();
    await client.pipeline(Array.from({ length: 3_000 }, (_, i) => ['SET', `key:${i}`, 'v']));
    client.close();

    const all = (await cli('--scan')).trim().split('\n');
    const some = (await cli('--scan', '--pattern', 'key:1*')).trim().split('\n');

    expect(new Set(all).size).toBe(3_000);
    expect(all).toHaveLength(3_000);
    expect(some).toHaveLength(1_111);
  });

  test('--bigkeys and --memkeys find the largest', async () => {
    await flush();
    const client = await server.connect();
    await client.pipeline([
      ['SET', 'small', 'v'],
      ['SET', 'large', 'v'.repeat(5_000)],
    ]);
    client.close();

    expect(await cli('--bigkeys')).toMatch(/Biggest string found '"large"' has 5000 bytes/);
    expect(await cli('--memkeys')).toMatch(/Biggest string found '"large"' has \d+ bytes/);
  });

  test('--pipe inserts in mass', async () => {
    await flush();
    const count = 100_000;
    const requests = Array.from({ length: count }, (_, i) => requestOf(['SET', `key:${i}`, i]));

    const output = await cliWithInput(Buffer.concat(requests), '--pipe');

    expect(output).toMatch(new RegExp(`errors: 0, replies: ${count}`));
    expect(await cli('DBSIZE')).toBe(`${count}\n`);
  });

  test('--stat shows a line each time', async () => {
    const child = spawn('redis-cli', ['-p', String(server.port), '--stat', '-i', '0.05']);
    let output = '';
    child.stdout.on('data', (text) => {
      output += String(text);
    });
    await eventually(() => /keys +mem +clients/.test(output) && output.split('\n').length > 5);
    child.kill();

    expect(output.split('\n')[2]).toMatch(/^\d+ +[\d.]+[KMG] +\d+ +\d+ +\d+ \(\+\d+\) +\d+/);
  });

  test('--latency measures', async () => {
    const child = spawn('redis-cli', ['-p', String(server.port), '--latency', '--raw', '-i', '1']);
    let output = '';
    child.stdout.on('data', (text) => {
      output += String(text);
    });
    await eventually(() => /^\d+ \d+ [\d.]+ \d+/m.test(output), { withinMs: 20_000 });
    child.kill();

    const [, , mean] = output.trim().split('\n')[0].split(' ').map(Number);
    expect(mean).toBeLessThan(100);
  });

  test('knows our commands: DOCS, INFO, COUNT and LIST', async () => {
    expect(await cli('COMMAND', 'DOCS', 'get')).toContain('summary');
    expect(Number(await cli('COMMAND', 'COUNT'))).toBeGreaterThan(60);
    expect(await cli('COMMAND', 'LIST', 'FILTERBY', 'PATTERN', 'mse*')).toBe('mset\nmsetnx\n');
  });
});

describe('redis-benchmark', () => {
  const benchmark = async (...args: readonly string[]) => {
    const port = String(server.port);
    const { stdout, stderr } = await runFile('redis-benchmark', ['-p', port, '--csv', ...args]);
    return { lines: stdout.trim().split('\n').slice(1), stderr };
  };

  test('runs clean, having read the settings that it asks for', async () => {
    await flush();

    const { lines, stderr } = await benchmark('-t', 'set,get,incr,mset,ping', '-n', '5000');

    expect(stderr).not.toMatch(/WARN|Error/i);
    const names = lines.map((line) => line.split(',')[0]);
    expect(names).toEqual([
      ...['"PING_INLINE"', '"PING_MBULK"', '"SET"', '"GET"', '"INCR"', '"MSET (10 keys)"'],
    ]);
    for (const line of lines) expect(Number(line.split(',')[1].slice(1, -1))).toBeGreaterThan(100);
    expect(await cli('CONFIG', 'GET', 'save')).toBe('save\n\n');
    expect(await cli('CONFIG', 'GET', 'appendonly')).toBe('appendonly\nno\n');
  });

  test('runs clean with pipelines, random keys and RESP3', async () => {
    await flush();

    const options = ['-P', '100', '-r', '100000', '-d', '100', '-3', '-n', '50000', '-c', '20'];
    const { lines, stderr } = await benchmark('-t', 'set,get', ...options);

    expect(stderr).not.toMatch(/WARN|Error/i);
    expect(lines).toHaveLength(2);
    expect(Number(await cli('DBSIZE'))).toBeGreaterThan(20_000);
  });
});
