import { expect, test } from 'vitest';
import { LatencyEvents } from './latency-events.ts';

test('latency events: nothing is noted below the threshold, or without one', () => {
  const events = new LatencyEvents();
  events.note('command', 1_000, 1_000);
  events.thresholdMs = 10;
  events.note('command', 9.9, 1_000);

  expect(events.all).toEqual([]);
});

test('latency events: the longest of a second stands for it', () => {
  const events = new LatencyEvents();
  events.thresholdMs = 10;
  for (const [tookMs, atMs] of [
    [20, 1_000],
    [30.9, 1_500],
    [25, 1_999],
    [15, 2_000],
  ]) {
    events.note('command', tookMs, atMs);
  }

  expect(events.all).toEqual([
    {
      name: 'command',
      samples: [
        { unixSeconds: 1, milliseconds: 30 },
        { unixSeconds: 2, milliseconds: 15 },
      ],
      worstMs: 30,
    },
  ]);
});

test('latency events: 160 samples are kept of a kind, and the worst of all', () => {
  const events = new LatencyEvents();
  events.thresholdMs = 1;
  for (let i = 0; i < 200; i += 1) events.note('command', 200 - i, i * 1000);
  events.note('other', 5, 0);

  const [command] = events.all;
  expect([command.samples.length, command.samples[0].unixSeconds]).toEqual([160, 40]);
  expect(command.worstMs).toBe(200);
  expect([events.forget('command'), events.forget('command')]).toEqual([true, false]);
  expect(events.all.map(({ name }) => name)).toEqual(['other']);
});
