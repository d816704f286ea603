/** Requests a second through redis-benchmark, without and with pipelines. */
import type { TestServer } from '../../test/support/test-server.ts';
import type { BenchOptions } from '../options.ts';
import {
  compared,
  type Goal,
  median,
  nanoseconds,
  type Row,
  remarkOnWaits,
  type SectionResult,
  spreadOf,
  thousandsPerSecond,
} from '../report.ts';
import { loadKeys } from '../support/loading.ts';
import { type LoadResult, measureLoad, type Operation } from '../support/redis-benchmark.ts';
import { type Kind, kinds, withBoth } from '../support/servers.ts';

const operations: readonly Operation[] = ['set', 'get', 'incr', 'mset'];

/** Depth of the pipeline, and the least ratio of rates to reach. */
const pipelines: readonly { readonly depth: number; readonly ratio: number }[] = [
  { depth: 1, ratio: 0.95 },
  { depth: 16, ratio: 1.4 },
  { depth: 100, ratio: 1.8 },
];

/** Two to four seconds a run: processor time is counted in steps of 10 ms. */
const requestsOf: Readonly<Record<number, number>> = { 1: 800_000, 16: 3_000_000, 100: 6_000_000 };
const msetRequests = 500_000;

/** Measures all operations at all depths. */
export async function throughput(
  options: BenchOptions,
  say: (line: string) => void,
): Promise<SectionResult> {
  return withBoth([], async (servers) => {
    for (const kind of kinds) await loadKeys(servers[kind], options.rangeCount);
    const rows: Row[] = [];
    const waits: number[] = [];
    let widest = 0;
    for (const { depth, ratio } of pipelines) {
      for (const operation of operations) {
        say(`throughput: ${operation} at a pipeline of ${depth}`);
        const load = {
          operation,
          pipeline: depth,
          requests: Math.ceil(requestsFor(operation, depth) * options.share),
          keys: options.rangeCount,
        };
        const results = await interleaved(servers, options.rounds, (server, share) =>
          measureLoad(server, { ...load, requests: Math.ceil(load.requests * share) }),
        );
        widest = Math.max(widest, ...kinds.map((kind) => spreadOf(results[kind].map(rateOf))));
        waits.push(...waitsOf(results));
        const name = `${operation.toUpperCase()}, pipeline ${depth}`;
        rows.push(...rowsOf(name, results, { kind: 'ratio-at-least', bound: ratio }));
      }
    }
    return {
      title: 'Throughput',
      rows,
      remarks: [
        `50 clients, values of 16 bytes, ${options.rangeCount} keys that exist (MSET: 10 keys a request), ` +
          `medians of ${options.rounds} interleaved rounds.`,
        `Within one row, rounds differ by at most ${widest.toFixed(0)} %.`,
        remarkOnWaits(waits),
      ],
    };
  });
}

/** Requests a second of a run. */
export const rateOf = (result: LoadResult): number => result.requestsPerSecond;

/** How long the servers waited for their core in each run. */
export function waitsOf(results: Readonly<Record<Kind, readonly LoadResult[]>>): readonly number[] {
  return kinds.flatMap((kind) => results[kind].map((each) => each.waitedPercent));
}

function requestsFor(operation: Operation, depth: number): number {
  return operation === 'mset' ? msetRequests : requestsOf[depth];
}

/** A warm-up as long as this share of a round; it is not counted. */
const warmUpShare = 0.25;

/** Measures both servers in turns, so that slow moments of the machine meet both. */
export async function interleaved<T>(
  servers: Readonly<Record<Kind, TestServer>>,
  rounds: number,
  measure: (server: TestServer, share: number) => Promise<T>,
): Promise<Readonly<Record<Kind, readonly T[]>>> {
  const results: Record<Kind, T[]> = { ours: [], redis: [] };
  for (const kind of kinds) await measure(servers[kind], warmUpShare);
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? kinds : kinds.toReversed();
    for (const kind of order) results[kind].push(await measure(servers[kind], 1));
  }
  return results;
}

/** The row with the rate, and the one with the server's processor time. */
export function rowsOf(
  name: string,
  results: Readonly<Record<Kind, readonly LoadResult[]>>,
  goal: Goal,
): readonly Row[] {
  const middle = (kind: Kind, of: (result: LoadResult) => number) => median(results[kind].map(of));
  const cpuOf = (result: LoadResult) => result.cpuPerRequestNs;
  const rates = { ours: middle('ours', rateOf), redis: middle('redis', rateOf) };
  const times = { ours: middle('ours', cpuOf), redis: middle('redis', cpuOf) };
  return [
    compared(name, rates, thousandsPerSecond, goal),
    compared('… processor time a request', times, nanoseconds),
  ];
}
