import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { Reply } from '../../support/reply.ts';
import type { Word } from '../../support/resp-client.ts';
import { startHeadwater } from '../../support/start-headwater.ts';
import { startRedis } from '../../support/start-redis.ts';
import type { TestServer } from '../../support/test-server.ts';
import { Node, Relay, untilSame } from './links.ts';
import { changesOf, fill, formSettings, valuesOfEveryType } from './values.ts';

const seed = Number(process.env.HEADWATER_FUZZ_SEED ?? Date.now() % 2 ** 31);
const servers: TestServer[] = [];
const relays: Relay[] = [];
afterEach(async () => {
  for (const relay of relays.splice(0)) relay.close();
  for (const server of servers.splice(0)) await server.stop();
});

type Kind = 'real' | 'ours';

async function start(kind: Kind, args: readonly string[] = []): Promise<Node> {
  const quick = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];
  const starter = kind === 'real' ? startRedis : startHeadwater;
  const server = await starter({ args: [...quick, ...args] });
  servers.push(server);
  return Node.of(server);
}

const pairs = [
  ['real', 'ours'],
  ['ours', 'real'],
  ['ours', 'ours'],
] as const;

const forms = Object.entries(formSettings);
/**
 * By what name a value is kept, and what a group has pending: no digest covers these. Small lists are
 * called listpacks since Redis 7.2 only.
 */
const questions: readonly (readonly Word[])[] = [
  ...['hash', 'integers', 'sorted', 'stream'].map((name) => [
    ...['OBJECT', 'ENCODING', `a:${name}`],
  ]),
  ['XINFO', 'GROUPS', 'a:stream'],
  ['XPENDING', 'a:stream', 'group', '-', '+', 100],
];

describe.each(pairs)('replication: a %s primary, %s replica, every type', (first, second) => {
  test.each(forms)(`full syncs while values change, %s (seed ${seed})`, async (_name, args) => {
    const primary = await start(first, args);
    const replica = await start(second, args);
    await fill(primary.client, valuesOfEveryType('a', 700));
    await fill(primary.client, valuesOfEveryType('b', 3));
    await fill(primary.client, [['SELECT', 3], ...valuesOfEveryType('a', 40), ['SELECT', 0]]);
    for (const diskless of ['yes', 'no']) {
      for (const load of ['disabled', 'swapdb']) {
        await replica.client.send('REPLICAOF', 'NO', 'ONE');
        await fill(replica.client, [['SADD', 'its own', 'history']]);
        await primary.client.send('CONFIG', 'SET', 'repl-diskless-sync', diskless);
        await replica.client.send('CONFIG', 'SET', 'repl-diskless-load', load);
        const before = Number(await primary.info('sync_full'));
        await replica.follow(primary.port);
        for (let i = 0; i < 10; i += 1) {
          await primary.client.pipeline(changesOf(i % 3 === 0 ? 'b' : 'a', 60, seed + i));
        }
        await untilSame(primary, replica);
        expect(Number(await primary.info('sync_full'))).toBe(before + 1);
      }
    }
    const answers = await Promise.all(
      [primary, replica].map(({ client }) => client.pipeline(questions)),
    );
    const [right, judged] = answers.map((replies) => withoutTimes(replies));
    const isExact = first === 'ours';
    expect(isExact ? judged : withoutProgress(judged)).toEqual(
      isExact ? right : withoutProgress(right),
    );
  });

  test(`partial syncs while values change (seed ${seed})`, async () => {
    const primary = await start(first);
    const replica = await start(second);
    const relay = await Relay.open(primary.port);
    relays.push(relay);
    await fill(primary.client, valuesOfEveryType('a', 300));
    await replica.follow(relay.port);
    await untilSame(primary, replica);
    for (let i = 0; i < 5; i += 1) {
      relay.cut();
      await primary.client.pipeline(changesOf('a', 200, seed + i));
      await untilSame(primary, replica);
    }
    expect(await primary.info('sync_full')).toBe('1');
    expect(Number(await primary.info('sync_partial_ok'))).toBeGreaterThanOrEqual(5);
  });

  test('who waits is served on the primary, and a replica never waits', async () => {
    const primary = await start(first);
    const replica = await start(second);
    await replica.follow(primary.port);
    await untilSame(primary, replica);
    await fill(primary.client, [
      ['XADD', 's', '1-1', 'f', 'v'],
      ['XGROUP', 'CREATE', 's', 'g', '$'],
    ]);
    const waits = [
      ['BLPOP', 'list', 0],
      ['BRPOP', 'list', 0],
      ['BLMOVE', 'list', 'moved', 'LEFT', 'LEFT', 0],
      ['BLMPOP', 0, 1, 'list', 'LEFT', 'COUNT', 2],
      ['BZPOPMIN', 'scores', 0],
      ['BZMPOP', 0, 1, 'scores', 'MAX', 'COUNT', 2],
      ['XREAD', 'BLOCK', 0, 'STREAMS', 's', '$'],
      ['XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', 0, 'STREAMS', 's', '>'],
    ];
    const served: Promise<Reply>[] = [];
    for (const [i, words] of waits.entries()) {
      const client = await primary.server.connect();
      served.push(client.send(...words));
      await eventually(async () => (await primary.info('blocked_clients')) === String(i + 1));
    }
    await primary.client.pipeline([
      ['MULTI'],
      ['RPUSH', 'list', 1, 2, 3, 4, 5, 6, 7, 8],
      ['ZADD', 'scores', 1, 'a', 2, 'b', 3, 'c', 4, 'd'],
      ['EXEC'],
      ['XADD', 's', '2-1', 'f', 'v'],
    ]);
    const replies = await Promise.all(served);
    expect(replies.filter((reply) => !Array.isArray(reply) && reply !== '$2')).toEqual([]);
    await untilSame(primary, replica);

    expect(await replica.info('blocked_clients')).toBe('0');
    expect(await replica.client.send('LRANGE', 'list', 0, -1)).toEqual(['$5', '$6', '$7']);
    expect(await replica.client.send('LRANGE', 'moved', 0, -1)).toEqual(['$2']);
    expect(await replica.client.send('ZRANGE', 'scores', 0, -1)).toEqual(['$b']);
    expect(await replica.client.send('XPENDING', 's', 'g')).toEqual([
      ...[':1', '$2-1', '$2-1'],
      [['$c', '$1']],
    ]);
  });
});

/** Replies to `questions` without how long ago something was. */
function withoutTimes(replies: readonly Reply[]): readonly unknown[] {
  const pending = replies.at(-1);
  if (!Array.isArray(pending)) throw new Error('XPENDING gave no list');
  return [...replies.slice(0, -1), pending.map((each: Reply[]) => [each[0], each[1], each[3]])];
}

/** A primary of Redis 7.0 tells replicas nothing of how many entries a group has read. */
function withoutProgress(replies: readonly unknown[]): readonly unknown[] {
  return replies.map((reply) => {
    if (!Array.isArray(reply)) return reply;
    return withoutProgress(reply).filter(
      (_, i) => reply[i - 1] !== '$entries-read' && reply[i - 1] !== '$lag',
    );
  });
}
