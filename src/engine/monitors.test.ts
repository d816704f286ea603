import { expect, test } from 'vitest';
import { frameOf, TestEngine } from './testing-engine.ts';

function linesOf(text: string): string[] {
  return text.split('\r\n').filter((line) => line !== '');
}

test('monitors: see what others run, in order, in this turn', () => {
  const world = new TestEngine();
  const monitor = world.connect();
  const other = world.connect();
  expect(monitor.ask(frameOf('MONITOR'))).toBe('+OK\r\n');

  other.receive(frameOf('SET k v') + frameOf('CONFIG GET port') + frameOf('GET k'));
  world.clock.endTurn();

  const { now } = world.clock;
  const seconds = `${Math.floor(now / 1000)}.000000`;
  const peer = other.session.remoteAddress;
  expect(linesOf(monitor.connection.sent)).toEqual([
    '+OK',
    `+${seconds} [0 ${peer}] "SET" "k" "v"`,
    `+${seconds} [0 ${peer}] "GET" "k"`,
  ]);
});

test('monitors: a monitor sees itself after its reply, and is no monitor after RESET', () => {
  const world = new TestEngine();
  const monitor = world.connect();
  monitor.receive(frameOf('MONITOR'));

  const answer = linesOf(monitor.ask(frameOf('PING')));
  expect([answer[0], answer[1].split(' ').at(-1)]).toEqual(['+PONG', '"PING"']);
  expect(monitor.session.describe(0)).toContain('flags=O');
  expect(monitor.ask(frameOf('GET k'))).toMatch(/^-ERR Replica can't interact/);
  expect(monitor.ask(frameOf('MONITOR'))).toBe('');
  expect(monitor.ask(frameOf('RESET'))).toBe('+RESET\r\n');
  expect(monitor.session.kind).toBe('client');
  expect(monitor.ask(frameOf('PING'))).toBe('+PONG\r\n');
});

test('monitors: the commands of a transaction come before its EXEC; none begins inside', () => {
  const world = new TestEngine();
  const monitor = world.connect();
  const other = world.connect();
  monitor.receive(frameOf('MONITOR'));

  const frames = ['MULTI', 'INCR k', 'MONITOR', 'EXEC'].map(frameOf).join('');
  expect(other.ask(frames)).toContain("-ERR MONITOR isn't allowed");
  world.clock.endTurn();

  const names = linesOf(monitor.connection.sent).map((line) => line.match(/"(\w+)"/)?.[1]);
  expect(names).toEqual([undefined, 'MULTI', 'INCR', 'EXEC']);
});

test('monitors: one that has gone is forgotten', () => {
  const world = new TestEngine();
  const monitor = world.connect();
  monitor.receive(frameOf('MONITOR'));
  world.engine.forget(monitor.session);

  world.connect().receive(frameOf('PING'));
  world.clock.endTurn();

  expect(monitor.connection.sent).toBe('+OK\r\n');
});
