import { expect, test } from 'vitest';
import { Staleness, sampleOf } from './chain-sample.ts';

test('chain: what INFO says of a primary and of a replica', () => {
  const primary = '# Replication\r\nrole:master\r\nmaster_repl_offset:70\r\nsync_full:1\r\n';
  const replica =
    'role:slave\r\nmaster_link_status:up\r\nmaster_sync_in_progress:0\r\nslave_repl_offset:56\r\n' +
    'master_repl_offset:56\r\ninstantaneous_ops_per_sec:7\r\ndb0:keys=3,expires=0,avg_ttl=0\r\n' +
    'db5:keys=2,expires=0,avg_ttl=0\r\n';

  expect(sampleOf(primary)).toMatchObject({
    role: 'primary',
    link: 'none',
    offset: 70,
    fullSyncs: 1,
  });
  expect(sampleOf(replica)).toMatchObject({
    role: 'replica',
    link: 'up',
    offset: 56,
    keys: 5,
    operationsPerSecond: 7,
  });
  expect(sampleOf(replica.replace('progress:0', 'progress:1')).link).toBe('syncing');
  expect(sampleOf(replica.replace('status:up', 'status:down')).link).toBe('down');
});

test('chain: a replica is as old as the first byte that it lacks', () => {
  const staleness = new Staleness();
  staleness.note(1_000, 10);
  staleness.note(1_100, 20);
  staleness.note(1_200, 20);
  staleness.note(1_300, 30);

  expect(staleness.ofReplica(1_300, 30)).toBe(0);
  expect(staleness.ofReplica(1_300, 20)).toBe(0);
  expect(staleness.ofReplica(1_350, 20)).toBe(50);
  expect(staleness.ofReplica(1_350, 15)).toBe(250);
});
