import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differenceOf, shown } from '../support/compare-replies.ts';
import type { Reply } from '../support/reply.ts';
import type { RespClient } from '../support/resp-client.ts';
import type { TestServer } from '../support/test-server.ts';
import { randomProgram } from './differential-grammar.ts';
import type { RandomRequest } from './grammar-words.ts';
import { useServers } from './suite.ts';

/**
 * Random programs must have the same replies on both servers, and leave the same data.
 *
 * A failure is shrunk to a short program. HEADWATER_DIFFERENTIAL_RUNS makes the search longer,
 * HEADWATER_DIFFERENTIAL_SEED repeats one.
 */
const runs = Number(process.env.HEADWATER_DIFFERENTIAL_RUNS ?? 1_500);
const seed = Number(process.env.HEADWATER_DIFFERENTIAL_SEED ?? Date.now() % 2 ** 31);

/** So that a run is worth it: programs have half of their greatest length on average. */
const lengthMax = 300;
const requestsMin = 200_000;

const servers = useServers();

interface Outcome {
  readonly replies: readonly Reply[];
  readonly digest: Reply;
}

/** A server that ended says why: an earlier program is to blame. */
async function connectTo(server: TestServer): Promise<RespClient> {
  try {
    return await server.connect();
  } catch (cause) {
    throw new Error(`${server.name} is gone: ${server.output().slice(-4_000)}`, { cause });
  }
}

async function execute(server: TestServer, program: readonly RandomRequest[]): Promise<Outcome> {
  const control = await connectTo(server);
  const client = await connectTo(server);
  try {
    await control.send('FLUSHALL');
    const replies = await client.pipeline(program.map(({ words }) => words));
    return { replies, digest: await control.send('DEBUG', 'DIGEST') };
  } finally {
    control.close();
    client.close();
  }
}

function readable({ words }: RandomRequest): string {
  return words.map((word) => JSON.stringify(word)).join(' ');
}

test(`differential: random programs mean the same (seed ${seed}, ${runs} runs)`, {
  timeout: 60_000 + runs * 200,
}, async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(randomProgram(lengthMax), async (requests) => {
      count += requests.length;
      const { redis, ours } = servers();
      const [right, judged] = await Promise.all([
        execute(redis, requests),
        execute(ours, requests),
      ]);
      for (const [i, request] of requests.entries()) {
        const difference = differenceOf(right.replies[i], judged.replies[i], request.agreement);
        if (difference !== null) throw new Error(`${readable(request)}: ${difference}`);
      }
      expect(shown(judged.digest), 'the data left').toBe(shown(right.digest));
    }),
    { seed, numRuns: runs, endOnFailure: false },
  );
  if (runs >= 1_500) expect(count).toBeGreaterThanOrEqual(requestsMin);
});
