import { afterEach, expect, test } from 'vitest';
import { startHeadwater } from '../../support/start-headwater.ts';
import { startRedis } from '../../support/start-redis.ts';
import type { TestServer } from '../../support/test-server.ts';
import { Node, untilSame } from './links.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function nodeOf(server: Promise<TestServer>): Promise<Node> {
  servers.push(await server);
  return Node.of(await server);
}

test('replication: a replica by its command line, with a user of its own at the primary', async () => {
  const args = ['--repl-diskless-sync-delay', '0'];
  const primary = await nodeOf(startRedis({ args }));
  await primary.write(0, 500);
  const rules = ['on', '>a secret', '+psync', '+replconf', '+ping'];
  expect(await primary.client.send('ACL', 'SETUSER', 'follower', ...rules)).toBe('+OK');
  await primary.client.send('CONFIG', 'SET', 'requirepass', 'another secret');
  const replica = await nodeOf(
    startHeadwater({
      args: [
        ...['--replicaof', `127.0.0.1 ${primary.port}`],
        ...['--masteruser', 'follower', '--masterauth', 'a secret'],
      ],
    }),
  );
  await untilSame(primary, replica);

  // A server that begins as a replica has no history to go on from.
  expect(await primary.info('sync_partial_err')).toBe('0');
  expect(await replica.client.send('CONFIG', 'GET', 'slaveof')).toEqual([
    '$slaveof',
    `$127.0.0.1 ${primary.port}`,
  ]);
});

test('replication: announced addresses are what the primary shows', async () => {
  const primary = await nodeOf(startHeadwater({ args: ['--repl-diskless-sync-delay', '0'] }));
  const replica = await nodeOf(
    startRedis({
      args: [
        ...['--replicaof', `127.0.0.1 ${primary.port}`],
        ...['--replica-announce-ip', '127.9.9.9', '--replica-announce-port', '1234'],
      ],
    }),
  );
  await untilSame(primary, replica);

  expect(await primary.info('slave0')).toMatch(/^ip=127\.9\.9\.9,port=1234,state=online,/);
});

test('replication: replicas that come together share one snapshot', async () => {
  const delay = ['--repl-diskless-sync-delay', '600', '--repl-diskless-sync-max-replicas', '3'];
  const primary = await nodeOf(startHeadwater({ args: delay }));
  await primary.write(0, 1_000);
  const args = ['--replicaof', `127.0.0.1 ${primary.port}`];
  const starts = [startRedis({ args }), startHeadwater({ args }), startHeadwater({ args })];
  const replicas = await Promise.all(starts.map(nodeOf));
  for (const replica of replicas) await untilSame(primary, replica);

  expect(await primary.info('sync_full')).toBe('3');
  const begun = servers[0].output().match(/Starting BGSAVE for SYNC/g) ?? [];
  expect(begun.length).toBe(1);
});
