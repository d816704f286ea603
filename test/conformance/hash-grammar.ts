import fc from 'fast-check';
import type { Word } from '../support/resp-client.ts';
import {
  agreeing,
  flag,
  float,
  integer,
  key,
  mostly,
  none,
  request,
  value,
} from './grammar-words.ts';

/** Random requests about hashes. What chance decides is left out, or shows no choice. */

const field = fc.oneof(
  fc.nat(9).map(String),
  fc.constantFrom('a', 'b', 'c', '', '-1', '01', '9223372036854775807', '-9223372036854775808'),
  fc.constantFrom('32768', '-4097', 'odd \x00\r\n\xff'),
  fc.integer({ min: 62, max: 66 }).map((length) => 'x'.repeat(length)),
);
const fields = fc.array(field, { minLength: 1, maxLength: 5 });

/** Runs of fields, so that hashes outgrow their packed forms. */
const run = fc
  .tuple(fc.nat(300), fc.oneof(fc.nat(40), fc.constantFrom(500, 520)), fc.constantFrom('', 'f'))
  .map(([first, count, prefix]): Word[] =>
    Array.from({ length: count + 1 }, (_, i) => [`${prefix}${first + i}`, i]).flat(),
  );
const fieldPairs = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(fc.tuple(field, fc.oneof(value, integer.map(String))), { minLength: 1, maxLength: 4 })
      .map((list): Word[] => list.flat()),
  },
  { weight: 1, arbitrary: run },
);

export const hashRequests = [
  request('HSET', key, fieldPairs),
  request('HSET', key, fieldPairs),
  request('HSET', key, fieldPairs, flag('odd')),
  request('HMSET', key, fieldPairs),
  request('HSETNX', key, field, value),
  request('HGET', key, field),
  request('HMGET', key, fields),
  request('HDEL', key, fields),
  request('HDEL', key, fields),
  request('HLEN', key),
  request('HSTRLEN', key, field),
  request('HEXISTS', key, field),
  request('HINCRBY', key, field, mostly(integer)),
  request('HINCRBY', key, field, mostly(integer)),
  request('HINCRBYFLOAT', key, field, mostly(float)),
  agreeing({ kind: 'any-order' }, 'HGETALL', key),
  agreeing({ kind: 'any-order' }, 'HKEYS', key),
  agreeing({ kind: 'any-order' }, 'HVALS', key),
  agreeing({ kind: 'any-order' }, 'HRANDFIELD', key, fc.constantFrom<Word>(10_000, 0, 'abc', '')),
  agreeing({ kind: 'any-order' }, 'HRANDFIELD', key, fc.constant(10_000), flag('WITHVALUES')),
  agreeing({ kind: 'same-shape' }, 'HRANDFIELD', key, fc.oneof(none, fc.constant<Word[]>([-5]))),
  agreeing(
    { kind: 'any-order' },
    'HSCAN',
    key,
    fc.constant('0'),
    flag('MATCH', 'NOTHING'),
    fc.constantFrom('*', 'f*', '[0-5]*'),
    fc.constant<Word[]>(['COUNT', 10_000]),
  ),
];
