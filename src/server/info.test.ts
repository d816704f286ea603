import { describe, expect, test } from 'vitest';
import { SimulatedServer } from '../../test/support/simulated-server.ts';

const titlesOf = (text: string) => [...text.matchAll(/^# (.*)\r$/gm)].map((match) => match[1]);

function fieldsOf(text: string): Record<string, string> {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}

describe('info: sections', () => {
  const standard = [
    ...['Server', 'Clients', 'Memory', 'Persistence', 'Stats', 'Replication', 'CPU', 'Modules'],
    ...['Errorstats', 'Cluster', 'Keyspace'],
  ];

  test('without names, the ones that Redis shows', () => {
    const world = new SimulatedServer();

    expect(titlesOf(world.info())).toEqual(standard);
    expect(titlesOf(world.info('default'))).toEqual(standard);
  });

  test('by name, each once, in the order of INFO', () => {
    const world = new SimulatedServer();

    expect(titlesOf(world.info('keyspace', 'server', 'keyspace'))).toEqual(['Server', 'Keyspace']);
    expect(titlesOf(world.info('all'))).toEqual(titlesOf(world.info('everything')));
    expect(titlesOf(world.info('all'))).toContain('Commandstats');
    expect(titlesOf(world.info('default', 'commandstats'))).toHaveLength(standard.length + 1);
    expect(world.info('nothing')).toBe('');
  });

  test('end with an empty line between two, and every line with CR LF', () => {
    const text = new SimulatedServer().info('clients', 'cpu');

    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(text).toMatch(/\r\n\r\n# CPU\r\n/);
    expect(text.endsWith('\r\n')).toBe(true);
  });
});

describe('info: values', () => {
  test('count what clients did', () => {
    const world = new SimulatedServer();
    const client = world.connect();
    world.connect().ask('WAIT 1 0\r\n');
    client.ask(
      'SET a 1\r\nSET b 2 EX 100\r\nGET a\r\nGET c\r\nNOTHING\r\nGET\r\nSELECT 2\r\nSET a 1\r\n',
    );

    expect(fieldsOf(world.info('everything'))).toMatchObject({
      connected_clients: '2',
      blocked_clients: '1',
      total_connections_received: '2',
      total_commands_processed: '7',
      keyspace_hits: '1',
      keyspace_misses: '1',
      total_error_replies: '2',
      errorstat_ERR: 'count=2',
      cmdstat_set: expect.stringMatching(/^calls=3,.*rejected_calls=0,failed_calls=0$/),
      cmdstat_get: expect.stringMatching(/^calls=2,.*rejected_calls=1,failed_calls=0$/),
      db0: expect.stringMatching(/^keys=2,expires=1,avg_ttl=\d+$/),
      db2: 'keys=1,expires=0,avg_ttl=0',
    });
  });

  test('say what the process and the server are', () => {
    const world = new SimulatedServer({ port: '7000', hz: '25', maxclients: '123' });
    world.clock.advance(2 * 86_400_000 + 5_000);

    expect(fieldsOf(world.info())).toMatchObject({
      redis_version: expect.stringMatching(/^7\./),
      server_name: 'headwater',
      redis_mode: 'standalone',
      process_id: '4711',
      tcp_port: '7000',
      uptime_in_seconds: String(2 * 86_400 + 5),
      uptime_in_days: '2',
      hz: '25',
      maxclients: '123',
      used_memory_rss: '50000000',
      used_cpu_sys: '1.500000',
      role: 'master',
    });
  });

  test('of memory grow and shrink with the data', () => {
    const world = new SimulatedServer();
    const client = world.connect();
    const used = () => Number(fieldsOf(world.info('memory')).used_memory);
    const before = used();

    client.ask(`SET k ${'x'.repeat(60_000)}\r\n`);
    expect(used() - before).toBeGreaterThan(60_000);
    client.ask('DEL k\r\n');
    expect(used() - before).toBeLessThan(1_000);
  });

  test('go back to 0 with CONFIG RESETSTAT', () => {
    const world = new SimulatedServer();
    world.connect().ask('GET a\r\nNOTHING\r\n');

    world.server.control.resetStatistics();

    expect(fieldsOf(world.info('everything'))).toMatchObject({
      total_commands_processed: '0',
      keyspace_misses: '0',
      total_error_replies: '0',
    });
    expect(world.info('commandstats', 'errorstats')).not.toMatch(/cmdstat_|errorstat_/);
  });
});
