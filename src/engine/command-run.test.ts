import { describe, expect, test } from 'vitest';
import { bytesOfLatin1 } from '../base/bytes.ts';
import { frameOf, type TestClient, TestEngine } from './testing-engine.ts';

const pipeline = (...lines: readonly string[]): string => lines.map(frameOf).join('');

/** A world in which these requests ran, and the effects of those that followed. */
function effectsAfter(
  setUp: readonly string[],
  act: (world: TestEngine, client: TestClient) => void,
) {
  const world = new TestEngine();
  const client = world.connect();
  client.receive(pipeline(...setUp));
  world.effects.lines.length = 0;
  act(world, client);
  return world.effects.lines;
}

describe('propagation: what a command did', () => {
  test.each([
    ['SET k v', 'SET k v'],
    ['set k v', 'set k v'],
    ['SET k v EX 10', 'SET k v PXAT 1700000010000'],
    ['SET k v PX 10', 'SET k v PXAT 1700000000010'],
    ['SETEX k 10 v', 'SET k v PXAT 1700000010000'],
    ['EXPIRE old 10', 'PEXPIREAT old 1700000010000'],
    ['EXPIRE old -1', 'DEL old'],
    ['GETEX old PERSIST', 'PERSIST old'],
    ['GETDEL old', 'DEL old'],
    ['INCRBYFLOAT n 1.5', 'SET n 2.5 KEEPTTL'],
    ['MSET a 1 b 2', 'MSET a 1 b 2'],
    ['UNLINK old none', 'UNLINK old none'],
  ])('%s', (request, effect) => {
    const setUp = ['SET old x PX 99999', 'SET n 1'];
    const lines = effectsAfter(setUp, (_, client) => client.receive(frameOf(request)));

    expect(lines).toEqual([`0: ${effect}`]);
  });

  test.each([
    ['reads', 'GET old'],
    ['changes that change nothing', 'DEL none'],
    ['conditions that do not hold', 'SET old y NX'],
    ['expiries of missing keys', 'EXPIRE none 10'],
    ['errors', 'INCR old'],
    ['the wrong number of words', 'SET old'],
    ['unknown commands', 'NOTHING old'],
    ['syntax errors', 'SET old y NX XX'],
  ])('nothing for %s', (_, request) => {
    const lines = effectsAfter(['SET old x'], (__, client) => client.receive(frameOf(request)));

    expect(lines).toEqual([]);
  });

  test('nothing for what admission refuses', () => {
    const lines = effectsAfter(['SET k 1'], (world, client) => {
      world.set({ tooFewReplicas: true });
      expect(client.ask(frameOf('INCR k'))).toMatch(/^-NOREPLICAS /);
    });

    expect(lines).toEqual([]);
  });

  test('an inline request goes on as an array', () => {
    const world = new TestEngine();

    world.connect().receive('set  k "a b"\r\nINCR n\r\n');

    expect(world.effects.frames).toEqual([
      '*3\r\n$3\r\nset\r\n$1\r\nk\r\n$3\r\na b\r\n',
      '*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n',
    ]);
  });

  test('a request that arrived in pieces goes on as one', () => {
    const world = new TestEngine();
    const client = world.connect();
    const frame = frameOf(`SET k ${'v'.repeat(500)}`);

    for (const piece of frame.match(/[\s\S]{1,7}/g) ?? []) client.receive(piece);

    expect(world.effects.frames).toEqual([frame]);
  });

  test('a client knows how far its own writes reach', () => {
    const world = new TestEngine();
    const [writing, reading] = [world.connect(), world.connect()];

    writing.receive(pipeline('SET k 1', 'GET k'));
    reading.receive(pipeline('GET k'));

    expect(writing.session.lastWriteOffset).toBe(world.effects.offset);
    expect(reading.session.lastWriteOffset).toBe(0);
  });

  test('without anybody who listens nothing is encoded', () => {
    const world = new TestEngine();
    world.effects.wantsEffects = false;

    world.connect().receive(pipeline('SET k v EX 10', 'INCR n'));

    expect(world.effects.lines).toEqual([]);
    expect(world.keyspace.size).toBe(2);
  });
});

describe('expiry: a key whose time has come', () => {
  const setUp = ['SET a 1 PX 100', 'SET b 2 PX 100', 'SET c 3'];
  const late = (act: (world: TestEngine, client: TestClient) => void) =>
    effectsAfter(setUp, (world, client) => {
      world.clock.now += 100;
      act(world, client);
    });

  test('is deleted by a read, with an effect of its own', () => {
    const lines = late((world, client) => {
      expect(client.ask(pipeline('GET a', 'DBSIZE'))).toBe('$-1\r\n:2\r\n');
      expect(world.engine.statistics.expiredKeys).toBe(1);
    });

    expect(lines).toEqual(['0: DEL a']);
  });

  test('stays until its very moment', () => {
    const lines = effectsAfter(setUp, (world, client) => {
      world.clock.now += 99;
      expect(client.ask(pipeline('GET a', 'PTTL a'))).toBe('$1\r\n1\r\n:1\r\n');
    });

    expect(lines).toEqual([]);
  });

  test('is deleted before the effect of the command that met it, both as one', () => {
    const lines = late((_, client) => client.receive(frameOf('APPEND a x')));

    expect(lines).toEqual(['MULTI', '0: DEL a', '0: APPEND a x', 'EXEC']);
  });

  test('and a rewritten effect are one group, too', () => {
    const lines = late((world, client) => {
      client.receive(frameOf('SET a x GET EX 5'));
      expect(client.connection.sent.endsWith('$-1\r\n')).toBe(true);
      expect(world.clock.now).toBe(1_700_000_000_100);
    });

    expect(lines).toEqual(['MULTI', '0: DEL a', '0: SET a x PXAT 1700000005100', 'EXEC']);
  });

  test('is deleted in the middle of a pipeline, in order', () => {
    const lines = late((_, client) =>
      client.receive(pipeline('INCR c', 'EXISTS a b', 'INCR c', 'SELECT 1', 'SET a 1')),
    );

    expect(lines).toEqual([
      '0: INCR c',
      ...['MULTI', '0: DEL a', '0: DEL b', 'EXEC'],
      '0: INCR c',
      '1: SET a 1',
    ]);
  });

  test('is only hidden while writes are paused', () => {
    const lines = late((world, client) => {
      world.engine.waits.pause('client', 'write', world.clock.now + 1_000);
      expect(client.ask(pipeline('GET a', 'DBSIZE'))).toBe('$-1\r\n:3\r\n');
    });

    expect(lines).toEqual([]);
  });

  test('is only hidden on a replica, and its primary sees it', () => {
    const lines = late((world, client) => {
      world.engine.run.expiry.deletes = false;
      expect(client.ask(pipeline('GET a', 'DBSIZE'))).toBe('$-1\r\n:3\r\n');
      const { session } = world.connect('primary');
      const key = bytesOfLatin1('a');
      const [database] = world.keyspace.databases;
      world.engine.run.begin(session);
      expect(world.engine.run.peekIn(database, key)).not.toBe(0);
    });

    expect(lines).toEqual([]);
  });
});

test('access: NO-TOUCH leaves the access clock, hits are counted all the same', () => {
  const world = new TestEngine();
  const client = world.connect();
  world.keyspace.access.advance(world.clock.now);
  client.receive(pipeline('SET k v', 'CLIENT NO-TOUCH ON'));
  world.clock.now += 50_000;
  world.keyspace.access.advance(world.clock.now);

  client.receive(pipeline('GET k'));

  expect(client.ask(pipeline('OBJECT IDLETIME k'))).toBe(':50\r\n');
  expect(world.engine.statistics.keyspaceHits).toBe(2);
  client.receive(pipeline('CLIENT NO-TOUCH OFF', 'GET k'));
  expect(client.ask(pipeline('OBJECT IDLETIME k'))).toBe(':0\r\n');
});
