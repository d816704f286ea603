import { describe, expect, test } from 'vitest';
import type { ReplicationNode, TestSettings } from '../../../test/support/replication-node.ts';
import { ReplicationWorldOfTests } from '../../../test/support/replication-node.ts';

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
});
