import { expect, test } from 'vitest';
import { TestEngine } from './testing-engine.ts';

const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;
const message = (head: string, ...words: readonly string[]): string =>
  `${head}${words.length}\r\n${words.map(bulk).join('')}`;

test('pub/sub: a message reaches channels and patterns, at the end of the turn, in one write', () => {
  const world = new TestEngine();
  const listener = world.connect();
  const speaker = world.connect();
  listener.ask('SUBSCRIBE news\r\nPSUBSCRIBE n*\r\n');
  const before = listener.connection.sent.length;
  const writesBefore = listener.connection.writeCount;

  expect(speaker.ask('PUBLISH news one\r\nPUBLISH nothing two\r\nPUBLISH other x\r\n')).toBe(
    ':2\r\n:1\r\n:0\r\n',
  );
  expect(listener.connection.sent.length).toBe(before);
  world.clock.endTurn();

  expect(listener.connection.sent.slice(before)).toBe(
    message('*', 'message', 'news', 'one') +
      message('*', 'pmessage', 'n*', 'news', 'one') +
      message('*', 'pmessage', 'n*', 'nothing', 'two'),
  );
  expect(listener.connection.writeCount).toBe(writesBefore + 1);
});

test('pub/sub: RESP3 receives pushes, and may do everything else besides', () => {
  const world = new TestEngine();
  const listener = world.connect();
  listener.ask('HELLO 3\r\n');
  expect(listener.ask('SUBSCRIBE a\r\n')).toBe(`>3\r\n${bulk('subscribe')}${bulk('a')}:1\r\n`);
  world.connect().ask('PUBLISH a x\r\n');
  world.clock.endTurn();

  expect(listener.connection.sent.endsWith(message('>', 'message', 'a', 'x'))).toBe(true);
  expect(listener.ask('SET k v\r\n')).toBe('+OK\r\n');
});

test('pub/sub: what came before UNSUBSCRIBE is sent before its answer', () => {
  const world = new TestEngine();
  const listener = world.connect();
  listener.ask('SUBSCRIBE a\r\n');
  world.connect().ask('PUBLISH a x\r\n');

  expect(listener.ask('UNSUBSCRIBE\r\n')).toBe(
    `${message('*', 'message', 'a', 'x')}*3\r\n${bulk('unsubscribe')}${bulk('a')}:0\r\n`,
  );
});

test('pub/sub: a transaction that tells its own session is answered first', () => {
  const world = new TestEngine();
  const client = world.connect();
  client.ask('HELLO 3\r\nSUBSCRIBE a\r\n');

  expect(client.ask('MULTI\r\nPUBLISH a x\r\nSET k v\r\nEXEC\r\n')).toBe(
    `+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:1\r\n+OK\r\n${message('>', 'message', 'a', 'x')}`,
  );
});

test('pub/sub: every message is propagated, heard or not, and changes nothing', () => {
  const world = new TestEngine();
  const client = world.connect();
  client.ask('PUBLISH a x\r\nSPUBLISH s y\r\nMULTI\r\nPUBLISH a z\r\nSET k v\r\nEXEC\r\n');

  expect(world.effects.lines).toEqual([
    '0: PUBLISH a x',
    '0: SPUBLISH s y',
    'MULTI',
    '0: PUBLISH a z',
    '0: SET k v',
    'EXEC',
  ]);
  expect(world.engine.run.dirty).toBe(0);
});

test('pub/sub: a session that is gone listens no longer; its kind is told meanwhile', () => {
  const world = new TestEngine();
  const listener = world.connect();
  listener.ask('SUBSCRIBE a b\r\nPSUBSCRIBE p*\r\nSSUBSCRIBE s\r\n');
  const { pubSub } = world.engine.run;
  expect(listener.session.describe(world.clock.now)).toMatch(/flags=P .*sub=2 psub=1 ssub=1/);
  expect(world.sessions.matching({ type: 'pubsub' }, 0)).toEqual([listener.session]);
  expect(world.sessions.matching({ type: 'normal' }, 0)).toEqual([]);

  world.engine.forget(listener.session);

  expect([pubSub.count('channel'), pubSub.count('pattern')]).toEqual([0, 0]);
  expect(pubSub.count('shardChannel')).toBe(0);
  expect(listener.session.isSubscriber).toBe(false);
});
