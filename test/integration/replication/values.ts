import { seededRandom } from '../../../src/runtime/seeded-random.ts';
import { isError } from '../../support/reply.ts';
import type { RespClient, Word } from '../../support/resp-client.ts';

/** Settings by which values take other forms than by default. */
export const formSettings: Readonly<Record<string, readonly string[]>> = {
  'usual forms': [],
  'large forms': [
    ...['--hash-max-listpack-entries', '2', '--zset-max-listpack-entries', '2'],
    ...['--set-max-intset-entries', '2', '--list-max-listpack-size', '3'],
    ...['--stream-node-max-entries', '4', '--rdbcompression', 'no'],
  ],
  'packed forms': [
    ...['--hash-max-listpack-entries', '5000', '--hash-max-listpack-value', '5000'],
    ...['--zset-max-listpack-entries', '5000', '--zset-max-listpack-value', '5000'],
    ...['--set-max-intset-entries', '5000', '--list-max-listpack-size', '-5'],
    ...['--stream-node-max-bytes', '0', '--stream-node-max-entries', '0'],
  ],
};

const words = (count: number, word: (i: number) => Word | readonly Word[]): Word[] =>
  Array.from({ length: count }, (_, i) => word(i)).flat() as Word[];

const member = (i: number): Word =>
  [`${i}`, `member ${i}`, `\0\xff${i}`, `${'long '.repeat(20)}${i}`][i % 4];

/** Keys of every type with `count` elements each; their names begin with `prefix`. */
export function valuesOfEveryType(prefix: string, count: number): Word[][] {
  const key = (name: string): string => `${prefix}:${name}`;
  const requests: Word[][] = [
    ['SET', key('string'), `text ${count} `.repeat(count)],
    ['HSET', key('hash'), ...words(count, (i) => [`field ${i}`, member(i)])],
    ['RPUSH', key('list'), ...words(count, member)],
    ['SADD', key('set'), ...words(count, member)],
    ['SADD', key('integers'), ...words(count, (i) => String(i * 7919 - 1_000))],
    ['ZADD', key('sorted'), ...words(count, (i) => [scoreOf(i), member(i)])],
    ['GEOADD', key('places'), ...words(count, (i) => [i % 170, (i % 84) + 0.5, `place ${i}`])],
    ['PFADD', key('count'), ...words(count, member)],
    ...words(count, (i) => i)
      .map((i) => ['XADD', key('stream'), `${i}-1`, 'f', member(+i)])
      .slice(1),
    ['XADD', key('stream'), '900000-0', 'other', 'fields', 'of', 'an entry'],
    ['XGROUP', 'CREATE', key('stream'), 'group', '0'],
    ['XGROUP', 'CREATE', key('stream'), 'idle', '$'],
    ['XREADGROUP', 'GROUP', 'group', 'one', 'COUNT', 3, 'STREAMS', key('stream'), '>'],
    ['XREADGROUP', 'GROUP', 'group', 'two', 'COUNT', 9, 'STREAMS', key('stream'), '>'],
    ['XACK', key('stream'), 'group', '1-1'],
    ['XDEL', key('stream'), '2-1'],
    ['PEXPIREAT', key('hash'), 4_102_444_800_123],
    ['EXPIRE', key('stream'), 50_000],
  ];
  return requests;
}

function scoreOf(i: number): string {
  return ['inf', '-inf', '0.1', '-1e20', '3', '1e-300', String(i)][i % 7];
}

type Dice = (below: number) => number;

/**
 * One request that changes, trims or stores a value of `valuesOfEveryType`, as a random choice; what
 * it tells a replica is seldom what it says.
 */
export function changeOf(prefix: string, dice: Dice): Word[] {
  const key = (name: string): string => `${prefix}:${name}`;
  const changes = dice(2) === 0 ? elementChanges(key, dice) : otherChanges(key, dice);
  return changes[dice(changes.length)];
}

type KeyNamed = (name: string) => string;

function elementChanges(key: KeyNamed, dice: Dice): readonly Word[][] {
  return [
    ['APPEND', key('string'), 'more'],
    ['INCRBYFLOAT', key('float'), '0.1'],
    ['HSET', key('hash'), `field ${dice(900)}`, `changed ${dice(99)}`],
    ['HDEL', key('hash'), `field ${dice(900)}`],
    ['HINCRBYFLOAT', key('hash'), 'float', '0.3'],
    ['LPUSH', key('list'), ...words(1 + dice(5), member)],
    ['RPOP', key('list'), dice(4)],
    ['LSET', key('list'), dice(20), `set ${dice(99)}`],
    ['LINSERT', key('list'), 'BEFORE', member(dice(20)), 'inserted'],
    ['LREM', key('list'), 1, member(dice(50))],
    ['LMOVE', key('list'), key('moved'), 'LEFT', 'RIGHT'],
    ['SPOP', key('set')],
    ['SPOP', key('set'), dice(8)],
    ['SADD', key('set'), member(dice(900)), member(dice(900))],
    ['SADD', key('integers'), dice(70_000)],
    ['SMOVE', key('set'), key('integers'), member(dice(900))],
    ['SUNIONSTORE', key('union'), key('set'), key('integers')],
    ['SORT', key('integers'), 'STORE', key('ordered')],
    ['SORT', key('list'), 'ALPHA', 'DESC', 'LIMIT', 0, 10, 'STORE', key('ordered')],
    ['ZADD', key('sorted'), dice(1_000) / 7, member(dice(900))],
    ['ZINCRBY', key('sorted'), '0.1', member(dice(900))],
    ['ZPOPMIN', key('sorted'), dice(3)],
    ['ZREMRANGEBYRANK', key('sorted'), 5, 6],
    ['ZUNIONSTORE', key('stored'), 2, key('sorted'), key('set'), 'AGGREGATE', 'MAX'],
    ['ZRANGESTORE', key('stored'), key('sorted'), 0, dice(20)],
  ];
}

function otherChanges(key: KeyNamed, dice: Dice): readonly Word[][] {
  return [
    ['GEORADIUS', key('places'), dice(90), dice(80), 2_000, 'km', 'STORE', key('near')],
    ['GEOSEARCHSTORE', key('near'), key('places'), 'FROMLONLAT', 9, 9, 'BYBOX', 999, 999, 'km'],
    ['PFADD', key('count'), `${dice(10_000)}`],
    ['PFCOUNT', key('count')],
    ['XADD', key('stream'), '*', 'f', `${dice(99)}`],
    ['XADD', key('stream'), 'MAXLEN', '~', 300, '*', 'f', `${dice(99)}`],
    ['XTRIM', key('stream'), 'MINID', '~', `${dice(200)}-0`],
    ['XDEL', key('stream'), `${dice(500)}-1`],
    ['XREADGROUP', 'GROUP', 'group', 'one', 'COUNT', 2, 'STREAMS', key('stream'), '>'],
    ['XREADGROUP', 'GROUP', 'idle', 'new', 'NOACK', 'STREAMS', key('stream'), '>'],
    ['XACK', key('stream'), 'group', `${dice(30)}-1`],
    ['XCLAIM', key('stream'), 'group', 'three', 0, `${dice(30)}-1`],
    ['XAUTOCLAIM', key('stream'), 'group', 'four', 0, '-', 'COUNT', 2],
    ['EXPIRE', key('list'), 5_000 + dice(100)],
    ['PEXPIRE', key('sorted'), 5_000_000, 'GT'],
    ['EXPIREAT', key('set'), 4_102_444_800],
    ['EXPIRE', key('near'), -1],
    ['PERSIST', key('list')],
    ['COPY', key('hash'), key('hash copy'), 'REPLACE'],
    ['RENAME', key('stored'), key('renamed')],
    ['SET', key('brief'), 'v', 'PX', 5 + dice(30)],
    ['GETEX', key('string'), 'PX', 9_000_000],
    ['UNLINK', key('union')],
  ];
}

/** Changes of `valuesOfEveryType`, some of them in transactions. */
export function changesOf(prefix: string, count: number, seed: number): Word[][] {
  const random = seededRandom(seed);
  const dice: Dice = (below) => random.uint32() % below;
  const requests: Word[][] = [];
  for (let i = 0; i < count; i += 1) {
    const isWhole = dice(10) === 0;
    if (isWhole) requests.push(['MULTI'], changeOf(prefix, dice), changeOf(prefix, dice));
    requests.push(changeOf(prefix, dice));
    if (isWhole) requests.push(['EXEC']);
  }
  return requests;
}

/** Sends all, and fails on the first error that is a reply. */
export async function fill(client: RespClient, requests: readonly Word[][]): Promise<void> {
  const replies = await client.pipeline(requests);
  const at = replies.findIndex(isError);
  if (at >= 0) throw new Error(`${requests[at].slice(0, 4).join(' ')}: ${String(replies[at])}`);
}
