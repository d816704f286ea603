import { expect, test } from 'vitest';
import type { Command } from '../commands/command.ts';
import { createCommandTable } from '../commands/table.ts';
import { CallTiming, timedEvery } from './call-timing.ts';
import { Statistics } from './statistics.ts';

const table = createCommandTable();

function indexOf(name: string): number {
  return table.named(name)?.index ?? -1;
}

function get(): Command {
  const command = table.named('get');
  if (command === null) throw new Error('GET is declared');
  return command;
}

/** A command that was called often. */
function seasoned(): CallTiming {
  const timing = new CallTiming(table.commands);
  const statistics = new Statistics(table.commands.length);
  for (const command of table.commands) {
    for (let i = 0; i < timedEvery; i += 1) {
      if (timing.wants(command.index, 0, 0)) timing.ended(command, 1, statistics);
    }
  }
  return timing;
}

function wants(timing: CallTiming, name: string, words: number, bytes = 40): boolean {
  return timing.wants(indexOf(name), words, bytes);
}

test('call timing: of quick commands the first calls are timed, then one in many', () => {
  const timing = new CallTiming(table.commands);
  const statistics = new Statistics(table.commands.length);
  const timed: number[] = [];
  for (let call = 1; call <= timedEvery * 4; call += 1) {
    if (!timing.wants(get().index, 2, 30)) continue;
    timing.ended(get(), 2, statistics);
    timed.push(call);
  }

  expect(timed.slice(0, timedEvery)).toEqual(Array.from({ length: timedEvery }, (_, i) => i + 1));
  expect(timed.slice(timedEvery)).toEqual([timedEvery * 2, timedEvery * 3, timedEvery * 4]);
  expect(statistics.microseconds[get().index]).toBe(timedEvery * 4 * 2);
  expect(timing.histogram('GET')?.total).toBe(timedEvery * 4);
});

test('call timing: what data or words can make long is always timed', () => {
  const timing = seasoned();

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
  const timing = seasoned();
  timing.watch([10_000, null]);
  expect(wants(timing, 'get', 2)).toBe(false);
  timing.watch([0, null]);
  expect(wants(timing, 'get', 2)).toBe(true);
  timing.watch([null, 500]);
  expect(wants(timing, 'get', 2)).toBe(true);
  timing.watch([null, null]);
  expect(wants(timing, 'get', 2)).toBe(false);
});

test('call timing: a call that is not quick stands for itself; histograms may be off', () => {
  const timing = seasoned();
  const statistics = new Statistics(table.commands.length);
  timing.reset();
  expect(timing.histogram('GET')).toBe(null);

  expect(timing.wants(get().index, 2, 5_000)).toBe(true);
  timing.ended(get(), 7, statistics);
  expect(statistics.microseconds[get().index]).toBe(7);
  expect(timing.histogram('GET')?.total).toBe(1);

  timing.reset();
  timing.keepsHistograms = false;
  timing.ended(get(), 7, statistics);
  expect(timing.histogram('GET')).toBe(null);
});

test('call timing: names of a container are those of its subcommands', () => {
  const timing = new CallTiming(table.commands);

  expect(timing.namesOf('SLOWLOG')).toContain('slowlog|get');
  expect(timing.namesOf('slowlog|get')).toEqual(['slowlog|get']);
  expect(timing.namesOf('nothing')).toEqual([]);
  expect(timing.histogram('nothing')).toBe(null);
});
