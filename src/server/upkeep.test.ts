import { describe, expect, test } from 'vitest';
import { SimulatedServer } from '../../test/support/simulated-server.ts';

function startedServer(settings: ConstructorParameters<typeof SimulatedServer>[0] = {}) {
  const world = new SimulatedServer(settings);
  world.server.control.start();
  return { world, client: world.connect() };
}

describe('upkeep', () => {
  test('deletes keys whose time has come, though nobody asks', () => {
    const { world, client } = startedServer();
    for (let i = 0; i < 3_000; i += 1) client.ask(`SET key:${i} v PX ${1 + (i % 2) * 60_000}\r\n`);

    world.clock.advance(1_000);

    expect(world.server.engine.keyspace.size).toBe(1_500);
    expect(world.server.engine.statistics.expiredKeys).toBe(1_500);
  });

  test('deletes nothing on a replica or while writes are paused', () => {
    const paused = startedServer();
    paused.client.ask('SET k v PX 1\r\nCLIENT PAUSE 5000 WRITE\r\n');
    const replica = startedServer();
    replica.client.ask('SET k v PX 1\r\n');
    replica.world.server.engine.run.expiry.deletes = false;

    paused.world.clock.advance(4_000);
    replica.world.clock.advance(4_000);

    expect(paused.world.server.engine.keyspace.size).toBe(1);
    expect(replica.world.server.engine.keyspace.size).toBe(1);
    paused.world.clock.advance(2_000);
    expect(paused.world.server.engine.keyspace.size).toBe(0);
  });

  test('frees the memory of flushed databases in slices', () => {
    const { world, client } = startedServer();
    for (let i = 0; i < 10_000; i += 1) client.ask(`SET key:${i} value\r\n`);
    client.ask('SELECT 1\r\nSET stays 1\r\nSELECT 0\r\n');
    const { keyspace } = world.server.engine;
    const before = keyspace.usedBytes;

    client.ask('FLUSHDB ASYNC\r\n');
    expect(keyspace.size).toBe(1);
    world.clock.advance(500);

    expect(keyspace.hasDetached).toBe(false);
    expect(keyspace.usedBytes).toBeLessThan(before / 4);
  });

  test('ends pauses that ran out', () => {
    const { world, client } = startedServer();
    const other = world.connect();
    client.ask('CLIENT PAUSE 1000 ALL\r\n');
    expect(other.ask('PING\r\n')).toBe('');

    world.clock.advance(900);
    expect(other.connection.sent).toBe('');
    world.clock.advance(300);

    expect(other.connection.sent).toBe('+PONG\r\n');
  });

  test('cuts idle clients and measures rates', () => {
    const { world, client } = startedServer({ timeout: '3' });
    const busy = world.connect();
    for (let i = 0; i < 50; i += 1) {
      busy.ask('PING\r\nPING\r\n');
      world.clock.advance(100);
    }

    expect(client.connection.isDestroyed).toBe(true);
    expect(busy.connection.isDestroyed).toBe(false);
    expect(world.server.upkeep.rates.perSecond('commands')).toBeCloseTo(20, 0);
  });

  test('remembers how much memory was used at most', () => {
    const { world, client } = startedServer();
    client.ask(`SET k ${'x'.repeat(60_000)}\r\n`);
    world.clock.advance(200);
    const peak = world.server.upkeep.peakUsedBytes;
    client.ask('DEL k\r\n');
    world.clock.advance(200);

    expect(peak).toBeGreaterThan(60_000);
    expect(world.server.upkeep.peakUsedBytes).toBe(peak);
    expect(world.info('memory')).toContain(`used_memory_peak:${peak}\r\n`);
  });

  test('ends with the server', () => {
    const { world, client } = startedServer();
    client.ask('SET k v PX 500\r\n');

    world.server.control.shutdownSteps.begin({ save: 'no', now: true, force: false });
    world.clock.advance(10_000);

    expect(world.stopCount).toBe(1);
    expect(client.connection.isDestroyed).toBe(true);
    expect(world.server.engine.keyspace.size).toBe(1);
  });
});
