import { expect, test } from 'vitest';
import { errors } from '../protocol/errors.ts';
import { ArenaFullError } from '../store/memory/arena.ts';
import { replyTextOf } from './reply-text.ts';

test('reply text: mistakes of clients and full memory are answered, bugs go on', () => {
  expect(replyTextOf(errors.syntax)).toBe('ERR syntax error');
  expect(replyTextOf(new ArenaFullError())).toBe(errors.outOfMemory.text);
  expect(() => replyTextOf(new TypeError('bug'))).toThrow('bug');
});
