import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differenceOf, exact } from '../support/compare-replies.ts';
import type { Reply } from '../support/reply.ts';
import type { Word } from '../support/resp-client.ts';
import type { TestServer } from '../support/test-server.ts';
import { defineConformance, useServers } from './suite.ts';

defineConformance({
  area: 'hyperloglog',
  cases: {
    'PFADD PFCOUNT': [
      'PFADD k a b c',
      'GET k',
      'PFADD k a',
      'PFCOUNT k',
      'GET k',
      'PFCOUNT k',
      'PFADD k d ""',
      'PFCOUNT k',
      'GET k',
      'PFADD empty',
      'GET empty',
      'PFADD empty',
      'PFCOUNT empty',
      'PFCOUNT missing',
      'PFCOUNT missing empty k',
      'PFADD',
      'PFCOUNT',
      'PFMERGE',
      'PFDEBUG',
      'PFSELFTEST x',
    ],
    'PFMERGE of both layouts': [
      'PFADD a 1 2 3 4 5 6 7',
      'PFADD b 5 6 7 8 9 10',
      'PFMERGE c a b missing',
      'GET c',
      'PFCOUNT c',
      'PFDEBUG ENCODING c',
      'PFDEBUG TODENSE b',
      'PFDEBUG TODENSE b',
      'PFMERGE c a b',
      'PFDEBUG ENCODING c',
      'GET c',
      'PFCOUNT a b c',
      'PFMERGE a',
      'PFMERGE new',
      'GET new',
      'EXPIRE a 1000',
      'PFMERGE a b',
      'PFDEBUG ENCODING a',
      'TTL a',
      'OBJECT ENCODING a',
    ],
    'other values': [
      'SET s text',
      'SET n 12',
      'SET short HYLL',
      'SET long "HYLL\\x00"*100',
      'SET odd "HYLL\\x02aaaaaaaaaaaaaaaaaaaaaa"',
      'PFADD s a',
      'PFCOUNT s',
      'PFCOUNT s s',
      'PFADD n a',
      'PFCOUNT n',
      'PFADD short a',
      'PFCOUNT long',
      'PFCOUNT odd',
      'PFADD k a',
      'PFMERGE k s',
      'PFMERGE s k',
      'PFMERGE new s',
      'EXISTS new',
      'PFDEBUG ENCODING s',
      'PFDEBUG GETREG missing',
    ],
    'damaged values': [
      'SET k "HYLL\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x80\\x7f\\x10"',
      'PFCOUNT k',
      'PFCOUNT k k',
      'PFMERGE new k',
      'PFDEBUG TODENSE k',
      'PFDEBUG GETREG k',
      'GET k',
      'SET fresh "HYLL\\x01\\x00\\x00\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x7f\\x7f\\xff"',
      'PFCOUNT fresh',
      'SET fresh "HYLL\\x01xyz\\x07\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x7f\\xff"',
      'PFCOUNT fresh',
      'OBJECT ENCODING fresh',
      'PFDEBUG TODENSE fresh',
      'GETRANGE fresh 0 20',
      'PFADD fresh a',
      'GETRANGE fresh 0 20',
    ],
    'registers that are full': [
      'SET k "\\xff"*12304',
      'SETRANGE k 0 "HYLL\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x80"',
      'PFCOUNT k',
      'GETRANGE k 0 16',
      'PFCOUNT k k',
      'PFADD k a b c',
      'PFADD sparse x',
      'PFMERGE sparse k',
      'PFCOUNT sparse',
    ],
    PFDEBUG: [
      'PFADD k a b c d e f g',
      'PFDEBUG ENCODING k',
      'PFDEBUG decode k',
      'PFDEBUG nothing k',
      'PFDEBUG GETREG k',
      'PFDEBUG DECODE k',
      'GET k',
      'PFDEBUG ENCODING',
      'PFDEBUG ENCODING k k',
      'PFSELFTEST',
    ],
    'the longest sparse value is a setting': [
      'CONFIG SET hll-sparse-max-bytes 30',
      'PFADD k a b',
      'PFDEBUG ENCODING k',
      'GET k',
      'PFADD k c d e f g h',
      'PFDEBUG ENCODING k',
      'CONFIG SET hll-sparse-max-bytes 0',
      'PFADD zero',
      'PFDEBUG ENCODING zero',
      'PFADD zero a',
      'PFDEBUG ENCODING zero',
      'GET zero',
      'CONFIG SET hll-sparse-max-bytes 3000',
    ],
  },
});

const seed = Number(process.env.HEADWATER_DIFFERENTIAL_SEED ?? Date.now() % 2 ** 31);
const runs = Number(process.env.HEADWATER_HYPERLOGLOG_RUNS ?? 25);

const key = fc.constantFrom('a', 'b', 'c', 'd');
/** From few elements to so many that one request passes the sparse layout's end. */
const elements = fc
  .tuple(fc.nat(3_000_000), fc.oneof({ weight: 9, arbitrary: fc.nat(40) }, fc.nat(900)))
  .map(([first, count]) => Array.from({ length: count }, (_, i) => `${first + i}`));
const words: fc.Arbitrary<Word[]> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(key, elements).map(([name, all]) => ['PFADD', name, ...all]) },
  { weight: 2, arbitrary: key.map((name) => ['PFCOUNT', name]) },
  {
    weight: 1,
    arbitrary: fc.array(key, { minLength: 2, maxLength: 4 }).map((names) => ['PFCOUNT', ...names]),
  },
  {
    weight: 1,
    arbitrary: fc.array(key, { minLength: 1, maxLength: 4 }).map((names) => ['PFMERGE', ...names]),
  },
  { weight: 1, arbitrary: key.map((name) => ['PFDEBUG', 'DECODE', name]) },
);

const servers = useServers();

async function execute(server: TestServer, program: readonly Word[][]): Promise<Reply[]> {
  const client = await server.connect();
  try {
    await client.send('FLUSHALL');
    // After each request the bytes themselves.
    const requests = program.flatMap((each) => [
      each,
      ['GET', each[each.length > 2 && each[0] === 'PFDEBUG' ? 2 : 1]],
    ]);
    return await client.pipeline(requests);
  } finally {
    client.close();
  }
}

test(`hyperloglog: random programs leave the same bytes (seed ${seed}, ${runs} runs)`, {
  timeout: 60_000 + runs * 2_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(words, { minLength: 10, maxLength: 60 }), async (program) => {
      const { redis, ours } = servers();
      const [right, judged] = await Promise.all([execute(redis, program), execute(ours, program)]);
      for (const [i, reply] of right.entries()) {
        const difference = differenceOf(reply, judged[i], exact);
        const request = program[i >> 1].slice(0, 4).join(' ');
        expect(difference, `${request} …`).toBeNull();
      }
    }),
    { seed, numRuns: runs, endOnFailure: true },
  );
});
