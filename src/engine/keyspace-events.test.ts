import { describe, expect, test } from 'vitest';
import { Request } from '../protocol/request.ts';
import { frameOf, type TestClient, TestEngine } from './testing-engine.ts';

function ask(client: TestClient, ...lines: readonly string[]): string {
  return client.ask(lines.map(frameOf).join(''));
}

/** `channel message` of everything that a subscriber of all keys' channels was sent. */
function eventsOf(letters: string, ...lines: readonly string[]): readonly string[] {
  const world = new TestEngine();
  const [client, listener] = [world.connect(), world.connect()];
  world.engine.run.keyspaceEvents.letters = letters;
  world.engine.run.keys.observe();
  ask(listener, 'PSUBSCRIBE __key*');
  world.clock.endTurn();
  ask(client, ...lines);
  world.clock.endTurn();
  const messages = listener.connection.sent.split('$8\r\npmessage\r\n').slice(1);
  return messages.map((message) => {
    const words = message.split('\r\n');
    return `${words[3]} ${words[5]}`;
  });
}

describe('keyspace events', () => {
  test('nothing is published by default, or without a channel to publish to', () => {
    expect(eventsOf('', 'SET k v')).toEqual([]);
    expect(eventsOf('g$lshzxetdnm', 'SET k v')).toEqual([]);
    expect(eventsOf('KE', 'SET k v')).toEqual([]);
  });

  test('K publishes the event to the key, E the key to the event', () => {
    expect(eventsOf('K$', 'SET k v')).toEqual(['__keyspace@0__:k set']);
    expect(eventsOf('E$', 'SET k v')).toEqual(['__keyevent@0__:set k']);
    expect(eventsOf('KE$', 'SELECT 3', 'SET k v')).toEqual([
      '__keyspace@3__:k set',
      '__keyevent@3__:set k',
    ]);
  });

  test('only classes that are wanted are published', () => {
    expect(eventsOf('Eg', 'SET k v', 'DEL k')).toEqual(['__keyevent@0__:del k']);
    expect(eventsOf('En', 'SET k v', 'SET k w')).toEqual(['__keyevent@0__:new k']);
    expect(eventsOf('Em', 'GET k', 'SET k v', 'GET k')).toEqual(['__keyevent@0__:keymiss k']);
  });

  test('expiry is an event, whoever finds it', () => {
    const world = new TestEngine();
    const client = world.connect();
    const listener = world.connect();
    world.engine.run.keyspaceEvents.letters = 'Ex';
    ask(listener, 'SUBSCRIBE __keyevent@0__:expired');
    ask(client, 'SET k v PX 10');

    world.clock.advance(11);
    ask(client, 'GET k');
    world.clock.endTurn();

    expect(listener.connection.sent).toMatch(/\$7\r\nmessage\r\n.*expired\r\n\$1\r\nk\r\n$/s);
  });

  test('a replica publishes what its primary changes', () => {
    const world = new TestEngine();
    const listener = world.connect();
    world.engine.run.keyspaceEvents.letters = 'E$';
    ask(listener, 'SUBSCRIBE __keyevent@0__:set');

    world.engine.apply(world.connect('primary').session, Request.of('SET', 'k', 'v'));
    world.clock.endTurn();

    expect(listener.connection.sent).toMatch(/\$18\r\n__keyevent@0__:set\r\n\$1\r\nk\r\n$/);
  });

  test('who is subscribed to its own changes hears of them after the reply', () => {
    const world = new TestEngine();
    const client = world.connect();
    world.engine.run.keyspaceEvents.letters = 'Em';
    ask(client, 'HELLO 3', 'SUBSCRIBE __keyevent@0__:keymiss');

    expect(ask(client, 'MGET a b', 'PING')).toBe(
      ['*2\r\n_\r\n_\r\n', missed('a'), missed('b'), '+PONG\r\n'].join(''),
    );
    expect(ask(client, 'MULTI', 'GET a', 'EXEC')).toBe(
      ['+OK\r\n+QUEUED\r\n', '*1\r\n_\r\n', missed('a')].join(''),
    );
    expect(ask(client, 'CLIENT REPLY SKIP', 'GET a', 'PING')).toBe(`${missed('a')}+PONG\r\n`);
  });
});

function missed(key: string): string {
  return `>3\r\n$7\r\nmessage\r\n$22\r\n__keyevent@0__:keymiss\r\n$1\r\n${key}\r\n`;
}
