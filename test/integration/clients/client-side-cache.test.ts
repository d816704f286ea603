/** node-redis's cache inside the client, which CLIENT TRACKING keeps true. */
import { BasicClientSideCache as Cache6 } from 'redis';
import { BasicClientSideCache as Cache5 } from 'redis-5';
import { describe, expect, test } from 'vitest';
import { nodeLibraries } from './client-libraries.ts';
import { withClients } from './with-clients.ts';

const cacheOptions = { ttl: 0, maxEntries: 100, evictPolicy: 'LRU' } as const;

describe('clients: cache inside the client', () => {
  withClients(
    nodeLibraries.filter(({ resp }) => resp === 3),
    (bench) => {
      const openCached = async () => {
        const isOld = bench.library.name.startsWith('node-redis 5');
        const cache = isOld ? new Cache5(cacheOptions) : new Cache6(cacheOptions);
        const redis = await bench.open({ clientSideCache: cache as Cache6 });
        return { cache, redis };
      };

      test('reads are answered from it until somebody writes', async () => {
        const other = await bench.open();
        const { cache, redis } = await openCached();
        await other.set('k', 'old');

        const reads = [await redis.get('k'), await redis.get('k'), await redis.get('k')];
        expect(reads).toEqual(['old', 'old', 'old']);
        expect(cache.stats()).toMatchObject({ hitCount: 2, missCount: 1 });
        await other.set('k', 'new');
        await expect.poll(() => redis.get('k')).toBe('new');
        await other.del('k');
        await expect.poll(() => redis.get('k')).toBeNull();
      });

      test('values of every type, and expiry', async () => {
        const other = await bench.open();
        const { cache, redis } = await openCached();
        await other.hSet('h', 'f', '1');
        await other.sAdd('s', 'm');
        await other.rPush('l', 'v');
        await other.set('short', 'v', { expiration: { type: 'PX', value: 50 } });

        for (let i = 0; i < 2; i += 1) {
          expect({ ...(await redis.hGetAll('h')) }).toEqual({ f: '1' });
          expect([...(await redis.sMembers('s'))]).toEqual(['m']);
          expect(await redis.lRange('l', 0, -1)).toEqual(['v']);
        }
        expect(cache.stats().hitCount).toBe(3);
        await other.hIncrBy('h', 'f', 1);
        await other.sRem('s', 'm');
        await other.lPush('l', 'u');
        await expect.poll(() => redis.hGet('h', 'f')).toBe('2');
        await expect.poll(async () => [...(await redis.sMembers('s'))]).toEqual([]);
        await expect.poll(() => redis.lRange('l', 0, -1)).toEqual(['u', 'v']);
        await redis.get('short');
        await expect.poll(() => redis.get('short')).toBeNull();
      });

      test('FLUSHALL, and a lost connection, empty it', async () => {
        const other = await bench.open();
        const { redis } = await openCached();
        await other.set('k', 'v');
        const id = await redis.clientId();

        expect(await redis.get('k')).toBe('v');
        await other.flushAll();
        await expect.poll(() => redis.get('k')).toBeNull();
        await other.set('k', 'w');
        await expect.poll(() => redis.get('k')).toBe('w');
        expect(await other.clientKill({ filter: 'ID', id })).toBe(1);
        await other.set('k', 'x');
        await expect.poll(() => redis.get('k')).toBe('x');
      });
    },
  );
});
