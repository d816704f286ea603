import { execFile, spawn } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startHeadwater } from '../../support/start-headwater.ts';
import { startRedis } from '../../support/start-redis.ts';
import type { TestServer } from '../../support/test-server.ts';
import { Node } from './links.ts';

const run = promisify(execFile);
const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function ours(): Promise<Node> {
  const server = await startHeadwater({ args: ['--repl-diskless-sync-delay', '0'] });
  servers.push(server);
  return Node.of(server);
}

test('redis-cli --rdb: the file that it fetches is what we have, for a real server too', async () => {
  const node = await ours();
  await node.write(0, 2_000);
  const file = path.join(node.server.dir, 'fetched.rdb');
  await run('redis-cli', ['-p', String(node.port), '--rdb', file]);
  await run('redis-check-rdb', [file]);
  const real = await startRedis({
    dir: node.server.dir,
    args: ['--dbfilename', 'fetched.rdb', '--appendonly', 'no'],
  });
  servers.push(real);

  expect(await (await Node.of(real)).digest()).toBe(await node.digest());
  expect(await node.info('connected_slaves')).toBe('0');
});

test('redis-cli --replica: sees the stream after the snapshot', async () => {
  const node = await ours();
  await node.client.send('SET', 'before', 'x');
  const cli = spawn('redis-cli', ['-p', String(node.port), '--replica'], { stdio: 'pipe' });
  let output = '';
  for (const stream of [cli.stdout, cli.stderr]) {
    stream.on('data', (text) => {
      output += String(text);
    });
  }
  try {
    await eventually(async () => (await node.info('connected_slaves')) === '1');
    // It takes its time before it asks for the stream.
    await eventually(
      async () => {
        await node.client.send('SET', 'during', 'y');
        return output.includes('during');
      },
      { withinMs: 15_000 },
    );
  } finally {
    cli.kill();
  }

  expect(output).toContain('SYNC done');
  await eventually(async () => (await node.info('connected_slaves')) === '0');
});
