import fc from 'fast-check';
import type { Word } from '../support/resp-client.ts';
import { agreeing, flag, key, keys, mostly, request } from './grammar-words.ts';

/** Random requests about sets. What chance decides is left out, or shows no choice. */

const member = fc.oneof(
  fc.nat(9).map(String),
  fc.constantFrom('a', 'b', 'c', '', '-1', '01', '9223372036854775807', '-9223372036854775808'),
  fc.constantFrom('9223372036854775808', '32768', '-32769', '2147483648', 'odd \x00\r\n\xff'),
  fc.integer({ min: 62, max: 66 }).map((length) => 'x'.repeat(length)),
);

/** Runs of numbers or words, so that sets outgrow their packed forms. */
const run = fc
  .tuple(fc.nat(300), fc.oneof(fc.nat(20), fc.constantFrom(130, 520)), fc.constantFrom('', 'm'))
  .map(([first, count, prefix]): Word[] =>
    Array.from({ length: count + 1 }, (_, i) => `${prefix}${first + i}`),
  );
const members = fc.oneof(
  { weight: 4, arbitrary: fc.array(member, { minLength: 1, maxLength: 5 }) },
  { weight: 1, arbitrary: run },
);

const counted = fc
  .tuple(keys, mostly(fc.constant('')))
  .map(([list, wrong]): Word[] => [wrong === '' ? list.length : wrong, ...list]);

export const setRequests = [
  request('SADD', key, members),
  request('SADD', key, members),
  request('SADD', key, members),
  request('SREM', key, members),
  request('SREM', key, members),
  request('SISMEMBER', key, member),
  request('SMISMEMBER', key, members),
  request('SCARD', key),
  agreeing({ kind: 'any-order' }, 'SMEMBERS', key),
  request('SMOVE', key, key, member),
  agreeing({ kind: 'any-order' }, 'SPOP', key, mostly(fc.constantFrom(10_000, 0))),
  agreeing({ kind: 'any-order' }, 'SRANDMEMBER', key, fc.constantFrom<Word>(10_000, 0, 'abc')),
  agreeing({ kind: 'same-shape' }, 'SRANDMEMBER', key, fc.constantFrom(-5, 3, -1)),
  agreeing({ kind: 'any-order' }, 'SINTER', keys),
  agreeing({ kind: 'any-order' }, 'SUNION', keys),
  agreeing({ kind: 'any-order' }, 'SDIFF', keys),
  request('SINTERSTORE', key, keys),
  request('SUNIONSTORE', key, keys),
  request('SDIFFSTORE', key, keys),
  request('SINTERCARD', counted),
  request('SINTERCARD', counted, fc.constant('LIMIT'), mostly(fc.nat(4))),
  agreeing(
    { kind: 'any-order' },
    'SSCAN',
    key,
    fc.constant('0'),
    flag('MATCH', 'NOTHING'),
    fc.constantFrom('*', 'm*', '[0-5]*'),
    fc.constant<Word[]>(['COUNT', 10_000]),
  ),
];
