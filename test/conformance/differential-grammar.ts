import fc from 'fast-check';
import type { Agreement } from '../support/compare-replies.ts';
import type { Word } from '../support/resp-client.ts';
import {
  agreeing,
  flag,
  float,
  integer,
  key,
  keys,
  mostly,
  none,
  pairs,
  type RandomRequest,
  request,
  value,
} from './grammar-words.ts';
import { hashRequests } from './hash-grammar.ts';
import { listRequests } from './list-grammar.ts';
import { setRequests } from './set-grammar.ts';
import { sortedSetRequests } from './sorted-set-grammar.ts';
import { streamRequests } from './stream-grammar.ts';

const smallIndex = fc.integer({ min: -30, max: 30 });
const offset = fc.integer({ min: 0, max: 300 });
const database = fc.integer({ min: 0, max: 3 });

/** Seconds and moments so far away that no key expires while a program runs, or long past. */
const relativeSeconds = fc.constantFrom(5_000, 50_000, 500_000, 0, -1);
const futureSeconds = fc.constantFrom(4_102_444_800, 4_102_444_801, 4_102_444_802);
const absoluteSeconds = fc.oneof(futureSeconds, fc.constant(1));
const relativeMs = fc.constantFrom(5_000_000, 70_000_000, 0, -5);
const futureMs = fc.constantFrom(4_102_444_800_001, 4_102_444_800_002, 4_102_444_805_000);
const absoluteMs = fc.oneof(futureMs, fc.constant(1));

/**
 * In the future only: SET leaves a key that is already expired in place, and whether anybody has
 * noticed it since is a matter of chance.
 */
const setExpiry = fc.oneof(
  mostly(fc.constantFrom(5_000, 70_000)).map((n): Word[] => ['EX', n]),
  mostly(fc.constantFrom(5_000_000, 7_000_000)).map((n): Word[] => ['PX', n]),
  mostly(futureSeconds).map((n): Word[] => ['EXAT', n]),
  mostly(futureMs).map((n): Word[] => ['PXAT', n]),
);

const bitType = fc.oneof(
  fc.integer({ min: 1, max: 64 }).map((n) => `i${n}`),
  fc.integer({ min: 1, max: 64 }).map((n) => `u${n}`),
);
const bitOffset = fc.oneof(
  offset.map(String),
  fc.nat(20).map((n) => `#${n}`),
);
const bitOperation = fc.oneof(
  fc.tuple(bitType, bitOffset).map((words): Word[] => ['GET', ...words]),
  fc.tuple(bitType, bitOffset, mostly(integer)).map((words): Word[] => ['SET', ...words]),
  fc.tuple(bitType, bitOffset, mostly(integer)).map((words): Word[] => ['INCRBY', ...words]),
  fc.constantFrom('WRAP', 'SAT', 'FAIL').map((word): Word[] => ['OVERFLOW', word]),
);
const bitOperations = fc.array(bitOperation, { maxLength: 4 }).map((list) => list.flat());
const bitRange = fc.oneof(
  none,
  smallIndex.map((n): Word[] => [n]),
  fc.tuple(smallIndex, smallIndex, flag('BYTE', 'BIT')).map((words): Word[] => words.flat()),
);

const strings = [
  request('GET', key),
  request('SET', key, value),
  request('SET', key, value, flag('NX', 'XX'), flag('GET'), fc.oneof(none, setExpiry)),
  request('SET', key, value, flag('KEEPTTL'), flag('XX', 'NX', 'GET')),
  request('SET', key, value, setExpiry, flag('KEEPTTL', 'EX', 'NOTHING')),
  request('SETNX', key, value),
  request('SETEX', key, mostly(fc.constantFrom(5_000, 60_000)), value),
  request('PSETEX', key, mostly(fc.constantFrom(5_000_000)), value),
  request('MSET', pairs),
  request('MSETNX', pairs),
  request('MGET', keys),
  request('GETSET', key, value),
  request('GETDEL', key),
  request('GETEX', key, fc.oneof(none, setExpiry, fc.constant<Word[]>(['PERSIST']))),
  request('INCR', key),
  request('DECR', key),
  request('INCRBY', key, mostly(integer)),
  request('DECRBY', key, mostly(integer)),
  request('INCRBYFLOAT', key, mostly(float)),
  request('APPEND', key, value),
  request('STRLEN', key),
  request('SETRANGE', key, mostly(offset), value),
  request('GETRANGE', key, mostly(smallIndex), smallIndex),
  request('SUBSTR', key, smallIndex, smallIndex),
  request('LCS', key, key, flag('LEN', 'IDX')),
  request('LCS', key, key, fc.constant<Word[]>(['IDX']), flag('WITHMATCHLEN')),
];

const bits = [
  request('SETBIT', key, mostly(offset), fc.constantFrom(0, 1)),
  request('GETBIT', key, mostly(offset)),
  request('BITCOUNT', key, bitRange),
  request('BITPOS', key, fc.constantFrom(0, 1), bitRange),
  request('BITOP', fc.constantFrom('AND', 'OR', 'XOR'), key, keys),
  request('BITOP NOT', key, key),
  request('BITFIELD', key, bitOperations),
  request('BITFIELD_RO', key, bitOperations),
];

const elements = fc
  .tuple(fc.nat(200), fc.nat(30))
  .map(([first, count]): Word[] => Array.from({ length: count }, (_, i) => first + i));

const hyperLogLogs = [
  request('PFADD', key, elements),
  request('PFADD', key, elements),
  request('PFCOUNT', keys),
  request('PFMERGE', keys),
  request('PFDEBUG', fc.constantFrom('ENCODING', 'DECODE', 'TODENSE', 'x'), key),
];

const longitude = fc.oneof(
  fc.integer({ min: 0, max: 3000 }).map((n) => String(10 + n / 1000)),
  fc.integer({ min: -180, max: 180 }).map(String),
);
const latitude = fc.oneof(
  fc.integer({ min: 0, max: 3000 }).map((n) => String(40 + n / 1000)),
  fc.integer({ min: -85, max: 85 }).map(String),
);
const placeName = fc.constantFrom(
  'p',
  'q',
  'r',
  '',
  'odd \x00',
  '17',
  'a much longer name of a place',
);
const placeNames = fc.array(placeName, { maxLength: 4 });
const unit = fc.constantFrom('m', 'km', 'ft', 'mi', 'KM');
const size = fc.oneof(fc.integer({ min: 0, max: 5000 }).map(String), fc.constant('0.5'));
const places = fc
  .array(fc.tuple(mostly(longitude), mostly(latitude), placeName), { minLength: 1, maxLength: 4 })
  .map((list): Word[] => list.flat());
const center = fc.oneof(
  placeName.map((name): Word[] => ['FROMMEMBER', name]),
  fc.tuple(longitude, latitude).map((words): Word[] => ['FROMLONLAT', ...words]),
);
const shape = fc.oneof(
  fc.tuple(mostly(size), unit).map((words): Word[] => ['BYRADIUS', ...words]),
  fc.tuple(size, mostly(size), unit).map((words): Word[] => ['BYBOX', ...words]),
);
const searchOption = fc.constantFrom<Word[]>(
  ...[['ASC'], ['DESC'], ['COUNT', 2], ['COUNT', 3, 'ANY'], ['WITHDIST'], ['WITHCOORD']],
  ['WITHHASH'],
);
const searchOptions = fc.array(searchOption, { maxLength: 3 }).map((list) => list.flat());
/** No STOREDIST: sines differ between C libraries in the last bit, and digests show all of them. */
const storeOption = fc.oneof(
  none,
  key.map((word): Word[] => ['STORE', word]),
);

const geo = [
  request('GEOADD', key, flag('NX', 'XX'), flag('CH'), places),
  request('GEOADD', key, places),
  request('GEOPOS', key, placeNames),
  request('GEOHASH', key, placeNames),
  request('GEODIST', key, placeName, placeName, flag('m', 'km', 'yd')),
  request('GEOSEARCH', key, center, shape, searchOptions),
  request('GEOSEARCHSTORE', key, key, center, shape, searchOptions),
  request('GEORADIUS', key, longitude, latitude, mostly(size), unit, searchOptions, storeOption),
  request('GEORADIUSBYMEMBER', key, placeName, size, unit, storeOption),
  request('GEORADIUS_RO', key, longitude, latitude, size, unit, searchOptions),
  request('GEORADIUSBYMEMBER_RO', key, placeName, size, unit, searchOptions),
];

const times: Agreement = { kind: 'within', tolerance: 3_000 };

const expiries = [
  request('EXPIRE', key, mostly(relativeSeconds)),
  request('PEXPIRE', key, mostly(relativeMs)),
  request('EXPIREAT', key, mostly(absoluteSeconds), flag('NX', 'XX', 'GT', 'LT')),
  request('PEXPIREAT', key, mostly(absoluteMs), flag('NX', 'XX', 'GT', 'LT')),
  request('EXPIRE', key, relativeSeconds, flag('NX', 'XX')),
  request('PERSIST', key),
  agreeing({ kind: 'within', tolerance: 3 }, 'TTL', key),
  agreeing(times, 'PTTL', key),
  agreeing({ kind: 'within', tolerance: 3 }, 'EXPIRETIME', key),
  agreeing(times, 'PEXPIRETIME', key),
];

const keyspace = [
  request('DEL', keys),
  request('UNLINK', keys),
  request('EXISTS', keys),
  request('TOUCH', keys),
  request('TYPE', key),
  request('RENAME', key, key),
  request('RENAMENX', key, key),
  request('COPY', key, key, flag('REPLACE')),
  request('COPY', key, key, fc.constant('DB'), database, flag('REPLACE')),
  request('MOVE', key, mostly(database)),
  agreeing({ kind: 'any-order' }, 'KEYS', fc.constantFrom('*', '?', 'c*', '[a-c]', '[^a]', '')),
  agreeing({ kind: 'any-order' }, 'SCAN 0 COUNT 1000', flag('NOTHING')),
  agreeing(
    { kind: 'any-order' },
    'SCAN 0 COUNT 1000 TYPE',
    fc.constantFrom('string', 'list', 'set', 'zset', 'hash', 'stream', 'other'),
  ),
  agreeing({ kind: 'same-shape' }, 'RANDOMKEY', none),
  request('DBSIZE', none),
  agreeing({ kind: 'encoding' }, 'OBJECT ENCODING', key),
  // How often a small integer is shared depends on the way it came: nothing that we imitate.
  agreeing({ kind: 'same-shape' }, 'OBJECT REFCOUNT', key),
  request('DEBUG DIGEST-VALUE', keys),
  request('FLUSHDB', flag('SYNC', 'ASYNC')),
  request('SWAPDB', database, database),
  request('SELECT', mostly(database)),
];

const connections = [
  request('PING', flag('hello')),
  request('ECHO', value),
  request('CLIENT SETNAME', fc.constantFrom('me', '', 'a b')),
  request('CLIENT GETNAME', none),
  request('RESET', none),
  agreeing({ kind: 'same-shape' }, 'HELLO', fc.constantFrom(2, 3, 4)),
  request('NOTHING', key),
  request('GET', none),
  request('SET', key),
];

const transactions = [
  request('MULTI', none),
  // Its replies are those of other requests, some of which need not agree exactly.
  agreeing({ kind: 'same-shape' }, 'EXEC', none),
  request('DISCARD', none),
  request('WATCH', keys),
  request('UNWATCH', none),
];

/** How often a family has its turn where all are mixed. */
const families: readonly {
  readonly weight: number;
  readonly requests: readonly fc.Arbitrary<RandomRequest>[];
}[] = [
  { weight: 8, requests: strings },
  { weight: 4, requests: bits },
  { weight: 1, requests: hyperLogLogs },
  { weight: 1, requests: geo },
  { weight: 6, requests: setRequests },
  { weight: 6, requests: sortedSetRequests },
  { weight: 6, requests: hashRequests },
  { weight: 6, requests: listRequests },
  { weight: 4, requests: streamRequests },
];

/** What may stand between the requests of any family. */
const between = [
  { weight: 4, arbitrary: fc.oneof(...expiries) },
  { weight: 3, arbitrary: fc.oneof(...keyspace) },
  { weight: 1, arbitrary: fc.oneof(...connections) },
  { weight: 2, arbitrary: fc.oneof(...transactions) },
];

const anyRequest = fc.oneof(
  ...families.map(({ weight, requests }) => ({ weight, arbitrary: fc.oneof(...requests) })),
  ...between,
);

/** Most requests are of one family: then few meet a value of another type. */
const focusedRequests = families.map(({ requests }) =>
  fc.oneof({ weight: 40, arbitrary: fc.oneof(...requests) }, ...between),
);

/** Programs of up to `lengthMax` requests: of one family, or of all. */
export function randomProgram(lengthMax: number): fc.Arbitrary<readonly RandomRequest[]> {
  const limits = { minLength: 1, maxLength: lengthMax, size: 'max' } as const;
  return fc.oneof(
    { weight: 2, arbitrary: fc.array(anyRequest, limits) },
    ...families.map(({ weight }, i) => ({
      weight,
      arbitrary: fc.array(focusedRequests[i], limits),
    })),
  );
}
