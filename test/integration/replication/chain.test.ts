import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHeadwater } from '../../support/start-headwater.ts';
import { startRedis } from '../../support/start-redis.ts';
import type { TestServer } from '../../support/test-server.ts';
import { Node, Relay, untilSame } from './links.ts';

const quick = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];

/** real → ours → real → ours, each link through a relay that can be cut. */
describe('replication chain: real, ours, real, ours', () => {
  const servers: TestServer[] = [];
  const nodes: Node[] = [];
  const relays: Relay[] = [];

  beforeAll(async () => {
    for (const start of [startRedis, startHeadwater, startRedis, startHeadwater]) {
      const server = await start({ args: quick });
      servers.push(server);
      nodes.push(await Node.of(server));
    }
    await nodes[0].write(0, 2_000);
    for (let i = 1; i < nodes.length; i += 1) {
      const relay = await Relay.open(nodes[i - 1].port);
      relays.push(relay);
      await nodes[i].follow(relay.port);
      await untilSame(nodes[i - 1], nodes[i]);
    }
  });

  afterAll(async () => {
    for (const relay of relays) relay.close();
    for (const server of servers) await server.stop();
  });

  test('all nodes hold the same data at the same offset, under one id', async () => {
    await nodes[0].write(2_000, 2_000);
    for (let i = 1; i < nodes.length; i += 1) await untilSame(nodes[i - 1], nodes[i]);
    const ids = await Promise.all(nodes.map((node) => node.info('master_replid')));

    expect(new Set(ids).size).toBe(1);
  });

  test('a link that is cut in any position is taken up with a partial sync', async () => {
    for (let i = 1; i < nodes.length; i += 1) {
      const before = [
        await nodes[i - 1].info('sync_full'),
        await nodes[i - 1].info('sync_partial_ok'),
      ];
      relays[i - 1].cut();
      await nodes[0].write(5_000 + i * 100, 100);
      for (let j = 1; j < nodes.length; j += 1) await untilSame(nodes[j - 1], nodes[j]);

      expect(await nodes[i - 1].info('sync_full')).toBe(before[0]);
      expect(Number(await nodes[i - 1].info('sync_partial_ok'))).toBe(Number(before[1]) + 1);
    }
  });

  test('the middle is promoted; both sides re-attach with a partial sync', async () => {
    const refused = await nodes[1].info('sync_partial_err');
    await nodes[1].client.send('REPLICAOF', 'NO', 'ONE');
    await nodes[1].write(9_000, 100);
    await untilSame(nodes[1], nodes[2]);
    await untilSame(nodes[2], nodes[3]);
    await nodes[0].follow(nodes[1].port);
    await untilSame(nodes[1], nodes[0]);

    expect(await nodes[1].info('role')).toBe('master');
    expect(await nodes[1].info('sync_partial_err')).toBe(refused);
    expect(Number(await nodes[1].info('sync_partial_ok'))).toBeGreaterThanOrEqual(2);
    await nodes[1].write(9_100, 500);
    for (const [left, right] of [
      [1, 0],
      [1, 2],
      [2, 3],
    ])
      await untilSame(nodes[left], nodes[right]);
  });

  test('the far end becomes the primary of all', async () => {
    const [a, b, c, d] = nodes;
    await d.client.send('REPLICAOF', 'NO', 'ONE');
    await d.write(10_000, 100);
    for (const node of [a, b, c]) await node.follow(d.port);
    for (const node of [a, b, c]) await untilSame(d, node);

    expect(await d.info('connected_slaves')).toBe('3');
    expect(await d.info('sync_full')).toBe('0');
  });
});
