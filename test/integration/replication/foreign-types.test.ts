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

test('replication: a snapshot with a type that we lack fails once, with type and key, and keeps old data', async () => {
  const args = ['--repl-diskless-sync-delay', '0'];
  const redis = await startRedis({ args });
  const headwater = await startHeadwater({ args: [...args, '--repl-diskless-load', 'swapdb'] });
  servers.push(redis, headwater);
  const primary = await Node.of(redis);
  const replica = await Node.of(headwater);
  await primary.client.send('XADD', 'a stream', '*', 'f', 'v');
  await replica.client.send('SET', 'old', 'data');
  await replica.follow(primary.port);
  await eventually(async () => (await replica.info('headwater_sync_failure')) !== undefined);

  expect(await replica.info('headwater_sync_failure')).toMatch(/a stream.*stream \(v/);
  expect(headwater.output()).toMatch(/Failed trying to load.*a stream.*stream \(v/);
  expect(Number(await replica.info('headwater_sync_retry_in_seconds'))).toBeGreaterThan(1);
  expect(await replica.client.send('GET', 'old')).toBe('$data');
  expect(await primary.info('sync_full')).toBe('1');

  await primary.client.send('DEL', 'a stream');
  await primary.client.send('SET', 'k', 'v');
  await untilSame(primary, replica);
  expect(await replica.info('headwater_sync_failure')).toBe(undefined);
});
