import { expect, test } from 'vitest';
import { hasExpiringFields } from '../store/values/due-hashes.ts';
import { ActiveExpiry } from './active-expiry.ts';
import { frameOf, type TestClient, TestEngine } from './testing-engine.ts';

function newWorld(...setUp: readonly string[]) {
  const world = new TestEngine();
  const client = world.connect();
  const ask = (...lines: readonly string[]): string => client.ask(lines.map(frameOf).join(''));
  ask(...setUp);
  world.effects.lines.length = 0;
  const { statistics, run } = world.engine;
  const expiry = new ActiveExpiry(world.clock, world.effects, statistics, run.keys);
  const cycle = (budgetUs = 1e9) => expiry.cycle(world.keyspace, budgetUs);
  return { world, client, ask, cycle };
}

function setMany(client: TestClient, key: string, count: number, prefix: string): void {
  for (let i = 0; i < count; i += 1) client.ask(frameOf(`HSET ${key} ${prefix}${i} v`));
}

function expireMany(client: TestClient, key: string, count: number, prefix: string): void {
  for (let i = 0; i < count; i += 1) {
    client.ask(frameOf(`HPEXPIRE ${key} 100 FIELDS 1 ${prefix}${i}`));
  }
}

const threeFields = ['HSET h a 1 b 2 c 3', 'HPEXPIRE h 100 FIELDS 2 a b'];

test('due fields: a read deletes them, with an effect of its own', () => {
  const { world, ask } = newWorld(...threeFields);
  world.clock.now += 99;
  expect(ask('HGET h a')).toBe('$1\r\n1\r\n');
  world.clock.now += 1;
  expect(ask('HGET h a', 'HLEN h')).toBe('$-1\r\n:1\r\n');
  expect(world.effects.lines).toEqual(['0: HDEL h a b']);
  expect(world.engine.statistics.expiredFields).toBe(2);
});

test('due fields: they go before the effect of the command that met them, both as one', () => {
  const { world, ask } = newWorld(...threeFields);
  world.clock.now += 100;
  expect(ask('HINCRBY h a 5')).toBe(':5\r\n');
  expect(world.effects.lines).toEqual(['MULTI', '0: HDEL h a b', '0: HINCRBY h a 5', 'EXEC']);
});

test('due fields: the key goes with the last of them', () => {
  const { world, ask } = newWorld('HSET h a 1', 'HPEXPIRE h 100 FIELDS 1 a');
  world.clock.now += 100;
  expect(ask('HGETALL h', 'EXISTS h')).toBe('*0\r\n:0\r\n');
  expect(world.effects.lines).toEqual(['0: HDEL h a']);
});

test('due fields: a replica hides them from readers, and its primary sees them', () => {
  const { world, ask } = newWorld(...threeFields);
  world.engine.run.expiry.deletes = false;
  world.clock.now += 100;
  expect(ask('HGET h a', 'HLEN h', 'HKEYS h')).toBe('$-1\r\n:3\r\n*1\r\n$1\r\nc\r\n');
  expect(world.effects.lines).toEqual([]);
  const primary = world.connect('primary');
  primary.receive(frameOf('HINCRBY h a 5'));
  const { hashes } = world.keyspace.databases[0];
  const key = new TextEncoder().encode('h');
  const record = world.keyspace.databases[0].find(key, 0, 1);
  expect(hashes.find(record, new TextEncoder().encode('a'), 0, 1)).toBe(true);
  expect(hashes.value.value).toBe(6);
});

test('due fields: those that watch the key hear of it', () => {
  const { world, ask } = newWorld(...threeFields);
  const other = world.connect();
  other.ask(frameOf('WATCH h'));
  world.clock.now += 100;
  ask('HLEN h');
  expect(other.ask(frameOf('MULTI') + frameOf('EXEC'))).toContain('*-1');
});

test('due fields: the cycle deletes them though nobody asks', () => {
  const { world, ask, cycle } = newWorld(...threeFields, 'HSET g x 1', 'HEXPIRE g 9 FIELDS 1 x');
  cycle();
  expect(world.effects.lines).toEqual([]);
  world.clock.now += 100;
  cycle();
  expect(world.effects.lines).toEqual(['0: HDEL h a b']);
  world.clock.now += 9_000;
  cycle();
  expect(world.effects.lines).toEqual(['0: HDEL h a b', '0: HDEL g x']);
  expect(ask('EXISTS g h')).toBe(':1\r\n');
  expect(hasExpiringFields(world.keyspace.databases[0])).toBe(true);
  expect(ask('DEL h')).toBe(':1\r\n');
  expect(hasExpiringFields(world.keyspace.databases[0])).toBe(false);
});

test.each(['RENAME h i', 'COPY h i', 'MOVE h 3', 'SWAPDB 0 5'])(
  'due fields: the cycle finds them after %s',
  (line) => {
    const { world, ask, cycle } = newWorld(...threeFields, 'SET other v PX 50');
    ask(line);
    world.effects.lines.length = 0;
    world.clock.now += 100;
    cycle();
    const fields = world.effects.lines.filter((each) => each.includes('HDEL'));
    expect(fields.length).toBe(line.startsWith('COPY') ? 2 : 1);
  },
);

test('due fields: many take several steps, and nobody sees them meanwhile', () => {
  const { world, client, ask, cycle } = newWorld();
  setMany(client, 'h', 8000, 'due');
  setMany(client, 'h', 5, 'kept');
  expireMany(client, 'h', 8000, 'due');
  world.effects.lines.length = 0;
  world.clock.now += 100;
  expect(ask('HKEYS h').split('\r\n')[0]).toBe('*5');
  const left = Number(ask('HLEN h').slice(1));
  expect(left).toBeGreaterThan(500);
  // A command that changes a field finds it gone, whichever were deleted so far.
  for (let i = 0; i < 3000; i += 1500) expect(ask(`HINCRBY h due${i} 1`)).toBe(':1\r\n');
  world.clock.lookUs = 1000;
  const { hashes } = world.keyspace.databases[0];
  const record = world.keyspace.databases[0].find(new TextEncoder().encode('h'), 0, 1);
  const before = hashes.length(record);
  cycle(10);
  expect(hashes.length(record)).toBeLessThan(before);
  for (let i = 0; i < 200; i += 1) cycle(10);
  expect(hashes.length(record)).toBe(7);
  expect(ask('HLEN h')).toBe(':7\r\n');
});
