import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { RawReplica } from '../support/raw-replica.ts';
import { textOf } from '../support/reply.ts';
import type { TestServer } from '../support/test-server.ts';
import { payload } from './dump-payloads.ts';
import { streamPropagation } from './propagation-stream-cases.ts';
import { parseStep, type Script } from './script.ts';
import { useServers } from './suite.ts';

/** What replicas receive for what clients ask: compared request by request. */
const cases: Readonly<Record<string, Script>> = {
  'writes go as they came, names and numbers untouched': [
    'set k v',
    'SET K "a\\x00b\\r\\n"',
    'APPEND k x',
    'INCR n',
    'incrby n 05',
    'INCRBY n 5',
    'DECR n',
    'DECRBY n 3',
    'MSET a 1 b 2',
    'SETRANGE k 3 abc',
    'SETBIT k 7 1',
    'BITOP NOT d k',
    'BITFIELD k SET u8 0 255 INCRBY u8 0 1',
    'RENAME k l',
    'COPY l m',
    'SETNX new 1',
    'MSETNX p 1 q 2',
    'DEL a b missing',
    'UNLINK d missing',
  ],
  'lists: pops that waited or chose are sent as plain pops': [
    'RPUSH l a b c d e f g h i j k l m n',
    'LPUSHX l z',
    'BLPOP none l 0',
    'BRPOP l none 0',
    'BLMOVE l m LEFT right 0',
    'BRPOPLPUSH l m 0',
    'LMOVE l m right LEFT',
    'LMPOP 2 none l LEFT COUNT 2',
    'LMPOP 1 m RIGHT',
    'BLMPOP 0 2 none l LEFT COUNT 3',
    'LPOP l 2',
    'LINSERT l BEFORE j x',
    'LSET l 0 y',
    'LREM l 0 x',
    'LTRIM l 0 0',
    'LPOP l 0',
    'LTRIM l 0 -1',
    'LREM l 1 none',
    'LINSERT l BEFORE none x',
    'RPUSHX none a',
    'LPOP none',
    'LMPOP 1 none LEFT',
    'LMPOP 1 l LEFT COUNT 10',
    'LTRIM m 5 1',
  ],
  'sorted sets: pops that waited or chose are sent as plain pops': [
    'ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g 8 h',
    'zadd z xx ch INCR 1.50 a',
    'ZADD z XX 1 nobody',
    'ZADD z 2 b',
    'ZINCRBY z 0x10 b',
    'ZINCRBY z 0 b',
    'ZREM z nobody',
    'ZREM z a nobody',
    'ZPOPMIN z',
    'zpopmax z 2',
    'ZPOPMAX z 0',
    'BZPOPMIN none z 0',
    'BZPOPMAX z none 0',
    'ZMPOP 2 none z MIN',
    'ZADD z 1 a 2 b 3 c 4 d 5 e',
    'ZMPOP 1 z MAX COUNT 2',
    'BZMPOP 0 1 z MIN COUNT 2',
    'ZADD z 1 a 2 b 3 c 4 d 5 e',
    'ZRANGESTORE d z 0 1',
    'ZRANGESTORE d none 0 1',
    'ZRANGESTORE d none 0 1',
    'ZUNIONSTORE d 2 z none WEIGHTS 1 2',
    'ZINTERSTORE d 2 z none',
    'ZINTERSTORE d 2 z none',
    'ZDIFFSTORE d 2 z none',
    'ZREMRANGEBYRANK z 0 0',
    'ZREMRANGEBYRANK z 10 20',
    'ZREMRANGEBYSCORE z (1 2',
    'ZREMRANGEBYLEX z - +',
    'BZMPOP 0 1 d MAX COUNT 100',
  ],
  'fields of hashes': [
    'HSET h a 1 b 2',
    'HSET h a 1',
    'HMSET h c 3',
    'HSETNX h a 9',
    'HSETNX h d 9',
    'HDEL h d x',
    'HDEL h x',
    'HINCRBY h a 5',
    'HINCRBY h b x',
    'HINCRBYFLOAT h a 0.5',
    'HINCRBYFLOAT h new 1e2',
    'HGETALL h',
    'HDEL h a b c new',
    'HDEL missing a',
  ],
  'what changes nothing is not sent': [
    'GET k',
    'DEL missing',
    'UNLINK missing',
    'SET k v XX',
    'SETNX k v',
    'SETNX k w',
    'MSETNX k 1 z 2',
    'PERSIST k',
    'EXPIRE missing 100',
    'APPEND k ""',
    'SETRANGE missing 0 ""',
    'SETRANGE k 0 ""',
    'GETEX k',
    'GETDEL missing',
    'RENAMENX k k',
    'COPY missing x',
    'BITFIELD k GET u8 0',
    'BITOP AND missing nothing',
    'SETBIT k 0 0',
    'MOVE missing 1',
    'SET k v NX GET',
    'INCR k',
    'TOUCH k',
    'FLUSHALL WRONG',
  ],
  'times become moments': [
    'SET k v EX 100',
    'SET k v PX 100000',
    'SET k v EXAT 4102444800',
    'SET k v PXAT 4102444800000',
    'SET k v ex 100 xx get',
    'SET l v PX 100000 NX',
    'SETEX k 100 v',
    'PSETEX k 100000 v',
    'EXPIRE k 100',
    'PEXPIRE k 100000',
    'EXPIREAT k 4102444800',
    'PEXPIREAT k 4102444800000',
    'EXPIREAT k 4102444801 GT',
    'EXPIRE l 100 NX',
    'PERSIST k',
    'GETEX k EX 100',
    'GETEX k PX 100000',
    'GETEX k EXAT 4102444800',
    'GETEX k PERSIST',
    'GETEX k PERSIST',
    'SET k v KEEPTTL',
  ],
  'a moment that is past deletes': [
    'SET k v',
    'EXPIRE k -1',
    'SET k v',
    'PEXPIREAT k 1',
    'SET k v',
    'GETEX k EXAT 1',
    'SET k v',
    'GETEX k PXAT 1',
  ],
  'commands whose effect is another one': [
    'SET k v',
    'GETSET k w',
    'SET k x GET',
    'GETDEL k',
    'INCRBYFLOAT f 1.5',
    'INCRBYFLOAT f 1e3',
    'PEXPIREAT f 4102444800000',
    'INCRBYFLOAT f 0.25',
    'GETSET missing 1',
  ],
  'a HyperLogLog whose bytes change': [
    'PFADD h a b',
    'PFADD h a',
    'PFCOUNT h',
    'PFCOUNT h',
    'PFCOUNT h missing',
    'PFMERGE g h',
    'PFMERGE g h',
    'PFDEBUG DECODE g',
    'PFDEBUG TODENSE g',
    'PFDEBUG TODENSE g',
    'PFDEBUG GETREG h',
    'PFADD h',
    'PFADD new',
  ],
  'places go as scores, what is found as it was asked for': [
    'GEOADD g 13.361389 38.115556 a 15.087269 37.502669 b',
    'GEOADD g 13.361389 38.115556 a',
    'geoadd g nx ch 13.5 38 a 1 2 c',
    'GEOADD g XX 180 85.05112878 a 5 5 none',
    'GEOADD missing XX 1 1 a',
    'GEOSEARCHSTORE x g FROMMEMBER b BYRADIUS 500 km',
    'GEOSEARCHSTORE x missing FROMMEMBER b BYRADIUS 500 km',
    'GEOSEARCHSTORE x missing FROMMEMBER b BYRADIUS 500 km',
    'GEORADIUS g 15 37 200 km STORE y',
    'GEORADIUS g 15 37 200 km',
    'GEORADIUSBYMEMBER g b 1 m storedist y',
    'GEORADIUS g 100 37 1 km STORE y',
  ],
  'the database is told when it changes': [
    'SET a 0',
    'SELECT 3',
    'GET a',
    'SET a 3',
    'SET b 3',
    'SELECT 0',
    'MOVE a 5',
    'COPY b c DB 2',
    'SELECT 3',
    'COPY b c DB 2',
    'SWAPDB 0 3',
    'FLUSHDB',
    '@2 SET other 1',
    'FLUSHALL',
    'FLUSHALL ASYNC',
    'FLUSHDB SYNC',
    'FLUSHDB',
  ],
  'messages go to replicas whether heard or not': [
    'PUBLISH a x',
    'publish a ""',
    'SPUBLISH s y',
    'SUBSCRIBE a',
    'UNSUBSCRIBE',
    'MULTI',
    'PUBLISH a x',
    'EXEC',
    'MULTI',
    'PUBLISH a x',
    'SET k 1',
    'EXEC',
  ],
  'a transaction of one effect goes without MULTI, one of none not at all': [
    'MULTI',
    'GET k',
    'SET k 1',
    'GET k',
    'EXEC',
    'MULTI',
    'GET k',
    'EXEC',
    'MULTI',
    'EXEC',
    'MULTI',
    'INCR nothing-yet',
    'DISCARD',
    'WATCH k',
    '@2 SET k 2',
    'MULTI',
    'SET k 3',
    'EXEC',
    'MULTI',
    'NOTHING',
    'SET k 4',
    'EXEC',
  ],
  'a transaction of several effects is one group': [
    'MULTI',
    'SET k 1',
    'GET k',
    'INCRBYFLOAT k 1.5',
    'GETDEL k',
    'LCS k l IDX LEN',
    'SETEX l 100 v',
    'EXEC',
    'SET after 1',
  ],
  ...streamPropagation,
  'RESTORE: replicas get the moment, and DEL for a time that is over': [
    `RESTORE k 0 ${payload}`,
    `restore k 100000 ${payload} REPLACE`,
    `RESTORE k 100000 ${payload} replace IDLETIME 5`,
    `RESTORE k 99999999999999 ${payload} ABSTTL REPLACE`,
    `RESTORE k 0 ${payload}`,
    'RESTORE k 0 bad REPLACE',
    `RESTORE k 1000 ${payload} ABSTTL REPLACE`,
    `RESTORE k 1000 ${payload} ABSTTL REPLACE`,
  ],
  'keys that expire are deleted by the primary': [
    'SET k v PX 1',
    'DEBUG SLEEP 0.01',
    'GET k',
    'SET l v PX 1',
    'DEBUG SLEEP 0.01',
    'INCR l',
    'SET m v PX 1',
    'DEBUG SLEEP 0.01',
    'SETNX m w',
    'SET n v PX 1',
    'DEBUG SLEEP 0.01',
    'EXISTS n',
  ],
};

const servers = useServers({
  args: ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '3600'],
});
const replicas = new Map<TestServer, RawReplica>();

beforeAll(async () => {
  for (const server of Object.values<TestServer>({ ...servers() })) {
    const client = await server.connect();
    await client.send('DEBUG', 'SET-ACTIVE-EXPIRE', '0');
    client.close();
    const replica = await RawReplica.attach(server);
    replicas.set(server, replica);
    await replica.ready();
  }
});

afterAll(() => {
  for (const replica of replicas.values()) replica.close();
});

/** The requests that reach a replica for `script`, which begins and ends with a mark. */
async function streamOf(server: TestServer, script: Script): Promise<string[][]> {
  const replica = replicas.get(server);
  if (replica === undefined) throw new Error('no replica is attached');
  const clients = new Map([[0, await server.connect()]]);
  const send = async (connection: number, words: readonly Uint8Array[] | string[]) => {
    const client = clients.get(connection) ?? (await server.connect());
    clients.set(connection, client);
    return client.send(...words);
  };
  await send(0, ['FLUSHALL']);
  const first = `${Math.random()}`;
  await send(0, ['SET', 'mark', first]);
  await send(0, ['DEL', 'mark']);
  for (const line of script) {
    const { connection, words } = parseStep(line);
    await send(connection, words);
  }
  const last = `${Math.random()}`;
  await send(0, ['SET', 'mark', last]);
  const isMark = (mark: string) => (request: string[]) => request[2] === mark;
  await eventually(() => replica.stream.some(isMark(last)), { what: 'the stream arrives' });
  for (const client of clients.values()) client.close();
  const from = replica.stream.findIndex(isMark(first)) + 2;
  const to = replica.stream.findIndex(isMark(last));
  return replica.stream.slice(from, to).filter((request) => !isHousekeeping(request));
}

function isHousekeeping([name, option]: string[]): boolean {
  return name === 'ping' || (name === 'REPLCONF' && option === 'GETACK');
}

/** Moments near now differ between two servers by the time between two requests. */
function withoutMoments(request: readonly string[]): string {
  const nowMs = Date.now();
  return request
    .map((word) => (Math.abs(Number(word) - nowMs) < 200_000 ? '(soon)' : word))
    .map((word) => JSON.stringify(word))
    .join(' ');
}

for (const [name, script] of Object.entries(cases)) {
  test(`propagation: ${name}`, async () => {
    const { redis, ours } = servers();
    const right = await streamOf(redis, script);
    const judged = await streamOf(ours, script);
    expect(judged.map(withoutMoments)).toEqual(right.map(withoutMoments));
  });
}

test('propagation: both count the same bytes after the same writes', async () => {
  const { redis, ours } = servers();
  const script = ['SET k v', 'SELECT 4', 'SET k "w"*1000', 'INCR n', 'PEXPIREAT n 4102444800000'];
  const counts: number[] = [];
  for (const server of [redis, ours]) {
    const replica = replicas.get(server);
    const client = await server.connect();
    // From a database that nobody uses, so that both have to tell which one they mean.
    await client.pipeline([
      ['SELECT', '9'],
      ['SET', 'start', '1'],
      ['SELECT', '0'],
    ]);
    const offsetOf = async () => {
      const info = textOf(await client.send('INFO', 'replication'));
      return Number(/master_repl_offset:(\d+)/.exec(info)?.[1]);
    };
    const before = await offsetOf();
    for (const line of script) await client.send(...parseStep(line).words);
    const after = await offsetOf();
    counts.push(after - before);
    await eventually(() => (replica?.start?.offset ?? 0) + (replica?.streamBytes ?? 0) >= after);
    client.close();
  }
  expect(counts[1]).toBe(counts[0]);
});
