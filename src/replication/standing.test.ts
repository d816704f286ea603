import { expect, test } from 'vitest';
import { seededRandom } from '../runtime/seeded-random.ts';
import { ReplicationFeed } from './feed.ts';
import type { ReplicationHost } from './host.ts';
import { ReplicationLog } from './log.ts';
import { newReplicationId } from './position.ts';
import { Standing } from './standing.ts';

const random = seededRandom(9);

function newStanding() {
  const log = new ReplicationLog(16 * 1024);
  const feed = new ReplicationFeed(log, () => {});
  const cuts: string[] = [];
  const host = { primaryDatabase: 4 } as ReplicationHost;
  const cutReplicas = (reason: string): void => void cuts.push(reason);
  const standing = new Standing({ host, random, log, feed, cutReplicas, countInput: () => {} });
  return { standing, log, feed, host, cuts };
}

test('standing: a primary may go on elsewhere from where it is', () => {
  const { standing } = newStanding();

  expect(standing.position).toEqual({ id: standing.history.id, offset: 0 });
});

test('standing: replaced data has no position, no backlog and no sub-replicas', () => {
  const { standing, log, cuts } = newStanding();
  log.create();
  standing.replaceData();

  expect(standing.position).toBe(null);
  expect(log.active).toBe(false);
  expect(cuts.length).toBe(1);
});

test("standing: a snapshot brings the primary's history, and none without a position", () => {
  const { standing, log, host } = newStanding();
  const target = { id: newReplicationId(random), offset: 500 };
  standing.adoptSnapshot(target, 7);
  expect(standing.position).toEqual(target);
  expect(log.window).toEqual({ firstByte: 501, length: 0 });
  expect(host.primaryDatabase).toBe(7);

  standing.adoptSnapshot(null, 0);
  expect(standing.position).toBe(null);
  expect(standing.hasHistory(target.id)).toBe(false);
});

test('standing: another id of the same history keeps the old one, and cuts the sub-replicas', () => {
  const { standing, log, cuts } = newStanding();
  const { id } = standing.history;
  log.restartAt(100);
  standing.continueHistory(id);
  standing.continueHistory(null);
  expect(cuts).toEqual([]);

  const next = newReplicationId(random);
  standing.continueHistory(next);
  expect(standing.history).toEqual({ id: next, previous: { id, offset: 100 } });
  expect(cuts.length).toBe(1);
});

test("standing: the stream's database is the last effect's, or the primary's", () => {
  const { standing, log, feed } = newStanding();
  log.create();
  expect(standing.streamDatabase).toBe(0);
  feed.feed(3, new Uint8Array(1), 0, 1);
  expect(standing.streamDatabase).toBe(3);
  standing.forgetDatabase();
  expect(feed.database).toBe(-1);

  feed.setOriginates(false);
  expect(standing.streamDatabase).toBe(4);
});

test('standing: a promoted server may go on, whatever was before', () => {
  const { standing } = newStanding();
  const { id } = standing.history;
  standing.forgetPosition();
  standing.shift();

  expect(standing.history.previous?.id).toBe(id);
  expect(standing.position).not.toBe(null);
});

test('standing: a replica that comes back from its file goes on from there', () => {
  const { standing, log, feed, host } = newStanding();
  const saved = { id: newReplicationId(random), offset: 700, streamDatabase: 2 };
  feed.setOriginates(false);
  standing.forgetPosition();
  expect(standing.savedPosition).toBe(null);

  standing.restore(saved);

  expect(standing.position).toEqual({ id: saved.id, offset: 700 });
  expect(standing.savedPosition).toEqual(saved);
  expect(host.primaryDatabase).toBe(2);
  expect(log.active).toBe(true);
});

test('standing: a primary that comes back from its file begins a history, and knows the old one', () => {
  const { standing, log } = newStanding();
  const saved = { id: newReplicationId(random), offset: 700, streamDatabase: 2 };
  expect(standing.savedPosition).toBe(null);

  standing.restore(saved);

  expect(standing.history.id).not.toBe(saved.id);
  expect(standing.history.previous).toEqual({ id: saved.id, offset: 700 });
  expect(log.window).toEqual({ firstByte: 701, length: 0 });
  expect(standing.savedPosition).toMatchObject({ id: standing.history.id, offset: 700 });
});
