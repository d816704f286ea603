import { expect, test } from 'vitest';
import { SimulatedClock } from '../../test/simulation/simulated-clock.ts';
import { KeptLog } from '../../test/support/simulated-server.ts';
import type { ShutdownOptions } from './settings/list-kinds.ts';
import { Shutdown, type ShutdownWorld } from './shutdown.ts';

const asSet: ShutdownOptions = { save: 'as-configured', now: false, force: false };

function newShutdown(change: Partial<ShutdownWorld> = {}) {
  const clock = new SimulatedClock();
  const log = new KeptLog();
  const diary: string[] = [];
  const lagging: string[] = [];
  const shutdown = new Shutdown({
    clock,
    log,
    laggingReplicas: () => lagging,
    replicaCount: () => 2,
    askForAcknowledgements: () => diary.push('ask'),
    pauseWrites: (untilMs) => diary.push(`pause ${untilMs - clock.nowMs()}`),
    resumeWrites: () => diary.push('resume'),
    timeoutMs: () => 10_000,
    save: () => true,
    calledOff: () => diary.push('called off'),
    stop: () => diary.push('stop'),
    ...change,
  });
  return { clock, log, diary, lagging, shutdown };
}

test('shutdown: at once when no replica lags', () => {
  const { diary, log, shutdown } = newShutdown();

  shutdown.begin(asSet);

  expect(diary).toEqual(['stop']);
  expect(shutdown.state.name).toBe('stopping');
  expect(log.lines).toContain('notice: 2 of 2 replicas are in sync when shutting down.');
  expect(log.lines.at(-1)).toMatch(/ready to exit, bye bye/);
});

test('shutdown: waits for replicas that lag, with writes paused', () => {
  const { clock, diary, lagging, log, shutdown } = newShutdown();
  lagging.push('10.0.0.1:7001, 5 bytes behind');

  shutdown.begin(asSet);
  expect(diary).toEqual(['pause 10000', 'ask']);
  expect(shutdown.state.name).toBe('waitingForReplicas');
  expect(log.lines[0]).toMatch(/^notice: 1 of 2 replicas are lagging when shutting down\./);
  clock.advance(5_000);
  expect(diary).not.toContain('stop');
  lagging.pop();
  clock.advance(50);

  expect(diary.at(-1)).toBe('stop');
  expect(log.lines).toContain('notice: 2 of 2 replicas are in sync when shutting down.');
});

test('shutdown: waits no longer than it may', () => {
  const { clock, diary, lagging, log, shutdown } = newShutdown();
  lagging.push('10.0.0.1:7001, 5 bytes behind');

  shutdown.begin(asSet);
  clock.advance(9_900);
  expect(diary).not.toContain('stop');
  clock.advance(200);

  expect(diary.filter((each) => each === 'stop')).toEqual(['stop']);
  expect(log.lines).toContain('notice: Lagging replica 10.0.0.1:7001, 5 bytes behind at shutdown.');
  expect(log.lines).toContain('notice: 1 of 2 replicas are in sync when shutting down.');
});

test.each([
  ['now', { now: true, timeoutMs: 10_000 }],
  ['a timeout of 0', { now: false, timeoutMs: 0 }],
])('shutdown: with %s waits for nobody', (_, { now, timeoutMs }) => {
  const { diary, lagging, shutdown } = newShutdown({ timeoutMs: () => timeoutMs });
  lagging.push('one');

  shutdown.begin({ ...asSet, now });

  expect(diary).toEqual(['stop']);
});

test('shutdown: a second call does not wait, a third does nothing', () => {
  const { clock, diary, lagging, shutdown } = newShutdown();
  lagging.push('one');

  shutdown.begin(asSet);
  shutdown.begin(asSet);
  shutdown.begin({ ...asSet, now: true });
  clock.advance(60_000);

  expect(diary.filter((each) => each === 'stop')).toEqual(['stop']);
});

test('shutdown: can be taken back while it waits, and only then', () => {
  const { clock, diary, lagging, shutdown } = newShutdown();
  lagging.push('one');
  expect(shutdown.abort()).toBe(false);

  shutdown.begin(asSet);
  expect(shutdown.abort()).toBe(true);
  clock.advance(60_000);

  expect(diary).toEqual(['pause 10000', 'ask', 'resume', 'called off']);
  expect(shutdown.state.name).toBe('serving');
  shutdown.begin({ ...asSet, now: true });
  expect(shutdown.abort()).toBe(false);
});

test('shutdown: goes on serving when the data cannot be saved', () => {
  const { clock, diary, lagging, log, shutdown } = newShutdown({ save: () => false });
  lagging.push('one');

  shutdown.begin(asSet);
  lagging.pop();
  clock.advance(60_000);

  expect(diary).toEqual(['pause 10000', 'ask', 'resume', 'called off']);
  expect(shutdown.state.name).toBe('serving');
  expect(log.lines).toContain("warning: Error trying to save the DB, can't exit.");
});

test('shutdown: with force stops although the data cannot be saved', () => {
  const modes: string[] = [];
  const { diary, log, shutdown } = newShutdown({
    save: (mode) => {
      modes.push(mode);
      return false;
    },
  });

  shutdown.begin({ save: 'yes', now: false, force: true });

  expect(modes).toEqual(['yes']);
  expect(diary).toEqual(['stop']);
  expect(log.lines).toContain('warning: Error trying to save the DB. Exit anyway.');
});
