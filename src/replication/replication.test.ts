import { describe, expect, test } from 'vitest';
import { equalData, ReplicationWorldOfTests } from '../../test/support/replication-node.ts';

function chain() {
  const world = new ReplicationWorldOfTests();
  const a = world.start('a');
  world.turn(() => a.set('before', 'x'));
  const b = world.start('b', a);
  world.untilEqual(a, b);
  const c = world.start('c', b);
  world.untilEqual(b, c);
  return { world, a, b, c };
}

describe('replication', () => {
  test('a chain shares one history, one offset and the same data', () => {
    const { world, a, b, c } = chain();
    world.turn(() => {
      for (let i = 0; i < 500; i += 1) a.set(`key${i}`, `value${i}`, i % 3);
    });
    world.untilEqual(a, b);
    world.untilEqual(b, c);

    expect(equalData(a, c)).toBe(true);
    expect(c.replication.history).toEqual(a.replication.history);
    expect(a.info('connected_slaves')).toBe('1');
    expect(b.info('connected_slaves')).toBe('1');
    expect(b.roles).toEqual(['replica']);
  });

  test('a sub-replica that comes late knows the database that the stream is in', () => {
    const world = new ReplicationWorldOfTests();
    const a = world.start('a');
    const b = world.start('b', a);
    world.untilEqual(a, b);
    world.turn(() => a.set('k', '1', 5));
    world.untilEqual(a, b);
    const c = world.start('c', b);
    world.untilEqual(b, c);
    world.turn(() => a.set('k', '2', 5));
    world.untilEqual(a, b);
    world.untilEqual(b, c);

    expect(c.data.get('5:k')).toBe('2');
    expect(equalData(a, c)).toBe(true);
  });

  test('a lost link is taken up again where it broke, without a snapshot', () => {
    const { world, a, b, c } = chain();
    world.clock.advance(2_000);
    for (const [left, right] of [
      ['b', 'a'],
      ['c', 'b'],
    ]) {
      world.turn(() => {
        a.set('during', left);
        world.network.break(left, right);
      });
      world.clock.advance(500);
      world.turn(() => a.set('after', left));
      world.untilEqual(a, b);
      world.untilEqual(b, c);
    }

    expect(equalData(a, c)).toBe(true);
    expect(a.replication.statistics()).toMatchObject({ fullSyncCount: 1, partialSyncCount: 1 });
    expect(b.replication.statistics()).toMatchObject({ fullSyncCount: 1, partialSyncCount: 1 });
    expect(b.lines.some((each) => each.startsWith('Reconnecting to MASTER a:'))).toBe(true);
  });

  test('promotion: the others follow the new primary with a partial sync, the old one too', () => {
    const { world, a, b, c } = chain();
    const old = a.replication.history.id;
    world.turn(() => b.replication.promote());
    expect(b.replication.history.previous).toEqual({ id: old, offset: b.replication.offset });
    expect(b.info('role')).toBe('master');
    world.turn(() => b.set('new', 'era', 2));
    world.turn(() => a.replication.follow('b', 6379));
    world.untilEqual(b, a);
    world.untilEqual(b, c);

    expect(equalData(b, a) && equalData(b, c)).toBe(true);
    expect(b.replication.statistics()).toMatchObject({ partialSyncCount: 2, fullSyncCount: 1 });
    expect(a.replication.history).toEqual(b.replication.history);
    expect(a.logged('Master replication ID changed to')).toBe(true);
    expect(b.logged('Setting secondary replication ID')).toBe(true);
  });

  test('promotion: an old primary that wrote on alone must sync in full', () => {
    const { world, a, b } = chain();
    world.turn(() => world.network.cut('a', 'b'));
    world.turn(() => a.set('lost', 'write'));
    world.turn(() => b.replication.promote());
    world.network.heal();
    world.turn(() => a.replication.follow('b', 6379));
    world.untilEqual(b, a);

    expect(a.data.has('0:lost')).toBe(false);
    expect(b.replication.syncRecords.map(({ reason }) => reason)).toContain('diverged');
  });

  test('follow: the same primary twice is no change, another one is a partial sync away', () => {
    const { world, a, b, c } = chain();
    expect(c.replication.follow('B', 6379)).toBe('already');
    world.turn(() => expect(c.replication.follow('a', 6379)).toBe('ok'));
    world.untilEqual(a, c);

    expect(a.replication.statistics().partialSyncCount).toBe(1);
    expect(b.info('connected_slaves')).toBe('0');
    expect(c.replication.primaryAddress).toMatchObject({ host: 'a', port: 6379 });
  });

  test('an idle primary sends PING, and the whole chain counts it', () => {
    const { world, a, b, c } = chain();
    const before = a.replication.offset;
    world.clock.advance(30_000);
    world.untilEqual(a, b);
    world.untilEqual(b, c);

    expect(a.replication.offset).toBe(before + 3 * 14);
    expect(c.replication.offset).toBe(a.replication.offset);
  });

  test('WAIT: the replicas are asked once and answer at once', () => {
    const { world, a, b } = chain();
    world.untilEqual(a, b);
    const answers: number[] = [];
    world.turn(() => a.set('k', 'v'));
    const { offset } = a.replication;
    expect(a.replication.acknowledgedBy(offset)).toBe(0);
    const onDone = (count: number): void => void answers.push(count);
    const wait = { offset, replicaCount: 1, timeoutMs: 5_000, onDone };
    world.turn(() => {
      a.replication.wait(wait);
      a.replication.wait(wait);
    });
    world.clock.until('both are answered', () => answers.length === 2, 200);

    expect(answers).toEqual([1, 1]);
    expect(a.replication.offset).toBe(offset + 37);
  });

  test('the backlog of a primary without replicas is freed, and its history ends', () => {
    const world = new ReplicationWorldOfTests();
    const a = world.start('a', null, { replBacklogTtlSeconds: 20 });
    const b = world.start('b', a);
    world.untilEqual(a, b);
    const { id } = a.replication.history;
    b.replication.stop();
    world.clock.advance(19_000);
    expect(a.info('repl_backlog_active')).toBe('1');

    world.clock.advance(5_000);
    expect(a.info('repl_backlog_active')).toBe('0');
    expect(a.replication.history.id).not.toBe(id);
    world.turn(() => a.set('k', 'v'));
    const c = world.start('c', a);
    world.untilEqual(a, c);
    expect(c.data.get('0:k')).toBe('v');
  });

  test('a replica never frees its backlog: it may be promoted', () => {
    const world = new ReplicationWorldOfTests();
    const a = world.start('a');
    const b = world.start('b', a, { replBacklogTtlSeconds: 5 });
    world.untilEqual(a, b);
    world.clock.advance(60_000);

    expect(b.info('repl_backlog_active')).toBe('1');
  });

  test('a paused stream is taken but not applied', () => {
    const { world, a, b } = chain();
    const before = b.replication.offset;
    b.replication.pauseStream();
    world.turn(() => a.set('k', 'v'));
    world.clock.advance(3_000);
    expect(b.replication.offset).toBe(before);
    expect(Number(b.info('slave_read_repl_offset'))).toBeGreaterThan(before);

    world.turn(() => b.replication.resumeStream());
    world.untilEqual(a, b);
    expect(b.data.get('0:k')).toBe('v');
  });

  test('a link that is broken on purpose is taken up with a partial sync', () => {
    const { world, a, b } = chain();
    world.clock.advance(2_000);
    world.turn(() => {
      b.replication.breakLink();
      a.replication.breakLink();
      a.set('k', 'v');
    });
    world.untilEqual(a, b);

    expect(a.replication.statistics()).toMatchObject({ fullSyncCount: 1, partialSyncCount: 1 });
  });

  test('a machine that was suspended costs no link', () => {
    const { world, a, b, c } = chain();
    world.clock.advance(2_000);
    world.clock.stall(500_000);
    world.clock.advance(10_000);

    expect([a, b].map((node) => node.info('connected_slaves'))).toEqual(['1', '1']);
    expect(a.replication.statistics()).toMatchObject({ fullSyncCount: 1, partialSyncCount: 0 });
    expect(c.logged('MASTER timeout')).toBe(false);
  });

  test('ROLE and the address are those of the side asked', () => {
    const { world, a, b } = chain();
    world.clock.advance(1_500);

    expect(a.replication.roleView()).toMatchObject({
      role: 'primary',
      replicas: [{ host: 'b', port: 6379, offset: a.replication.offset }],
    });
    expect(b.replication.roleView()).toEqual({
      role: 'replica',
      host: 'a',
      port: 6379,
      linkState: 'connected',
      offset: b.replication.offset,
    });
  });

  test('a smaller backlog takes effect, and is told', () => {
    const { world, a } = chain();
    a.settings.replBacklogBytes = 16 * 1024;
    world.turn(() => {
      a.replication.applySettings();
      for (let i = 0; i < 3_000; i += 1) a.set('k', `${i}`);
    });

    expect(a.info('repl_backlog_size')).toBe('16384');
    expect(a.replication.backlog?.length).toBeLessThan(100_000);
  });

  test('a server that stops ends its links and is quiet', () => {
    const { world, a, b } = chain();
    world.turn(() => {
      b.replication.stop();
      expect(b.info('connected_slaves')).toBe('0');
    });
    world.clock.advance(10_000);

    expect(a.info('connected_slaves')).toBe('0');
  });
});
