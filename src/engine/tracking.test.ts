import { expect, test } from 'vitest';
import { frameOf, type TestClient, TestEngine } from './testing-engine.ts';

/** An engine with a RESP3 client that tracks with these options, and an ordinary one. */
function trackingWorld(options = ''): {
  readonly world: TestEngine;
  readonly tracker: TestClient;
  readonly other: TestClient;
} {
  const world = new TestEngine();
  const tracker = world.connect();
  const other = world.connect();
  tracker.session.protocol = 3;
  tracker.receive(frameOf(`CLIENT TRACKING ON${options}`));
  return { world, tracker, other };
}

/** What a client was sent since, at the end of the turn. */
function sentSince(world: TestEngine, client: TestClient, work: () => void): string {
  world.clock.endTurn();
  const before = client.connection.sent.length;
  work();
  world.clock.endTurn();
  return client.connection.sent.slice(before);
}

function invalidation(...keys: string[]): string {
  const words = keys.map((key) => `$${key.length}\r\n${key}\r\n`).join('');
  return `>2\r\n$10\r\ninvalidate\r\n*${keys.length}\r\n${words}`;
}

test('tracking: a key that was read is invalidated once', () => {
  const { world, tracker, other } = trackingWorld();
  tracker.receive(frameOf('GET k'));

  const sent = sentSince(world, tracker, () => {
    other.receive(frameOf('SET k 1') + frameOf('SET k 2') + frameOf('SET unread 1'));
  });

  expect(sent).toBe(invalidation('k'));
  expect(world.engine.instruments.tracking.table.itemCount).toBe(0);
});

test('tracking: own changes are told after the reply, unless they are not wanted', () => {
  const { world, tracker } = trackingWorld();
  tracker.receive(frameOf('GET k'));
  expect(tracker.ask(frameOf('SET k 1'))).toBe(`+OK\r\n${invalidation('k')}`);

  tracker.receive(frameOf('CLIENT TRACKING ON NOLOOP') + frameOf('GET k'));
  expect(tracker.ask(frameOf('SET k 1'))).toBe('+OK\r\n');
  tracker.receive(frameOf('GET k'));
  expect(sentSince(world, tracker, () => world.connect().receive(frameOf('DEL k')))).toBe(
    invalidation('k'),
  );
});

test('tracking: expiry and another data set invalidate, too', () => {
  const { world, tracker } = trackingWorld();
  tracker.receive(frameOf('SET k v PX 10') + frameOf('GET k'));
  world.clock.now += 11;
  expect(tracker.ask(frameOf('GET k'))).toBe(`_\r\n${invalidation('k')}`);

  const flushed = sentSince(world, tracker, () => {
    world.engine.replaceKeyspace(world.keyspace);
  });
  expect(flushed).toBe('>2\r\n$10\r\ninvalidate\r\n_\r\n');
});

test('tracking: broadcasts go out once a turn', () => {
  const { world, tracker, other } = trackingWorld(' BCAST PREFIX a');

  const sent = sentSince(world, tracker, () => {
    other.receive(['SET a2 1', 'SET a1 1', 'SET b 1', 'SET a2 2'].map(frameOf).join(''));
    world.clock.endTurn();
  });

  expect(sent).toBe(invalidation('a1', 'a2'));
});

test('tracking: a table that is full forgets the oldest keys, and says so', () => {
  const { world, tracker } = trackingWorld();
  world.engine.instruments.tracking.keysMax = 2;

  const sent = sentSince(world, tracker, () => {
    tracker.receive(['GET a', 'GET b', 'GET c'].map(frameOf).join(''));
  });

  expect(sent).toBe(`_\r\n_\r\n_\r\n${invalidation('a')}`);
});

test('tracking: a redirection that is gone is noticed', () => {
  const world = new TestEngine();
  const listener = world.connect();
  const tracker = world.connect();
  tracker.receive(frameOf(`CLIENT TRACKING ON REDIRECT ${listener.session.id}`));
  listener.receive(frameOf('SUBSCRIBE __redis__:invalidate'));
  tracker.receive(frameOf('GET k'));
  const told = sentSince(world, listener, () => world.connect().receive(frameOf('SET k 1')));
  expect(told).toBe('*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*1\r\n$1\r\nk\r\n');

  tracker.session.protocol = 3;
  tracker.receive(frameOf('GET k'));
  world.sessions.remove(listener.session);
  const broken = sentSince(world, tracker, () => world.connect().receive(frameOf('SET k 2')));

  expect(broken).toBe('>2\r\n$21\r\ntracking-redir-broken\r\n:1\r\n');
  expect(tracker.session.describe(0)).toContain('flags=tR ');
});

test('tracking: costs nothing when the last tracker has gone', () => {
  const { world, tracker } = trackingWorld();
  tracker.receive(frameOf('GET k'));
  const { tracking } = world.engine.instruments;
  expect([tracking.isOn, tracking.clientCount, tracking.table.keyCount]).toEqual([true, 1, 1]);

  tracker.receive(frameOf('RESET'));

  expect([tracking.isOn, tracking.clientCount, tracking.table.keyCount]).toEqual([false, 0, 0]);
});
