import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { startHeadwater } from '../../support/start-headwater.ts';
import { startRedis } from '../../support/start-redis.ts';
import { makeTempDir, type TempDir } from '../../support/temp-dir.ts';
import type { TestServer, TestServerOptions } from '../../support/test-server.ts';
import { Node, untilSame } from '../replication/links.ts';

/** How a reply without a value reads. */
const none = '$-1 (null)';
const servers: TestServer[] = [];
let dir: TempDir;

beforeEach(async () => {
  dir = await makeTempDir();
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.kill();
  await dir.remove();
});

type Start = (options: TestServerOptions) => Promise<TestServer>;

async function nodeOf(start: Start, options: TestServerOptions): Promise<Node> {
  const args = ['--repl-diskless-sync-delay', '0', ...(options.args ?? [])];
  const server = await start({ ...options, args });
  servers.push(server);
  return Node.of(server);
}

/** Stops a server after it saved. */
async function saveAndStop(node: Node): Promise<void> {
  node.client.send('SHUTDOWN', 'SAVE').catch(() => {});
  await eventually(() => node.server.output().includes('bye bye'));
  await node.server.kill();
}

const pairs = [
  ['ours', 'ours', startHeadwater, startHeadwater],
  ['ours', 'redis-server', startHeadwater, startRedis],
  ['redis-server', 'ours', startRedis, startHeadwater],
] as const;

describe.each(pairs)(
  'restart: primary %s, replica %s',
  (_primary, _replica, startPrimary, startReplica) => {
    test('a replica goes on from its file with a partial sync', async () => {
      const primary = await nodeOf(startPrimary, {});
      await primary.write(0, 500);
      const port = await freePort();
      const options = {
        ...{ port, dir: dir.path },
        args: ['--replicaof', '127.0.0.1', String(primary.port)],
      };
      const first = await nodeOf(startReplica, options);
      await untilSame(primary, first);
      await primary.write(500, 100);
      await untilSame(primary, first);
      await saveAndStop(first);
      await primary.write(600, 300);

      const second = await nodeOf(startReplica, options);
      await untilSame(primary, second);

      expect(await primary.info('sync_full')).toBe('1');
      expect(await primary.info('sync_partial_ok')).toBe('1');
    });

    test('a primary restarts from its file, and its replica goes on with a partial sync', async () => {
      const port = await freePort();
      const options = { port, dir: dir.path };
      const first = await nodeOf(startPrimary, options);
      const replica = await nodeOf(startReplica, {
        args: ['--replicaof', '127.0.0.1', String(port)],
      });
      await first.write(0, 500);
      await first.client.send('SET', 'short', 'v', 'PX', '300');
      await untilSame(first, replica);
      const id = await first.info('master_replid');
      await saveAndStop(first);
      await eventually(async () => (await replica.info('master_link_status')) === 'down');
      await eventually(async () => (await replica.client.send('GET', 'short')) === none);

      const second = await nodeOf(startPrimary, options);
      await untilSame(second, replica);
      await second.write(500, 50);
      await untilSame(second, replica);

      expect(await second.info('sync_full')).toBe('0');
      expect(await second.info('sync_partial_ok')).toBe('1');
      expect(await second.info('master_replid2')).toBe(id);
      expect(await replica.info('master_replid')).toBe(await second.info('master_replid'));
      expect(await replica.client.send('EXISTS', 'short')).toBe(':0');
    });
  },
);

test('restart: a replica saves for a primary that does not', async () => {
  const primary = await nodeOf(startHeadwater, {});
  await primary.write(0, 1_000);
  const replica = await nodeOf(startHeadwater, {
    dir: dir.path,
    args: ['--save', '1', '1', '--replicaof', '127.0.0.1', String(primary.port)],
  });
  await untilSame(primary, replica);
  await primary.write(1_000, 100);
  await untilSame(primary, replica);
  await eventually(async () => (await replica.info('rdb_changes_since_last_save')) === '0');
  await eventually(async () => (await replica.info('rdb_bgsave_in_progress')) === '0');
  const digest = await primary.digest();
  await primary.server.kill();
  await replica.server.kill();

  const restored = await nodeOf(startRedis, { dir: dir.path });

  expect(restored.server.output()).toContain('Done loading RDB');
  expect(await restored.digest()).toBe(digest);
});

test('restart: a full sync waits while the data is saved, and the other way round', async () => {
  const primary = await nodeOf(startHeadwater, { dir: dir.path });
  await primary.client.send('DEBUG', 'POPULATE', 300_000, 'key', 50);
  const replica = await nodeOf(startRedis, {});
  await primary.client.send('BGSAVE');
  await replica.follow(primary.port);
  await untilSame(primary, replica);

  expect(primary.server.output()).toContain('Background saving terminated with success');
  expect(await primary.info('sync_full')).toBe('1');
  expect(await primary.client.send('BGSAVE')).toBe('+Background saving started');
});
