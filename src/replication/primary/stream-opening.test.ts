import { expect, test } from 'vitest';
import { equalData, ReplicationWorldOfTests } from '../../../test/support/replication-node.ts';

test('stream opening: the first write after a snapshot names its database', () => {
  const world = new ReplicationWorldOfTests();
  const a = world.start('a');
  const b = world.start('b', a);
  world.untilEqual(a, b);
  world.turn(() => a.set('k', '1', 6));
  const c = world.start('c', a);
  world.untilEqual(a, c);
  const before = a.replication.offset;
  world.turn(() => a.set('k', '2', 6));
  world.untilEqual(a, b);
  world.untilEqual(a, c);

  expect(a.replication.offset - before).toBeGreaterThan(40);
  expect(equalData(a, b) && equalData(a, c)).toBe(true);
});
