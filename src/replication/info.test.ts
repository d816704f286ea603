import { expect, test } from 'vitest';
import { ReplicationWorldOfTests } from '../../test/support/replication-node.ts';

const namesOf = (node: ReturnType<ReplicationWorldOfTests['start']>) =>
  node.replication.infoFields().map(([name]) => name);

const common = [
  'master_failover_state',
  'master_replid',
  'master_replid2',
  'master_repl_offset',
  'second_repl_offset',
  'repl_backlog_active',
  'repl_backlog_size',
  'repl_backlog_first_byte_offset',
  'repl_backlog_histlen',
];

test("info: a primary's fields, in Redis' order", () => {
  const world = new ReplicationWorldOfTests();
  const a = world.start('a', null, { minReplicasToWrite: 1 });
  expect(namesOf(a)).toEqual(['role', 'connected_slaves', 'min_slaves_good_slaves', ...common]);

  const b = world.start('b', a);
  world.untilEqual(a, b);
  expect(namesOf(a)).toContain('slave0');
  expect(a.info('slave0')).toMatch(/^ip=b,port=6379,state=online,offset=\d+,lag=\d+$/);
});

test("info: a replica's fields, with the link up and down", () => {
  const world = new ReplicationWorldOfTests();
  const a = world.start('a');
  const b = world.start('b', a);
  const before = ['role', 'master_host', 'master_port', 'master_link_status'];
  const offsets = ['slave_read_repl_offset', 'slave_repl_offset'];
  const after = ['slave_priority', 'slave_read_only', 'replica_announced', 'connected_slaves'];
  const io = ['master_last_io_seconds_ago', 'master_sync_in_progress'];
  expect(namesOf(b)).toEqual([
    ...before,
    ...io,
    ...offsets,
    'master_link_down_since_seconds',
    ...after,
    ...common,
  ]);
  expect(b.info('master_last_io_seconds_ago')).toBe('-1');

  world.untilEqual(a, b);
  expect(namesOf(b)).toEqual([...before, ...io, ...offsets, ...after, ...common]);
  expect(b.info('role')).toBe('slave');
  expect(b.info('master_link_status')).toBe('up');
});

test('info: a snapshot that comes in shows how far it is', () => {
  const world = new ReplicationWorldOfTests();
  const a = world.start('a', null, { replDisklessSync: false });
  world.turn(() => a.set('k', 'x'.repeat(100_000)));
  const b = world.start('b', a);
  world.clock.until('it comes', () => Number(b.info('master_sync_read_bytes')) > 0);
  const total = Number(b.info('master_sync_total_bytes'));
  const read = Number(b.info('master_sync_read_bytes'));

  expect(total).toBeGreaterThan(100_000);
  expect(Number(b.info('master_sync_left_bytes'))).toBe(total - read);
  expect(Number(b.info('master_sync_perc'))).toBeCloseTo((read / total) * 100, 1);
  expect(b.info('master_sync_in_progress')).toBe('1');
});
