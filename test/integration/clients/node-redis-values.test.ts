/** Every type of value, as programs with node-redis use it. */
import { RESP_TYPES } from 'redis';
import { describe, expect, test } from 'vitest';
import { nodeLibraries } from './client-libraries.ts';
import { withClients } from './with-clients.ts';

const key = 'k';

describe('clients: values with node-redis', () => {
  withClients(nodeLibraries, (bench) => {
    test('strings: set and get with options, counters, ranges', async () => {
      const redis = await bench.open();

      expect(await redis.set(key, 'v', { expiration: { type: 'EX', value: 100 } })).toBe('OK');
      expect(await redis.set(key, 'w', { condition: 'NX' })).toBeNull();
      expect(await redis.set(key, 'x', { expiration: 'KEEPTTL', GET: true })).toBe('v');
      expect(await redis.ttl(key)).toBeGreaterThan(98);
      expect(await redis.mSet({ a: '1', b: '2' })).toBe('OK');
      expect(await redis.mGet(['a', 'missing', 'b'])).toEqual(['1', null, '2']);
      expect(await redis.incrBy('a', 41)).toBe(42);
      expect(await redis.incrByFloat('a', 0.5)).toBe('42.5');
      expect(await redis.append(key, 'yz')).toBe(3);
      expect(await redis.getRange(key, 1, -1)).toBe('yz');
      expect(await redis.getEx(key, { type: 'PX', value: 50_000 })).toBe('xyz');
      expect(await redis.getDel(key)).toBe('xyz');
      expect(await redis.exists(['a', 'b', 'c'])).toBe(2);
      expect(await redis.setNX('a', 'v')).toBe(0);
      await expect(redis.lPush('a', 'v')).rejects.toThrow(/^WRONGTYPE /);
    });

    test('bytes: any of them, as keys, fields and values', async () => {
      const redis = (await bench.open()).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

      await redis.set(bytes, bytes);
      await redis.hSet('h', bytes, bytes);
      await redis.lPush('l', [bytes, Buffer.alloc(10_000, 7)]);

      expect(await redis.get(bytes)).toEqual(bytes);
      expect(await redis.hGet('h', bytes)).toEqual(bytes);
      const dump = await redis.dump('l');
      expect(dump).toBeInstanceOf(Buffer);
      expect(await redis.restore('copy', 0, dump as unknown as Buffer)).toBe('OK');
      expect(await redis.lRange('copy', 1, 1)).toEqual([bytes]);
    });

    test('hashes: all forms of arguments, counters', async () => {
      const redis = await bench.open();

      expect(await redis.hSet(key, { a: '1', b: '2' })).toBe(2);
      expect(await redis.hSet(key, new Map([['c', 3]]))).toBe(1);
      expect(await redis.hSet(key, ['d', '4'])).toBe(1);
      const all = await redis.hGetAll(key);
      expect({ ...all }).toEqual({ a: '1', b: '2', c: '3', d: '4' });
      expect({ ...(await redis.hGetAll('missing')) }).toEqual({});
      expect(await redis.hmGet(key, ['a', 'zz'])).toEqual(['1', null]);
      expect(await redis.hIncrBy(key, 'b', 40)).toBe(42);
      expect(await redis.hIncrByFloat(key, 'b', 0.25)).toBe('42.25');
      expect(await redis.hDel(key, ['a', 'zz'])).toBe(1);
      expect(await redis.hKeys(key)).toEqual(['b', 'c', 'd']);
      const random = await redis.hRandFieldCountWithValues(key, 2);
      expect(random).toHaveLength(2);
      expect(random?.[0]).toHaveProperty('field');
      expect(await redis.hExists(key, 'c')).toBe(1);
    });

    if (bench.isNew) {
      test('hashes: fields that expire', async () => {
        const redis = await bench.open();
        await redis.hSet(key, { a: '1', b: '2', c: '3' });

        expect(await redis.hExpire(key, ['a', 'zz'], 100)).toEqual([1, -2]);
        expect(await redis.hpExpire(key, ['b'], 1)).toEqual([1]);
        expect(await redis.hTTL(key, ['a', 'c'])).toEqual([100, -1]);
        expect(await redis.hExpire(key, ['a'], 50, 'GT')).toEqual([0]);
        expect(await redis.hPersist(key, ['a'])).toEqual([1]);
        expect(await redis.hGetEx(key, ['c'], { expiration: { type: 'EX', value: 9 } })).toEqual([
          '3',
        ]);
        expect(await redis.hpTTL(key, ['c'])).toEqual([expect.closeTo(9_000, -3)]);
        expect(await redis.hSetEx(key, { d: '4' }, { mode: 'FNX' })).toBe(1);
        expect(await redis.hGetDel(key, ['c'])).toEqual(['3']);
        await expect.poll(() => redis.hKeys(key)).toEqual(['a', 'd']);
      });
    }

    test('lists: ends, ranges, moves', async () => {
      const redis = await bench.open();

      expect(await redis.rPush(key, ['a', 'b', 'c', 'b'])).toBe(4);
      expect(await redis.lPush(key, '0')).toBe(5);
      expect(await redis.lRange(key, 0, -1)).toEqual(['0', 'a', 'b', 'c', 'b']);
      expect(await redis.lInsert(key, 'BEFORE', 'c', 'x')).toBe(6);
      expect(await redis.lPosCount(key, 'b', 0)).toEqual([2, 5]);
      expect(await redis.lRem(key, -1, 'b')).toBe(1);
      expect(await redis.lMove(key, 'other', 'LEFT', 'RIGHT')).toBe('0');
      expect(await redis.lPopCount(key, 2)).toEqual(['a', 'b']);
      expect(await redis.rPop('missing')).toBeNull();
      expect(await redis.lmPop(['missing', 'other'], 'LEFT')).toEqual(['other', ['0']]);
      expect(await redis.sort(key, { ALPHA: true, DIRECTION: 'DESC' })).toEqual(['x', 'c']);
    });

    test('sets: members, operations', async () => {
      const redis = await bench.open();

      expect(await redis.sAdd('a', ['1', '2', '3'])).toBe(3);
      expect(await redis.sAdd('b', ['2', '3', 'four'])).toBe(3);
      expect([...(await redis.sMembers('a'))].sort()).toEqual(['1', '2', '3']);
      expect(await redis.smIsMember('a', ['1', '9'])).toEqual([1, 0]);
      expect([...(await redis.sInter(['a', 'b']))].sort()).toEqual(['2', '3']);
      expect(await redis.sDiffStore('c', ['b', 'a'])).toBe(1);
      expect(await redis.sInterCard(['a', 'b'], 1)).toBe(1);
      expect(await redis.sRandMemberCount('a', -5)).toHaveLength(5);
      expect(await redis.sPopCount('a', 5)).toHaveLength(3);
      expect(await redis.sCard('a')).toBe(0);
    });

    test('sorted sets: ranges of each kind, stores, scores as numbers', async () => {
      const redis = await bench.open();
      const [a, b] = [
        { score: 1, value: 'a' },
        { score: 2.5, value: 'b' },
      ];

      expect(await redis.zAdd(key, [a, b, { score: Infinity, value: 'c' }])).toBe(3);
      expect(await redis.zAdd(key, { score: 3, value: 'b' }, { condition: 'XX', CH: true })).toBe(
        1,
      );
      expect(await redis.zIncrBy(key, 1.5, 'a')).toBe(2.5);
      expect(await redis.zScore(key, 'c')).toBe(Infinity);
      expect(await redis.zmScore(key, ['b', 'zz'])).toEqual([3, null]);
      expect(await redis.zRangeWithScores(key, 0, 1)).toEqual([
        { score: 2.5, value: 'a' },
        { score: 3, value: 'b' },
      ]);
      const byScore = { BY: 'SCORE', LIMIT: { offset: 0, count: 1 } } as const;
      expect(await redis.zRange(key, '(2.5', '+inf', byScore)).toEqual(['b']);
      expect(await redis.zRank(key, 'b')).toBe(1);
      expect(await redis.zCount(key, '-inf', 3)).toBe(2);
      expect(await redis.zUnionStore('u', [{ key, weight: 2 }], { AGGREGATE: 'MAX' })).toBe(3);
      expect(await redis.zInterWithScores([key, 'u'])).toHaveLength(3);
      expect(await redis.zPopMin(key)).toEqual({ score: 2.5, value: 'a' });
      expect(await redis.zPopMaxCount(key, 2)).toEqual([
        { score: Infinity, value: 'c' },
        { score: 3, value: 'b' },
      ]);
      expect(await redis.zmPop('u', 'MIN')).toEqual({
        key: 'u',
        members: [{ score: 5, value: 'a' }],
      });
      expect(await redis.zRandMemberCountWithScores('u', 5)).toHaveLength(2);
    });

    test('places: distances and searches', async () => {
      const redis = await bench.open();
      const palermo = { longitude: 13.361389, latitude: 38.115556, member: 'p' };
      const catania = { longitude: 15.087269, latitude: 37.502669, member: 'c' };

      expect(await redis.geoAdd(key, [palermo, catania])).toBe(2);
      expect(await redis.geoDist(key, 'p', 'c', 'km')).toBe(166.2742);
      const circle = { radius: 200, unit: 'km' } as const;
      const near = await redis.geoSearchWith(key, { longitude: 15, latitude: 37 }, circle, [
        'WITHDIST',
      ]);
      expect(near.map(({ member }) => member).sort()).toEqual(['c', 'p']);
      expect(await redis.geoHash(key, 'p')).toEqual(['sqc8b49rny0']);
    });

    test('streams: entries, groups, pending ones claimed', async () => {
      const redis = await bench.open();
      const trim = { strategy: 'MAXLEN', strategyModifier: '~', threshold: 1_000 } as const;
      const first = { id: '1-1', message: { a: '1' } };
      const second = { id: '1-2', message: { a: '2' } };

      expect(await redis.xAdd(key, '1-1', { a: '1' })).toBe('1-1');
      expect(await redis.xAdd(key, '1-*', { a: '2' }, { TRIM: trim })).toBe('1-2');
      expect(plain(await redis.xRange(key, '-', '+'))).toEqual([first, second]);
      expect(messagesOf(await redis.xRead({ key, id: '0' }, { COUNT: 1 }))).toEqual([first]);
      expect(await redis.xGroupCreate(key, 'g', '0')).toBe('OK');
      const next = () => redis.xReadGroup('g', 'ann', { key, id: '>' });
      expect(messagesOf(await next())).toEqual([first, second]);
      expect(await next()).toBeNull();
      expect(await redis.xAck(key, 'g', '1-1')).toBe(1);
      expect(plain(await redis.xPending(key, 'g'))).toEqual({
        pending: 1,
        firstId: '1-2',
        lastId: '1-2',
        consumers: [{ name: 'ann', deliveriesCounter: 1 }],
      });
      expect(plain(await redis.xAutoClaim(key, 'g', 'bob', 0, '0'))).toEqual({
        nextId: '0-0',
        messages: [second],
        deletedMessages: [],
      });
      expect(await redis.xClaimJustId(key, 'g', 'ann', 0, '1-2')).toEqual(['1-2']);
      const [group] = await redis.xInfoGroups(key);
      expect(group).toMatchObject({ name: 'g', consumers: 2, pending: 1 });
      const info = await redis.xInfoStream(key);
      expect(plain(info)).toMatchObject({ length: 2, 'first-entry': first, groups: 1 });
      expect(await redis.xTrim(key, 'MAXLEN', 1)).toBe(1);
      await expect(redis.xGroupCreate(key, 'g', '$')).rejects.toThrow(/^BUSYGROUP /);
    });

    test('keys and the server: types, expiry, memory, settings', async () => {
      const redis = await bench.open({ database: 3 });
      await redis.set('a', '1');

      expect(await redis.rename('a', 'b')).toBe('OK');
      expect(await redis.copy('b', 'c')).toBe(1);
      expect(await redis.type('c')).toBe('string');
      expect(await redis.objectEncoding('c')).toBe('int');
      expect(await redis.pExpireAt('c', Date.now() + 60_000, 'NX')).toBe(1);
      expect(await redis.expireTime('c')).toBeGreaterThan(1_600_000_000);
      expect(await redis.memoryUsage('c')).toBeGreaterThan(16);
      expect({ ...(await redis.configGet('maxmemory-pol*')) }).toEqual({
        'maxmemory-policy': 'noeviction',
      });
      expect(await redis.move('c', 4)).toBe(1);
      expect(await redis.keys('*')).toEqual(['b']);
      expect(await redis.dbSize()).toBe(1);
      expect(await redis.info('replication')).toContain('role:master\r\n');
      expect(await redis.role()).toMatchObject({ role: 'master', replicas: [] });
      const [get] = await redis.commandInfo(['get']);
      expect(get).toMatchObject({ name: 'get', arity: 2, firstKeyIndex: 1 });
    });
  });
});

/** `value` as JSON has it: node-redis's objects have no prototype. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** The messages of one stream. In RESP3, version 5 hands on what came over the wire. */
function messagesOf(reply: unknown): unknown {
  const streams = plain(reply) as { messages: unknown }[] | Record<string, RawMessage[]>;
  if (Array.isArray(streams)) return streams[0]?.messages;
  return streams[key]?.map(([id, [field, value]]) => ({ id, message: { [field]: value } }));
}

/** An id, and a field with its value. */
type RawMessage = [string, [string, string]];
