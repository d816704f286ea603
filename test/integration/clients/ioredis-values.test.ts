/** Every type of value, as programs with ioredis and iovalkey use it. */
import { describe, expect, test } from 'vitest';
import { ioLibraries } from './client-libraries.ts';
import { withClients } from './with-clients.ts';

const key = 'k';

describe('clients: values with ioredis', () => {
  withClients(ioLibraries, (bench) => {
    test('strings: set and get with options, counters, ranges', async () => {
      const redis = await bench.open();

      expect(await redis.set(key, 'v', 'EX', 100, 'NX')).toBe('OK');
      expect(await redis.set(key, 'w', 'NX')).toBeNull();
      expect(await redis.set(key, 'x', 'KEEPTTL', 'GET')).toBe('v');
      expect(await redis.ttl(key)).toBeGreaterThan(98);
      expect(await redis.persist(key)).toBe(1);
      expect(
        await redis.mset(
          new Map([
            ['a', '1'],
            ['b', '2'],
          ]),
        ),
      ).toBe('OK');
      expect(await redis.mset({ c: 3, d: 4 })).toBe('OK');
      expect(await redis.mget(['a', 'missing', 'd'])).toEqual(['1', null, '4']);
      expect(await redis.incrby('a', 41)).toBe(42);
      expect(await redis.incrbyfloat('a', 0.5)).toBe('42.5');
      expect(await redis.append(key, 'yz')).toBe(3);
      expect(await redis.getrange(key, 1, -1)).toBe('yz');
      expect(await redis.setrange(key, 2, '!!')).toBe(4);
      expect(await redis.strlen(key)).toBe(4);
      expect(await redis.getex(key, 'PX', 50_000)).toBe('xy!!');
      expect(await redis.getdel(key)).toBe('xy!!');
      expect(await redis.exists(key, 'a', 'a')).toBe(2);
      await expect(redis.incr('missing').then(() => redis.lpush('missing', 1))).rejects.toThrow(
        'WRONGTYPE Operation against a key holding the wrong kind of value',
      );
    });

    test('bytes: any of them, as keys, fields and values', async () => {
      const redis = await bench.open();
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

      expect(await redis.set(bytes, bytes)).toBe('OK');
      expect(await redis.getBuffer(bytes)).toEqual(bytes);
      expect(await redis.hset('h', bytes, bytes)).toBe(1);
      expect(await redis.callBuffer('HGET', 'h', bytes)).toEqual(bytes);
      expect(await redis.lpush('l', bytes, Buffer.alloc(10_000, 7))).toBe(2);
      expect(await redis.lrangeBuffer('l', 0, -1)).toEqual([Buffer.alloc(10_000, 7), bytes]);
      const dump = (await redis.dumpBuffer('l')) ?? Buffer.alloc(0);
      expect(await redis.restore('copy', 0, dump)).toBe('OK');
      expect(await redis.lindexBuffer('copy', 1)).toEqual(bytes);
    });

    test('hashes: all forms of arguments, counters', async () => {
      const redis = await bench.open();

      expect(await redis.hset(key, 'a', 1, 'b', 2)).toBe(2);
      expect(await redis.hset(key, { c: '3', a: '0' })).toBe(1);
      expect(await redis.hmset(key, new Map([['d', '4']]))).toBe('OK');
      expect(await redis.hgetall(key)).toEqual({ a: '0', b: '2', c: '3', d: '4' });
      expect(await redis.hgetall('missing')).toEqual({});
      expect(await redis.hmget(key, 'a', 'zz')).toEqual(['0', null]);
      expect(await redis.hincrby(key, 'b', 40)).toBe(42);
      expect(await redis.hincrbyfloat(key, 'b', 0.25)).toBe('42.25');
      expect(await redis.hsetnx(key, 'a', 'x')).toBe(0);
      expect(await redis.hdel(key, 'a', 'zz')).toBe(1);
      expect(await redis.hkeys(key)).toEqual(['b', 'c', 'd']);
      expect(await redis.hvals(key)).toEqual(['42.25', '3', '4']);
      expect(await redis.hrandfield(key, 1, 'WITHVALUES')).toHaveLength(2);
      expect(await redis.hexists(key, 'c')).toBe(1);
      expect(await redis.hstrlen(key, 'b')).toBe(5);
    });

    if (bench.isNew) {
      test('hashes: fields that expire', async () => {
        const redis = await bench.open();
        await redis.hset(key, 'a', 1, 'b', 2, 'c', 3);

        expect(await redis.call('HEXPIRE', key, '100', 'FIELDS', '2', 'a', 'zz')).toEqual([1, -2]);
        expect(await redis.call('HPEXPIRE', key, '1', 'FIELDS', '1', 'b')).toEqual([1]);
        expect(await redis.call('HTTL', key, 'FIELDS', '2', 'a', 'c')).toEqual([100, -1]);
        expect(await redis.call('HPERSIST', key, 'FIELDS', '1', 'a')).toEqual([1]);
        expect(await redis.call('HGETDEL', key, 'FIELDS', '1', 'c')).toEqual(['3']);
        await expect.poll(() => redis.hgetall(key)).toEqual({ a: '1' });
      });
    }

    test('lists: ends, ranges, moves', async () => {
      const redis = await bench.open();

      expect(await redis.rpush(key, 'a', 'b', 'c', 'b')).toBe(4);
      expect(await redis.lpush(key, '0')).toBe(5);
      expect(await redis.lrange(key, 0, -1)).toEqual(['0', 'a', 'b', 'c', 'b']);
      expect(await redis.linsert(key, 'BEFORE', 'c', 'x')).toBe(6);
      expect(await redis.lpos(key, 'b', 'RANK', -1)).toBe(5);
      expect(await redis.lrem(key, -1, 'b')).toBe(1);
      expect(await redis.lset(key, 0, 'first')).toBe('OK');
      expect(await redis.lmove(key, 'other', 'LEFT', 'RIGHT')).toBe('first');
      expect(await redis.rpoplpush(key, 'other')).toBe('c');
      expect(await redis.lpop(key, 2)).toEqual(['a', 'b']);
      expect(await redis.rpop('missing')).toBeNull();
      expect(await redis.ltrim('other', 1, 1)).toBe('OK');
      expect(await redis.lmpop(2, 'missing', 'other', 'LEFT')).toEqual(['other', ['first']]);
      expect(await redis.sort(key, 'ALPHA')).toEqual(['x']);
    });

    test('sets: members, operations', async () => {
      const redis = await bench.open();

      expect(await redis.sadd('a', 1, 2, 3)).toBe(3);
      expect(await redis.sadd('b', '2', '3', 'four')).toBe(3);
      expect((await redis.smembers('a')).sort()).toEqual(['1', '2', '3']);
      expect(await redis.smismember('a', 1, 9)).toEqual([1, 0]);
      expect((await redis.sinter('a', 'b')).sort()).toEqual(['2', '3']);
      expect(await redis.sdiffstore('c', 'b', 'a')).toBe(1);
      expect(await redis.smembers('c')).toEqual(['four']);
      expect(await redis.sunionstore('c', 'b', 'a')).toBe(4);
      expect(await redis.sintercard(2, 'a', 'b', 'LIMIT', 1)).toBe(1);
      expect(await redis.srandmember('a', -5)).toHaveLength(5);
      expect(await redis.smove('a', 'b', 1)).toBe(1);
      expect(await redis.spop('a', 5)).toHaveLength(2);
      expect(await redis.scard('a')).toBe(0);
    });

    test('sorted sets: ranges of each kind, stores, scores as text', async () => {
      const redis = await bench.open();

      expect(await redis.zadd(key, 1, 'a', 2.5, 'b', '+inf', 'c')).toBe(3);
      expect(await redis.zadd(key, 'XX', 'GT', 'CH', 0, 'a', 3, 'b')).toBe(1);
      expect(await redis.zincrby(key, 1.5, 'a')).toBe('2.5');
      expect(await redis.zscore(key, 'c')).toBe('inf');
      expect(await redis.zmscore(key, 'b', 'zz')).toEqual(['3', null]);
      expect(await redis.zrange(key, 0, -1, 'WITHSCORES')).toEqual([
        'a',
        '2.5',
        'b',
        '3',
        'c',
        'inf',
      ]);
      expect(await redis.zrangebyscore(key, '(2.5', '+inf', 'LIMIT', 0, 1)).toEqual(['b']);
      expect(await redis.zrevrange(key, 0, 0)).toEqual(['c']);
      expect(await redis.zrank(key, 'b')).toBe(1);
      expect(await redis.zcount(key, '-inf', 3)).toBe(2);
      expect(await redis.zunionstore('u', 2, key, key, 'WEIGHTS', 1, 2)).toBe(3);
      expect(await redis.zrange('u', '(7', 9, 'BYSCORE', 'WITHSCORES')).toEqual([
        'a',
        '7.5',
        'b',
        '9',
      ]);
      expect(await redis.zadd('lex', 0, 'a', 0, 'b', 0, 'c')).toBe(3);
      expect(await redis.zrangebylex('lex', '[a', '(c')).toEqual(['a', 'b']);
      expect(await redis.zpopmin(key)).toEqual(['a', '2.5']);
      expect(await redis.zpopmax(key, 2)).toEqual(['c', 'inf', 'b', '3']);
      expect(await redis.zmpop(1, 'lex', 'MAX', 'COUNT', 2)).toEqual([
        'lex',
        [
          ['c', '0'],
          ['b', '0'],
        ],
      ]);
    });

    test('places: distances and searches', async () => {
      const redis = await bench.open();

      expect(await redis.geoadd(key, 13.361389, 38.115556, 'p', 15.087269, 37.502669, 'c')).toBe(2);
      expect(await redis.geodist(key, 'p', 'c', 'KM')).toBe('166.2742');
      const near = redis.geosearch(key, 'FROMLONLAT', 15, 37, 'BYRADIUS', 200, 'KM', 'ASC');
      expect(await near).toEqual(['c', 'p']);
      expect(await redis.geohash(key, 'p')).toEqual(['sqc8b49rny0']);
    });

    test('bits and estimates', async () => {
      const redis = await bench.open();

      expect(await redis.setbit(key, 7, 1)).toBe(0);
      expect(await redis.bitcount(key)).toBe(1);
      expect(await redis.bitfield(key, 'GET', 'u4', 4)).toEqual([1]);
      expect(await redis.pfadd('h', 'a', 'b', 'c')).toBe(1);
      expect(await redis.pfcount('h')).toBe(3);
    });

    test('streams: entries, groups, pending ones claimed', async () => {
      const redis = await bench.open();

      expect(await redis.xadd(key, '1-1', 'a', '1')).toBe('1-1');
      expect(await redis.xadd(key, '1-*', 'a', '2')).toBe('1-2');
      expect(await redis.xadd(key, 'MAXLEN', '~', 1000, '2', 'a', '3', 'b', '4')).toBe('2-0');
      const all = [
        ['1-1', ['a', '1']],
        ['1-2', ['a', '2']],
        ['2-0', ['a', '3', 'b', '4']],
      ];
      expect(await redis.xrange(key, '-', '+')).toEqual(all);
      expect(await redis.xrevrange(key, '+', '-', 'COUNT', 1)).toEqual(all.slice(2));
      expect(await redis.xread('COUNT', 2, 'STREAMS', key, '0')).toEqual([[key, all.slice(0, 2)]]);
      expect(await redis.xgroup('CREATE', key, 'g', '0', 'MKSTREAM')).toBe('OK');
      const read = () => redis.xreadgroup('GROUP', 'g', 'ann', 'COUNT', 2, 'STREAMS', key, '>');
      expect(await read()).toEqual([[key, all.slice(0, 2)]]);
      expect(await read()).toEqual([[key, all.slice(2)]]);
      expect(await read()).toBeNull();
      expect(await redis.xack(key, 'g', '1-1')).toBe(1);
      expect(await redis.xpending(key, 'g')).toEqual([2, '1-2', '2-0', [['ann', '2']]]);
      expect(await redis.xautoclaim(key, 'g', 'bob', 0, '0', 'COUNT', 1)).toEqual([
        '2-0',
        all.slice(1, 2),
        [],
      ]);
      expect(await redis.xclaim(key, 'g', 'bob', 0, '2-0', 'JUSTID')).toEqual(['2-0']);
      expect(await redis.xtrim(key, 'MAXLEN', 1)).toBe(2);
      expect(await redis.xlen(key)).toBe(1);
      const info = (await redis.xinfo('GROUPS', key)) as unknown[][];
      expect(info[0]?.slice(0, 6)).toEqual(['name', 'g', 'consumers', 2, 'pending', 2]);
      await expect(redis.xgroup('CREATE', key, 'g', '$')).rejects.toThrow(/^BUSYGROUP /);
    });

    test('keys: names, types, expiry', async () => {
      const redis = await bench.open({ db: 3 });
      await redis.set('a', 1);

      expect(await redis.rename('a', 'b')).toBe('OK');
      expect(await redis.copy('b', 'c')).toBe(1);
      expect(await redis.type('c')).toBe('string');
      expect(await redis.object('ENCODING', 'c')).toBe('int');
      expect(await redis.pexpireat('c', Date.now() + 60_000)).toBe(1);
      expect(await redis.move('c', 4)).toBe(1);
      expect((await redis.keys('*')).sort()).toEqual(['b']);
      expect(await redis.unlink('b', 'c')).toBe(1);
      expect(await redis.select(4)).toBe('OK');
      expect(await redis.pttl('c')).toBeGreaterThan(59_000);
      expect(await redis.dbsize()).toBe(1);
    });
  });
});
