import { expect, test } from 'vitest';
import { createCommandTable } from '../commands/table.ts';
import { CallTiming, timedEvery } from './call-timing.ts';
import { Statistics } from './statistics.ts';

const table = createCommandTable();

function indexOf(name: string): number {
  return table.named(name)?.index ?? -1;
}

/** Whether a call is timed, given how many there were of its command. */
function wants(timing: CallTiming, name: string, words: number, bytes = 40): boolean {
  return timing.wants(indexOf(name), words, bytes, timedEvery + 1);
}

test('call timing: of quick commands the first calls are timed, then one in many', () => {
  const timing = new CallTiming(table.commands);
  const timed: number[] = [];
  for (let calls = 0; calls < timedEvery * 4; calls += 1) {
    if (timing.wants(indexOf('get'), 2, 30, calls)) timed.push(calls);
  }

  expect(timed.slice(0, timedEvery)).toEqual(Array.from({ length: timedEvery }, (_, i) => i));
  expect(timed.slice(timedEvery)).toEqual([timedEvery, timedEvery * 2, timedEvery * 3]);
});

test('call timing: what data or words can make long is always timed', () => {
  const timing = new CallTiming(table.commands);

  expect([wants(timing, 'get', 2), wants(timing, 'set', 3)]).toEqual([false, false]);
  expect(wants(timing, 'set', 3, 5_000)).toBe(true);
  expect(wants(timing, 'mget', 20)).toBe(true);
  expect(['keys', 'del', 'unlink', 'debug'].map((name) => wants(timing, name, 2))).toEqual([
    true,
    true,
    true,
    true,
  ]);
});

test('call timing: a low threshold has every call timed', () => {
  const timing = new CallTiming(table.commands);
  timing.watch([10_000, null]);
  expect(wants(timing, 'get', 2)).toBe(false);
  timing.watch([0, null]);
  expect(wants(timing, 'get', 2)).toBe(true);
  timing.watch([null, 500]);
  expect(wants(timing, 'get', 2)).toBe(true);
  timing.watch([null, null]);
  expect(wants(timing, 'get', 2)).toBe(false);
});

test('call timing: a sample stands for the calls between, anything else for itself', () => {
  const timing = new CallTiming(table.commands);
  const statistics = new Statistics(table.commands.length);
  const get = table.named('get');
  if (get === null) throw new Error('GET is declared');
  const call = { wordCount: 2, frameBytes: 30 };

  timing.ended(get, { ...call, calls: 0 }, 2, statistics);
  timing.ended(get, { ...call, calls: timedEvery }, 2, statistics);
  timing.ended(get, { ...call, frameBytes: 5_000, calls: timedEvery }, 2, statistics);

  expect(statistics.microseconds[get.index]).toBe(2 + 2 * timedEvery + 2);
  expect(timing.histogram('GET')?.total).toBe(2 + timedEvery);
  timing.reset();
  expect(timing.histogram('GET')).toBe(null);
  timing.keepsHistograms = false;
  timing.ended(get, { ...call, calls: 0 }, 2, statistics);
  expect(timing.histogram('GET')).toBe(null);
});

test('call timing: names of a container are those of its subcommands', () => {
  const timing = new CallTiming(table.commands);

  expect(timing.namesOf('SLOWLOG')).toContain('slowlog|get');
  expect(timing.namesOf('slowlog|get')).toEqual(['slowlog|get']);
  expect(timing.namesOf('nothing')).toEqual([]);
  expect(timing.histogram('nothing')).toBe(null);
});
