import fc from 'fast-check';
import type { Word } from '../support/resp-client.ts';
import { agreeing, flag, key, mostly, none, request } from './grammar-words.ts';

/**
 * Random requests about streams. Ids made from the time are left out, and what Redis changed later:
 * who asks for entries and gets none is a consumer since 7.2, so consumers are not counted.
 */

/** Nearly all entries have the same milliseconds: then there always is a next id. */
const newId = fc.oneof(
  { weight: 60, arbitrary: fc.constant('1-*') },
  { weight: 8, arbitrary: fc.constantFrom('0-*', '1-40', '1-300') },
  { weight: 1, arbitrary: fc.constantFrom('2-*', '70000-*', '18446744073709551615-*') },
  { weight: 1, arbitrary: fc.constantFrom('0-0', '0', 'abc', '-', '1-', '1-1-1') },
);
const id = mostly(
  fc.oneof(
    fc.nat(30).map((n) => `1-${n}`),
    fc.nat(120).map((n) => `1-${n}`),
    fc.constantFrom('0-1', '0-2', '0', '1', '2', '2-0', '18446744073709551615-0'),
  ),
);
const ids = fc.array(id, { minLength: 1, maxLength: 5 });
const low = fc.oneof(id, fc.constantFrom('-', '(0', '(1-3', '(1-20', '+'));
const high = fc.oneof(id, fc.constantFrom('+', '(2', '(1-30', '(1-3', '(0-0'));
const count = fc.oneof(
  none,
  mostly(fc.integer({ min: 0, max: 12 })).map((n): Word[] => ['COUNT', n]),
);

const field = fc.constantFrom('f', 'g', '12', '');
const value = fc.oneof(
  fc.constantFrom('v', '', '1', '-70000', '9223372036854775807', '012', 'odd \x00\r\n\xff'),
  fc.integer({ min: 60, max: 1500 }).map((length) => 'v'.repeat(length)),
);
const words = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(field, value).map((pair): Word[] => pair) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.tuple(field, value), { minLength: 1, maxLength: 4 })
      .map((pairs): Word[] => pairs.flat()),
  },
);

const threshold = fc.oneof(
  mostly(fc.nat(120)).map((n): Word[] => ['MAXLEN', n]),
  mostly(fc.nat(120)).map((n): Word[] => ['MAXLEN', '~', n]),
  id.map((each): Word[] => ['MINID', '=', each]),
  id.map((each): Word[] => ['MINID', '~', each]),
);
const limit = fc.oneof(
  { weight: 4, arbitrary: none },
  { weight: 1, arbitrary: mostly(fc.nat(200)).map((n): Word[] => ['LIMIT', n]) },
);

const group = fc.constantFrom('g', 'h', 'odd \x00\r\n\xff');
const consumer = fc.constantFrom('alice', 'bob', '');
/** Who was never heard of, so that it matters not who else was. */
const stranger = fc.constantFrom('carol', 'dave');
const minIdle = mostly(fc.constantFrom(0, 100_000_000));
/** Times that passed meanwhile differ a little. */
const soon = { kind: 'within', tolerance: 10_000 } as const;
const streams = fc.oneof(
  fc.tuple(key, id).map(([each, after]): Word[] => ['STREAMS', each, after]),
  fc.tuple(key, key, id, fc.constantFrom('0', '$')).map((all): Word[] => ['STREAMS', ...all]),
);
const news = fc.oneof(
  { weight: 3, arbitrary: key.map((each): Word[] => ['STREAMS', each, '>']) },
  { weight: 1, arbitrary: fc.tuple(key, id).map(([each, after]) => ['STREAMS', each, after]) },
);
const reader = fc.tuple(group, consumer).map(([g, c]): Word[] => ['GROUP', g, c]);

const adding = request('XADD', key, newId, words);

export const streamRequests = [
  ...[adding, adding, adding, adding, adding, adding, adding, adding],
  request('XADD', key, flag('NOMKSTREAM'), threshold, limit, newId, words),
  request('XTRIM', key, threshold, limit),
  request('XDEL', key, ids),
  request('XDEL', key, ids),
  request('XLEN', key),
  request('XRANGE', key, low, high, count),
  request('XREVRANGE', key, high, low, count),
  request('XREAD', count, streams),
  request('XSETID', key, fc.constantFrom('18446744073709551615-1000000', 'abc')),
  request('XGROUP CREATE', key, group, fc.oneof(id, fc.constant('$')), flag('MKSTREAM')),
  request('XGROUP SETID', key, group, fc.oneof(id, fc.constant('$'))),
  request('XGROUP DESTROY', key, group),
  request('XGROUP DELCONSUMER', key, group, consumer),
  request('XREADGROUP', reader, count, flag('NOACK'), news),
  request('XREADGROUP', reader, count, news),
  request('XREADGROUP', reader, count, news),
  request('XACK', key, group, ids),
  request('XACK', key, group, ids),
  request('XPENDING', key, group),
  agreeing(soon, 'XPENDING', key, group, low, high, mostly(fc.nat(20))),
  agreeing(soon, 'XPENDING', key, group, low, high, mostly(fc.nat(20)), consumer),
  request('XCLAIM', key, group, consumer, minIdle, ids, flag('JUSTID'), flag('FORCE')),
  request('XCLAIM', key, group, consumer, minIdle, ids, fc.constant<Word[]>(['RETRYCOUNT', 5])),
  request('XCLAIM', key, group, stranger, fc.constant(100_000_000), ids),
  request('XAUTOCLAIM', key, group, consumer, minIdle, low, count, flag('JUSTID')),
  request('XINFO STREAM', key),
];
