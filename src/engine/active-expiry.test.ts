import { describe, expect, test } from 'vitest';
import { bytesOf } from '../base/bytes.ts';
import { seededRandom } from '../runtime/seeded-random.ts';
import { ActiveExpiry } from './active-expiry.ts';
import { TestEngine } from './testing-engine.ts';

function newWorld() {
  const world = new TestEngine();
  const expiry = new ActiveExpiry(
    world.clock,
    world.effects,
    world.engine.statistics,
    world.engine.run.keys,
  );
  const set = (index: number, key: string, expiresAtMs: number) => {
    const bytes = bytesOf(key);
    const database = world.keyspace.databases[index];
    database.setString(bytes, 0, bytes.length, bytes, 0, bytes.length, expiresAtMs);
  };
  const cycle = (budgetUs = 1e9) => expiry.cycle(world.keyspace, budgetUs);
  const keysOf = (index: number) => {
    const database = world.keyspace.databases[index];
    const keys = new Set<string>();
    database.forEachRecord((ref) => keys.add(new TextDecoder().decode(database.keyOf(ref))));
    return keys;
  };
  return { world, expiry, set, cycle, keysOf };
}

describe('active expiry', () => {
  test('deletes exactly what is due, in every database (random keys and moments)', () => {
    const seed = 77;
    const random = seededRandom(seed);
    const { world, set, cycle, keysOf } = newWorld();
    const start = world.clock.now;
    const expiries = new Map<string, number>();
    for (let i = 0; i < 6_000; i += 1) {
      const index = random.uint32() % 4;
      const expiresAtMs = random.uint32() % 3 === 0 ? 0 : start + (random.uint32() % 1_000);
      set(index, `key:${i}`, expiresAtMs);
      expiries.set(`${index} key:${i}`, expiresAtMs);
    }

    for (const later of [0, 1, 250, 251, 700, 998, 999, 5_000]) {
      world.clock.now = start + later;
      cycle();
      const left = [0, 1, 2, 3].flatMap((index) =>
        [...keysOf(index)].map((key) => `${index} ${key}`),
      );
      const right = [...expiries]
        .filter(([, expiresAtMs]) => expiresAtMs === 0 || expiresAtMs > world.clock.now)
        .map(([key]) => key);
      expect(left.sort(), `seed ${seed}, ${later} ms`).toEqual(right.sort());
    }
    expect(world.keyspace.databases.every(({ expiryCount }) => expiryCount === 0)).toBe(true);
  });

  test('propagates a plain DEL for each key, and counts it', () => {
    const { world, set, cycle } = newWorld();
    set(0, 'a', world.clock.now);
    set(3, 'b', world.clock.now - 1);
    set(3, 'c', world.clock.now + 1);

    expect(cycle()).toBe(2);

    expect(world.effects.lines).toEqual(['0: DEL a', '3: DEL b']);
    expect(world.engine.statistics.expiredKeys).toBe(2);
  });

  test('encodes nothing when nobody listens', () => {
    const { world, set, cycle } = newWorld();
    world.effects.wantsEffects = false;
    set(0, 'a', world.clock.now);

    expect(cycle()).toBe(1);
    expect(world.effects.lines).toEqual([]);
  });

  test('stops when its time is used up, and goes on there the next time', () => {
    const { world, set, cycle } = newWorld();
    const count = 20_000;
    for (let i = 0; i < count; i += 1) set(i % 2, `key:${i}`, world.clock.now);
    world.clock.lookUs = 100;

    const deleted = [cycle(250), cycle(250), cycle(250)];

    const perSegment = 938;
    for (const each of deleted) {
      expect(each).toBeGreaterThan(0);
      expect(each).toBeLessThanOrEqual(3 * perSegment);
    }
    expect(world.engine.statistics.expireCyclesCutShort).toBe(3);
    let cycles = 3;
    while (world.keyspace.size > 0) {
      expect(cycle(250)).toBeGreaterThan(0);
      cycles += 1;
    }
    expect(cycles).toBeLessThan(80);
    expect(world.engine.statistics.expiredKeys).toBe(count);
  });

  test('looks at no record where nothing is due', () => {
    const { world, set, cycle } = newWorld();
    for (let i = 0; i < 5_000; i += 1) set(0, `key:${i}`, world.clock.now + 50);
    const { table } = world.keyspace.databases[0];
    let looks = 0;
    const { collectDue } = table;
    table.collectDue = (...args) => {
      looks += 1;
      collectDue.apply(table, args);
    };

    cycle();
    expect(looks).toBe(0);
    world.clock.now += 50;
    expect(cycle()).toBe(5_000);
    expect(looks).toBeGreaterThan(4);
  });

  test('learns anew when a key gets another expiry, or loses it', () => {
    const { world, set, cycle } = newWorld();
    set(0, 'later', world.clock.now + 10);
    set(0, 'never', world.clock.now + 10);
    set(0, 'sooner', world.clock.now + 500);
    set(0, 'later', world.clock.now + 100);
    set(0, 'never', 0);
    set(0, 'sooner', world.clock.now + 20);

    world.clock.now += 50;
    expect(cycle()).toBe(1);
    world.clock.now += 50;
    expect(cycle()).toBe(1);

    expect(world.effects.lines).toEqual(['0: DEL sooner', '0: DEL later']);
    expect(world.keyspace.size).toBe(1);
  });

  test('can be turned off', () => {
    const { world, expiry, set, cycle } = newWorld();
    set(0, 'a', world.clock.now);

    expiry.enabled = false;

    expect(cycle()).toBe(0);
    expect(world.keyspace.size).toBe(1);
  });
});

test('active expiry: whoever watches a key hears of its end', () => {
  const { world, expiry } = newWorld();
  const client = world.connect();
  client.ask('SET a 1 PX 10\r\nWATCH a\r\n');
  world.clock.now += 20;

  expiry.cycle(world.keyspace, 1000);

  expect(client.ask('MULTI\r\nPING\r\nEXEC\r\n')).toBe('+OK\r\n+QUEUED\r\n*-1\r\n');
});
