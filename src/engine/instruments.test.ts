import { expect, test } from 'vitest';
import { frameOf, TestEngine } from './testing-engine.ts';

test('instruments: a slow command is logged, whoever runs it', () => {
  const world = new TestEngine();
  const { instruments } = world.engine;
  const client = world.connect();
  instruments.slowLog.thresholdUs = 50;
  world.clock.lookUs = 60;

  client.receive(frameOf('KEYS *'));
  client.receive(frameOf('MULTI') + frameOf('DBSIZE') + frameOf('EXEC'));

  const words = instruments.slowLog.newest(9).map((entry) => entry.words.join(' '));
  expect(words).toEqual(['DBSIZE', 'MULTI', 'KEYS *']);
});

test('instruments: slow commands are latency events, of two kinds', () => {
  const world = new TestEngine();
  const { events } = world.engine.instruments.timing;
  const client = world.connect();
  events.thresholdMs = 2;
  world.clock.lookUs = 3_000;

  client.receive(frameOf('KEYS *') + frameOf('GET k'));

  expect(events.all.map(({ name, worstMs }) => [name, worstMs])).toEqual([
    ['command', 3],
    ['fast-command', 3],
  ]);
});

test('instruments: while nobody listens nothing is asked for each command', () => {
  const world = new TestEngine();
  const { instruments } = world.engine;
  const client = world.connect();
  expect(instruments.isOn).toBe(false);
  client.receive(frameOf('MONITOR'));
  expect(instruments.isOn).toBe(true);
  client.receive(frameOf('RESET') + frameOf('CLIENT TRACKING ON'));
  expect(instruments.isOn).toBe(true);
  world.engine.forget(client.session);
  expect(instruments.isOn).toBe(false);
});
