import { afterAll, beforeAll, expect, test } from 'vitest';
import { differenceOf } from '../support/compare-replies.ts';
import type { Reply } from '../support/reply.ts';
import { type RespClient, requestOf } from '../support/resp-client.ts';
import { startHeadwater } from '../support/start-headwater.ts';
import { startRedis } from '../support/start-redis.ts';
import type { TestServer, TestServerOptions } from '../support/test-server.ts';
import { parseStep, type Script, type Step } from './script.ts';

/** The judge and the one that is judged. */
export interface ServerPair {
  readonly redis: TestServer;
  readonly ours: TestServer;
}

/** A difference that we know of and stand by. */
export interface Exception {
  /** The case that shows it. */
  readonly in: string;
  /** The line of the script whose reply differs; every line when left out. */
  readonly line?: string;
  readonly reason: string;
}

/** What a suite holds: cases by name, and the differences that are meant. */
export interface Suite {
  /** The area that leads each test's title. */
  readonly area: string;
  readonly cases: Readonly<Record<string, Script>>;
  readonly exceptions?: readonly Exception[];
  readonly options?: TestServerOptions;
}

/**
 * With HEADWATER_JUDGED=redis-server a second real server takes our place: then every difference is a
 * mistake of the harness or of a case.
 */
const isSelfTest = process.env.HEADWATER_JUDGED === 'redis-server';

/** Starts both servers before the tests of this file, and stops them afterwards. */
export function useServers(options: TestServerOptions = {}): () => ServerPair {
  let pair: ServerPair | null = null;
  const started: TestServer[] = [];
  // One after the other: when the second does not start, the first is still stopped.
  beforeAll(async () => {
    const redis = await startRedis(options);
    started.push(redis);
    const ours = await (isSelfTest ? startRedis : startHeadwater)(options);
    started.push(ours);
    pair = { redis, ours };
  });
  afterAll(async () => {
    await Promise.all(started.map((server) => server.stop()));
  });
  return () => {
    if (pair === null) throw new Error('the servers did not start');
    return pair;
  };
}

/** Runs every case of `suite` on both servers and compares each reply. */
export function defineConformance(suite: Suite): void {
  const servers = useServers(suite.options);
  const exceptions = suite.exceptions ?? [];
  test(`${suite.area}: every exception belongs to a case`, () => {
    for (const exception of exceptions) {
      const lines = suite.cases[exception.in];
      expect(lines, exception.in).toBeDefined();
      if (exception.line !== undefined) expect(lines).toContain(exception.line);
    }
  });
  for (const [name, script] of Object.entries(suite.cases)) {
    test(`${suite.area}: ${name}`, async () => {
      const differences = await differencesOf(servers(), script);
      const allowed = exceptions.filter((exception) => exception.in === name);
      const isAllowed = ({ line }: Difference) =>
        allowed.some((exception) => exception.line === undefined || exception.line === line);
      expect(differences.filter((each) => !isAllowed(each)).map(({ text }) => text)).toEqual([]);
      if (isSelfTest) return;
      const unneeded = allowed.filter(
        ({ line }) => !differences.some((each) => line === undefined || line === each.line),
      );
      expect(unneeded, 'exceptions that are no longer needed').toEqual([]);
    });
  }
}

interface Difference {
  readonly line: string;
  readonly text: string;
}

/** Runs `script` on both, from an empty data set, and compares replies, pushes and the data left. */
async function differencesOf(servers: ServerPair, script: Script): Promise<Difference[]> {
  const steps = script.map(parseStep);
  const [redis, ours] = await Promise.all([
    replay(servers.redis, steps),
    replay(servers.ours, steps),
  ]);
  const differences: Difference[] = [];
  for (const [i, { line, agreement }] of steps.entries()) {
    const difference = differenceOf(redis.replies[i], ours.replies[i], agreement);
    if (difference !== null) differences.push({ line, text: `${line}: ${difference}` });
  }
  const endings = [
    ['(pushes)', redis.pushes, ours.pushes],
    ['(digest)', redis.digest, ours.digest],
  ] as const;
  for (const [line, right, judged] of endings) {
    const difference = differenceOf(right, judged);
    if (difference !== null) differences.push({ line, text: `${line}: ${difference}` });
  }
  return differences;
}

interface Outcome {
  readonly replies: readonly Reply[];
  readonly pushes: readonly Reply[];
  readonly digest: Reply;
}

/** A reply that does not come is a difference to report, not a test that hangs. */
const replyMs = 5_000;

async function replay(server: TestServer, steps: readonly Step[]): Promise<Outcome> {
  const control = await server.connect();
  await control.pipeline([['FLUSHALL'], ['CONFIG', 'RESETSTAT']]);
  const connections = new Map<number, RespClient>();
  const replies: Reply[] = [];
  try {
    for (const step of steps) {
      const client = connections.get(step.connection) ?? (await server.connect());
      connections.set(step.connection, client);
      client.write(requestOf(step.words));
      replies.push(step.isAnswered ? await withinTime(client.next()) : '(no reply)');
    }
    const digest = await withinTime(control.send('DEBUG', 'DIGEST'));
    return { replies, pushes: [...connections.values()].flatMap(({ pushes }) => pushes), digest };
  } finally {
    for (const client of connections.values()) client.close();
    control.close();
  }
}

function withinTime(reply: Promise<Reply>): Promise<Reply> {
  let timer: NodeJS.Timeout;
  const late = new Promise<Reply>((resolve) => {
    timer = setTimeout(() => resolve(`(no reply within ${replyMs} ms)`), replyMs);
  });
  return Promise.race([reply, late]).finally(() => clearTimeout(timer));
}
