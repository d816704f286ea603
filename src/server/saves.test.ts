import { describe, expect, test } from 'vitest';
import { SimulatedDisk } from '../../test/simulation/simulated-disk.ts';
import { SimulatedServer } from '../../test/support/simulated-server.ts';
import { seededRandom } from '../runtime/seeded-random.ts';

function startedServer(settings: ConstructorParameters<typeof SimulatedServer>[0] = {}) {
  let disk: SimulatedDisk | null = null;
  const world = new SimulatedServer(settings, (clock) => {
    disk = new SimulatedDisk(clock, seededRandom(2));
    return disk;
  });
  if (disk === null) throw new Error('the world has a disk');
  world.server.control.start();
  world.clock.advance(100);
  const client = world.connect();
  return { world, client, saves: world.server.saves, disk: disk as SimulatedDisk };
}

const info = (world: SimulatedServer, name: string): string | undefined =>
  new RegExp(`^${name}:(.*)\\r$`, 'm').exec(world.info('persistence'))?.[1];

describe('saves', () => {
  test('a save point saves when both its conditions hold', () => {
    const { world, client, disk } = startedServer({ save: '10 3' });

    client.ask('SET a 1\r\nSET b 1\r\n');
    world.clock.advance(60_000);
    expect(disk.files.has('dump.rdb')).toBe(false);
    expect(info(world, 'rdb_changes_since_last_save')).toBe('2');
    client.ask('SET c 1\r\n');
    world.clock.advance(1_000);

    expect(disk.files.has('dump.rdb')).toBe(true);
    expect(world.log.lines).toContain('notice: 3 changes in 10 seconds. Saving...');
    expect(world.log.lines).toContain('notice: Background saving started by pid 4711');
    expect(info(world, 'rdb_changes_since_last_save')).toBe('0');
    expect(info(world, 'rdb_saves')).toBe('1');
  });

  test('what is written while a save runs is not in the file, and counts for the next', () => {
    const { world, client } = startedServer();

    client.ask('SET a 1\r\nBGSAVE\r\nSET b 1\r\n');
    expect(info(world, 'rdb_bgsave_in_progress')).toBe('1');
    expect(client.ask('BGSAVE\r\nSAVE\r\n')).toBe(
      '-ERR Background save already in progress\r\n'.repeat(2),
    );
    world.clock.advance(1_000);

    expect(info(world, 'rdb_bgsave_in_progress')).toBe('0');
    expect(info(world, 'rdb_changes_since_last_save')).toBe('1');
  });

  test('after a failure writes are refused, and it is tried again after a pause', () => {
    const { world, client, disk } = startedServer({ save: '1 1' });
    disk.fullAtBytes = 10;

    client.ask('SET a 1\r\n');
    world.clock.advance(4_000);
    expect(info(world, 'rdb_last_bgsave_status')).toBe('err');
    expect(client.ask('SET a 2\r\nPING\r\n')).toMatch(/^-MISCONF .*\r\n-MISCONF .*\r\n$/);
    expect(client.ask('GET a\r\n')).toBe('$1\r\n1\r\n');
    expect(world.server.saves.savedCount).toBe(1);
    disk.fullAtBytes = Number.POSITIVE_INFINITY;
    world.clock.advance(7_000);

    expect(info(world, 'rdb_last_bgsave_status')).toBe('ok');
    expect(client.ask('SET a 2\r\n')).toBe('+OK\r\n');
  });

  test('without save points a failure refuses nothing', () => {
    const { world, client, disk } = startedServer({ save: '' });
    disk.fullAtBytes = 10;

    client.ask('SET a 1\r\nBGSAVE\r\n');
    world.clock.advance(1_000);

    expect(info(world, 'rdb_last_bgsave_status')).toBe('err');
    expect(client.ask('SET a 2\r\n')).toBe('+OK\r\n');
    expect(client.ask('SAVE\r\n')).toBe('-ERR\r\n');
  });

  test('FLUSHALL gives a running save up, and saves the empty data when a file is kept', () => {
    const { world, client, disk } = startedServer({ save: '3600 1' });
    client.ask('SET a 1\r\nSAVE\r\n');
    const before = disk.files.get('dump.rdb')?.length ?? 0;

    client.ask('BGSAVE\r\nFLUSHALL\r\n');
    world.clock.advance(1_000);

    expect(disk.files.get('dump.rdb')?.length).toBeLessThan(before);
    expect([...disk.files.keys()]).toEqual(['dump.rdb']);
    expect(info(world, 'rdb_bgsave_in_progress')).toBe('0');
  });

  test('a shutdown that cannot save is answered with an error, and the server goes on', () => {
    const { world, client, disk } = startedServer({ save: '3600 1' });
    disk.fullAtBytes = 10;

    client.ask('SHUTDOWN\r\n');
    world.clock.advance(100);
    expect(client.connection.sent).toContain('-ERR Errors trying to SHUTDOWN. Check logs.\r\n');
    expect(world.stopCount).toBe(0);
    expect(client.ask('PING\r\n')).toBe('+PONG\r\n');
    client.ask('SHUTDOWN FORCE\r\n');
    world.clock.advance(100);

    expect(world.stopCount).toBe(1);
  });
});

describe('loading at start', () => {
  function saved(text: string, settings = {}): Uint8Array {
    const { client, disk } = startedServer(settings);
    client.ask(text);
    client.ask('SAVE\r\n');
    return disk.files.get('dump.rdb') ?? new Uint8Array(0);
  }

  function restarted(file: Uint8Array, settings = {}) {
    const failures: (string | null)[] = [];
    const world = new SimulatedServer(settings, (clock) => {
      const disk = new SimulatedDisk(clock, seededRandom(2));
      disk.files.set('dump.rdb', file);
      return disk;
    });
    world.server.control.start((failure) => failures.push(failure));
    return { world, failures };
  }

  test('clients are told LOADING, with progress, until all is there', () => {
    const file = saved(
      Array.from({ length: 2_000 }, (_, i) => `SET key:${i} ${i}-0123456789\r\n`).join(''),
    );
    const { world, failures } = restarted(file);
    const client = world.connect();

    expect(client.ask('GET key:7\r\n')).toMatch(/^-LOADING/);
    world.clock.until('something is read', () => {
      const loaded = Number(info(world, 'loading_loaded_bytes'));
      return loaded > 0;
    });
    expect(info(world, 'loading')).toBe('1');
    expect(info(world, 'loading_total_bytes')).toBe(String(file.length));
    expect(failures).toEqual([]);
    world.clock.advance(1_000);

    expect(failures).toEqual([null]);
    expect(info(world, 'loading')).toBe('0');
    expect(info(world, 'rdb_last_load_keys_loaded')).toBe('2000');
    expect(client.ask('GET key:7\r\n')).toBe('$12\r\n7-0123456789\r\n');
    expect(info(world, 'rdb_changes_since_last_save')).toBe('0');
  });

  test('a primary drops what has expired, a replica keeps it', () => {
    const file = saved('SET short v PXAT 1600000000000\r\nSET k v PX 1\r\nSET stays v\r\n');
    const primary = restarted(file).world;
    const replica = restarted(file, { replicaof: '10.0.0.1 6379' }).world;

    // A watcher that saw a primary here would take it for one.
    expect(replica.info('replication')).toContain('role:slave');
    primary.clock.advance(5_000);
    replica.clock.advance(5_000);

    expect(primary.server.engine.keyspace.size).toBe(1);
    expect(replica.server.engine.keyspace.size).toBe(3);
    expect(info(primary, 'rdb_last_load_keys_expired')).toBe('1');
    expect(info(replica, 'rdb_last_load_keys_expired')).toBe('0');
  });

  test('a server that stops while it loads does not save what it has', () => {
    const { world, failures } = restarted(saved('SET k v\r\n'), { save: '3600 1' });

    world.server.control.shutdownSteps.begin({ save: 'yes', now: true, force: false });
    world.clock.advance(1_000);

    expect(world.stopCount).toBe(1);
    expect(failures).toEqual([]);
    expect(world.log.lines.join('\n')).not.toContain('DB saved on disk');
  });

  test('a file that is cut off is a failure with its offset', () => {
    const file = saved('SET k v\r\n');
    const { world, failures } = restarted(file.slice(0, file.length - 9));

    world.clock.advance(1_000);

    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(/^the file ends too early \(at byte \d+ of the RDB\)$/);
  });
});
