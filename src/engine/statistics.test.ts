import { expect, test } from 'vitest';
import { timedEvery } from './call-timing.ts';
import { Statistics } from './statistics.ts';
import { frameOf, TestEngine } from './testing-engine.ts';

test('statistics: errors are counted by their code, up to a bound of codes', () => {
  const statistics = new Statistics(3);

  for (let i = 0; i < 1_000; i += 1) statistics.countError(`CODE${i}`);
  statistics.countError('CODE0');

  expect(statistics.errorReplies).toBe(1_001);
  expect(statistics.errorsByCode.get('CODE0')).toBe(2);
  expect(statistics.errorsByCode.size).toBeLessThan(200);
});

test('statistics: RESETSTAT sets every number to 0', () => {
  const statistics = new Statistics(3);
  const fresh = new Statistics(3);
  for (const [name, value] of Object.entries(statistics)) {
    if (typeof value === 'number') Object.assign(statistics, { [name]: 7 });
    else if (value instanceof Float64Array) value.fill(7);
  }
  statistics.countError('ERR');

  statistics.reset();

  expect(statistics).toEqual(fresh);
});

test('statistics: of some calls the time is taken, and stands for all', () => {
  const world = new TestEngine();
  const client = world.connect();
  const index = world.engine.table.named('ping')?.index ?? -1;
  world.clock.lookUs = 10;

  client.receive(frameOf('PING').repeat(timedEvery * 3));

  expect(world.engine.statistics.calls[index]).toBe(timedEvery * 3);
  expect(world.engine.statistics.microseconds[index]).toBe(timedEvery * 3 * 10);
});
