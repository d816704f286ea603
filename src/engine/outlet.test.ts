import { expect, test } from 'vitest';
import { bytesOf } from '../base/bytes.ts';
import { ReplyWriter } from '../protocol/reply-writer.ts';
import { internalSession } from './internal-session.ts';
import { Outlet } from './outlet.ts';
import { Statistics } from './statistics.ts';
import { TestEngine } from './testing-engine.ts';

test('outlet: messages go in one piece, before the reply', () => {
  const { session, connection } = new TestEngine().connect();
  const statistics = new Statistics(0);
  const outlet = new Outlet(statistics, () => {});
  const reply = new ReplyWriter();
  reply.ok();
  session.pushes = [bytesOf('one '), bytesOf('two ')];

  outlet.send(session, reply);
  outlet.flush(session);

  expect(connection.sent).toBe('one two +OK\r\n');
  expect(connection.writeCount).toBe(2);
  expect(statistics.outputBytes).toBe(connection.sent.length);
  expect(reply.length).toBe(0);
});

test('outlet: memory that a stuck peer waits for is not used again', () => {
  const { session, connection } = new TestEngine().connect();
  const kept: number[] = [];
  const outlet = new Outlet(new Statistics(0), ({ id }) => kept.push(id));
  const reply = new ReplyWriter();
  connection.isStuck = true;
  reply.ok();
  const { bytes } = reply;

  outlet.send(session, reply);

  expect(reply.bytes).not.toBe(bytes);
  expect(kept).toEqual([session.id]);
});

test('outlet: a session without a connection is told nothing', () => {
  const reply = new ReplyWriter();
  reply.ok();

  new Outlet(new Statistics(0), () => {}).send(internalSession(0), reply);

  expect(reply.length).toBe(0);
});
