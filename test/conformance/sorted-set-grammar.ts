import fc from 'fast-check';
import type { Word } from '../support/resp-client.ts';
import { agreeing, flag, key, keys, mostly, none, request } from './grammar-words.ts';

/** Random requests about sorted sets. What chance decides is left out, or shows no choice. */

const member = fc.oneof(
  fc.nat(9).map(String),
  fc.constantFrom('a', 'b', 'c', '', '-1', '01', '9223372036854775807', 'odd \x00\r\n\xff'),
  fc.integer({ min: 62, max: 66 }).map((length) => 'x'.repeat(length)),
);

/** Eighths: their text is the same in every version. */
const score = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -40, max: 40 }).map((n) => String(n / 8)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('inf', '-inf', '+inf', '-0', '1e3', '0x10', '70000', '-2000000'),
  },
);

const pair = fc.tuple(mostly(score), member).map((words): Word[] => words);
/** Runs of members, so that sorted sets outgrow their packed form. */
const run = fc
  .tuple(
    fc.nat(300),
    fc.oneof(fc.nat(20), fc.constantFrom(130, 300)),
    fc.integer({ min: 1, max: 9 }),
  )
  .map(([first, count, step]): Word[] =>
    Array.from({ length: count + 1 }, (_, i): Word[] => [(i * step) % 64, `m${first + i}`]).flat(),
  );
const pairs = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(pair, { minLength: 1, maxLength: 4 }).map((list) => list.flat()),
  },
  { weight: 1, arbitrary: run },
);
const members = fc.array(member, { minLength: 1, maxLength: 5 });
const anyMember = fc.oneof(
  member,
  fc.nat(430).map((n) => `m${n}`),
);

const bound = fc.oneof(
  score,
  score.map((text) => `(${text}`),
  fc.constantFrom('-inf', '+inf', '(inf'),
);
const rank = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -320, max: 320 }));
const limit = fc.oneof(
  none,
  fc
    .tuple(fc.integer({ min: -1, max: 6 }), fc.integer({ min: -2, max: 9 }))
    .map((words): Word[] => ['LIMIT', ...words]),
);
const withScores = flag('WITHSCORES');

const counted = fc
  .tuple(keys, mostly(fc.constant('')))
  .map(([list, wrong]): Word[] => [wrong === '' ? list.length : wrong, ...list]);
const weight = fc.constantFrom<Word>(1, 2, -1, 0, 'inf', '0.5');
const weighted = fc
  .array(fc.tuple(key, weight), { minLength: 1, maxLength: 4 })
  .map((list): Word[] => [
    list.length,
    ...list.map(([each]) => each),
    'WEIGHTS',
    ...list.map(([, each]) => each),
  ]);
const inputs = fc.oneof(counted, weighted);
const aggregate = flag('AGGREGATE SUM', 'AGGREGATE MIN', 'AGGREGATE MAX', 'AGGREGATE').map(
  (words) => words.flatMap((word): Word[] => String(word).split(' ')),
);

/** Its members all have the same score: ranges by member mean something there alone. */
const lexKey = fc.constant('lexical');
const lexBound = fc.oneof(
  fc.tuple(fc.constantFrom('[', '('), anyMember).map(([mark, text]) => `${mark}${text}`),
  fc.constantFrom('-', '+', '[', '('),
);
const lexMembers = fc.oneof(
  members.map((list): Word[] => list.flatMap((each): Word[] => [0, each])),
  run.map((list): Word[] => list.map((word, i) => (i % 2 === 0 ? 0 : word))),
);

const byLex = [
  request('ZADD', lexKey, lexMembers),
  request('ZADD', lexKey, lexMembers),
  request('ZREM', lexKey, members),
  request('ZRANGEBYLEX', lexKey, mostly(lexBound), lexBound, limit),
  request('ZREVRANGEBYLEX', lexKey, mostly(lexBound), lexBound, limit),
  request('ZRANGE', lexKey, lexBound, lexBound, fc.constant('BYLEX'), flag('REV'), limit),
  request('ZLEXCOUNT', lexKey, lexBound, mostly(lexBound)),
  request('ZREMRANGEBYLEX', lexKey, lexBound, lexBound),
];

export const sortedSetRequests = [
  request('ZADD', key, pairs),
  request('ZADD', key, pairs),
  request('ZADD', key, pairs),
  request('ZADD', key, flag('NX', 'XX'), flag('GT', 'LT'), flag('CH'), flag('INCR'), pairs),
  request('ZADD', key, flag('CH'), fc.constantFrom('INCR', 'XX', 'GT'), pair),
  request('ZINCRBY', key, mostly(score), anyMember),
  request('ZREM', key, members),
  request('ZCARD', key),
  request('ZSCORE', key, anyMember),
  request('ZMSCORE', key, members),
  request('ZRANK', key, anyMember),
  request('ZREVRANK', key, anyMember),
  request('ZRANGE', key, mostly(rank), rank, flag('REV'), withScores, flag('NOTHING', 'BYLEX')),
  request(
    'ZRANGE',
    key,
    bound,
    mostly(bound),
    fc.constant('BYSCORE'),
    flag('REV'),
    limit,
    withScores,
  ),
  request('ZREVRANGE', key, rank, mostly(rank), withScores),
  request('ZRANGEBYSCORE', key, mostly(bound), bound, withScores, limit),
  request('ZREVRANGEBYSCORE', key, bound, bound, limit, withScores),
  request('ZCOUNT', key, bound, mostly(bound)),
  request('ZRANGESTORE', key, key, mostly(rank), rank, flag('REV')),
  request('ZRANGESTORE', key, key, bound, bound, fc.constant('BYSCORE'), flag('REV'), limit),
  request('ZREMRANGEBYRANK', key, mostly(rank), rank),
  request('ZREMRANGEBYSCORE', key, bound, mostly(bound)),
  request(
    'ZPOPMIN',
    key,
    fc.oneof(
      none,
      mostly(fc.nat(9)).map((n): Word[] => [n]),
    ),
  ),
  request(
    'ZPOPMAX',
    key,
    fc.oneof(
      none,
      mostly(fc.nat(9)).map((n): Word[] => [n]),
    ),
  ),
  request('ZMPOP', counted, fc.constantFrom('MIN', 'MAX', 'MID')),
  request('ZMPOP', counted, fc.constantFrom('MIN', 'MAX'), fc.constant('COUNT'), mostly(fc.nat(9))),
  request('ZUNION', inputs, aggregate, withScores),
  request('ZINTER', inputs, aggregate, withScores),
  request('ZDIFF', counted, withScores),
  request('ZUNIONSTORE', key, inputs, aggregate),
  request('ZINTERSTORE', key, inputs, aggregate),
  request('ZDIFFSTORE', key, counted),
  request('ZINTERCARD', counted, fc.constant('LIMIT'), mostly(fc.nat(4))),
  agreeing({ kind: 'any-order' }, 'ZRANDMEMBER', key, fc.constantFrom<Word>(10_000, 0, 'abc')),
  agreeing({ kind: 'same-shape' }, 'ZRANDMEMBER', key, fc.constantFrom(-5, 3, -1), withScores),
  ...byLex,
];
