import { describe, expect, test } from 'vitest';
import { Request } from '../protocol/request.ts';
import { seededRandom } from '../runtime/seeded-random.ts';
import { Keyspace } from '../store/keyspace.ts';
import { ActiveExpiry } from './active-expiry.ts';
import { PrimaryStream } from './primary-stream.ts';
import { frameOf, type TestClient, TestEngine } from './testing-engine.ts';
import { queueCommandTable } from './testing-queues.ts';

const table = queueCommandTable();

function newWorld(): TestEngine {
  return new TestEngine(1, table);
}

function ask(client: TestClient, ...lines: readonly string[]): string {
  return client.ask(lines.map(frameOf).join(''));
}

/** What TAKE answers. */
function taken(key: string, letter: string): string {
  return `*2\r\n$${key.length}\r\n${key}\r\n$1\r\n${letter}\r\n`;
}

const nilArray = '*-1\r\n';

describe('blocking: who is served', () => {
  test('a command that finds something does not wait', () => {
    const client = newWorld().connect();

    expect(ask(client, 'PUT q ab', 'TAKE q 0', 'TAKE q 0')).toBe(
      `+OK\r\n${taken('q', 'a')}${taken('q', 'b')}`,
    );
  });

  test('those who wait for a key are served in the order in which they came', () => {
    const world = newWorld();
    const [giver, first, second, third] = [0, 1, 2, 3].map(() => world.connect());
    for (const each of [first, second, third]) ask(each, 'TAKE q 0');

    ask(giver, 'PUT q ab');

    expect(first.connection.sent).toBe(taken('q', 'a'));
    expect(second.connection.sent).toBe(taken('q', 'b'));
    expect(third.connection.sent).toBe('');
    expect(giver.connection.sent).toBe('+OK\r\n');
    expect(world.sessions.blockedCount).toBe(1);
  });

  test('the effect of being served follows that of the command that made it possible', () => {
    const world = newWorld();
    const [giver, taker] = [world.connect(), world.connect()];
    ask(taker, 'TAKE q 0');

    ask(giver, 'PUT q ab', 'SET k v');

    expect(world.effects.lines).toEqual(['0: PUT q ab', '0: TAKEN q', '0: SET k v']);
    expect(taker.session.lastWriteOffset).toBeGreaterThan(0);
  });

  test('a transaction is over before anybody is served', () => {
    const world = newWorld();
    const [giver, taker] = [world.connect(), world.connect()];
    ask(taker, 'TAKE q 0');

    ask(giver, 'MULTI', 'PUT q a', 'DEL q', 'PUT q b', 'EXEC');
    const [other] = [world.connect()];
    ask(other, 'TAKE r 0');
    ask(giver, 'MULTI', 'PUT r a', 'DEL r', 'EXEC');

    expect(taker.connection.sent).toBe(taken('q', 'b'));
    expect(other.connection.sent).toBe('');
    expect(world.effects.lines.slice(0, 6)).toEqual([
      ...['MULTI', '0: PUT q a', '0: DEL q', '0: PUT q b', 'EXEC', '0: TAKEN q'],
    ]);
  });

  test('of several keys the first that is ready serves, once', () => {
    const world = newWorld();
    const [giver, taker, other] = [world.connect(), world.connect(), world.connect()];
    ask(taker, 'TAKE a b c b 0');
    ask(other, 'TAKE c 0');

    ask(giver, 'MULTI', 'PUT c x', 'PUT b y', 'EXEC');

    // The key that was ready first has its turn first. The command, run again from the start, takes
    // the first of its own keys that has something, as since Redis 7.2.
    expect(taker.connection.sent).toBe(taken('b', 'y'));
    expect(other.connection.sent).toBe(taken('c', 'x'));
    expect(world.engine.run.blocking.lineCount).toBe(0);
    ask(giver, 'PUT a z');
    expect(ask(giver, 'TAKE a 0')).toBe(taken('a', 'z'));
  });

  test('values of another type leave it waiting', () => {
    const world = newWorld();
    const [giver, taker] = [world.connect(), world.connect()];
    ask(taker, 'TAKE q 0');

    ask(giver, 'SET q v', 'DEL q');
    const before = taker.connection.sent;
    ask(giver, 'PUT q a');

    expect(before).toBe('');
    expect(taker.connection.sent).toBe(taken('q', 'a'));
  });

  test('what was sent behind the command runs once it is served', () => {
    const world = newWorld();
    const [giver, taker] = [world.connect(), world.connect()];
    ask(taker, 'TAKE q 0', 'SET k v', 'TAKE q 0', 'GET k');

    ask(giver, 'PUT q a');
    world.clock.endTurn();
    const between = taker.connection.sent;
    ask(giver, 'PUT q b');
    world.clock.endTurn();

    expect(between).toBe(`${taken('q', 'a')}+OK\r\n`);
    expect(taker.connection.sent).toBe(`${between}${taken('q', 'b')}$1\r\nv\r\n`);
  });

  test('nothing blocks inside of EXEC', () => {
    const client = newWorld().connect();

    expect(ask(client, 'MULTI', 'TAKE q 0', 'EXEC')).toBe(`+OK\r\n+QUEUED\r\n*1\r\n${nilArray}`);
  });

  test('a reply that was not wanted is not sent late either', () => {
    const world = newWorld();
    const [giver, taker] = [world.connect(), world.connect()];
    ask(taker, 'CLIENT REPLY SKIP', 'TAKE q 0', 'GET k');

    ask(giver, 'PUT q a');
    world.clock.endTurn();

    expect(taker.connection.sent).toBe('$-1\r\n');
  });

  test('a command that waited counts once', () => {
    const world = newWorld();
    const [giver, taker] = [world.connect(), world.connect()];
    ask(taker, 'TAKE q 0');
    ask(giver, 'PUT q a');

    expect(world.engine.statistics.commandsProcessed).toBe(2);
    const index = table.named('take')?.index ?? -1;
    expect(world.engine.statistics.calls[index]).toBe(1);
  });
});

describe('blocking: how keys come to be', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    'a rename': ['PUT other a', 'RENAME other q'],
    'a rename over a string': ['SET q v', 'PUT other a', 'RENAME other q'],
    'a copy': ['PUT other a', 'COPY other q'],
    'a copy over a string': ['SET q v', 'PUT other a', 'COPY other q REPLACE'],
    'a move from another database': ['SELECT 1', 'PUT q a', 'MOVE q 0'],
    'an exchange of databases': ['SELECT 1', 'PUT q a', 'SWAPDB 0 1'],
  };
  for (const [name, lines] of Object.entries(cases)) {
    test(`by ${name}`, () => {
      const world = newWorld();
      const [giver, taker] = [world.connect(), world.connect()];
      ask(taker, 'TAKE q 0');

      ask(giver, ...lines);

      expect(taker.connection.sent).toBe(taken('q', 'a'));
    });
  }

  test('in another database of the same name nobody is served', () => {
    const world = newWorld();
    const [giver, taker] = [world.connect(), world.connect()];
    ask(taker, 'TAKE q 0');

    ask(giver, 'SELECT 1', 'PUT q a');

    expect(taker.connection.sent).toBe('');
  });

  test('by another data set', () => {
    const world = newWorld();
    const taker = world.connect();
    ask(taker, 'TAKE q 0');
    const other = new Keyspace(16, seededRandom(2));
    const giver = newWorld();
    giver.engine.replaceKeyspace(other);
    ask(giver.connect(), 'PUT q a');

    world.engine.replaceKeyspace(other);
    world.clock.endTurn();

    expect(taker.connection.sent).toBe(taken('q', 'a'));
  });

  test('by what a primary sends, when its whole transaction is applied', () => {
    const world = newWorld();
    const reader = world.connect();
    const primary = world.connect('primary');
    const stream = new PrimaryStream(world.engine, primary.session, () => {});
    stream.apply(Request.of('PUT', 'q', 'a'));
    ask(reader, 'AWAIT q c 0');

    stream.apply(Request.of('MULTI'));
    stream.apply(Request.of('DEL', 'q'));
    stream.apply(Request.of('PUT', 'q', 'c'));
    const before = reader.connection.sent;
    stream.apply(Request.of('EXEC'));

    expect(before).toBe('');
    expect(reader.connection.sent).toBe('+CAME\r\n');
  });

  test('not while data are loaded: when all is there', () => {
    const world = newWorld();
    const [giver, taker] = [world.connect(), world.connect()];
    ask(taker, 'TAKE q 0');
    world.set({ loading: true });
    world.engine.replaceKeyspace(new Keyspace(16, seededRandom(2)));
    world.engine.apply(world.connect('primary').session, Request.of('PUT', 'q', 'a'));
    ask(giver, 'CLIENT ID');
    world.clock.endTurn();
    const before = taker.connection.sent;

    world.set({ loading: false });
    world.clock.endTurn();

    expect(before).toBe('');
    expect(taker.connection.sent).toBe(taken('q', 'a'));
    expect(giver.connection.sent).toBe(':1\r\n');
  });
});

describe('blocking: going on waiting', () => {
  test('a command that is run again for nothing keeps its place and its time', () => {
    const world = newWorld();
    const [giver, first, second] = [world.connect(), world.connect(), world.connect()];
    ask(giver, 'PUT q a');
    ask(first, 'AWAIT q c 1000');
    ask(second, 'AWAIT q b 1000');

    world.clock.advance(900);
    ask(giver, 'MULTI', 'DEL q', 'PUT q b', 'EXEC');
    world.clock.advance(99);
    const before = first.connection.sent;
    world.clock.advance(1);

    expect(second.connection.sent).toBe('+CAME\r\n');
    expect(before).toBe('');
    expect(first.connection.sent).toBe('$-1\r\n');
    expect(world.clock.timerCount).toBe(0);
  });

  test('who wants to know is told when the key is gone, or is another thing', () => {
    const world = newWorld();
    const [giver, first, second, third] = [0, 1, 2, 3].map(() => world.connect());
    ask(giver, 'PUT q a', 'PUT r a', 'PUT s a');
    ask(first, 'AWAIT q c 0');
    ask(second, 'AWAIT r c 0');
    ask(third, 'AWAIT s c 0');
    expect(world.engine.run.blocking.deleteLineCount).toBe(3);

    ask(giver, 'DEL q', 'SET r v', 'FLUSHALL');

    expect(first.connection.sent).toBe('-GONE the queue is gone\r\n');
    expect(second.connection.sent).toBe('-WRONGTYPE no queue\r\n');
    expect(third.connection.sent).toBe('-GONE the queue is gone\r\n');
    expect(world.engine.run.blocking.deleteWaiterCount).toBe(0);
  });

  test('who wants to know is told of a key that expires, though nobody asks for it', () => {
    const world = newWorld();
    const client = world.connect();
    const { clock, effects } = world;
    const { statistics, run } = world.engine;
    const expiry = new ActiveExpiry(clock, effects, statistics, run.keys);
    ask(client, 'PUT q a', 'PEXPIRE q 10', 'AWAIT q c 0');

    clock.advance(11);
    expiry.cycle(world.keyspace, 1e9);
    clock.endTurn();

    expect(client.connection.sent).toMatch(/-GONE the queue is gone\r\n$/);
  });

  test('who does not want to know waits on', () => {
    const world = newWorld();
    const [giver, taker] = [world.connect(), world.connect()];
    ask(taker, 'TAKE q 0');

    ask(giver, 'FLUSHALL', 'SET q v', 'DEL q');

    expect(taker.connection.sent).toBe('');
  });
});

describe('blocking: how it ends otherwise', () => {
  test('when the time is over, in order', () => {
    const world = newWorld();
    const [first, second] = [world.connect(), world.connect()];
    ask(first, 'TAKE q 200', 'GET k');
    ask(second, 'TAKE q 100');
    expect(world.engine.run.blocking.timedCount).toBe(2);

    world.clock.advance(100);
    expect(second.connection.sent).toBe(nilArray);
    world.clock.advance(99);
    expect(first.connection.sent).toBe('');
    world.clock.advance(1);
    world.clock.endTurn();

    expect(first.connection.sent).toBe(`${nilArray}$-1\r\n`);
    expect(world.engine.run.blocking.lineCount).toBe(0);
    expect(world.engine.run.blocking.timedCount).toBe(0);
    expect(world.keyspace.databases[0].keyObserver).toBe(null);
  });

  test('a very long time is no short one', () => {
    const world = newWorld();
    const client = world.connect();
    ask(client, `TAKE q ${2 ** 31 + 5}`);

    world.clock.advance(2 ** 31 - 1);
    const before = client.connection.sent;
    world.clock.advance(6);

    expect(before).toBe('');
    expect(client.connection.sent).toBe(nilArray);
  });

  test('CLIENT UNBLOCK ends it as a timeout or with an error', () => {
    const world = newWorld();
    const [other, first, second] = [world.connect(), world.connect(), world.connect()];
    ask(first, 'TAKE q 0');
    ask(second, 'TAKE q 0');

    expect(ask(other, 'CLIENT UNBLOCK 2', 'CLIENT UNBLOCK 3 ERROR', 'CLIENT UNBLOCK 3')).toBe(
      ':1\r\n:1\r\n:0\r\n',
    );

    expect(first.connection.sent).toBe(nilArray);
    expect(second.connection.sent).toBe('-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n');
    expect(world.engine.statistics.errorsByCode.get('UNBLOCKED')).toBe(1);
  });

  test('a change of role ends it with an error, and the session, too', () => {
    const world = newWorld();
    const client = world.connect();
    ask(client, 'TAKE q 0');

    world.engine.waits.unblock(client.session, 'role-changed');

    expect(client.connection.sent).toMatch(/^-UNBLOCKED force unblock from blocking operation/);
    expect(world.events).toEqual(['end 1']);
  });

  test('who left is not served, and leaves nothing behind', () => {
    const world = newWorld();
    const [giver, gone, taker] = [world.connect(), world.connect(), world.connect()];
    ask(gone, 'TAKE q 1000');
    ask(taker, 'TAKE q 0');

    world.engine.forget(gone.session);
    ask(giver, 'PUT q a');

    expect(taker.connection.sent).toBe(taken('q', 'a'));
    expect(gone.connection.sent).toBe('');
    expect(world.clock.timerCount).toBe(0);
  });

  test('CLIENT LIST shows who waits', () => {
    const world = newWorld();
    const [other, taker] = [world.connect(), world.connect()];
    ask(taker, 'TAKE q 0');

    expect(ask(other, 'CLIENT LIST')).toMatch(/ flags=b .* cmd=take /);
  });

  test('during a pause nobody is served', () => {
    const world = newWorld();
    const [giver, taker] = [world.connect(), world.connect()];
    ask(taker, 'TAKE q 0');

    ask(giver, 'MULTI', 'CLIENT PAUSE 100 WRITE', 'PUT q a', 'EXEC');
    world.clock.endTurn();
    const before = taker.connection.sent;
    world.engine.waits.unpause('client');
    world.clock.endTurn();

    expect(before).toBe('');
    expect(taker.connection.sent).toBe(taken('q', 'a'));
  });
});
