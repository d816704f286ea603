import { afterAll, expect, test } from 'vitest';
import { textOf } from '../support/reply.ts';
import type { RespClient, Word } from '../support/resp-client.ts';
import { startHeadwater } from '../support/start-headwater.ts';
import type { TestServer } from '../support/test-server.ts';

/**
 * While a snapshot is open, no write to a large value may rebuild or copy it in one step. The bound is
 * generous, so that a slow machine keeps it: a copy of the whole value would not.
 */
const elementCount = 200_000;
const boundMs = 50;
const servers: TestServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.stop())));

const numbers = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => first + i);

const fills: Readonly<Record<string, (first: number) => Word[][]>> = {
  hash: (first) => [['HSET', 'hash', ...numbers(first, 5_000).flatMap((i) => [`f${i}`, i])]],
  set: (first) => [['SADD', 'set', ...numbers(first, 5_000).map((i) => `m${i}`)]],
  sorted: (first) => [['ZADD', 'sorted', ...numbers(first, 5_000).flatMap((i) => [i, `m${i}`])]],
  list: (first) => [['RPUSH', 'list', ...numbers(first, 5_000).map((i) => `element ${i}`)]],
  stream: (first) => numbers(first + 1, 5_000).map((i) => ['XADD', 'stream', `${i}-1`, 'f', i]),
};

/** Each leaves the value large, but for the last two. */
function writesTo(name: string): Word[][] {
  const changes: Readonly<Record<string, Word[][]>> = {
    hash: [
      ['HSET', 'hash', 'f100000', 'x', 'new', 'y'],
      ['HDEL', 'hash', 'f5'],
    ],
    set: [
      ['SADD', 'set', 'new'],
      ['SREM', 'set', 'm100000'],
      ['SPOP', 'set'],
    ],
    sorted: [
      ['ZADD', 'sorted', 7.5, 'm100000', 8, 'new'],
      ['ZREM', 'sorted', 'm5'],
      ['ZPOPMIN', 'sorted'],
    ],
    list: [
      ['LSET', 'list', 100_000, 'x'],
      ['LPUSH', 'list', 'x'],
      ['RPOP', 'list'],
    ],
    stream: [
      ['XADD', 'stream', '*', 'f', 'v'],
      ['XDEL', 'stream', '100000-1'],
      ['XTRIM', 'stream', 'MAXLEN', '~', 199_000],
    ],
  };
  return [
    ...changes[name],
    ['EXPIRE', name, 1_000],
    ['PERSIST', name],
    ['RENAME', name, `${name} renamed`],
    ['DEL', `${name} renamed`],
  ];
}

async function fill(client: RespClient, name: string): Promise<void> {
  for (let first = 0; first < elementCount; first += 5_000) {
    await client.pipeline(fills[name](first));
  }
}

/** From the slow log: the command and how long it took. */
async function slowest(
  client: RespClient,
): Promise<{ readonly ms: number; readonly what: string }> {
  const entries = await client.send('SLOWLOG', 'GET', -1);
  if (!Array.isArray(entries)) throw new Error('SLOWLOG GET gave no list');
  let worst = { ms: 0, what: 'nothing' };
  for (const entry of entries) {
    const ms = Number(textOf(entry[2])) / 1_000;
    if (ms > worst.ms) worst = { ms, what: entry[3].slice(0, 3).map(textOf).join(' ') };
  }
  return worst;
}

test.each(Object.keys(fills))(
  'snapshot: no write to a large %s takes long meanwhile',
  async (name) => {
    const server = await startHeadwater({ args: ['--slowlog-log-slower-than', '-1'] });
    servers.push(server);
    const client = await server.connect();
    // So that there is something to walk over when the writes come.
    await client.send('DEBUG', 'POPULATE', 200_000, 'other', 100);
    await fill(client, name);
    await client.send('CONFIG', 'SET', 'slowlog-max-len', 1_000);
    await client.send('CONFIG', 'SET', 'slowlog-log-slower-than', 0);
    const replies = await client.pipeline([['BGSAVE'], ['INFO', 'persistence'], ...writesTo(name)]);
    await client.send('CONFIG', 'SET', 'slowlog-log-slower-than', -1);

    expect(String(replies[1])).toContain('rdb_bgsave_in_progress:1');
    expect(replies.filter((each) => String(each).startsWith('-'))).toEqual([]);
    const worst = await slowest(client);
    process.stdout.write(`${name}: the slowest was ${worst.what} with ${worst.ms} ms\n`);
    expect(worst.ms).toBeLessThan(boundMs);
  },
);
