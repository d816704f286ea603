import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shown } from '../support/compare-replies.ts';
import { eventually } from '../support/eventually.ts';
import { textOf } from '../support/reply.ts';
import type { RespClient } from '../support/resp-client.ts';
import { startHeadwater } from '../support/start-headwater.ts';
import { startRedis } from '../support/start-redis.ts';
import type { TestServer, TestServerOptions } from '../support/test-server.ts';
import { randomProgram } from './differential-grammar.ts';
import type { RandomRequest } from './grammar-words.ts';

/**
 * Whatever a random program does to a primary, its replica must end with the same data: once with
 * our server as the primary of a real one, once as its replica.
 *
 * HEADWATER_DIFFERENTIAL_RUNS makes the search longer, HEADWATER_DIFFERENTIAL_SEED repeats one.
 */
const runs = Math.ceil(Number(process.env.HEADWATER_DIFFERENTIAL_RUNS ?? 1_500) / 10);
const seed = Number(process.env.HEADWATER_DIFFERENTIAL_SEED ?? Date.now() % 2 ** 31);

interface Pair {
  readonly primary: TestServer;
  readonly replica: TestServer;
}

const started: TestServer[] = [];

async function startPair(
  startPrimary: (options: TestServerOptions) => Promise<TestServer>,
  startReplica: (options: TestServerOptions) => Promise<TestServer>,
): Promise<Pair> {
  const primary = await startPrimary({ args: ['--repl-diskless-sync-delay', '0'] });
  started.push(primary);
  const args = ['--replicaof', '127.0.0.1', String(primary.port)];
  const replica = await startReplica({ args });
  started.push(replica);
  return { primary, replica };
}

let ourPrimary: Pair;
let ourReplica: Pair;

beforeAll(async () => {
  ourPrimary = await startPair(startHeadwater, startRedis);
  ourReplica = await startPair(startRedis, startHeadwater);
});

afterAll(async () => {
  await Promise.all(started.map((server) => server.stop()));
});

/** Runs `program` on the primary, and compares once its replica has acknowledged all of it. */
async function replicate(
  program: readonly RandomRequest[],
  primary: RespClient,
  worker: RespClient,
  replica: RespClient,
): Promise<void> {
  await primary.send('FLUSHALL');
  await worker.pipeline(program.map(({ words }) => words));
  await primary.pipeline([
    ['SELECT', '9'],
    ['SET', 'mark', String(Math.random())],
  ]);
  expect(await primary.send('WAIT', '1', '10000')).toBe(':1');
  const digest = await primary.send('DEBUG', 'DIGEST');
  expect(shown(await replica.send('DEBUG', 'DIGEST'))).toBe(shown(digest));
}

/**
 * Redis 7.0 creates or lengthens a string before BITFIELD fails to store into it, and tells nobody:
 * its own replicas differ from it then.
 */
function isLostByRedis({ words }: RandomRequest): boolean {
  return words[0] === 'BITFIELD' && words.includes('FAIL');
}

async function search({ primary, replica }: Pair): Promise<void> {
  const connections = await Promise.all([primary.connect(), replica.connect()]);
  const [control, judge] = connections;
  await eventually(async () =>
    textOf(await judge.send('INFO', 'replication')).includes('master_link_status:up'),
  );
  const isReal = primary.name === 'redis-server';
  const program = randomProgram(150).map((requests) =>
    requests.filter((each) => !isReal || !isLostByRedis(each)),
  );
  await fc.assert(
    fc.asyncProperty(program, async (requests) => {
      const worker = await primary.connect();
      try {
        await replicate(requests, control, worker, judge);
      } finally {
        worker.close();
      }
    }),
    { seed, numRuns: runs },
  );
  for (const connection of connections) connection.close();
}

const timeout = 60_000 + runs * 500;

test(`differential: a real replica of ours has our data (seed ${seed})`, { timeout }, () =>
  search(ourPrimary),
);

test(`differential: our replica of a real primary has its data (seed ${seed})`, { timeout }, () =>
  search(ourReplica),
);
