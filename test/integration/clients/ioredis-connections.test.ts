/** Pipelines, transactions, waiting, pub/sub, iterators and lost connections, with ioredis. */
import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type IoClient, ioLibraries } from './client-libraries.ts';
import { countClients, withClients } from './with-clients.ts';

const key = 'k';

/** Notes what `client` hears, one line for each message. */
function listen(client: IoClient): string[] {
  const heard: string[] = [];
  client.on('message', (channel, text) => heard.push(`${channel}: ${text}`));
  client.on('smessage', (channel, text) => heard.push(`shard ${channel}: ${text}`));
  client.on('pmessage', (pattern, channel, text) => heard.push(`${pattern} ${channel}: ${text}`));
  return heard;
}

const idOf = (client: IoClient) => client.client('ID');

async function collect<T>(stream: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const some of stream) all.push(...some);
  return all;
}

describe('clients: connections of ioredis', () => {
  withClients(ioLibraries, (bench) => {
    const { library } = bench;

    test('connect: the protocol asked for, name, database, and the library made known', async () => {
      const redis = await bench.open({ connectionName: 'me', db: 2 });

      const info = String(await redis.client('INFO'));

      expect(info).toMatch(/ name=me /);
      expect(info).toMatch(/ db=2 /);
      if (bench.isNew) {
        expect(info).toContain(` resp=${library.resp} `);
        const named = ` lib-name=${library.libraryName ?? ''}`;
        await expect.poll(() => redis.client('INFO')).toContain(named);
      }
    });

    test('pipelines: every reply in order, errors among them', async () => {
      const redis = await bench.open();

      const replies = await redis.pipeline().set(key, 'a').incr(key).get(key).exec();
      expect(replies?.[0]).toEqual([null, 'OK']);
      expect(String(replies?.[1]?.[0])).toContain('ERR value is not an integer or out of range');
      expect(replies?.[2]).toEqual([null, 'a']);
      const many = redis.pipeline();
      for (let i = 0; i < 5_000; i += 1) many.rpush('l', i);
      expect((await many.exec())?.at(-1)).toEqual([null, 5_000]);
      expect(await redis.lindex('l', -1)).toBe('4999');
    });

    test('pipelines: made by themselves out of what one turn asks', async () => {
      const redis = await bench.open({ enableAutoPipelining: true });

      const sums = Array.from({ length: 500 }, () => redis.incr('n'));
      const hashes = Array.from({ length: 500 }, (_, i) => redis.hset('h', `f${i}`, i));

      expect(await Promise.all(sums)).toEqual(sums.map((_, i) => i + 1));
      expect(await Promise.all(hashes)).toEqual(hashes.map(() => 1));
      expect(await redis.hlen('h')).toBe(500);
    });

    test('transactions: all or nothing, and a watched key that changed stops one', async () => {
      const [redis, other] = await Promise.all([bench.open(), bench.open()]);

      expect(await redis.multi().set(key, 1).incr(key).get(key).exec()).toEqual([
        [null, 'OK'],
        [null, 2],
        [null, '2'],
      ]);
      await redis.watch(key);
      await other.set(key, 10);
      expect(await redis.multi().incr(key).exec()).toBeNull();
      expect(await redis.multi().incr(key).exec()).toEqual([[null, 11]]);
      await redis.watch(key);
      await redis.unwatch();
      await other.set(key, 20);
      expect(await redis.multi({ pipeline: false })).toBe('OK');
      expect(await redis.incr(key)).toBe('QUEUED');
      expect(await redis.exec()).toEqual([[null, 21]]);
      await expect(redis.multi().set(key, 'v').call('nonsense').exec()).rejects.toThrow(
        'EXECABORT',
      );
      expect(await redis.get(key)).toBe('21');
    });

    test('waiting: one pops what another pushes', async () => {
      const [waiting, redis] = await Promise.all([bench.open(), bench.open()]);
      const isBlocked = () => countClients(bench.server(), ' flags=b ').then((count) => count > 0);

      const popped = waiting.blpop('a', 'b', 0);
      await eventually(isBlocked);
      await redis.rpush('b', 'x', 'y');
      expect(await popped).toEqual(['b', 'x']);
      const least = waiting.bzpopmin('z', 0);
      await eventually(isBlocked);
      await redis.zadd('z', 2, 'm');
      expect(await least).toEqual(['z', 'm', '2']);
      const moved = waiting.blmove('from', 'to', 'LEFT', 'RIGHT', 0);
      await eventually(isBlocked);
      await redis.rpush('from', 'v');
      expect(await moved).toBe('v');
      expect(await waiting.brpop('none', 0.01)).toBeNull();
      const unblocked = waiting.blpop('none', 0);
      await eventually(isBlocked);
      expect(await redis.client('UNBLOCK', await idOfBlocked(redis))).toBe(1);
      expect(await unblocked).toBeNull();
    });

    test('waiting: readers of streams, alone and in a group', async () => {
      const [waiting, redis] = await Promise.all([bench.open(), bench.open()]);
      const isBlocked = () => countClients(bench.server(), ' flags=b ').then((count) => count > 0);

      const entry = waiting.xread('BLOCK', 0, 'STREAMS', key, '$');
      await eventually(isBlocked);
      await redis.xadd(key, '5-5', 'f', 'v');
      expect(await entry).toEqual([[key, [['5-5', ['f', 'v']]]]]);
      await redis.xgroup('CREATE', key, 'g', '$');
      const read = () => waiting.xreadgroup('GROUP', 'g', 'me', 'BLOCK', 0, 'STREAMS', key, '>');
      const next = read();
      await eventually(isBlocked);
      await redis.xadd(key, '6-0', 'f', 'w');
      expect(await next).toEqual([[key, [['6-0', ['f', 'w']]]]]);
      const refused = expect(read()).rejects.toThrow(/^NOGROUP /);
      await eventually(isBlocked);
      await redis.xgroup('DESTROY', key, 'g');
      await refused;
    });

    test('pub/sub: channels, patterns and shard channels', async () => {
      const [subscriber, redis] = await Promise.all([bench.open(), bench.open()]);
      const heard = listen(subscriber);

      expect(await subscriber.subscribe('a', 'b')).toBe(2);
      expect(await subscriber.psubscribe('*.x')).toBe(3);
      expect(await subscriber.ssubscribe('s')).toBe(1);
      expect(await redis.publish('a', '1')).toBe(1);
      expect(await redis.publish('n.x', '2')).toBe(1);
      expect(await redis.spublish('s', '3')).toBe(1);
      await expect.poll(() => heard).toEqual(['a: 1', '*.x n.x: 2', 'shard s: 3']);
      expect(await redis.pubsub('NUMSUB', 'a', 'c')).toEqual(['a', 1, 'c', 0]);
      expect(await subscriber.unsubscribe('a', 'b')).toBe(1);
      expect(await subscriber.punsubscribe()).toBe(0);
      expect(await subscriber.sunsubscribe()).toBe(0);
      expect(await subscriber.set(key, 'v')).toBe('OK');
      expect(await redis.publish('a', '4')).toBe(0);
    });

    test('iterators: keys, fields, members', async () => {
      const redis = await bench.open();
      const numbers = Array.from({ length: 1_500 }, (_, i) => i);
      const pipeline = redis.pipeline();
      for (const i of numbers) {
        pipeline.set(`key:${i}`, i).hset('h', `f${i}`, i).sadd('s', `m${i}`).zadd('z', i, `m${i}`);
      }
      await pipeline.exec();

      const keys = await collect<string>(redis.scanStream({ match: 'key:*', count: 100 }));
      const fields = await collect<string>(redis.hscanStream('h', { match: 'f1*' }));
      const members = await collect<string>(redis.sscanStream('s'));
      const scored = await collect<string>(redis.zscanStream('z'));

      expect(new Set(keys)).toEqual(new Set(numbers.map((i) => `key:${i}`)));
      expect(new Set(fields.filter((_, i) => i % 2 === 0)).size).toBe(611);
      expect(new Set(members).size).toBe(1_500);
      expect(scored.length).toBeGreaterThanOrEqual(3_000);
      expect(scored[scored.indexOf('m77') + 1]).toBe('77');
      const strings = await collect<string>(redis.scanStream({ type: 'hash' }));
      expect(strings).toEqual(['h']);
    });

    test('keyPrefix: before keys, in pipelines too, and before nothing else', async () => {
      const [redis, plain] = await Promise.all([bench.open({ keyPrefix: 'app:' }), bench.open()]);

      await redis.mset('a', 1, 'b', 2);
      await redis.pipeline().hset('h', 'f', 'v').zadd('z', 1, 'm').exec();
      await redis.zunionstore('u', 2, 'z', 'z');

      const expected = ['app:a', 'app:b', 'app:h', 'app:u', 'app:z'];
      expect((await plain.keys('*')).sort()).toEqual(expected);
      expect(await redis.mget('a', 'b')).toEqual(['1', '2']);
    });

    test('a cut connection comes back: name, database and subscriptions with it', async () => {
      const redis = await bench.open({ db: 5, connectionName: 'phoenix' });
      const subscriber = await bench.open();
      const control = await bench.open();
      const heard = listen(subscriber);
      await subscriber.subscribe('a');
      await subscriber.psubscribe('p*');
      const [first, second] = await Promise.all([idOf(redis), subscriberId(control)]);

      expect(await control.client('KILL', 'ID', first)).toBe(1);
      expect(await control.client('KILL', 'ID', second)).toBe(1);

      expect(await redis.set(key, 'v')).toBe('OK');
      expect(await idOf(redis)).not.toBe(first);
      expect(await redis.client('GETNAME')).toBe('phoenix');
      expect(await control.select(5)).toBe('OK');
      expect(await control.get(key)).toBe('v');
      await eventually(async () => (await control.publish('a', '1')) === 1);
      await eventually(async () => (await control.publish('pp', '2')) === 1);
      await expect.poll(() => heard).toEqual(['a: 1', 'p* pp: 2']);
    });

    test('one that waits asks again when its connection was cut', async () => {
      const [waiting, control] = await Promise.all([bench.open(), bench.open()]);
      const popped = waiting.blpop('l', 0);
      const first = await eventually(() => idOfBlocked(control));

      expect(await control.client('KILL', 'ID', first)).toBe(1);
      await eventually(async () => {
        const id = await idOfBlocked(control);
        return id !== 0 && id !== first;
      });
      await control.rpush('l', 'v');

      expect(await popped).toEqual(['l', 'v']);
    });

    test('MONITOR shows what others ask', async () => {
      const [redis, watcher] = await Promise.all([bench.open(), bench.open()]);
      const monitor = await watcher.monitor();
      const seen: string[][] = [];
      monitor.on('monitor', (_time: string, words: string[]) => seen.push(words));

      await redis.set('a "b"', 'v');

      await expect.poll(() => seen).toContainEqual(['set', 'a "b"', 'v']);
      monitor.disconnect();
    });
  });
});

/** The one client that waits for a key, 0 for none. */
async function idOfBlocked(control: IoClient): Promise<number> {
  const list = String(await control.client('LIST'));
  return Number(/^id=(\d+) .* flags=b /m.exec(list)?.[1] ?? 0);
}

/** The one client that subscribed. */
async function subscriberId(control: IoClient): Promise<number> {
  const list = String(await control.call('CLIENT', 'LIST', 'TYPE', 'pubsub'));
  return Number(/^id=(\d+)/.exec(list)?.[1] ?? 0);
}
