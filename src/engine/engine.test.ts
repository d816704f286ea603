import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameOf, TestEngine } from './testing-engine.ts';

/** A pipeline: each line a request, sent as arrays. */
const pipeline = (...lines: readonly string[]): string => lines.map(frameOf).join('');

describe('engine: pipelines', () => {
  const request = fc.oneof(
    fc.constantFrom(
      'SET a 1',
      'SET b 2 EX 100',
      'GET a',
      'GET b',
      'INCR a',
      'INCR b',
      'DEL a b',
      'MSET a 5 b 6 c 7',
      'APPEND c xyz',
      'SELECT 3',
      'SELECT 0',
      'FLUSHDB',
      'HELLO 3',
      'HELLO 2',
      'RESET',
      'CLIENT REPLY OFF',
      'CLIENT REPLY ON',
      'CLIENT REPLY SKIP',
      'CLIENT PAUSE 1000 WRITE',
      'CLIENT PAUSE 1000 ALL',
      'WAIT 1 0',
      'GET',
      'NOTHING a',
      'CLIENT NOTHING',
      'SWAPDB 0 3',
    ),
    fc.nat(3_000).map((length) => `SET long ${'x'.repeat(length)}`),
  );
  const encoded = fc
    .tuple(request, fc.boolean())
    .map(([line, isInline]) => (isInline && line.length < 900 ? `${line}\r\n` : frameOf(line)));
  const ending = fc.constantFrom('', frameOf('QUIT'), '*1\r\nPING\r\n', '*x\r\n', '\r\n*0\r\n');

  test('give the same replies and effects however they are cut', () => {
    const programs = fc.tuple(fc.array(encoded, { maxLength: 150 }), ending, encoded);
    const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(programs, cuts, fc.nat(5), ([requests, end, after], sizes, settleEvery) => {
        const text = requests.join('') + end + after;

        const whole = outcomeOf(text, [text.length], 0);
        const cut = outcomeOf(text, sizes, settleEvery);

        expect(cut).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  function outcomeOf(text: string, sizes: readonly number[], settleEvery: number) {
    const world = new TestEngine();
    const client = world.connect();
    let at = 0;
    for (let turn = 0; at < text.length; turn += 1) {
      const size = sizes[turn % sizes.length];
      client.receive(text.slice(at, at + size));
      at += size;
      if (settleEvery > 0 && turn % settleEvery === 0) world.settle();
    }
    world.settle();
    const keys = world.keyspace.databases.map((database) => database.size);
    const { sent } = client.connection;
    return { sent, keys, effects: world.effects.lines, state: client.session.state.name };
  }

  test('are answered with one write', () => {
    const world = new TestEngine();
    const client = world.connect();

    client.receive(pipeline('SET a 1', 'GET a', 'INCR a').repeat(40));

    expect(client.connection.writeCount).toBe(1);
    expect(client.connection.sent).toBe('+OK\r\n$1\r\n1\r\n:2\r\n'.repeat(40));
  });

  test('with large replies are answered in pieces, in order', () => {
    const world = new TestEngine();
    const client = world.connect();
    client.receive(pipeline(`SET k ${'v'.repeat(100_000)}`));

    client.receive(pipeline('STRLEN k', 'GET k').repeat(10));

    expect(client.connection.writeCount).toBeGreaterThan(3);
    expect(client.connection.sent).toBe(
      `+OK\r\n${`:100000\r\n$100000\r\n${'v'.repeat(100_000)}\r\n`.repeat(10)}`,
    );
  });

  test('longer than what is read ahead run in order', () => {
    const world = new TestEngine();
    const client = world.connect();
    const numbers = Array.from({ length: 1_000 }, (_, i) => `:${i + 1}\r\n`);

    client.receive(pipeline('INCR n').repeat(1_000));

    expect(client.connection.sent).toBe(numbers.join(''));
  });
});

describe('engine: what changes the session in the middle of a pipeline', () => {
  test('AUTH lets the rest in, whatever its size', () => {
    const world = new TestEngine();
    world.password = 'secret';
    world.set({ passwordRequired: true });
    const client = world.connect();
    const many = `MSET ${'k v '.repeat(20).trim()}`;

    const answers = client.ask(pipeline('GET k', 'AUTH wrong', 'AUTH secret', many, 'GET k'));

    expect(answers).toBe(
      '-NOAUTH Authentication required.\r\n' +
        '-WRONGPASS invalid username-password pair or user is disabled.\r\n' +
        '+OK\r\n+OK\r\n$1\r\nv\r\n',
    );
  });

  test('without AUTH, large requests are not even read', () => {
    const world = new TestEngine();
    world.password = 'secret';
    world.set({ passwordRequired: true });

    expect(world.connect().ask('*11\r\n')).toMatch(/^-ERR Protocol error: unauthenticated/);
    expect(world.connect().ask('*1\r\n$20000\r\n')).toMatch(/^-ERR Protocol error: unauthent/);
  });

  test('RESET asks for the password again and takes everything back', () => {
    const world = new TestEngine();
    world.password = 'secret';
    world.set({ passwordRequired: true });
    const client = world.connect();

    const answers = client.ask(
      pipeline('AUTH secret', 'HELLO 3', 'SELECT 4', 'SET k v', 'RESET', 'GET k', 'PING'),
    );

    expect(answers.slice(answers.indexOf('+RESET'))).toBe(
      '+RESET\r\n-NOAUTH Authentication required.\r\n-NOAUTH Authentication required.\r\n',
    );
    expect(client.session).toMatchObject({ databaseIndex: 0, protocol: 2, authenticated: false });
  });

  test('HELLO changes the protocol of what follows', () => {
    const client = new TestEngine().connect();

    const answers = client.ask(pipeline('GET none', 'HELLO 3', 'GET none', 'HELLO 2', 'GET none'));

    expect(answers.startsWith('$-1\r\n%7\r\n')).toBe(true);
    expect(answers).toContain('\r\n_\r\n*14\r\n');
    expect(answers.endsWith('$-1\r\n')).toBe(true);
  });

  test('SELECT changes the database of what follows', () => {
    const world = new TestEngine();

    world.connect().receive(pipeline('SET k 0', 'SELECT 5', 'SET k 5', 'SELECT 0', 'APPEND k x'));

    expect(world.effects.lines).toEqual(['0: SET k 0', '5: SET k 5', '0: APPEND k x']);
  });

  test('FLUSHALL in the middle of a pipeline leaves what follows', () => {
    const client = new TestEngine().connect();

    const answers = client.ask(
      pipeline('SET a 1', 'SET b 2', 'FLUSHALL', 'GET a', 'SET b 3', 'GET b', 'DBSIZE'),
    );

    expect(answers).toBe('+OK\r\n+OK\r\n+OK\r\n$-1\r\n+OK\r\n$1\r\n3\r\n:1\r\n');
  });

  test('QUIT is answered, and nothing after it runs', () => {
    const world = new TestEngine();
    const client = world.connect();

    client.receive(pipeline('SET a 1', 'QUIT', 'SET a 2'));

    expect(client.connection.sent).toBe('+OK\r\n+OK\r\n');
    expect(world.effects.lines).toEqual(['0: SET a 1']);
    expect(world.events).toEqual(['end 1']);
  });

  test('a mistake in the protocol is answered after the requests before it, and ends all', () => {
    const world = new TestEngine();
    const client = world.connect();

    client.receive(`${pipeline('SET a 1', 'INCR a')}*1\r\nPING\r\n${pipeline('INCR a')}`);

    expect(client.connection.sent).toBe(
      "+OK\r\n:2\r\n-ERR Protocol error: expected '$', got 'P'\r\n",
    );
    expect(world.effects.lines).toHaveLength(2);
    expect(world.events).toEqual(['end 1']);
  });

  test('somebody who speaks HTTP is cut', () => {
    const world = new TestEngine();
    const client = world.connect();

    client.receive('PING\r\nPOST / HTTP/1.1\r\nHost: x\r\nSET a 1\r\n');

    expect(client.connection.sent).toBe('+PONG\r\n');
    expect(world.events).toEqual(['foreign protocol 1', 'end 1']);
    expect(world.effects.lines).toEqual([]);
  });

  test('CLIENT REPLY silences what Redis silences', () => {
    const client = new TestEngine().connect();

    const answers = client.ask(
      pipeline(
        ...['CLIENT REPLY SKIP', 'ECHO skipped', 'ECHO 1', 'CLIENT REPLY OFF', 'ECHO off'],
        ...['NOTHING', 'GET', 'CLIENT REPLY SKIP', 'ECHO off', 'CLIENT REPLY ON', 'ECHO 2'],
      ),
    );

    expect(answers).toBe('$1\r\n1\r\n+OK\r\n$1\r\n2\r\n');
  });
});

describe('engine: waiting', () => {
  test('WAIT holds the rest of a pipeline back, and what arrives after it', () => {
    const world = new TestEngine();
    const client = world.connect();

    client.receive(pipeline('SET a 1', 'WAIT 1 0', 'INCR a'));
    client.receive(pipeline('INCR a', 'ECHO end').slice(0, -5));
    const before = client.connection.sent;
    world.engine.waits.unblock(client.session, 'ready');
    world.clock.endTurn();
    client.receive('end\r\n');

    expect(before).toBe('+OK\r\n');
    expect(client.connection.sent).toBe('+OK\r\n:1\r\n:2\r\n:3\r\n$3\r\nend\r\n');
  });

  test('a second WAIT in the same pipeline waits again', () => {
    const world = new TestEngine();
    const client = world.connect();

    client.receive(pipeline('WAIT 1 0', 'ECHO a', 'WAIT 1 0', 'ECHO b'));
    world.engine.waits.unblock(client.session, 'ready');
    world.clock.endTurn();
    const between = client.connection.sent;
    world.engine.waits.unblock(client.session, 'error');
    world.clock.endTurn();

    expect(between).toBe(':1\r\n$1\r\na\r\n');
    expect(client.connection.sent).toBe(
      `${between}-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n$1\r\nb\r\n`,
    );
  });

  test('a wait of somebody who left is cancelled, and cannot be ended', () => {
    const world = new TestEngine();
    const client = world.connect();
    client.receive(pipeline('WAIT 1 0', 'SET a 1'));

    world.engine.forget(client.session);

    expect(world.events).toEqual(['cancelled 1']);
    expect(world.engine.waits.unblock(client.session, 'ready')).toBe(false);
    world.clock.endTurn();
    expect(world.effects.lines).toEqual([]);
  });

  test('a pause of writes holds writes back, not reads', () => {
    const world = new TestEngine();
    const [pausing, writing, reading] = [world.connect(), world.connect(), world.connect()];
    pausing.receive(pipeline('SET a 1', 'CLIENT PAUSE 100 WRITE', 'GET a'));

    writing.receive(pipeline('GET a', 'SET a 2', 'GET a'));
    reading.receive(pipeline('GET a'));

    expect(pausing.connection.sent).toBe('+OK\r\n+OK\r\n$1\r\n1\r\n');
    expect(writing.connection.sent).toBe('$1\r\n1\r\n');
    expect(reading.connection.sent).toBe('$1\r\n1\r\n');
    expect(world.sessions.blockedCount).toBe(1);
    world.engine.waits.tick(world.clock.now + 99);
    expect(writing.session.state.name).toBe('blocked');
    world.engine.waits.tick(world.clock.now + 100);
    world.clock.endTurn();
    expect(writing.connection.sent).toBe('$1\r\n1\r\n+OK\r\n$1\r\n2\r\n');
  });

  test('a pause of everything holds everything back, in order', () => {
    const world = new TestEngine();
    const [first, second] = [world.connect(), world.connect()];
    first.receive(pipeline('CLIENT PAUSE 100 ALL', 'ECHO a', 'ECHO b'));
    second.receive(pipeline('PING'));

    expect(first.connection.sent + second.connection.sent).toBe('+OK\r\n');
    world.settle();

    expect(first.connection.sent).toBe('+OK\r\n$1\r\na\r\n$1\r\nb\r\n');
    expect(second.connection.sent).toBe('+PONG\r\n');
  });

  test('somebody who leaves during a pause is forgotten', () => {
    const world = new TestEngine();
    const [first, second] = [world.connect(), world.connect()];
    first.receive(pipeline('CLIENT PAUSE 100 ALL'));
    second.receive(pipeline('SET a 1'));

    world.engine.forget(second.session);
    world.engine.waits.unpause('client');
    world.clock.endTurn();

    expect(world.effects.lines).toEqual([]);
  });

  test('a command that a pause holds back counts once', () => {
    const world = new TestEngine();
    const client = world.connect();

    client.receive(pipeline('CLIENT PAUSE 100 ALL', 'SET a 1'));
    world.settle();

    expect(world.engine.statistics.commandsProcessed).toBe(2);
  });
});

describe('engine: output', () => {
  test('what a peer does not take is kept, and its memory is not written again', () => {
    const world = new TestEngine();
    const client = world.connect();
    const kept: Uint8Array[] = [];
    const { connection } = client;
    connection.write = (bytes) => {
      kept.push(bytes);
      return false;
    };

    client.receive(pipeline('ECHO first'));
    client.receive(pipeline('ECHO other'));

    const texts = kept.map((bytes) => new TextDecoder().decode(bytes));
    expect(texts).toEqual(['$5\r\nfirst\r\n', '$5\r\nother\r\n']);
    expect(world.events).toEqual(['output kept 1', 'output kept 1']);
  });

  test('statistics count bytes, commands, calls, refusals and errors', () => {
    const world = new TestEngine();
    const client = world.connect();
    const text = pipeline('SET a x', 'GET a', 'GET b', 'INCR a', 'GET', 'NOTHING');

    client.receive(text);

    const { engine } = world;
    const { statistics } = engine;
    const indexOf = (name: string) => engine.table.named(name)?.index ?? -1;
    expect(statistics).toMatchObject({
      commandsProcessed: 4,
      keyspaceHits: 1,
      keyspaceMisses: 1,
      errorReplies: 3,
      inputBytes: text.length,
      outputBytes: client.connection.sent.length,
    });
    expect(statistics.calls[indexOf('get')]).toBe(2);
    expect(statistics.rejectedCalls[indexOf('get')]).toBe(1);
    expect(statistics.failedCalls[indexOf('incr')]).toBe(1);
    expect(statistics.errorsByCode.get('ERR')).toBe(3);
  });
});
