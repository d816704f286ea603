/** Writes to a primary while a replica of the same kind follows. */
import { eventually } from '../../test/support/eventually.ts';
import type { TestServer } from '../../test/support/test-server.ts';
import type { BenchOptions } from '../options.ts';
import { compared, milliseconds, remarkOnWaits, type SectionResult } from '../report.ts';
import { loadKeys } from '../support/loading.ts';
import { driverCore } from '../support/pinning.ts';
import { type LoadResult, measureLoad } from '../support/redis-benchmark.ts';
import {
  caughtUp,
  type Kind,
  kinds,
  replicationInfo,
  startKind,
  withBoth,
  withClient,
} from '../support/servers.ts';
import { interleaved, rowsOf, waitsOf } from './throughput.ts';

const pipeline = 16;
const requests = 3_000_000;
const catchUpMs = 120_000;

/** A replica that lags must not be cut off in the middle of a measurement. */
const primaryArgs = [
  ...['--client-output-buffer-limit', 'replica 0 0 0'],
  ...['--repl-diskless-sync', 'yes', '--repl-diskless-sync-delay', '0'],
  ...['--enable-debug-command', 'yes'],
];
const replicaArgs = ['--enable-debug-command', 'yes'];

type Pair = { readonly primary: TestServer; readonly replica: TestServer };

/** Measures SET at a pipeline of 16, then lets the replicas prove that they have it all. */
export async function replica(
  options: BenchOptions,
  say: (line: string) => void,
): Promise<SectionResult> {
  return withBoth(primaryArgs, (primaries) =>
    withReplicas(primaries, async (pairs) => {
      for (const kind of kinds) await loadKeys(primaries[kind], options.rangeCount);
      for (const kind of kinds) await follow(pairs[kind]);
      say(`replica: set at a pipeline of ${pipeline}, one replica streaming`);
      const lags: Record<Kind, number> = { ours: 0, redis: 0 };
      const results = await interleaved(primaries, options.rounds, async (server, share) => {
        const kind = server === primaries.ours ? 'ours' : 'redis';
        const result = await measureLoad(server, {
          operation: 'set',
          pipeline,
          requests: Math.ceil(requests * options.share * share),
          keys: options.rangeCount,
        });
        // Before the other kind has its turn, so that nobody works beside it.
        const lagMs = await caughtUp(server, pairs[kind].replica, catchUpMs);
        lags[kind] = Math.max(lags[kind], lagMs);
        return result;
      });
      for (const kind of kinds) await checkSame(pairs[kind]);
      return resultOf(results, lags);
    }),
  );
}

function resultOf(
  results: Readonly<Record<Kind, readonly LoadResult[]>>,
  lags: Readonly<Record<Kind, number>>,
): SectionResult {
  const name = `SET, pipeline ${pipeline}, one replica`;
  return {
    title: 'Writes with a replica',
    rows: [
      ...rowsOf(name, results, { kind: 'ratio-at-least', bound: 1.2 }),
      compared('… replica has all, after the last request', lags, milliseconds),
    ],
    remarks: [
      'The replica shares the core of the generator. After the last round, digests of primary and ' +
        'replica were equal, and there was one full sync only.',
      remarkOnWaits(waitsOf(results)),
    ],
  };
}

async function withReplicas<T>(
  primaries: Readonly<Record<Kind, TestServer>>,
  use: (pairs: Readonly<Record<Kind, Pair>>) => Promise<T>,
): Promise<T> {
  const redis = await startKind('redis', replicaArgs, driverCore);
  try {
    const ours = await startKind('ours', replicaArgs, driverCore);
    try {
      return await use({
        ours: { primary: primaries.ours, replica: ours },
        redis: { primary: primaries.redis, replica: redis },
      });
    } finally {
      await ours.stop();
    }
  } finally {
    await redis.stop();
  }
}

async function follow({ primary, replica: follower }: Pair): Promise<void> {
  await withClient(follower, async (client) => {
    await client.send('REPLICAOF', '127.0.0.1', primary.port);
    const isUp = async () => (await replicationInfo(client)).get('master_link_status') === 'up';
    await eventually(isUp, { withinMs: catchUpMs, what: `the link of ${follower.name}` });
  });
}

/** Throws unless the replica holds what its primary holds, by one full sync and the stream. */
async function checkSame({ primary, replica: follower }: Pair): Promise<void> {
  const above = await withClient(primary, (client) => client.send('DEBUG', 'DIGEST'));
  const below = await withClient(follower, (client) => client.send('DEBUG', 'DIGEST'));
  if (above !== below) {
    throw new Error(`${primary.name}: digests differ, ${String(above)} and ${String(below)}`);
  }
  const stats = await withClient(primary, (client) => client.send('INFO', 'stats'));
  const fullSyncs = /sync_full:(\d+)/.exec(String(stats))?.[1];
  if (fullSyncs !== '1') throw new Error(`${primary.name}: ${fullSyncs} full syncs, not one`);
}
