import { describe, expect, test } from 'vitest';
import { Cluster } from './cluster.ts';

function newCluster(settings = {}, topology?: [string, string | null][]): Cluster {
  const cluster = new Cluster({ seed: 7, settings, ...(topology ? { topology } : {}) });
  cluster.runUntilInSync();
  return cluster;
}

describe('simulation', () => {
  test('a new cluster gets in sync, and a chain has equal offsets', () => {
    const cluster = newCluster();
    cluster.write({ bytes: 5_000 });
    cluster.runUntilInSync();

    cluster.checkSameData();
    expect(cluster.ask('sub-replica', 'GET', 'key1')).toBe('x'.repeat(100));
  });

  test('a replica cut off past the backlog does a full sync', () => {
    const cluster = newCluster({ 'repl-backlog-size': '16kb', 'repl-timeout': '10' });
    cluster.write({ bytes: 500 });
    cluster.cut('replica-2', 'primary');
    cluster.clock.advance(15_000);
    cluster.write({ bytes: 50_000 });
    cluster.heal();
    cluster.runUntilInSync();

    expect(cluster.fullSyncs('replica-2')).toBe(2);
    expect(cluster.fullSyncs('replica-1')).toBe(1);
    cluster.checkSameData();
  });

  test('a replica cut off within the backlog does a partial sync', () => {
    const cluster = newCluster({ 'repl-timeout': '10' });
    cluster.cut('replica-2', 'primary');
    cluster.clock.advance(15_000);
    cluster.write({ bytes: 50_000 });
    cluster.heal();
    cluster.runUntilInSync();

    expect(cluster.fullSyncs('replica-2')).toBe(1);
    cluster.checkSameData();
  });

  test('a one-way cut is noticed on both sides', () => {
    for (const [from, to] of [
      ['primary', 'replica-1'],
      ['replica-1', 'primary'],
    ]) {
      const cluster = newCluster({ 'repl-timeout': '10' });
      cluster.network.cut(from, to);
      cluster.clock.until('the primary gave it up', () =>
        cluster.replication('primary').replicas.every(({ host }) => host !== 'replica-1'),
      );
      cluster.heal();
      cluster.runUntilInSync();
    }
  });

  test('a planned promotion costs no full sync and loses nothing', () => {
    const cluster = newCluster();
    cluster.write({ bytes: 2_000 });
    expect(cluster.ask('primary', 'WAIT', '2', '0')).toBe('2');
    cluster.order('replica-1', null);
    cluster.order('primary', 'replica-1');
    cluster.order('replica-2', 'replica-1');
    cluster.runUntilInSync();
    cluster.write({ bytes: 500, to: 'replica-1' });
    cluster.runUntilInSync();

    cluster.checkSameData();
    for (const name of ['replica-2', 'sub-replica']) expect(cluster.fullSyncs(name)).toBe(1);
    expect(cluster.fullSyncs('primary')).toBe(0);
  });

  test('an old primary that went on writing throws its writes away', () => {
    const cluster = newCluster();
    cluster.cut('primary', 'replica-1');
    cluster.cut('primary', 'replica-2');
    cluster.write({ bytes: 100 });
    cluster.order('replica-1', null);
    cluster.order('replica-2', 'replica-1');
    cluster.write({ bytes: 300, to: 'replica-1' });
    cluster.heal();
    cluster.order('primary', 'replica-1');
    cluster.runUntilInSync();

    cluster.checkSameData();
    expect(cluster.fullSyncs('primary')).toBe(1);
  });

  test('a restarted replica begins anew, and its sub-replica with it', () => {
    const cluster = newCluster();
    cluster.write({ bytes: 1_000 });
    cluster.restart('replica-1');
    cluster.runUntilInSync();

    cluster.checkSameData();
  });

  test('a primary that restarts without data empties its replicas, as Redis does', () => {
    const cluster = newCluster();
    cluster.write({ bytes: 1_000 });
    cluster.restart('primary');
    cluster.runUntilInSync();

    expect(cluster.ask('sub-replica', 'DBSIZE')).toBe('0');
    cluster.checkSameData();
  });

  test('writes during a snapshot reach everybody, by mark and by length', () => {
    for (const diskless of ['yes', 'no']) {
      for (const load of ['disabled', 'swapdb', 'on-empty-db'] as const) {
        const cluster = newCluster({
          'repl-diskless-sync': diskless,
          'repl-diskless-load': load,
        });
        cluster.write({ bytes: 20_000 });
        cluster.order('replica-2', null);
        cluster.client('replica-2').send(['SET', 'own', 'write']);
        cluster.clock.advance(100);
        cluster.order('replica-2', 'primary');
        for (let i = 0; i < 40; i += 1) {
          cluster.write({ bytes: 200 });
          cluster.checkPositions();
        }
        cluster.runUntilInSync();
        cluster.checkSameData();
      }
    }
  });

  test('an expired key goes everywhere at the same offset', () => {
    const cluster = newCluster();
    for (let i = 0; i < 20; i += 1) {
      cluster.client('primary').send(['SET', `short${i}`, 'life', 'PX', String(100 + i * 37)]);
    }
    for (let i = 0; i < 40; i += 1) {
      cluster.clock.advance(37);
      cluster.checkPositions();
    }
    cluster.runUntilInSync();

    expect(cluster.ask('sub-replica', 'DBSIZE')).toBe('0');
    cluster.checkSameData();
  });

  test('a long chain follows as one', () => {
    const cluster = newCluster({}, [
      ['primary', null],
      ['a', 'primary'],
      ['b', 'a'],
      ['c', 'b'],
      ['d', 'c'],
    ]);
    cluster.write({ bytes: 3_000 });
    cluster.runUntilInSync();
    cluster.cut('a', 'b');
    cluster.write({ bytes: 3_000 });
    cluster.order('b', 'primary');
    cluster.heal();
    cluster.runUntilInSync();

    expect(cluster.fullSyncs('d')).toBe(1);
    cluster.checkSameData();
  });
});
