import { expect, expectTypeOf, test } from 'vitest';
import { errors } from '../protocol/errors.ts';
import { Request } from '../protocol/request.ts';
import {
  after,
  block,
  integer,
  key,
  many,
  manyWithToken,
  oneOf,
  optional,
  string,
  token,
  usageOf,
  wordCountOf,
} from './arguments.ts';
import { parseArguments } from './parse-arguments.ts';

const declared = [
  key('key', 'RW'),
  integer('amount'),
  optional(oneOf('condition', token('nx', 'NX'), token('xx', 'XX'))),
  optional(after('COUNT', integer('count'))),
  optional(token('force', 'FORCE')),
] as const;

function parse(...words: string[]) {
  return parseArguments(declared, Request.of('CMD', ...words), 1);
}

test('arguments: required ones come in order, options in any', () => {
  const values = parse('k', '12', 'force', 'COUNT', '3', 'Nx');

  expect(values).toEqual({
    key: 1,
    amount: 12,
    condition: { kind: 'nx', value: true },
    count: 3,
    force: true,
  });
  expectTypeOf(values.count).toEqualTypeOf<number | undefined>();
  expectTypeOf(values.condition).toEqualTypeOf<
    | { readonly kind: 'nx'; readonly value: true }
    | { readonly kind: 'xx'; readonly value: true }
    | undefined
  >();
});

test('arguments: what is absent is undefined', () => {
  expect(parse('k', '-1')).toEqual({ key: 1, amount: -1 });
});

test('arguments: the same option again overrides, another of the same choice is an error', () => {
  expect(parse('k', '1', 'COUNT', '1', 'count', '2').count).toBe(2);
  expect(parse('k', '1', 'NX', 'NX').condition?.kind).toBe('nx');
  expect(() => parse('k', '1', 'NX', 'XX')).toThrow(errors.syntax);
});

test.each([[['k', '1', 'what']], [['k', '1', 'COUNT']], [['k', '1', 'COUNT', '1', 'more']]])(
  'arguments: %j is a syntax error',
  (words) => {
    expect(() => parse(...words)).toThrow(errors.syntax);
  },
);

test.each(['', ' 1', '01', '1.5', 'x', '9223372036854775808'])(
  'arguments: %j is no integer',
  (word) => {
    expect(() => parse('k', word)).toThrow(errors.notAnInteger);
  },
);

test('arguments: an optional block by position', () => {
  const range = [
    key('key', 'RO'),
    optional(block('range', integer('start'), integer('end'), optional(token('bit', 'BIT')))),
  ] as const;
  const parseRange = (...words: string[]) => parseArguments(range, Request.of('C', ...words), 1);

  expect(parseRange('k').range).toBeUndefined();
  expect(parseRange('k', '1', '2').range).toEqual({ start: 1, end: 2 });
  expect(parseRange('k', '1', '2', 'bit').range?.bit).toBe(true);
  expect(() => parseRange('k', '1')).toThrow(errors.syntax);
});

test('arguments: many of a kind', () => {
  const pairs = [many(block('pair', key('key', 'OW'), string('value')))] as const;
  const prefixes = [optional(manyWithToken(after('PREFIX', string('prefix'))))] as const;

  expect(parseArguments(pairs, Request.of('C', 'a', '1', 'b', '2'), 1).pair).toEqual([
    { key: 1, value: 2 },
    { key: 3, value: 4 },
  ]);
  expect(parseArguments(prefixes, Request.of('C', 'prefix', 'a', 'PREFIX', 'b'), 1).prefix).toEqual(
    [2, 4],
  );
});

test('arguments: how many words they take, and how they are written', () => {
  expect(wordCountOf(declared)).toEqual({ min: 2, max: 6 });
  expect(wordCountOf([many(key('key', 'RO'))])).toEqual({ min: 1, max: Number.POSITIVE_INFINITY });
  expect(usageOf(declared)).toBe('<key> <amount> [NX|XX] [COUNT <count>] [FORCE]');
});
