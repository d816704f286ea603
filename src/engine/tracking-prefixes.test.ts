import { expect, test } from 'vitest';
import { latin1Of } from '../base/bytes.ts';
import type { Session } from './session.ts';
import { TestEngine } from './testing-engine.ts';
import { TrackingPrefixes } from './tracking-prefixes.ts';

function reported(prefixes: TrackingPrefixes): string[] {
  const lines: string[] = [];
  prefixes.report((session, keys) => {
    lines.push(`${session.id}: ${keys.map((key) => latin1Of(key)).join(' ')}`);
  });
  return lines;
}

function tracking(session: Session, ignoresOwn: boolean): void {
  session.tracking = {
    redirection: 0,
    prefixes: [],
    choice: 'all',
    ignoresOwn,
    isRedirectionBroken: false,
    caching: null,
  };
}

test('tracking prefixes: report changed keys in order, once', () => {
  const prefixes = new TrackingPrefixes();
  const { session } = new TestEngine().connect();
  prefixes.add(session, 'a');
  prefixes.add(session, '');

  expect(['b', 'a2', 'a1', 'a2'].map((key) => prefixes.touch(key, null))).toEqual([
    true,
    false,
    false,
    false,
  ]);

  expect(reported(prefixes)).toEqual(['1: a1 a2', '1: a1 a2 b']);
  expect(reported(prefixes)).toEqual([]);
  expect(prefixes.touch('a', null)).toBe(true);
});

test('tracking prefixes: who ignores its own changes hears of those of others', () => {
  const world = new TestEngine();
  const prefixes = new TrackingPrefixes();
  const first = world.connect().session;
  const second = world.connect().session;
  tracking(first, true);
  tracking(second, false);
  prefixes.add(first, '');
  prefixes.add(second, '');

  prefixes.touch('own', first);
  expect(reported(prefixes)).toEqual(['2: own']);
  prefixes.touch('own', first);
  prefixes.touch('foreign', second);
  expect(reported(prefixes)).toEqual(['1: foreign', '2: foreign own']);
});

test('tracking prefixes: one that nobody listens to is forgotten', () => {
  const prefixes = new TrackingPrefixes();
  const { session } = new TestEngine().connect();
  prefixes.add(session, 'a');
  expect(prefixes.count).toBe(1);

  prefixes.remove(session, 'nothing');
  prefixes.remove(session, 'a');

  expect([prefixes.count, prefixes.touch('a', null)]).toEqual([0, false]);
});
