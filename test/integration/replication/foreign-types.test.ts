import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { bytesOfLatin1, concatBytes } from '../../../src/base/bytes.ts';
import { eventually } from '../../support/eventually.ts';
import { startHeadwater } from '../../support/start-headwater.ts';
import { startRedis } from '../../support/start-redis.ts';
import type { TestServer } from '../../support/test-server.ts';
import { Node, untilSame } from './links.ts';

const args = ['--repl-diskless-sync-delay', '0', '--enable-debug-command', 'yes'];
const servers: TestServer[] = [];
const primaries: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  for (const primary of primaries.splice(0)) primary.close();
});

async function start(starter: typeof startRedis, ...more: readonly string[]): Promise<Node> {
  const server = await starter({ args: [...args, ...more] });
  servers.push(server);
  return Node.of(server);
}

/** A primary that has nothing but `snapshot` to give, and counts how often somebody asks. */
async function snapshotOnly(snapshot: Uint8Array): Promise<{ port: number; asked: () => number }> {
  let count = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      if (text.includes('PSYNC')) {
        count += 1;
        socket.write(`+FULLRESYNC ${'a'.repeat(40)} 0\r\n$${snapshot.length}\r\n`);
        socket.write(snapshot);
        return;
      }
      if (text.includes('PING')) socket.write('+PONG\r\n');
      for (let i = text.split('REPLCONF').length; i > 1; i -= 1) socket.write('+OK\r\n');
    });
  });
  primaries.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, asked: () => count };
}

/** `ReJSON-RL` of version 3, as the nine letters and ten bits of a module type's id. */
const moduleId = [0x44, 0x56, 0x92, 0x60, 0xe3, 0xbe, 0x44, 0x0b];

test('replication: a snapshot with a module value fails once, with type and key, and keeps old data', async () => {
  const snapshot = concatBytes([
    bytesOfLatin1('REDIS0010\xfe\x00\x07\x08a module\x81'),
    new Uint8Array(moduleId),
    bytesOfLatin1('\x00\xff'),
    new Uint8Array(8),
  ]);
  const primary = await snapshotOnly(snapshot);
  const replica = await start(startHeadwater, '--repl-diskless-load', 'swapdb');
  await replica.client.send('SET', 'old', 'data');
  await replica.follow(primary.port);
  await eventually(async () => (await replica.info('headwater_sync_failure')) !== undefined);

  expect(await replica.info('headwater_sync_failure')).toMatch(/a module.*module/);
  expect(replica.server.output()).toMatch(/Failed trying to load.*a module.*module "/);
  expect(Number(await replica.info('headwater_sync_retry_in_seconds'))).toBeGreaterThan(1);
  expect(await replica.client.send('GET', 'old')).toBe('$data');
  expect(primary.asked()).toBe(1);

  const real = await start(startRedis);
  await real.client.send('XADD', 's', '*', 'f', 'v');
  await replica.follow(real.port);
  await untilSame(real, replica);
  expect(await replica.info('headwater_sync_failure')).toBe(undefined);
});

test('replication: fields that expire go to our replicas, whole and by effect', async () => {
  const primary = await start(startHeadwater);
  const replica = await start(startHeadwater);
  await primary.client.pipeline([
    ['HSET', 'h', 'a', '1', 'b', '2', 'c', '3'],
    ['HEXPIRE', 'h', 5_000, 'FIELDS', 1, 'a'],
  ]);
  await replica.follow(primary.port);
  await untilSame(primary, replica);
  await primary.client.pipeline([
    ['HPEXPIRE', 'h', 50, 'FIELDS', 1, 'b'],
    ['HEXPIRE', 'h', 6_000, 'FIELDS', 1, 'c'],
  ]);
  await eventually(async () => (await replica.client.send('HLEN', 'h')) === ':2');
  await untilSame(primary, replica);

  const times = ['HPEXPIRETIME', 'h', 'FIELDS', 3, 'a', 'b', 'c'];
  expect(await replica.client.send(...times)).toEqual(await primary.client.send(...times));
});

test('replication: a replica that cannot load our snapshot does not get one after the other', async () => {
  const primary = await start(startHeadwater);
  await primary.client.pipeline([
    ['HSET', 'h', 'a', '1', 'b', '2'],
    ['HEXPIRE', 'h', 5_000, 'FIELDS', 1, 'a'],
  ]);
  const replica = await start(startRedis);
  await replica.follow(primary.port);
  const fullSyncs = async () => Number(await primary.info('sync_full'));
  const startMs = performance.now();
  await eventually(async () => (await fullSyncs()) >= 4, { withinMs: 20_000 });

  // Pauses of one and two seconds were between those that were answered.
  expect(performance.now() - startMs).toBeGreaterThan(2_500);
  expect(await fullSyncs()).toBeLessThan(6);
  expect(primary.server.output()).toMatch(
    new RegExp(`127.0.0.1:${replica.port} left 3 full sync\\(s\\) in a row without`),
  );
});

test('replication: a replica that knows no expiry of fields goes on when there are none left', async () => {
  const primary = await start(startHeadwater);
  await primary.client.pipeline([
    ['HSET', 'h', 'a', '1', 'b', '2'],
    ['HEXPIRE', 'h', 5_000, 'FIELDS', 1, 'a'],
  ]);
  const replica = await start(startRedis);
  await replica.follow(primary.port);
  await eventually(() => replica.server.output().includes("Can't handle RDB format version 12"));
  expect(await replica.info('master_link_status')).toBe('down');

  await primary.client.send('DEL', 'h');
  await primary.client.send('HSET', 'h', 'a', '1');
  await untilSame(primary, replica);
});
