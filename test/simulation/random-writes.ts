import type { Random } from '../../src/runtime/random.ts';

/** The words of one request that changes something, or could. */
export type RandomWrite = (random: Random) => readonly string[];

/** One of `choices`. */
export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random.uint32() % choices.length];
}

/** A write of any type. Database 0 keeps the walk's markers, so nothing flushes or swaps it. */
export function randomWrite(random: Random): readonly string[] {
  return pick(random, pick(random, families))(random);
}

/** A request that waits on the primary until somebody adds what it wants, or for a while. */
export function randomWait(random: Random): readonly string[] {
  return pick(random, waits)(random);
}

const below = (random: Random, bound: number): number => random.uint32() % bound;
const digits = (random: Random, bound: number): string => String(below(random, bound));
const seconds = (random: Random): string => String(1 + below(random, 20));
const milliseconds = (random: Random): string => String(1 + below(random, 9_000));
const other = (random: Random): string => String(1 + below(random, 3));
const side = (random: Random): string => pick(random, ['LEFT', 'RIGHT']);

const stringKey = (random: Random): string => `key${below(random, 40)}`;
const hashKey = (random: Random): string => `hash${below(random, 2)}`;
const listKey = (random: Random): string => `list${below(random, 2)}`;
const setKey = (random: Random): string => `set${below(random, 3)}`;
const sortedKey = (random: Random): string => `zset${below(random, 3)}`;
const streamKey = (random: Random): string => `stream${below(random, 2)}`;
const countKey = (random: Random): string => `hll${below(random, 3)}`;
const anyKey = (random: Random): string => {
  const keys = [stringKey, hashKey, listKey, setKey, sortedKey, streamKey, countKey];
  return pick(random, keys)(random);
};

const field = (random: Random): string => `f${below(random, 14)}`;
const member = (random: Random): string =>
  pick(random, [digits(random, 40), `m${below(random, 25)}`, 'w'.repeat(60 + below(random, 12))]);
const score = (random: Random): string => {
  const scores = ['inf', '-inf', '0.1', '1e300', '-3.75'];
  return below(random, 6) === 0 ? pick(random, scores) : digits(random, 30);
};
const some = (random: Random, what: (random: Random) => string, max = 6): string[] =>
  Array.from({ length: 1 + below(random, max) }, () => what(random));
const pairs = (
  random: Random,
  left: (random: Random) => string,
  right: (random: Random) => string,
): string[] => some(random, left).flatMap((word) => [word, right(random)]);

const strings: readonly RandomWrite[] = [
  (random) => ['SET', stringKey(random), String(random.uint32())],
  (random) => ['SET', stringKey(random), 'v'.repeat(below(random, 300))],
  (random) => ['SET', stringKey(random), 'brief', 'PX', String(1 + below(random, 5_000))],
  (random) => ['APPEND', stringKey(random), 'more'],
  (random) => ['INCRBY', `n${below(random, 5)}`, digits(random, 100)],
  (random) => ['INCRBYFLOAT', `float${below(random, 3)}`, '0.1'],
  (random) => ['SETBIT', stringKey(random), digits(random, 900), digits(random, 2)],
  (random) => ['GETEX', stringKey(random), 'PX', milliseconds(random)],
  (random) => ['GET', stringKey(random)],
  (random) => ['PFADD', countKey(random), ...some(random, member, 20)],
  (random) => ['PFMERGE', countKey(random), countKey(random), countKey(random)],
];

const keys: readonly RandomWrite[] = [
  (random) => ['DEL', anyKey(random), anyKey(random)],
  (random) => ['UNLINK', anyKey(random)],
  (random) => ['EXPIRE', anyKey(random), digits(random, 20)],
  (random) => ['PEXPIRE', anyKey(random), milliseconds(random), pick(random, ['NX', 'GT', 'LT'])],
  (random) => ['PERSIST', anyKey(random)],
  (random) => ['RENAME', anyKey(random), anyKey(random)],
  (random) => ['COPY', anyKey(random), anyKey(random), 'DB', other(random)],
  (random) => ['COPY', anyKey(random), anyKey(random), 'REPLACE'],
  (random) => ['SELECT', pick(random, ['0', '0', '0', '1', '2', '3'])],
  () => ['SWAPDB', '1', '2'],
  (random) => ['MOVE', anyKey(random), other(random)],
  (random) => ['SORT', listKey(random), 'ALPHA', 'STORE', listKey(random)],
];

const hashes: readonly RandomWrite[] = [
  (random) => ['HSET', hashKey(random), ...pairs(random, field, member)],
  (random) => ['HSET', hashKey(random), ...pairs(random, field, member)],
  (random) => ['HDEL', hashKey(random), ...some(random, field)],
  (random) => ['HINCRBY', hashKey(random), 'n', digits(random, 100)],
  (random) => ['HINCRBYFLOAT', hashKey(random), 'd', '0.3'],
  (random) => ['HSETNX', hashKey(random), field(random), member(random)],
  (random) => ['HPEXPIRE', hashKey(random), milliseconds(random), 'FIELDS', '1', field(random)],
  (random) => ['HEXPIRE', hashKey(random), seconds(random), 'NX', 'FIELDS', '1', field(random)],
  (random) => ['HPERSIST', hashKey(random), 'FIELDS', '1', field(random)],
  (random) => [
    ...['HSETEX', hashKey(random), 'PX', milliseconds(random)],
    ...['FIELDS', '1', field(random), member(random)],
  ],
  (random) => ['HGETEX', hashKey(random), 'EX', seconds(random), 'FIELDS', '1', field(random)],
  (random) => ['HGETDEL', hashKey(random), 'FIELDS', '1', field(random)],
];

const lists: readonly RandomWrite[] = [
  (random) => ['RPUSH', listKey(random), ...some(random, member)],
  (random) => ['LPUSH', listKey(random), ...some(random, member)],
  (random) => ['RPUSHX', listKey(random), member(random)],
  (random) => ['LPOP', listKey(random), digits(random, 4)],
  (random) => ['RPOP', listKey(random)],
  (random) => ['LMOVE', listKey(random), listKey(random), side(random), side(random)],
  (random) => ['LSET', listKey(random), digits(random, 12), member(random)],
  (random) => ['LINSERT', listKey(random), 'BEFORE', member(random), member(random)],
  (random) => ['LREM', listKey(random), pick(random, ['-1', '0', '2']), member(random)],
  (random) => ['LTRIM', listKey(random), digits(random, 3), '25'],
  (random) => ['LMPOP', '2', listKey(random), listKey(random), side(random), 'COUNT', '3'],
];

const sets: readonly RandomWrite[] = [
  (random) => ['SADD', setKey(random), ...some(random, (each) => digits(each, 40))],
  (random) => ['SADD', setKey(random), ...some(random, member)],
  (random) => ['SREM', setKey(random), ...some(random, member)],
  (random) => ['SPOP', setKey(random)],
  (random) => ['SPOP', setKey(random), digits(random, 12)],
  (random) => ['SMOVE', setKey(random), setKey(random), member(random)],
  (random) => ['SINTERSTORE', setKey(random), setKey(random), setKey(random)],
  (random) => ['SUNIONSTORE', setKey(random), setKey(random), setKey(random)],
  (random) => ['SDIFFSTORE', setKey(random), setKey(random), setKey(random)],
];

const sortedSets: readonly RandomWrite[] = [
  (random) => ['ZADD', sortedKey(random), ...pairs(random, score, member)],
  (random) => ['ZADD', sortedKey(random), ...pairs(random, score, member)],
  (random) => ['ZADD', sortedKey(random), 'GT', 'CH', score(random), member(random)],
  (random) => ['ZADD', sortedKey(random), 'INCR', '0.7', member(random)],
  (random) => ['ZINCRBY', sortedKey(random), '-1.5', member(random)],
  (random) => ['ZREM', sortedKey(random), ...some(random, member)],
  (random) => ['ZPOPMIN', sortedKey(random), digits(random, 4)],
  (random) => ['ZPOPMAX', sortedKey(random)],
  (random) => ['ZMPOP', '2', sortedKey(random), sortedKey(random), 'MIN', 'COUNT', '2'],
  (random) => ['ZREMRANGEBYRANK', sortedKey(random), '20', '-1'],
  (random) => ['ZREMRANGEBYSCORE', sortedKey(random), '(3', digits(random, 9)],
  (random) => ['ZRANGESTORE', sortedKey(random), sortedKey(random), '0', digits(random, 20)],
  (random) => ['ZUNIONSTORE', sortedKey(random), '2', sortedKey(random), setKey(random)],
  (random) => ['ZINTERSTORE', sortedKey(random), '2', sortedKey(random), sortedKey(random)],
  (random) => ['GEOADD', 'geo', digits(random, 80), digits(random, 60), member(random)],
  (random) => [
    ...['GEOSEARCHSTORE', sortedKey(random), 'geo', 'FROMLONLAT', '40', '30'],
    ...['BYRADIUS', digits(random, 5_000), 'km'],
  ],
];

const group = (random: Random): string => `g${below(random, 2)}`;
const consumer = (random: Random): string => `c${below(random, 3)}`;
/** What `XADD … 5-*` makes: ids that somebody who never saw a reply can name. */
const entryId = (random: Random): string => `5-${below(random, 25)}`;

const streams: readonly RandomWrite[] = [
  (random) => ['XADD', streamKey(random), '5-*', ...pairs(random, field, member)],
  (random) => ['XADD', streamKey(random), '5-*', 'same', member(random)],
  (random) => ['XADD', 'log', 'MAXLEN', '30', '*', 'same', member(random)],
  (random) => ['XADD', streamKey(random), 'MAXLEN', '~', '20', '5-*', 'f', member(random)],
  (random) => ['XTRIM', streamKey(random), 'MINID', '~', entryId(random), 'LIMIT', '8'],
  (random) => ['XTRIM', streamKey(random), 'MAXLEN', digits(random, 25)],
  (random) => ['XDEL', streamKey(random), entryId(random), entryId(random)],
  (random) => ['XSETID', 'log', `${4e12 + below(random, 9)}-0`, 'ENTRIESADDED', '100'],
];

const groups: readonly RandomWrite[] = [
  (random) => ['XGROUP', 'CREATE', streamKey(random), group(random), '0', 'MKSTREAM'],
  (random) => ['XGROUP', 'CREATE', streamKey(random), group(random), '0', 'MKSTREAM'],
  (random) => ['XGROUP', 'CREATE', streamKey(random), group(random), '0', 'MKSTREAM'],
  (random) => ['XGROUP', 'SETID', streamKey(random), group(random), entryId(random)],
  (random) => ['XGROUP', 'CREATECONSUMER', streamKey(random), group(random), consumer(random)],
  (random) => ['XGROUP', 'DELCONSUMER', streamKey(random), group(random), consumer(random)],
  (random) => pick(random, [['XGROUP', 'DESTROY', streamKey(random), group(random)], ['PING']]),
  (random) => readGroup(random, ['COUNT', '3']),
  (random) => readGroup(random, []),
  (random) => readGroup(random, ['COUNT', '2', 'NOACK']),
  (random) => ['XACK', streamKey(random), group(random), ...some(random, entryId)],
  (random) => ['XCLAIM', ...claim(random), entryId(random), entryId(random)],
  (random) => ['XCLAIM', ...claim(random), entryId(random), 'FORCE', 'JUSTID'],
  (random) => ['XAUTOCLAIM', ...claim(random), '0', 'COUNT', '2'],
];

function claim(random: Random): readonly string[] {
  return [streamKey(random), group(random), consumer(random), digits(random, 500)];
}

function readGroup(random: Random, options: readonly string[]): readonly string[] {
  const head = ['XREADGROUP', 'GROUP', group(random), consumer(random)];
  return [...head, ...options, 'STREAMS', streamKey(random), '>'];
}

const families = [strings, keys, hashes, lists, sets, sortedSets, streams, groups, groups];

const wait = (random: Random): string => pick(random, ['0.05', '0.4', '3']);

const waits: readonly RandomWrite[] = [
  (random) => ['SELECT', pick(random, ['0', '0', '1'])],
  (random) => ['BLPOP', listKey(random), listKey(random), wait(random)],
  (random) => ['BRPOP', 'queue', wait(random)],
  (random) => ['BLMOVE', 'queue', listKey(random), side(random), side(random), wait(random)],
  (random) => ['BLMPOP', wait(random), '2', 'queue', listKey(random), 'LEFT', 'COUNT', '2'],
  (random) => ['BZPOPMIN', sortedKey(random), 'scores', wait(random)],
  (random) => ['BZMPOP', wait(random), '1', 'scores', 'MAX', 'COUNT', '2'],
  (random) => ['XREAD', 'BLOCK', digits(random, 900), 'STREAMS', streamKey(random), '$'],
  (random) => readGroup(random, ['BLOCK', digits(random, 900)]),
];

/** What those who wait are waiting for, and nobody else touches. */
export function randomServing(random: Random): readonly string[] {
  return pick(random, [
    ['RPUSH', 'queue', ...some(random, member)],
    ['ZADD', 'scores', ...pairs(random, score, member)],
    ['XADD', streamKey(random), '5-*', 'for', 'those who wait'],
  ]);
}
