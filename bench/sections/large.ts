/** Single values with a million elements: what commands on them cost. */
import type { BenchOptions } from '../options.ts';
import { type Row, remarkOnWaits, type SectionResult } from '../report.ts';
import { fill, fills } from '../support/fills.ts';
import { measureRequest } from '../support/redis-benchmark.ts';
import { kinds, withBoth, withClient } from '../support/servers.ts';
import { interleaved, rowsOf, waitsOf } from './throughput.ts';

const pipeline = 16;

interface LargeTest {
  readonly fill: string;
  readonly before?: readonly (readonly (string | number)[])[];
  readonly requests: number;
  readonly request: readonly string[];
}

const random = '__rand_int__';

const tests: readonly LargeTest[] = [
  { fill: 'sorted set', requests: 600_000, request: ['ZADD', 'key', random, `member:${random}`] },
  { fill: 'sorted set', requests: 600_000, request: ['ZRANK', 'key', `member:${random}`] },
  { fill: 'sorted set', requests: 600_000, request: ['ZSCORE', 'key', `member:${random}`] },
  { fill: 'sorted set', requests: 600_000, request: ['ZRANGE', 'key', '500000', '500009'] },
  {
    fill: 'sorted set',
    requests: 300_000,
    request: ['ZRANGEBYSCORE', 'key', random, '+inf', 'LIMIT', '0', '10'],
  },
  { fill: 'list', requests: 1_000_000, request: ['LPUSH', 'key', 'item:__rand_int__'] },
  { fill: 'list', requests: 300_000, request: ['LINDEX', 'key', '500000'] },
  { fill: 'hash', requests: 600_000, request: ['HGET', 'key', `field:${random}`] },
  { fill: 'set', requests: 600_000, request: ['SISMEMBER', 'key', `member:${random}`] },
  { fill: 'stream', requests: 600_000, request: ['XADD', 'key', '*', 'field', 'value'] },
  {
    fill: 'stream',
    before: [['XGROUP', 'CREATE', 'key', 'group', '0']],
    requests: 60_000,
    request: ['XREADGROUP', 'GROUP', 'group', 'me', 'COUNT', '10', 'STREAMS', 'key', '>'],
  },
];

/** Measures each test on a value that holds all elements. */
export async function large(
  options: BenchOptions,
  say: (line: string) => void,
): Promise<SectionResult> {
  const rows: Row[] = [];
  const waits: number[] = [];
  for (const test of tests) {
    const what = fills.find(({ name, perKey }) => name === test.fill && perKey === 'all');
    if (what === undefined) throw new Error(`no fill is named ${test.fill}`);
    say(`large: ${test.request.join(' ')}`);
    await withBoth([], async (servers) => {
      for (const kind of kinds) {
        await withClient(servers[kind], async (client) => {
          await fill(client, what, options.rangeCount);
          for (const words of test.before ?? []) await client.send(...words);
        });
      }
      const results = await interleaved(servers, options.rounds, (server, share) =>
        measureRequest(server, {
          request: test.request,
          pipeline,
          requests: Math.ceil(test.requests * options.share * share),
          keys: options.rangeCount,
        }),
      );
      waits.push(...waitsOf(results));
      const name = test.request.slice(0, 1).concat(test.request.slice(2)).join(' ');
      rows.push(...rowsOf(name, results, { kind: 'ratio-at-least', bound: 1.2 }));
    });
  }
  return {
    title: 'Large values',
    rows,
    remarks: [
      `One key with ${options.rangeCount} elements, 50 clients, a pipeline of ${pipeline}, ` +
        `medians of ${options.rounds} interleaved rounds.`,
      remarkOnWaits(waits),
    ],
  };
}
