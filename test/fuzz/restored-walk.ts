import type { TestServer } from '../../src/commands/testing-context.ts';
import type { Dice } from './mutate.ts';

/**
 * Requests about a value of unknown content, by its type. `key` is the key, `e` an element that it has
 * (or has not), `n` any small number, `id` the name of an entry.
 */
const requests: Readonly<Record<string, readonly string[]>> = {
  string: [
    ...['GET key', 'STRLEN key', 'APPEND key e', 'SETRANGE key n e', 'GETRANGE key n -1'],
    ...['INCR key', 'BITCOUNT key', 'BITFIELD key SET u8 n 3', 'PFADD key e', 'PFCOUNT key'],
  ],
  list: [
    ...['LRANGE key 0 -1', 'LINDEX key n', 'LPOS key e', 'LPOS key e RANK -1 COUNT 0'],
    ...['LPUSH key e', 'RPUSH key e e', 'LINSERT key BEFORE e e', 'LINSERT key AFTER e x'],
    ...['LSET key n e', 'LSET key -1 x', 'LREM key 0 e', 'LREM key -1 e', 'LTRIM key n -1'],
    ...['LPOP key', 'RPOP key n', 'LMOVE key key LEFT RIGHT', 'SORT key ALPHA', 'LLEN key'],
  ],
  set: [
    ...['SMEMBERS key', 'SCARD key', 'SISMEMBER key e', 'SMISMEMBER key e x', 'SSCAN key 0'],
    ...['SRANDMEMBER key n', 'SRANDMEMBER key -3', 'SADD key e', 'SADD key x n', 'SREM key e'],
    ...['SPOP key', 'SPOP key n', 'SINTER key key', 'SUNION key key', 'SDIFF key key'],
  ],
  hash: [
    ...['HGETALL key', 'HLEN key', 'HGET key e', 'HMGET key e x', 'HSCAN key 0', 'HKEYS key'],
    ...['HRANDFIELD key n WITHVALUES', 'HRANDFIELD key -3', 'HSET key e x', 'HSET key x e n n'],
    ...['HDEL key e', 'HINCRBY key e 1', 'HINCRBYFLOAT key e 0.5', 'HSETNX key e 1', 'HVALS key'],
    ...['HEXPIRE key 100 FIELDS 1 e', 'HPERSIST key FIELDS 1 e', 'HTTL key FIELDS 2 e x'],
    ...['HPEXPIRE key 0 FIELDS 1 e', 'HGETDEL key FIELDS 1 e', 'HSTRLEN key e'],
  ],
  zset: [
    ...['ZRANGE key 0 -1 WITHSCORES', 'ZCARD key', 'ZSCORE key e', 'ZRANK key e', 'ZSCAN key 0'],
    ...['ZREVRANGE key 0 n', 'ZRANGEBYSCORE key -inf +inf', 'ZRANGEBYLEX key - +', 'ZADD key n e'],
    ...['ZADD key n x', 'ZINCRBY key n e', 'ZREM key e', 'ZPOPMIN key', 'ZPOPMAX key n'],
    ...['ZREMRANGEBYRANK key n n', 'ZREMRANGEBYSCORE key n n', 'ZCOUNT key n +inf'],
    ...['ZRANDMEMBER key n WITHSCORES', 'ZUNION 2 key key', 'ZINTERCARD 1 key', 'ZMSCORE key e'],
  ],
  stream: [
    ...['XRANGE key - +', 'XREVRANGE key + - COUNT n', 'XLEN key', 'XINFO STREAM key FULL'],
    ...['XINFO GROUPS key', 'XINFO CONSUMERS key e', 'XPENDING key e', 'XPENDING key e - + 10'],
    ...['XREADGROUP GROUP e c COUNT n STREAMS key >', 'XREADGROUP GROUP e c STREAMS key 0'],
    ...['XACK key e id', 'XCLAIM key e c 0 id', 'XAUTOCLAIM key e c 0 0', 'XDEL key id'],
    ...['XTRIM key MAXLEN n', 'XTRIM key MINID id', 'XADD key * e x', 'XGROUP CREATE key x n'],
    ...[
      'XGROUP DELCONSUMER key e c',
      'XGROUP DESTROY key e',
      'XGROUP SETID key e n',
      'XSETID key id',
    ],
  ],
};

/** What works for every type. */
const anyType: readonly string[] = [
  ...['TYPE key', 'OBJECT ENCODING key', 'DEBUG DIGEST-VALUE key', 'COPY key copy REPLACE'],
  ...['EXPIRE key 100', 'PERSIST key', 'RENAME key key', 'MEMORY USAGE key', 'GET key', 'LLEN key'],
];

/** What shows all elements. */
const listings: Readonly<Record<string, readonly string[]>> = {
  list: ['LRANGE', 'key', '0', '-1'],
  set: ['SMEMBERS', 'key'],
  hash: ['HGETALL', 'key'],
  zset: ['ZRANGE', 'key', '0', '-1'],
  stream: ['XINFO', 'GROUPS', 'key'],
};

/**
 * Asks a server `count` random things about the value under `key`, as long as it is there. Replies
 * may be errors; whatever is no reply is thrown. Returns how many it asked.
 */
export function walkValue(server: TestServer, count: number, dice: Dice): number {
  for (let asked = 0; asked < count; asked += 1) {
    const type = server.run('TYPE key').trim().slice(1);
    const own = requests[type];
    if (own === undefined) return asked;
    const choices = dice(6) === 0 ? anyType : own;
    const elements = elementsOf(server, type);
    const words = choices[dice(choices.length)].split(' ').map((word) => {
      if (word === 'e' && elements.length > 0) return elements[dice(elements.length)];
      if (word === 'n') return String(dice(12) - 2);
      return word === 'id' ? idIn(server, dice) : word;
    });
    server.send(...words.map((word) => Uint8Array.from(word, (letter) => letter.charCodeAt(0))));
  }
  return count;
}

/** The elements of a value; of a stream the names of its groups. */
function elementsOf(server: TestServer, type: string): string[] {
  if (!(type in listings)) return [];
  const bulks = bulksOf(server.send(...listings[type]));
  return type === 'stream' ? bulks.filter((_, i) => bulks[i - 1] === 'name') : bulks;
}

/** The bulk strings of a reply, outermost or not. */
function bulksOf(reply: string): string[] {
  const bulks: string[] = [];
  for (let at = 0; at < reply.length; ) {
    const lineEnd = reply.indexOf('\r\n', at);
    if (reply[at] !== '$') {
      at = lineEnd + 2;
      continue;
    }
    const length = Number(reply.slice(at + 1, lineEnd));
    if (length >= 0) bulks.push(reply.slice(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + (length >= 0 ? length + 2 : 0);
  }
  return bulks;
}

function idIn(server: TestServer, dice: Dice): string {
  const ids = bulksOf(server.run('XRANGE key - +')).filter((bulk) => /^\d+-\d+$/.test(bulk));
  return ids.length > 0 ? ids[dice(ids.length)] : '1-1';
}
