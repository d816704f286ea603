import { describe, expect, test } from 'vitest';
import { equalData, ReplicationWorldOfTests } from '../../../test/support/replication-node.ts';

function newPrimary() {
  const world = new ReplicationWorldOfTests();
  const a = world.start('a', null, { replDisklessSync: false });
  world.turn(() => {
    for (let i = 0; i < 200; i += 1) a.set(`key${i}`, 'x'.repeat(100));
  });
  return { world, a };
}

describe('spooled snapshot', () => {
  test('a replica streams as soon as it has the last byte, and the file is deleted', () => {
    const { world, a } = newPrimary();
    const b = world.start('b', a);
    world.untilEqual(a, b);
    world.clock.advance(100);

    expect(a.disk.files.size).toBe(0);
    expect(a.logged('Starting BGSAVE for SYNC with target: disk')).toBe(true);
    expect(a.info('slave0')).toContain('state=online');
  });

  test('who comes while the file is written joins, and gets what was written since', () => {
    const { world, a } = newPrimary();
    const b = world.start('b', a);
    world.clock.until('it is written', () => a.disk.files.size === 1);
    world.turn(() => a.set('meanwhile', 'v', 3));
    const c = world.start('c', a);
    world.clock.until('c waits', () => a.info('slave1').includes('wait_bgsave'));
    world.turn(() => a.set('later', 'v', 3));
    world.untilEqual(a, b);
    world.untilEqual(a, c);

    expect(a.snapshotCount).toBe(1);
    expect(equalData(a, c)).toBe(true);
    expect(a.logged('Waiting for end of BGSAVE for SYNC')).toBe(true);
  });

  test('two snapshots of the same moment do not share a file', () => {
    const { world, a } = newPrimary();
    a.chunkBytes = 1_000_000;
    a.chunkDelayMs = 0;
    const b = world.start('b', a);
    world.clock.until('it is written', () => a.disk.files.size === 1);
    const c = world.start('c', a);
    world.untilEqual(a, b);
    world.untilEqual(a, c);

    expect(a.replication.statistics().fullSyncCount).toBe(2);
  });

  test('a replica that was not heard of since has acknowledged nothing', () => {
    const { world, a } = newPrimary();
    world.start('b', a);
    world.clock.until('it is written', () => a.disk.files.size === 1);
    world.network.cut('b', 'a');
    world.clock.until('it was sent', () => a.info('slave0').includes('online'));
    expect(a.replication.acknowledgedBy(0)).toBe(0);

    world.network.heal();
    world.clock.until('it is loaded', () => a.replication.acknowledgedBy(0) === 1);
  });

  test('when everybody leaves, file and walk end', () => {
    const { world, a } = newPrimary();
    const b = world.start('b', a);
    world.clock.until('it is written', () => a.disk.files.size === 1);
    b.replication.stop();
    world.clock.until('the file is gone', () => a.disk.files.size === 0);
    world.clock.advance(1_000);

    const c = world.start('c', a);
    world.untilEqual(a, c);
    expect(a.snapshotCount).toBe(2);
  });

  test('a full disk is told to the replica as an error', () => {
    const { world, a } = newPrimary();
    a.disk.fullAtBytes = 3_000;
    const b = world.start('b', a);
    world.clock.until('b was told', () => b.logged('BGSAVE failed'));
    a.disk.fullAtBytes = Number.POSITIVE_INFINITY;
    world.untilEqual(a, b);
  });
});
