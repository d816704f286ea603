import { afterEach, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startHeadwater } from '../../support/start-headwater.ts';
import { startRedis } from '../../support/start-redis.ts';
import type { TestServer } from '../../support/test-server.ts';
import { Node, untilSame } from './links.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function pair(
  startPrimary: typeof startRedis,
  startReplica: typeof startRedis,
): Promise<readonly [primary: Node, replica: Node]> {
  const nodes: Node[] = [];
  for (const start of [startPrimary, startReplica]) {
    const server = await start({ args: ['--repl-diskless-sync-delay', '0'] });
    servers.push(server);
    nodes.push(await Node.of(server));
  }
  const [primary, replica] = nodes;
  await replica.follow(primary.port);
  return [primary, replica];
}

const pairs = [
  ['a real replica of ours', startHeadwater, startRedis],
  ['our replica of a real primary', startRedis, startHeadwater],
] as const;

for (const [name, startPrimary, startReplica] of pairs) {
  test(`replication: ${name} shows transactions whole`, async () => {
    const [primary, replica] = await pair(startPrimary, startReplica);
    await untilSame(primary, replica);
    const transaction = (i: number): string[][] => [
      ['MULTI'],
      ['SET', 'a', String(i)],
      ['SELECT', String(i % 3)],
      ['INCR', 'counter'],
      ['SELECT', '0'],
      ['SET', 'b', String(i)],
      ['EXEC'],
    ];
    let isWriting = true;
    const torn: unknown[] = [];
    const reading = (async () => {
      while (isWriting) {
        const pairNow = await replica.client.send('MGET', 'a', 'b');
        if (Array.isArray(pairNow) && pairNow[0] !== pairNow[1]) torn.push(pairNow);
      }
    })();
    for (let i = 0; i < 100; i += 1) await primary.client.pipeline(transaction(i));
    await untilSame(primary, replica);
    isWriting = false;
    await reading;

    expect(torn).toEqual([]);
  });

  test(`replication: ${name} hands messages to its own listeners`, async () => {
    const [primary, replica] = await pair(startPrimary, startReplica);
    await untilSame(primary, replica);
    const listener = await replica.server.connect();
    await listener.send('HELLO', '3');
    listener.write('SUBSCRIBE news\r\n');
    await eventually(() => Promise.resolve(listener.pushes.length === 1));

    await primary.client.send('PUBLISH', 'news', 'from above');
    await eventually(() => Promise.resolve(listener.pushes.length === 2));
    expect(await replica.client.send('PUBLISH', 'news', 'from here')).toBe(':1');
    await eventually(() => Promise.resolve(listener.pushes.length === 3));

    expect(JSON.stringify(listener.pushes)).toMatch(/subscribe.*from above.*from here/);
    listener.close();
  });
}
