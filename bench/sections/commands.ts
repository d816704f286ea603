/** Every test that redis-benchmark runs by default, without a pipeline and with one. */
import type { BenchOptions } from '../options.ts';
import { type Row, remarkOnWaits, type SectionResult, spreadOf } from '../report.ts';
import { measureLoad, type Operation } from '../support/redis-benchmark.ts';
import { kinds, withBoth, withClient } from '../support/servers.ts';
import { interleaved, rateOf, rowsOf, waitsOf } from './throughput.ts';

/** In the generator's own order: what is popped was pushed before. */
const operations: readonly Operation[] = [
  'ping_inline',
  'ping_mbulk',
  'set',
  'get',
  'incr',
  'lpush',
  'rpush',
  'lpop',
  'rpop',
  'sadd',
  'hset',
  'spop',
  'zadd',
  'zpopmin',
  'lrange_100',
  'lrange_300',
  'lrange_500',
  'lrange_600',
  'mset',
];

const pipelines: readonly { readonly depth: number; readonly ratio: number }[] = [
  { depth: 1, ratio: 0.9 },
  { depth: 16, ratio: 1.2 },
];

const requestsOf: Readonly<Record<number, number>> = { 1: 200_000, 16: 1_000_000 };
/** How much slower than the others these are, about. */
const weights: Partial<Readonly<Record<Operation, number>>> = {
  lrange_100: 10,
  lrange_300: 25,
  lrange_500: 40,
  lrange_600: 50,
  mset: 4,
};

/** Measures all tests at all depths. */
export async function commands(
  options: BenchOptions,
  say: (line: string) => void,
): Promise<SectionResult> {
  return withBoth([], async (servers) => {
    const rows: Row[] = [];
    const waits: number[] = [];
    let widest = 0;
    for (const { depth, ratio } of pipelines) {
      for (const kind of kinds) {
        await withClient(servers[kind], (client) => client.send('FLUSHALL'));
      }
      for (const operation of operations) {
        say(`commands: ${operation} at a pipeline of ${depth}`);
        const requests = (requestsOf[depth] * options.share) / (weights[operation] ?? 1);
        const results = await interleaved(servers, options.rounds, (server, share) =>
          measureLoad(server, {
            operation,
            pipeline: depth,
            requests: Math.ceil(requests * share),
            keys: options.rangeCount,
          }),
        );
        widest = Math.max(widest, ...kinds.map((kind) => spreadOf(results[kind].map(rateOf))));
        waits.push(...waitsOf(results));
        const name = `${operation.toUpperCase()}, pipeline ${depth}`;
        rows.push(...rowsOf(name, results, { kind: 'ratio-at-least', bound: ratio }));
      }
    }
    return {
      title: 'Commands',
      rows,
      remarks: [
        `50 clients, values of 16 bytes, ${options.rangeCount} different keys, fields and members, ` +
          `medians of ${options.rounds} interleaved rounds.`,
        `Within one row, rounds differ by at most ${widest.toFixed(0)} %.`,
        remarkOnWaits(waits),
      ],
    };
  });
}
