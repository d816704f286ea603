import { expect, test } from 'vitest';
import { assert, unreachable } from './assert.ts';

test('assertions: a belief that holds is silent, another stops with its words', () => {
  expect(() => assert(true, 'acks never pass the stream')).not.toThrow();
  expect(() => assert(false, 'acks never pass the stream')).toThrow(
    'this should hold: acks never pass the stream',
  );
});

test('assertions: a value that cannot be is shown', () => {
  const impossible = { name: 'limbo' } as never;

  expect(() => unreachable(impossible)).toThrow('{"name":"limbo"}');
});
