import { describe, expect, test } from 'vitest';
import { equalData, ReplicationWorldOfTests } from '../../../test/support/replication-node.ts';

function newPrimary(valueBytes: number, timeoutSeconds = 60) {
  const world = new ReplicationWorldOfTests();
  const a = world.start('a', null, { replTimeoutSeconds: timeoutSeconds });
  a.chunkBytes = 256 * 1024;
  world.turn(() => {
    for (let i = 0; i < 100; i += 1) a.set(`key${i}`, 'x'.repeat(valueBytes));
  });
  return { world, a };
}

describe('streamed snapshot', () => {
  test('shows the moment of its beginning, whatever is written meanwhile', () => {
    const { world, a } = newPrimary(2_000);
    a.chunkBytes = 1_000;
    const b = world.start('b', a);
    world.clock.until('it flows', () => a.info('slave0').includes('send_bulk'));
    for (let i = 0; i < 200; i += 1) {
      world.turn(() => a.set(`key${i}`, `changed${i}`, 1));
      world.clock.advance(0.5);
    }
    world.untilEqual(a, b);

    expect(equalData(a, b)).toBe(true);
  });

  test('the stream begins with the first acknowledgement', () => {
    const { world, a } = newPrimary(10);
    const b = world.start('b', a);
    world.clock.until('it was sent', () => a.logged('Waiting for REPLCONF ACK'));
    expect(a.info('slave0')).toContain('state=online');
    expect(a.replication.goodReplicaCount).toBe(0);
    world.untilEqual(a, b);
    world.clock.until('streaming', () => a.replication.goodReplicaCount === 1);
  });

  test('the slowest replica sets the pace, and nothing piles up for it', () => {
    const { world, a } = newPrimary(52_000);
    world.network.mood = { minDelayMs: 1, maxDelayMs: 2, maxPieceBytes: 30_000 };
    const b = world.start('b', a);
    let most = 0;
    world.clock.until('b has it', () => {
      most = Math.max(most, ...a.replication.replicas.map(({ heldBytes }) => heldBytes));
      return b.replication.isLinkUp;
    });

    expect(most).toBeGreaterThan(4_000_000);
    expect(most).toBeLessThan(5_000_000);
  });

  test('one that takes nothing is given up, the others go on', () => {
    const { world, a } = newPrimary(52_000, 10);
    a.settings.replDisklessSyncDelaySeconds = 1;
    const b = world.start('b', a);
    const c = world.start('c', a);
    world.clock.until('it flows', () => a.info('slave1').includes('send_bulk'));
    world.network.cut('a', 'b');
    world.clock.until('b is given up', () => a.logged('timedout replica (full sync)'), 30_000);
    world.untilEqual(a, c);
    world.network.heal();
    world.untilEqual(a, b);
  });

  test('when the last one leaves, the walk ends', () => {
    const { world, a } = newPrimary(52_000);
    const b = world.start('b', a);
    world.clock.until('it flows', () => a.info('slave0').includes('send_bulk'));
    b.replication.stop();
    world.clock.until('cancelled', () => a.logged('last replica dropped'));
    const c = world.start('c', a);
    world.untilEqual(a, c);

    expect(a.snapshotCount).toBe(2);
  });
});
