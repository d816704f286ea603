import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startHeadwater } from '../../support/start-headwater.ts';
import { startRedis } from '../../support/start-redis.ts';
import type { TestServer } from '../../support/test-server.ts';
import { Node, untilSame } from './links.ts';

const quick = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];
const servers: TestServer[] = [];
let primary: Node;
let replica: Node;

beforeAll(async () => {
  for (const start of [startRedis, startHeadwater]) {
    servers.push(await start({ args: quick }));
  }
  primary = await Node.of(servers[0]);
  replica = await Node.of(servers[1]);
  await replica.follow(primary.port);
  await untilSame(primary, replica);
});

afterAll(async () => {
  for (const server of servers) await server.stop();
});

test('CLIENT KILL TYPE master cuts the link, which is taken up again with a partial sync', async () => {
  const syncs = await primary.info('sync_partial_ok');

  expect(await replica.client.send('CLIENT', 'KILL', 'TYPE', 'master')).toBe(':1');

  await eventually(async () => (await primary.info('sync_partial_ok')) !== syncs);
  await primary.write(0, 100);
  await untilSame(primary, replica);
  expect(await primary.client.send('CLIENT', 'KILL', 'TYPE', 'master')).toBe(':0');
});

test('a monitor on a replica is shown what the primary sends', async () => {
  const monitor = await servers[1].connect();
  await monitor.send('MONITOR');
  await primary.client.send('SET', 'shown', 'x');

  const line = await eventually(async () => {
    const next = String(await monitor.next());
    return next.includes('"shown"') ? next : null;
  });

  expect(line).toMatch(/^\+\d+\.\d{6} \[\d .*\] "SET" "shown" "x"$/);
  monitor.close();
});

test('a client that caches on a replica hears of the primary’s writes', async () => {
  const client = await servers[1].connect();
  await client.send('HELLO', '3');
  await client.send('CLIENT', 'TRACKING', 'ON');
  await client.send('GET', 'cached');
  await primary.client.send('SET', 'cached', 'x');

  await eventually(() => client.pushes.length === 1);

  expect(JSON.stringify(client.pushes)).toContain('cached');
  client.close();
});
