import { expect, test } from 'vitest';
import { frameOf, TestEngine } from './testing-engine.ts';

const crlf = (...lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('');

test('transactions: nothing runs before EXEC, and then everything does, in one turn', () => {
  const world = new TestEngine();
  const client = world.connect();

  expect(client.ask('MULTI\r\nSET a 1\r\nINCR a\r\n')).toBe(crlf('+OK', '+QUEUED', '+QUEUED'));
  expect(world.keyspace.size).toBe(0);
  expect(client.ask('EXEC\r\n')).toBe(crlf('*2', '+OK', ':2'));
});

test('transactions: several effects are one group, one goes alone, none is nothing', () => {
  const world = new TestEngine();
  const client = world.connect();

  client.ask('MULTI\r\nSET a 1\r\nGET a\r\nINCR a\r\nEXEC\r\n');
  client.ask('MULTI\r\nGET a\r\nSET b 1\r\nEXEC\r\n');
  client.ask('MULTI\r\nGET a\r\nEXEC\r\n');

  expect(world.effects.lines).toEqual(['MULTI', '0: SET a 1', '0: INCR a', 'EXEC', '0: SET b 1']);
});

test('transactions: each effect keeps the database that it was made in', () => {
  const world = new TestEngine();
  const client = world.connect();

  client.ask('MULTI\r\nSET a 1\r\nSELECT 2\r\nSET a 2\r\nEXEC\r\n');

  expect(world.effects.lines).toEqual(['MULTI', '0: SET a 1', '2: SET a 2', 'EXEC']);
});

test('transactions: requests are copied, for the memory that brought them changes', () => {
  const world = new TestEngine();
  const client = world.connect();

  client.ask(frameOf('MULTI'));
  client.ask(frameOf('SET key value'));
  client.ask(frameOf('GET key'));

  expect(client.ask(frameOf('EXEC'))).toBe(crlf('*2', '+OK', '$5', 'value'));
});

test('transactions: what a pause holds back is the EXEC of writes, and each write before it', () => {
  const world = new TestEngine();
  const client = world.connect();
  world.engine.waits.pause('client', 'write', world.clock.now + 1000);

  expect(client.ask('MULTI\r\nGET a\r\nEXEC\r\n')).toBe(crlf('+OK', '+QUEUED', '*1', '$-1'));
  expect(client.ask('MULTI\r\nSET a 1\r\nEXEC\r\n')).toBe(crlf('+OK'));
  expect(client.session.state.name).toBe('blocked');
  world.engine.waits.unpause('client');
  world.clock.endTurn();
  expect(client.connection.sent.endsWith(crlf('+OK', '+QUEUED', '*1', '+OK'))).toBe(true);
});

test('transactions: an EXEC that would write is refused as a write, and ends the transaction', () => {
  const world = new TestEngine();
  const client = world.connect();
  client.ask('MULTI\r\nSET a 1\r\n');
  world.set({ isReplica: true });

  expect(client.ask('EXEC\r\n')).toBe(
    crlf(
      "-EXECABORT Transaction discarded because of: READONLY You can't write against a read only replica.",
    ),
  );
  expect(client.ask('EXEC\r\n')).toBe(crlf('-ERR EXEC without MULTI'));
});

test('transactions: while memory is out nothing is queued, but EXEC and DISCARD run', () => {
  const world = new TestEngine();
  const client = world.connect();
  client.ask('MULTI\r\n');
  world.set({ outOfMemory: true });

  expect(client.ask('GET a\r\n')).toMatch(/^-OOM /);
  expect(client.ask('DISCARD\r\n')).toBe(crlf('+OK'));
  client.ask('MULTI\r\n');
  expect(client.ask('EXEC\r\n')).toBe(crlf('*0'));
});

test('transactions: CLIENT LIST tells of queue and watch', () => {
  const world = new TestEngine();
  const client = world.connect();
  const other = world.connect();
  const described = () => client.session.describe(world.clock.now);

  client.ask('WATCH a\r\nMULTI\r\nGET a\r\nGET b\r\n');
  other.ask('SET a 1\r\n');
  expect(described()).toMatch(/flags=xd .*multi=2 .*multi-mem=[1-9]/);
  expect(client.session.heldInputBytes).toBeGreaterThan(20);

  expect(client.ask('EXEC\r\n')).toBe(crlf('*-1'));
  expect(described()).toMatch(/flags=N .*multi=-1 .*multi-mem=0/);
});

test('transactions: an error inside is counted once', () => {
  const world = new TestEngine();
  const client = world.connect();
  client.ask('SET a text\r\nMULTI\r\nINCR a\r\nEXEC\r\n');

  expect(world.engine.statistics.errorReplies).toBe(1);
});

test('transactions: a session that is gone watches nothing', () => {
  const world = new TestEngine();
  const client = world.connect();
  client.ask('WATCH a b\r\n');
  expect(world.engine.run.watches.count).toBe(2);

  world.engine.forget(client.session);

  expect(world.engine.run.watches.count).toBe(0);
});
