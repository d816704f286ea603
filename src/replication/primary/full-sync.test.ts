import { describe, expect, test } from 'vitest';
import type { ReplicationNode, TestSettings } from '../../../test/support/replication-node.ts';
import { ReplicationWorldOfTests } from '../../../test/support/replication-node.ts';
import { latin1Of } from '../../base/bytes.ts';
import { frameOf } from '../replica/handshake.ts';

function newPrimary(changes: Partial<TestSettings> = {}) {
  const world = new ReplicationWorldOfTests();
  const a = world.start('a', null, changes);
  world.turn(() => {
    for (let i = 0; i < 100; i += 1) a.set(`key${i}`, 'x'.repeat(100));
  });
  const follow = (...names: readonly string[]): ReplicationNode[] =>
    names.map((name) => world.start(name, a));
  return { world, a, follow };
}

/** A replica that takes a snapshot, cannot load it, and comes back at once, as Redis 7.0 does. */
function followInVain(world: ReplicationWorldOfTests, primary: ReplicationNode, port: number) {
  const replica = { attempts: 0, acknowledges: false };
  const attempt = (): void => {
    replica.attempts += 1;
    world.network.connectorOf('vain').connect(
      { host: primary.name, port: primary.settings.port },
      (connection) => {
        let received = '';
        connection.listen({
          onData: (bytes, length) => {
            received += latin1Of(bytes, 0, length);
            if (!received.includes('x"]]')) return;
            if (replica.acknowledges) connection.write(frameOf(['REPLCONF', 'ACK', '1']));
            connection.end();
          },
          onDrain: () => {},
          onClose: attempt,
        });
        for (const words of [
          ['REPLCONF', 'listening-port', String(port), 'capa', 'eof', 'capa', 'psync2'],
          ['PSYNC', '?', '-1'],
        ]) {
          connection.write(frameOf(words));
        }
      },
      () => {},
    );
  };
  attempt();
  return replica;
}

describe('full sync', () => {
  test('with a delay, all who come within it share one snapshot', () => {
    const { world, a, follow } = newPrimary({ replDisklessSyncDelaySeconds: 3 });
    const [b] = follow('b');
    world.clock.advance(2_000);
    const [c] = follow('c');
    world.clock.advance(500);
    expect(a.snapshotCount).toBe(0);
    expect(a.info('slave0')).toContain('state=wait_bgsave');
    world.untilEqual(a, b);
    world.untilEqual(a, c);

    expect(a.snapshotCount).toBe(1);
    expect(a.logged('Delay next BGSAVE for diskless SYNC')).toBe(true);
  });

  test('enough waiting replicas end the delay', () => {
    const { world, a, follow } = newPrimary({
      replDisklessSyncDelaySeconds: 1_000,
      replDisklessSyncMaxReplicas: 2,
    });
    const [b, c] = follow('b', 'c');
    world.untilEqual(a, b);
    world.untilEqual(a, c);

    expect(a.snapshotCount).toBe(1);
  });

  test('who comes when a streamed snapshot has begun waits for the next', () => {
    const { world, a, follow } = newPrimary();
    const [b] = follow('b');
    world.clock.until('it flows', () => a.info('slave0').includes('send_bulk'));
    const [c] = follow('c');
    world.untilEqual(a, b);
    world.untilEqual(a, c);

    expect(a.snapshotCount).toBe(2);
    expect(a.logged('Waiting for next BGSAVE for SYNC')).toBe(true);
  });

  test('who waits is kept alive, for longer than the timeout', () => {
    const { world, a } = newPrimary({ replDisklessSyncDelaySeconds: 90 });
    const b = world.start('b', a, { replTimeoutSeconds: 5 });
    world.untilEqual(a, b);

    expect(a.replication.statistics().fullSyncCount).toBe(1);
  });

  test('a replica that leaves while it waits is forgotten', () => {
    const { world, a, follow } = newPrimary({ replDisklessSyncDelaySeconds: 3 });
    const [b] = follow('b');
    world.clock.advance(1_000);
    b.replication.stop();
    world.clock.advance(5_000);

    expect(a.snapshotCount).toBe(0);
    expect(a.info('connected_slaves')).toBe('0');
  });

  test('while another snapshot is written, replicas wait', () => {
    const { world, a, follow } = newPrimary();
    a.canStartSnapshot = false;
    const [b] = follow('b');
    world.clock.advance(5_000);
    expect(a.snapshotCount).toBe(0);

    a.canStartSnapshot = true;
    world.untilEqual(a, b);
    expect(a.snapshotCount).toBe(1);
  });

  test('a failed snapshot is tried again, and the replica gets there', () => {
    for (const replDisklessSync of [true, false]) {
      const { world, a, follow } = newPrimary({ replDisklessSync });
      a.snapshotsFail = true;
      const [b] = follow('b');
      world.clock.until('it failed', () => a.logged('snapshot failed: out of memory'));
      a.snapshotsFail = false;
      world.untilEqual(a, b);

      expect(b.replication.offset).toBe(a.replication.offset);
    }
  });

  test('a replica that never acknowledges gets ever fewer snapshots, streamed or spooled', () => {
    for (const replDisklessSync of [true, false]) {
      const { world, a } = newPrimary({ replDisklessSync });
      followInVain(world, a, 7001);
      world.clock.advance(6_500);
      // At 0, 1, 3 s, and then at 7.
      expect(a.snapshotCount).toBe(3);
      expect(a.logged('vain:7001 left 3 full sync(s) in a row without acknowledging any')).toBe(
        true,
      );

      world.clock.advance(600_000);
      expect(a.snapshotCount).toBeLessThan(18);
      expect(a.snapshotCount).toBeGreaterThan(13);
    }
  });

  test('nobody waits for a replica that is held back', () => {
    for (const replDisklessSync of [true, false]) {
      const { world, a, follow } = newPrimary({ replDisklessSync });
      followInVain(world, a, 7001);
      world.clock.advance(31_500);
      expect(a.info('slave0')).toContain('state=wait_bgsave');
      const [b] = follow('b');
      world.clock.until('b has its data', () => b.data.size === a.data.size, 500);

      expect(a.info('slave0')).toContain('state=wait_bgsave');
    }
  });

  test('a replica that acknowledges once is forgiven', () => {
    const { world, a } = newPrimary();
    const replica = followInVain(world, a, 7001);
    world.clock.until('a second failure', () => a.logged('vain:7001 left 2 full sync(s)'));
    replica.acknowledges = true;
    world.clock.until('it acknowledges', () => replica.attempts === 4);
    replica.acknowledges = false;
    expect(a.logged('left 3')).toBe(false);
    a.lines.length = 0;
    world.clock.advance(2_500);

    expect(a.logged('vain:7001 left 1 full sync(s)')).toBe(true);
    expect(a.logged('vain:7001 left 2 full sync(s)')).toBe(true);
  });
});
