import { expect, test } from 'vitest';
import { equalData, ReplicationWorldOfTests } from '../../../test/support/replication-node.ts';

test('intake: the stream behind a spooled snapshot waits until it is loaded', () => {
  const world = new ReplicationWorldOfTests();
  const a = world.start('a', null, { replDisklessSync: false });
  const b = world.start('b');
  world.turn(() => {
    for (let i = 0; i < 300; i += 1) a.set(`key${i}`, 'x'.repeat(100));
    b.set('old', 'data');
  });
  world.turn(() => b.replication.follow('a', 6379));
  world.clock.until('b spools', () => b.disk.files.size === 1);
  for (let i = 0; i < 100; i += 1) {
    world.turn(() => a.set(`key${i}`, `changed${i}`));
    world.clock.advance(1);
  }
  world.untilEqual(a, b);

  expect(equalData(a, b)).toBe(true);
  expect(a.replication.statistics().fullSyncCount).toBe(1);
});

test('intake: a link lost while a complete snapshot is loaded costs a partial sync, no full one', () => {
  const world = new ReplicationWorldOfTests();
  const a = world.start('a', null, { replDisklessSync: false });
  const b = world.start('b');
  world.turn(() => {
    for (let i = 0; i < 500; i += 1) a.set(`key${i}`, 'x'.repeat(100));
    b.set('old', 'data');
  });
  world.turn(() => b.replication.follow('a', 6379));
  world.clock.until('b loads', () => b.loads.length === 1);
  world.turn(() => {
    world.network.break('a', 'b');
    a.set('meanwhile', 'x');
  });
  world.untilEqual(a, b);

  expect(a.replication.statistics()).toMatchObject({ fullSyncCount: 1, partialSyncCount: 1 });
  expect(equalData(a, b)).toBe(true);
});
