import { describe, expect, test } from 'vitest';
import type { TestSettings } from '../../../test/support/replication-node.ts';
import { equalData, ReplicationWorldOfTests } from '../../../test/support/replication-node.ts';

/** A primary with data, and a replica with other data that is told to follow it. */
function syncOverOldData(
  changes: Partial<TestSettings>,
  primaryChanges: Partial<TestSettings> = {},
) {
  const world = new ReplicationWorldOfTests();
  const a = world.start('a', null, primaryChanges);
  const b = world.start('b', null, changes);
  world.turn(() => {
    for (let i = 0; i < 200; i += 1) a.set(`key${i}`, 'x'.repeat(100), i % 2);
    b.set('old', 'data');
  });
  world.turn(() => b.replication.follow('a', 6379));
  const sees = () => (b.data.has('0:old') ? 'old' : b.data.size === 0 ? 'nothing' : 'new');
  return { world, a, b, sees };
}

describe('snapshot receiver', () => {
  test('disabled: over old data, the snapshot goes to the disk first, and the file is deleted', () => {
    const { world, a, b, sees } = syncOverOldData({ replDisklessLoad: 'disabled' });
    world.clock.until('the file grows', () => b.disk.files.size === 1);
    expect(sees()).toBe('old');
    expect(b.info('master_sync_in_progress')).toBe('1');
    world.untilEqual(a, b);
    world.clock.advance(100);

    expect(b.loads).toEqual(['current']);
    expect(b.logged('to disk')).toBe(true);
    expect(b.disk.files.size).toBe(0);
  });

  test('without data, or with flush-before-load, the snapshot is parsed as it comes', () => {
    for (const replDisklessLoad of ['on-empty-db', 'disabled', 'flush-before-load'] as const) {
      const { world, a, b } = syncOverOldData({ replDisklessLoad });
      if (replDisklessLoad !== 'flush-before-load') b.data.clear();
      world.untilEqual(a, b);

      expect(b.disk.files.size).toBe(0);
      expect(b.logged('to parser')).toBe(true);
    }
  });

  test('swapdb: the old data is there until the new is complete', () => {
    const { world, a, b, sees } = syncOverOldData({ replDisklessLoad: 'swapdb' });
    world.clock.until('it comes', () => Number(b.info('master_sync_read_bytes')) > 1_000);
    expect(sees()).toBe('old');
    world.untilEqual(a, b);

    expect(b.loads).toEqual(['second']);
    expect(equalData(a, b)).toBe(true);
  });

  test('swapdb: the old data is served when it is of the same history', () => {
    const { world, a, b } = syncOverOldData(
      { replDisklessLoad: 'swapdb' },
      { replBacklogBytes: 16_384 },
    );
    world.untilEqual(a, b);
    world.turn(() => {
      world.network.break('b', 'a');
      for (let i = 0; i < 2_000; i += 1) a.set('k', 'y'.repeat(50));
    });
    world.untilEqual(a, b);

    expect(b.loads).toEqual(['second', 'second serving']);
  });

  test('swapdb: a broken link leaves the old data', () => {
    const { world, a, b, sees } = syncOverOldData({ replDisklessLoad: 'swapdb' });
    world.clock.until('it comes', () => Number(b.info('master_sync_read_bytes')) > 1_000);
    world.turn(() => world.network.break('a', 'b'));
    world.clock.advance(20);
    expect(sees()).toBe('old');

    world.untilEqual(a, b);
  });

  test('counted snapshots work the same, with their length in INFO', () => {
    const { world, a, b } = syncOverOldData({}, { replDisklessSync: false });
    world.clock.until('it comes', () => Number(b.info('master_sync_read_bytes')) > 1_000);
    expect(Number(b.info('master_sync_total_bytes'))).toBeGreaterThan(20_000);
    world.untilEqual(a, b);

    expect(equalData(a, b)).toBe(true);
  });

  test('a full disk fails the sync, keeps the old data, and tries again later', () => {
    const { world, a, b, sees } = syncOverOldData({ replDisklessLoad: 'disabled' });
    b.disk.fullAtBytes = 5_000;
    world.clock.until('failed', () => b.info('headwater_sync_failure') !== '');
    expect(b.info('headwater_sync_failure')).toContain('No space left on device');
    expect(sees()).toBe('old');

    b.disk.fullAtBytes = Number.POSITIVE_INFINITY;
    world.untilEqual(a, b);
  });

  test('sub-replicas are cut when the data is replaced, not before', () => {
    const { world, a, b } = syncOverOldData({ replDisklessLoad: 'disabled' });
    world.untilEqual(a, b);
    const c = world.start('c', b);
    world.untilEqual(b, c);
    const d = world.start('d');
    world.turn(() => d.set('other', 'history'));
    world.turn(() => b.replication.follow('d', 6379));
    world.clock.until('b spools', () => b.disk.files.size === 1);
    expect(c.replication.isLinkUp).toBe(true);

    world.untilEqual(d, b);
    world.untilEqual(b, c);
    expect(equalData(d, c)).toBe(true);
    expect(c.data.size).toBe(1);
  });
});
