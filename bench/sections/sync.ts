/** A full sync of millions of keys, to a replica of the same kind. */
import { eventually } from '../../test/support/eventually.ts';
import type { TestServer } from '../../test/support/test-server.ts';
import type { BenchOptions } from '../options.ts';
import {
  compared,
  median,
  megabytes,
  milliseconds,
  percent,
  remarkOnWaits,
  type SectionResult,
  seconds,
} from '../report.ts';
import { loadKeys, startProbe } from '../support/loading.ts';
import { driverCore } from '../support/pinning.ts';
import { MemoryWatch, residentBytes, WaitWatch } from '../support/process-facts.ts';
import {
  type Kind,
  kinds,
  replicationInfo,
  startKind,
  withBoth,
  withClient,
} from '../support/servers.ts';

const primaryArgs = ['--repl-diskless-sync', 'yes', '--repl-diskless-sync-delay', '0'];

/** How a replica takes the snapshot; each kind is judged by the way that is its fastest. */
const loadModes = ['disabled', 'on-empty-db'] as const;
type LoadMode = (typeof loadModes)[number];

const syncTimeoutMs = 120_000;
const settleMs = 1_000;
const roundsMax = 3;

interface Sync {
  readonly seconds: number;
  readonly worstStallMs: number;
  readonly peakBytes: number;
  readonly waitedPercent: number;
}

/** All that was seen of one kind. */
interface KindFacts {
  readonly secondsBy: Readonly<Record<LoadMode, number>>;
  readonly worstStallMs: number;
  readonly residentBytes: number;
  readonly growthBytes: number;
  readonly waitedPercent: number;
}

/** Loads a primary of each kind, then syncs fresh replicas from them, in turns. */
export async function sync(
  options: BenchOptions,
  say: (line: string) => void,
): Promise<SectionResult> {
  return withBoth(primaryArgs, async (primaries) => {
    const before: Record<Kind, number> = { ours: 0, redis: 0 };
    for (const kind of kinds) {
      say(`sync: loading ${options.keyCount} keys into ${primaries[kind].name}`);
      await loadKeys(primaries[kind], options.keyCount);
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      before[kind] = residentBytes(primaries[kind].pid);
    }
    const syncs: Record<Kind, Record<LoadMode, Sync[]>> = {
      ours: { 'disabled': [], 'on-empty-db': [] },
      redis: { 'disabled': [], 'on-empty-db': [] },
    };
    const rounds = Math.min(options.rounds, roundsMax);
    for (let round = 0; round < rounds; round += 1) {
      for (const mode of loadModes) {
        for (const kind of kinds) {
          say(`sync: ${kind}, repl-diskless-load ${mode}, round ${round + 1} of ${rounds}`);
          const one = await measureSync(kind, primaries[kind], mode, options.keyCount);
          syncs[kind][mode].push(one);
        }
      }
    }
    return resultOf(
      { ours: factsOf(syncs.ours, before.ours), redis: factsOf(syncs.redis, before.redis) },
      options.keyCount,
      rounds,
    );
  });
}

function factsOf(syncs: Readonly<Record<LoadMode, readonly Sync[]>>, before: number): KindFacts {
  const all = loadModes.flatMap((mode) => syncs[mode]);
  const secondsOf = (mode: LoadMode) => median(syncs[mode].map((each) => each.seconds));
  return {
    secondsBy: { 'disabled': secondsOf('disabled'), 'on-empty-db': secondsOf('on-empty-db') },
    worstStallMs: Math.max(...all.map((each) => each.worstStallMs)),
    residentBytes: before,
    growthBytes: Math.max(...all.map((each) => each.peakBytes)) - before,
    waitedPercent: Math.max(...all.map((each) => each.waitedPercent)),
  };
}

function resultOf(
  facts: Readonly<Record<Kind, KindFacts>>,
  keyCount: number,
  rounds: number,
): SectionResult {
  const both = (of: (each: KindFacts) => number) => ({
    ours: of(facts.ours),
    redis: of(facts.redis),
  });
  const fastest = both(({ secondsBy }) => Math.min(...Object.values(secondsBy)));
  const share = both((each) => (each.growthBytes / each.residentBytes) * 100);
  return {
    title: 'Full sync',
    rows: [
      compared('REPLICAOF to link up, fastest way', fastest, seconds, {
        kind: 'ratio-at-most',
        bound: 0.6,
      }),
      ...loadModes.map((mode) =>
        compared(
          `… repl-diskless-load ${mode}`,
          both((each) => each.secondsBy[mode]),
          seconds,
        ),
      ),
      compared(
        'worst stall on the primary',
        both((each) => each.worstStallMs),
        milliseconds,
        {
          kind: 'value-at-most',
          bound: 10,
        },
      ),
      compared('growth of the primary', share, percent, { kind: 'value-at-most', bound: 5 }),
      compared(
        '… in bytes',
        both((each) => each.growthBytes),
        megabytes,
      ),
    ],
    remarks: [
      `${keyCount} keys of 16 bytes with values of 16 bytes, diskless, delay 0, a fresh replica each ` +
        `time; medians of ${rounds} rounds, stalls and growth the worst of all. The replica shares the ` +
        "generators' core. Growth counts redis-server's parent process alone, not its fork.",
      // A fork shares its parent's core: only of ours does waiting mean that others worked there.
      remarkOnWaits([facts.ours.waitedPercent]),
    ],
  };
}

async function measureSync(
  kind: Kind,
  primary: TestServer,
  mode: LoadMode,
  keyCount: number,
): Promise<Sync> {
  const replica = await startKind(kind, ['--repl-diskless-load', mode], driverCore);
  try {
    const probe = await startProbe(primary);
    const watch = new MemoryWatch(primary.pid);
    const waits = new WaitWatch(primary.pid);
    const spent = await timeSync(replica, primary.port, keyCount);
    const waitedPercent = waits.percent();
    const peakBytes = watch.stop();
    const { worstMs } = await probe.stop();
    return { seconds: spent, worstStallMs: worstMs, peakBytes, waitedPercent };
  } finally {
    await replica.stop();
  }
}

function timeSync(replica: TestServer, primaryPort: number, keyCount: number): Promise<number> {
  return withClient(replica, async (client) => {
    const from = performance.now();
    await client.send('REPLICAOF', '127.0.0.1', primaryPort);
    await eventually(
      async () => (await replicationInfo(client)).get('master_link_status') === 'up',
      { withinMs: syncTimeoutMs, what: `the full sync of ${replica.name}` },
    );
    const size = await client.send('DBSIZE');
    const spent = (performance.now() - from) / 1000;
    if (size !== `:${keyCount}`) throw new Error(`${replica.name} holds ${String(size)} keys`);
    return spent;
  });
}
