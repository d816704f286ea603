import { expect, test } from 'vitest';
import { type TestClient, TestEngine } from './testing-engine.ts';

test('sessions: ids grow and are never used again', () => {
  const world = new TestEngine();
  const first = world.connect();

  world.sessions.remove(first.session);
  const second = world.connect();

  expect([first.session.id, second.session.id]).toEqual([1, 2]);
  expect(world.sessions.get(1)).toBeUndefined();
  expect(world.sessions.get(2)).toBe(second.session);
});

test('sessions: are counted by kind and by whether they wait', () => {
  const world = new TestEngine();
  world.connect('replica');
  const client = world.connect();
  world.connect();

  client.receive('WAIT 1 0\r\n');

  expect(world.sessions.count).toBe(3);
  expect(world.sessions.clientCount).toBe(2);
  expect(world.sessions.blockedCount).toBe(1);
});

test('sessions: a filter finds those that fit in every respect, oldest first', () => {
  const world = new TestEngine();
  const a = world.connect();
  world.clock.now += 5_000;
  const b = world.connect('client', '10.0.0.2');
  const c = world.connect('replica');
  c.session.userName = 'other';
  const idsOf = (filter: Parameters<typeof world.sessions.matching>[0]) =>
    world.sessions.matching(filter, world.clock.now).map(({ id }) => id);
  const addressOf = ({ session }: TestClient) => session.remoteAddress;

  expect(idsOf({})).toEqual([1, 2, 3]);
  expect(idsOf({ ids: [3, 1, 99] })).toEqual([1, 3]);
  expect(idsOf({ address: addressOf(b) })).toEqual([2]);
  expect(idsOf({ localAddress: '127.0.0.1:7000' })).toEqual([1, 2, 3]);
  expect(idsOf({ localAddress: '127.0.0.1:7001' })).toEqual([]);
  expect(idsOf({ type: 'normal' })).toEqual([1, 2]);
  expect(idsOf({ type: 'replica' })).toEqual([3]);
  expect(idsOf({ type: 'pubsub' })).toEqual([]);
  expect(idsOf({ userName: 'other' })).toEqual([3]);
  expect(idsOf({ maxAgeSeconds: 5 })).toEqual([1]);
  expect(idsOf({ skip: a.session })).toEqual([2, 3]);
  expect(idsOf({ type: 'normal', skip: a.session })).toEqual([2]);
});
