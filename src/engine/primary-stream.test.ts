import { describe, expect, test } from 'vitest';
import { Request } from '../protocol/request.ts';
import { PrimaryStream } from './primary-stream.ts';
import { TestEngine } from './testing-engine.ts';

function newStream() {
  const world = new TestEngine();
  const primary = world.connect('primary');
  const errors: string[] = [];
  const stream = new PrimaryStream(world.engine, primary.session, (request, error) =>
    errors.push(`${request.text(0)}: ${error}`),
  );
  const reader = world.connect();
  const apply = (line: string) => stream.apply(Request.of(...line.split(' ')));
  const get = (key: string) => reader.ask(`GET ${key}\r\n`).split('\r\n')[1] ?? null;
  return { world, primary, stream, errors, apply, get };
}

describe("primary's stream: commands", () => {
  test('run at once, are never answered and never propagated anew', () => {
    const { world, primary, apply, get } = newStream();

    expect(apply('SET k v')).toBe(true);
    expect(apply('INCR n')).toBe(true);

    expect([get('k'), get('n')]).toEqual(['v', '1']);
    expect(primary.connection.sent).toBe('');
    expect(world.effects.lines).toEqual([]);
  });

  test('are not refused by what refuses clients', () => {
    const { world, apply, get } = newStream();
    world.set({ isReplica: true, replicaReadOnly: true, tooFewReplicas: true, outOfMemory: true });

    apply('SET k v');

    expect(get('k')).toBe('v');
  });

  test('go to the database that the stream is in', () => {
    const { world, stream, apply } = newStream();

    apply('SELECT 3');
    apply('SET k v');

    expect(stream.database).toBe(3);
    expect(world.keyspace.databases[3].size).toBe(1);
    stream.database = 5;
    apply('SET k v');
    expect(world.keyspace.databases[5].size).toBe(1);
  });

  test('that fail are reported, and the stream goes on', () => {
    const { errors, apply, get } = newStream();

    apply('SET k text');
    apply('INCR k');
    apply('GET');
    apply('NOTHING');
    apply('SET k on');

    expect(errors).toEqual([
      'INCR: ERR value is not an integer or out of range',
      "GET: ERR wrong number of arguments for 'get' command",
      expect.stringMatching(/^NOTHING: ERR unknown command/),
    ]);
    expect(get('k')).toBe('on');
  });

  test('see keys whose time has come: the primary decides when they go', () => {
    const { world, apply } = newStream();
    world.engine.run.expiry.deletes = false;
    apply(`SET k 1 PXAT ${world.clock.now + 10}`);
    world.clock.now += 1_000;

    apply('APPEND k 2');

    const [database] = world.keyspace.databases;
    expect(database.size).toBe(1);
    apply('DEL k');
    expect(database.size).toBe(0);
  });

  test('leave the replies of clients alone', () => {
    const { world, apply } = newStream();
    const client = world.connect();

    apply('NOTHING');

    expect(client.ask('PING\r\n')).toBe('+PONG\r\n');
    expect(world.engine.run.reply.muted).toBe(false);
  });
});

describe("primary's stream: transactions", () => {
  test('are kept until EXEC and seen whole', () => {
    const { stream, apply, get } = newStream();
    const isOutside = ['MULTI', 'SET a 1', 'SET b 2'].map(apply);

    expect(isOutside).toEqual([false, false, false]);
    expect(get('a')).toBe(get('none'));
    expect(stream.queuedBytes).toBeGreaterThan(50);
    expect(apply('EXEC')).toBe(true);

    expect([get('a'), get('b')]).toEqual(['1', '2']);
    expect(stream.queuedBytes).toBe(0);
  });

  test('keep copies: the memory of a request is used again', () => {
    const { stream, apply, get } = newStream();
    apply('MULTI');
    const request = Request.of('SET', 'k', 'kept');

    stream.apply(request);
    request.bytes.fill(0);
    apply('EXEC');

    expect(get('k')).toBe('kept');
  });

  test('that were begun can be dropped', () => {
    const { stream, apply, get } = newStream();
    apply('MULTI');
    apply('SET a 1');

    stream.forgetTransaction();
    apply('SET b 2');

    expect([get('a'), get('b')]).toEqual([get('none'), '2']);
  });

  test('without commands are nothing', () => {
    const { apply } = newStream();

    expect([apply('MULTI'), apply('EXEC')]).toEqual([false, true]);
  });
});
