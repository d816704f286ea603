/** Pipelines, transactions, waiting, pub/sub, iterators and lost connections, with node-redis. */
import { createClientPool } from 'redis';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { nodeLibraries } from './client-libraries.ts';
import { countClients, withClients } from './with-clients.ts';

const key = 'k';

async function collect<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

describe('clients: connections of node-redis', () => {
  withClients(nodeLibraries, (bench) => {
    const { library } = bench;
    const isBlocked = () => countClients(bench.server(), ' flags=b ').then((count) => count > 0);

    test('connect: the protocol asked for, name, database, and the library made known', async () => {
      const redis = await bench.open({ name: 'me', database: 2 });

      const info = await redis.clientInfo();

      expect(info).toMatchObject({ name: 'me', db: 2 });
      if (bench.isNew) {
        const text = String(await redis.sendCommand(['CLIENT', 'INFO']));
        expect(text).toContain(` resp=${library.resp} `);
        expect(text).toContain(` lib-name=${library.libraryName} `);
        expect(text).toMatch(/ lib-ver=\d+\.\d+\.\d+/);
      }
    });

    test('pipelines: what one turn asks goes together, errors among it', async () => {
      const redis = await bench.open();

      const [set, refused, got] = await Promise.allSettled([
        redis.set(key, 'a'),
        redis.incr(key),
        redis.get(key),
      ]);
      expect([set, got].map((each) => each.status === 'fulfilled' && each.value)).toEqual([
        'OK',
        'a',
      ]);
      expect(refused).toMatchObject({ reason: { message: expect.stringMatching(/^ERR value/) } });
      const counts = Array.from({ length: 5_000 }, () => redis.incr('n'));
      expect(await Promise.all(counts)).toEqual(counts.map((_, i) => i + 1));
      expect(await redis.multi().incr('n').get('n').execAsPipeline()).toEqual([5_001, '5001']);
    });

    test('transactions: all or nothing, and a watched key that changed stops one', async () => {
      const [redis, other] = await Promise.all([bench.open(), bench.open()]);

      expect(await redis.multi().set(key, '1').incr(key).hGetAll('h').exec()).toMatchObject([
        'OK',
        2,
        {},
      ]);
      await redis.watch(key);
      await other.set(key, '10');
      await expect(redis.multi().incr(key).exec()).rejects.toThrow(/watched keys/);
      expect(await redis.multi().incr(key).exec()).toEqual([11]);
      const failing = redis.multi().set(key, 'v').addCommand(['NONSENSE']);
      await expect(failing.exec()).rejects.toThrow();
      expect(await redis.get(key)).toBe('11');
    });

    test('waiting: one pops what another pushes', async () => {
      const [waiting, redis] = await Promise.all([bench.open(), bench.open()]);

      const popped = waiting.blPop(['a', 'b'], 0);
      await eventually(isBlocked);
      await redis.rPush('b', ['x', 'y']);
      expect(await popped).toEqual({ key: 'b', element: 'x' });
      const least = waiting.bzPopMin('z', 0);
      await eventually(isBlocked);
      await redis.zAdd('z', { score: 2, value: 'm' });
      expect(await least).toEqual({ key: 'z', value: 'm', score: 2 });
      const moved = waiting.blMove('from', 'to', 'LEFT', 'RIGHT', 0);
      await eventually(isBlocked);
      await redis.rPush('from', 'v');
      expect(await moved).toBe('v');
      expect(await waiting.brPop('none', 0.01)).toBeNull();
    });

    test('waiting: readers of streams, alone and in a group', async () => {
      const [waiting, redis] = await Promise.all([bench.open(), bench.open()]);
      const text = async (reply: Promise<unknown>) => JSON.stringify(await reply);

      const entry = text(waiting.xRead({ key, id: '$' }, { BLOCK: 0 }));
      await eventually(isBlocked);
      await redis.xAdd(key, '5-5', { f: 'v' });
      expect(await entry).toMatch(/"5-5".*"f".*"v"/);
      await redis.xGroupCreate(key, 'g', '$');
      const next = text(waiting.xReadGroup('g', 'me', { key, id: '>' }, { BLOCK: 0 }));
      await eventually(isBlocked);
      await redis.xAdd(key, '6-0', { f: 'w' });
      expect(await next).toMatch(/"6-0".*"f".*"w"/);
    });

    test('pub/sub: channels, patterns and shard channels', async () => {
      const [subscriber, redis] = await Promise.all([bench.open(), bench.open()]);
      const heard: string[] = [];
      const listener = (message: string, channel: string) => heard.push(`${channel}: ${message}`);

      await subscriber.subscribe(['a', 'b'], listener);
      await subscriber.pSubscribe('*.x', listener);
      await subscriber.sSubscribe('s', listener);
      expect(await redis.publish('a', '1')).toBe(1);
      expect(await redis.publish('n.x', '2')).toBe(1);
      expect(await redis.sPublish('s', '3')).toBe(1);
      await expect.poll(() => heard).toEqual(['a: 1', 'n.x: 2', 's: 3']);
      expect(await redis.pubSubNumPat()).toBe(1);
      expect({ ...(await redis.pubSubNumSub(['a', 'c'])) }).toEqual({ a: 1, c: 0 });
      if (library.resp === 3) expect(await subscriber.echo('still here')).toBe('still here');
      await subscriber.unsubscribe(['a', 'b']);
      await subscriber.pUnsubscribe('*.x');
      await subscriber.sUnsubscribe('s');
      expect(String(await subscriber.set(key, 'v'))).toBe('OK');
      expect(await redis.publish('a', '4')).toBe(0);
    });

    test('iterators: keys, fields, members', async () => {
      const redis = await bench.open();
      const numbers = Array.from({ length: 1_500 }, (_, i) => i);
      const members = numbers.map((i) => `m${i}`);
      await Promise.all([
        ...numbers.map((i) => redis.set(`key:${i}`, i)),
        redis.hSet('h', Object.fromEntries(numbers.map((i) => [`f${i}`, i]))),
        redis.sAdd('s', members),
        redis.zAdd(
          'z',
          numbers.map((i) => ({ score: i, value: `m${i}` })),
        ),
      ]);

      const keys = await collect(redis.scanIterator({ MATCH: 'key:*', COUNT: 100 }));
      const fields = await collect(redis.hScanIterator('h', { MATCH: 'f1*' }));
      const scored = await collect(redis.zScanIterator('z'));

      expect(new Set(keys)).toEqual(new Set(numbers.map((i) => `key:${i}`)));
      expect(new Set(fields.map(({ field }) => field)).size).toBe(611);
      expect(new Set(await collect(redis.sScanIterator('s')))).toEqual(new Set(members));
      expect(scored).toContainEqual({ value: 'm77', score: 77 });
      expect(new Set(scored.map(({ value }) => value)).size).toBe(1_500);
      if (bench.isNew) {
        const names = await redis.hScanNoValues('h', '0', { COUNT: 10_000 });
        expect(names.fields).toHaveLength(1_500);
      }
    });

    test('a cut connection comes back: name, database and subscriptions with it', async () => {
      const redis = await bench.open({ database: 5, name: 'phoenix' });
      const [subscriber, control] = await Promise.all([bench.open(), bench.open()]);
      const heard: string[] = [];
      await subscriber.subscribe('a', (message) => heard.push(message));
      const first = await redis.clientId();

      expect(await control.clientKill({ filter: 'ID', id: first })).toBe(1);
      expect(await control.clientKill({ filter: 'TYPE', type: 'pubsub' })).toBe(1);

      await eventually(async () => redis.isReady && (await redis.clientId()) !== first);
      expect(await redis.clientGetName()).toBe('phoenix');
      expect(await redis.set(key, 'v')).toBe('OK');
      await control.select(5);
      expect(await control.get(key)).toBe('v');
      await eventually(async () => (await control.publish('a', '1')) === 1);
      await expect.poll(() => heard).toEqual(['1']);
    });

    test('MONITOR shows what others ask', async () => {
      const [redis, watcher] = await Promise.all([bench.open(), bench.open()]);
      const seen: string[] = [];
      await watcher.monitor((line) => seen.push(String(line)));

      await redis.set('a "b"', 'v');

      await expect.poll(() => seen.join('\n')).toContain('"SET" "a \\"b\\"" "v"');
    });

    test('a pool shares its connections', async () => {
      const socket = { host: '127.0.0.1', port: bench.server().port };
      const pool = createClientPool({ RESP: library.resp as 3, socket }, { maximum: 4 });
      await pool.connect();

      const counts = Array.from({ length: 200 }, () => pool.incr('n'));

      expect((await Promise.all(counts)).sort((a, b) => a - b)).toEqual(
        counts.map((_, i) => i + 1),
      );
      const popped = pool.execute((client) => client.blPop('l', 0));
      await eventually(isBlocked);
      await pool.rPush('l', 'v');
      expect(await popped).toEqual({ key: 'l', element: 'v' });
      await pool.close();
    });
  });
});
