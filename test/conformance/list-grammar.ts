import fc from 'fast-check';
import type { Word } from '../support/resp-client.ts';
import { agreeing, flag, integer, key, keys, mostly, request } from './grammar-words.ts';

/** Random requests about lists. Nothing waits: the keys of waiting commands are served or refused. */

const element = fc.oneof(
  fc.nat(5).map(String),
  fc.constantFrom('a', 'b', 'c', '', '-1', '01', '9223372036854775807', '-9223372036854775808'),
  fc.constantFrom('9223372036854775808', '4095', '-4097', '32768', '8388608', '2147483648'),
  fc.constantFrom(60, 64, 127, 4090, 9000).map((length) => 'x'.repeat(length)),
);

/** Runs that fill several nodes of 8 KiB. */
const run = fc
  .tuple(fc.nat(9), fc.oneof(fc.nat(20), fc.constantFrom(300, 2000)), fc.nat(12))
  .map(([first, count, width]): Word[] =>
    Array.from({ length: count + 1 }, (_, i) => `${(first + i) % 10}`.padStart(width + 1, 'e')),
  );
const elements = fc.oneof(
  { weight: 4, arbitrary: fc.array(element, { minLength: 1, maxLength: 5 }) },
  { weight: 1, arbitrary: run },
);

const side = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('LEFT', 'right') },
  { weight: 1, arbitrary: fc.constant('UP') },
);
const index = fc.oneof(fc.integer({ min: -12, max: 12 }), fc.integer({ min: -900, max: 900 }));
const few = fc.integer({ min: -3, max: 6 });
const counted = fc
  .tuple(keys, mostly(fc.constant('')))
  .map(([list, wrong]): Word[] => [wrong === '' ? list.length : wrong, ...list]);
const limit = fc.oneof(
  fc.constant<Word[]>([]),
  mostly(fc.constantFrom(1, 2, 30)).map((count): Word[] => ['COUNT', count]),
);
const search = fc.oneof(
  fc.constant<Word[]>([]),
  mostly(few).map((n): Word[] => ['RANK', n]),
  mostly(fc.nat(4)).map((n): Word[] => ['COUNT', n]),
  mostly(fc.nat(40)).map((n): Word[] => ['MAXLEN', n]),
);

export const listRequests = [
  request('RPUSH', key, elements),
  request('RPUSH', key, elements),
  request('LPUSH', key, elements),
  request('LPUSH', key, elements),
  request('LPUSHX', key, elements),
  request('RPUSHX', key, elements),
  request('LPOP', key, flag('2', '40', '0', 'x')),
  request('RPOP', key, flag('2', '40', '0', '-1')),
  request('LLEN', key),
  request('LINDEX', key, mostly(index)),
  request('LRANGE', key, mostly(index), index),
  request('LRANGE', key, integer, integer),
  request('LSET', key, mostly(index), element),
  request('LSET', key, few, element),
  request('LINSERT', key, fc.constantFrom('BEFORE', 'after', 'BESIDE'), element, element),
  request('LINSERT', key, fc.constantFrom('BEFORE', 'AFTER'), element, element),
  request('LREM', key, mostly(few), element),
  request('LTRIM', key, mostly(index), index),
  request('LTRIM', key, few, fc.constantFrom(-1, -2, -3)),
  request('LPOS', key, element, search, search, search),
  request('LMOVE', key, key, side, side),
  request('RPOPLPUSH', key, key),
  request('LMPOP', counted, side, limit),
  agreeing({ kind: 'exact' }, 'LRANGE', key, fc.constantFrom(0), fc.constantFrom(-1)),
];
