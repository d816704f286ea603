import { describe, expect, test } from 'vitest';
import type { TestSettings } from '../../../test/support/replication-node.ts';
import { ReplicationWorldOfTests } from '../../../test/support/replication-node.ts';

function newPair(changes: Partial<TestSettings> = {}, replicaChanges: Partial<TestSettings> = {}) {
  const world = new ReplicationWorldOfTests();
  const a = world.start('a', null, changes);
  const b = world.start('b', a, replicaChanges);
  world.untilEqual(a, b);
  return { world, a, b };
}

describe('replicas', () => {
  test('a replica that streams and acknowledges is good, a silent one is not', () => {
    const { world, a } = newPair({ minReplicasToWrite: 1, minReplicasMaxLagSeconds: 3 });
    world.clock.advance(2_000);
    expect(a.replication.goodReplicaCount).toBe(1);
    expect(a.info('min_slaves_good_slaves')).toBe('1');

    world.network.cut('b', 'a');
    world.clock.advance(6_000);
    expect(a.replication.goodReplicaCount).toBe(0);
    expect(a.info('slave0')).toMatch(/lag=[56]$/);
    world.network.heal();
    world.clock.advance(1_500);
    expect(a.replication.goodReplicaCount).toBe(1);
  });

  test('a replica that is silent for too long is disconnected', () => {
    const { world, a } = newPair({ replTimeoutSeconds: 10 });
    world.network.cut('b', 'a');
    world.clock.advance(13_000);

    expect(a.info('connected_slaves')).toBe('0');
    expect(a.logged('timedout replica (streaming sync)')).toBe(true);
  });

  test('a replica that does not read is cut at the hard limit', () => {
    const { world, a, b } = newPair({
      replBacklogBytes: 64 * 1024,
      replicaOutputLimit: { hardBytes: 500_000, softBytes: 0, softSeconds: 0 },
    });
    world.network.cut('a', 'b');
    for (let i = 0; i < 20; i += 1) world.turn(() => a.set('k', 'x'.repeat(50_000)));

    expect(a.logged('overcoming of output buffer limits')).toBe(true);
    expect(a.replication.statistics().outputLimitDisconnections).toBe(1);
    expect(a.info('connected_slaves')).toBe('0');
    world.network.heal();
    world.untilEqual(a, b);
  });

  test('the soft limit counts only when it lasts', () => {
    const { world, a, b } = newPair({
      replBacklogBytes: 64 * 1024,
      replicaOutputLimit: { hardBytes: 0, softBytes: 200_000, softSeconds: 5 },
    });
    const burst = () => {
      world.network.cut('a', 'b');
      for (let i = 0; i < 10; i += 1) world.turn(() => a.set('k', 'x'.repeat(50_000)));
    };
    burst();
    world.clock.advance(4_000);
    world.network.heal();
    world.untilEqual(a, b);
    expect(a.replication.statistics().outputLimitDisconnections).toBe(0);

    burst();
    world.clock.advance(8_000);
    expect(a.replication.statistics().outputLimitDisconnections).toBe(1);
  });

  test('a backlog is no debt of a replica: the limit is at least its size', () => {
    const { world, a } = newPair({
      replBacklogBytes: 1_000_000,
      replicaOutputLimit: { hardBytes: 100_000, softBytes: 0, softSeconds: 0 },
    });
    world.network.cut('a', 'b');
    for (let i = 0; i < 10; i += 1) world.turn(() => a.set('k', 'x'.repeat(50_000)));

    expect(a.info('connected_slaves')).toBe('1');
  });

  test('announced addresses are shown', () => {
    const { a } = newPair({}, { replicaAnnounceIp: 'r.example', replicaAnnouncePort: 77 });

    expect(a.info('slave0')).toContain('ip=r.example,port=77,state=online');
  });

  test('introductions of clients that go are forgotten', () => {
    const { world, a, b } = newPair();
    expect(a.replication.isReplicaSession(1)).toBe(true);
    world.turn(() => b.replication.stop());
    world.clock.advance(100);

    expect(a.replication.isReplicaSession(1)).toBe(false);
    expect(a.info('connected_slaves')).toBe('0');
    expect(a.logged('Connection with replica b:6379 lost.')).toBe(true);
  });
});
