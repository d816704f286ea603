/** Millions of small keys: what they take, how smoothly they come in, how fast they are read. */
import type { TestServer } from '../../test/support/test-server.ts';
import type { BenchOptions } from '../options.ts';
import {
  bytes,
  compared,
  milliseconds,
  remarkOnWaits,
  type SectionResult,
  seconds,
} from '../report.ts';
import { loadKeys, noiseFloor, type ProbeFacts, startProbe } from '../support/loading.ts';
import { residentBytes, WaitWatch } from '../support/process-facts.ts';
import { measureLoad } from '../support/redis-benchmark.ts';
import { type Kind, kinds, withBoth } from '../support/servers.ts';
import { interleaved, rowsOf, waitsOf } from './throughput.ts';

const pipeline = 16;
const requests = 3_000_000;
/** Time to come to rest before memory is read. */
const settleMs = 1_000;

interface Loaded {
  readonly bytesPerKey: number;
  readonly loadSeconds: number;
  readonly during: ProbeFacts;
  readonly idle: ProbeFacts;
  readonly waitedPercent: number;
}

/** Loads both servers, then reads random keys from them. */
export async function memory(
  options: BenchOptions,
  say: (line: string) => void,
): Promise<SectionResult> {
  return withBoth([], async (servers) => {
    const loaded = {} as Record<Kind, Loaded>;
    for (const kind of kinds) {
      say(`memory: loading ${options.keyCount} keys into ${servers[kind].name}`);
      loaded[kind] = await load(servers[kind], options.keyCount);
    }
    say(`memory: get at a pipeline of ${pipeline}, of ${options.keyCount} keys`);
    const results = await interleaved(servers, options.rounds, (server, share) =>
      measureLoad(server, {
        operation: 'get',
        pipeline,
        requests: Math.ceil(requests * options.share * share),
        keys: options.keyCount,
      }),
    );
    const both = (of: (facts: Loaded) => number) => ({
      ours: of(loaded.ours),
      redis: of(loaded.redis),
    });
    const worst = both((facts) => facts.during.worstMs);
    const name = `GET, pipeline ${pipeline}, of ${options.keyCount} keys`;
    return {
      title: 'Memory',
      rows: [
        compared(
          'resident bytes a key',
          both((facts) => facts.bytesPerKey),
          bytes,
          { kind: 'ratio-at-most', bound: 0.5 },
        ),
        compared('worst stall during the load', worst, milliseconds, {
          kind: 'value-at-most',
          bound: 15,
        }),
        compared(
          '… 99 of 100 waits below',
          both((facts) => facts.during.p99Ms),
          milliseconds,
        ),
        compared(
          'time to load',
          both((facts) => facts.loadSeconds),
          seconds,
        ),
        ...rowsOf(name, results, { kind: 'ratio-at-least', bound: 1.3 }),
      ],
      remarks: [
        `${options.keyCount} keys of 16 bytes with values of 16 bytes, over one pipelined connection; ` +
          'bytes are those above the empty server.',
        `The probe asks each millisecond. Of an idle server it saw ${floors(loaded)} at worst.`,
        remarkOnWaits([...kinds.map((kind) => loaded[kind].waitedPercent), ...waitsOf(results)]),
      ],
    };
  });
}

function floors(loaded: Readonly<Record<Kind, Loaded>>): string {
  return `${milliseconds(loaded.ours.idle.worstMs)} (ours) and ${milliseconds(loaded.redis.idle.worstMs)}`;
}

async function load(server: TestServer, count: number): Promise<Loaded> {
  const idle = await noiseFloor(server);
  const before = residentBytes(server.pid);
  const probe = await startProbe(server);
  const watch = new WaitWatch(server.pid);
  const { seconds: loadSeconds } = await loadKeys(server, count);
  const waitedPercent = watch.percent();
  const during = await probe.stop();
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const bytesPerKey = (residentBytes(server.pid) - before) / count;
  return { bytesPerKey, loadSeconds, during, idle, waitedPercent };
}
