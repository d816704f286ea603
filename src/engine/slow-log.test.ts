import { expect, test } from 'vitest';
import { Request } from '../protocol/request.ts';
import { internalSession } from './internal-session.ts';
import { SlowLog } from './slow-log.ts';

const session = internalSession(0);

function note(log: SlowLog, tookUs: number, ...words: string[]): void {
  log.note(session, Request.of(...words), [], { tookUs, nowMs: 5_999 });
}

test('slow log: keeps what took as long as the threshold, newest first', () => {
  const log = new SlowLog();
  log.thresholdUs = 100;

  note(log, 99, 'FAST');
  note(log, 100.7, 'SLOW');
  note(log, 500, 'SLOWER');

  expect(log.newest(10).map(({ id, words }) => [id, ...words])).toEqual([
    [1, 'SLOWER'],
    [0, 'SLOW'],
  ]);
  expect(log.newest(1).length).toBe(1);
  expect(log.newest(2)[1]).toMatchObject({ microseconds: 100, unixSeconds: 5 });
});

test('slow log: a negative threshold or no room keeps nothing', () => {
  const log = new SlowLog();
  log.thresholdUs = -1;
  note(log, 1e9, 'SLOW');
  log.thresholdUs = 0;
  log.lengthMax = 0;
  note(log, 1e9, 'SLOW');

  expect(log.length).toBe(0);
});

test('slow log: the oldest go when there are too many; ids go on', () => {
  const log = new SlowLog();
  log.thresholdUs = 0;
  log.lengthMax = 2;
  for (const word of ['a', 'b', 'c']) note(log, 1, word);

  expect(log.newest(9).map(({ words }) => words[0])).toEqual(['c', 'b']);
  log.lengthMax = 1;
  expect(log.length).toBe(1);
  log.reset();
  note(log, 1, 'd');
  expect(log.newest(9).map(({ id }) => id)).toEqual([3]);
});

test('slow log: long words and many words are cut, secrets are hidden', () => {
  const log = new SlowLog();
  log.thresholdUs = 0;
  const many = Array.from({ length: 33 }, (_, i) => String(i));
  note(log, 1, ...many);
  note(log, 1, 'SET', 'x'.repeat(130));
  log.note(session, Request.of('AUTH', 'me', 'secret'), [1, 2], { tookUs: 1, nowMs: 0 });

  const [auth, set, all] = log.newest(3).map(({ words }) => words);
  expect(auth).toEqual(['AUTH', '(redacted)', '(redacted)']);
  expect(set[1]).toBe(`${'x'.repeat(128)}... (2 more bytes)`);
  expect(all.length).toBe(32);
  expect(all[31]).toBe('... (2 more arguments)');
});
