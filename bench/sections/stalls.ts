/** Writes to a value of a million elements while a snapshot is taken: how long anybody waits. */
import { eventually } from '../../test/support/eventually.ts';
import type { TestServer } from '../../test/support/test-server.ts';
import type { BenchOptions } from '../options.ts';
import { compared, milliseconds, type Row, type SectionResult } from '../report.ts';
import { type Fill, fill, fills } from '../support/fills.ts';
import { type ProbeFacts, startProbe } from '../support/loading.ts';
import { measureRequest } from '../support/redis-benchmark.ts';
import { type Kind, kinds, startKind, withClient } from '../support/servers.ts';

const random = '__rand_int__';

/** One request that changes an element somewhere, by the name of the fill. */
const writes: Readonly<Record<string, readonly string[]>> = {
  list: ['LMOVE', 'key', 'key', 'LEFT', 'RIGHT'],
  set: ['SADD', 'key', `other:${random}`],
  hash: ['HSET', 'key', `field:${random}`, 'another value'],
  'sorted set': ['ZADD', 'key', random, `member:${random}`],
  stream: ['XADD', 'key', '*', 'field', 'another value'],
};

interface Waits {
  /** The longest that one command took, by the server's own clock. */
  readonly command: number;
  readonly probe: ProbeFacts;
}

/** Measures each type on a fresh server of each kind. */
export async function stalls(
  options: BenchOptions,
  say: (line: string) => void,
): Promise<SectionResult> {
  const rows: Row[] = [];
  for (const what of fills) {
    if (what.perKey !== 'all' || writes[what.name] === undefined) continue;
    say(`stalls: ${what.name}`);
    const waits = {} as Record<Kind, readonly Waits[]>;
    for (const kind of kinds) waits[kind] = await measure(kind, what, options);
    rows.push(...rowsOf(`${what.name}: `, waits, 0));
    rows.push(...rowsOf(`${what.name}, snapshot ${snapshots}: `, waits, snapshots - 1));
  }
  return {
    title: 'Writes during a snapshot',
    rows,
    remarks: [
      `One key with ${options.rangeCount} elements; BGSAVE, and writes to random elements meanwhile. ` +
        "The longest command is the slow log's; another client asks each millisecond. The first " +
        'snapshot of a server, and a later one of the same.',
    ],
  };
}

function rowsOf(
  name: string,
  waits: Readonly<Record<Kind, readonly Waits[]>>,
  snapshot: number,
): readonly Row[] {
  const both = (of: (facts: Waits) => number) => ({
    ours: of(waits.ours[snapshot]),
    redis: of(waits.redis[snapshot]),
  });
  const goal = { kind: 'value-at-most', bound: 5 } as const;
  return [
    compared(
      `${name}the longest command`,
      both(({ command }) => command),
      milliseconds,
      goal,
    ),
    compared(
      '… the worst wait of another client',
      both(({ probe }) => probe.worstMs),
      milliseconds,
    ),
    compared(
      '… 99 of 100 waits below',
      both(({ probe }) => probe.p99Ms),
      milliseconds,
    ),
  ];
}

async function measure(kind: Kind, what: Fill, options: BenchOptions): Promise<readonly Waits[]> {
  const server = await startKind(kind, ['--slowlog-log-slower-than', '1000000000']);
  try {
    await withClient(server, (client) => fill(client, what, options.rangeCount));
    // A first run makes the code of these requests hot: that is not what is measured.
    await write(server, what, options, warmUpRequests);
    await withClient(server, (client) =>
      client.send('CONFIG', 'SET', 'slowlog-log-slower-than', 200, 'save', ''),
    );
    const waits: Waits[] = [];
    for (let i = 0; i < snapshots; i += 1) waits.push(await measureOne(server, what, options));
    return waits;
  } finally {
    await server.stop();
  }
}

async function measureOne(server: TestServer, what: Fill, options: BenchOptions): Promise<Waits> {
  await withClient(server, (client) => client.send('SLOWLOG', 'RESET'));
  const probe = await startProbe(server);
  await withClient(server, (client) => client.send('BGSAVE'));
  await write(server, what, options, requests);
  await withClient(server, (client) =>
    eventually(
      async () =>
        String(await client.send('INFO', 'persistence')).includes('rdb_bgsave_in_progress:0\r\n'),
      { withinMs: 120_000, what: 'the end of the snapshot' },
    ),
  );
  return { command: await longestCommandMs(server), probe: await probe.stop() };
}

/** So many of each server: the first finds code that has not run before. */
const snapshots = 3;
const warmUpRequests = 20_000;
const requests = 60_000;

async function write(
  server: TestServer,
  what: Fill,
  options: BenchOptions,
  count: number,
): Promise<void> {
  await measureRequest(server, {
    request: writes[what.name],
    pipeline: 1,
    requests: count,
    keys: options.rangeCount,
  });
}

/** From the slow log; 0 when nothing was slow enough for it. */
async function longestCommandMs(server: TestServer): Promise<number> {
  const log = await withClient(server, (client) => client.send('SLOWLOG', 'GET', -1));
  if (!Array.isArray(log)) throw new Error('SLOWLOG GET gave no list');
  let longestUs = 0;
  for (const entry of log) {
    const words = Array.isArray(entry) ? JSON.stringify(entry[3]) : '';
    // BGSAVE itself forks in redis-server; it is counted, because everybody waits for it.
    if (words.includes('INFO') || words.includes('CONFIG')) continue;
    if (Array.isArray(entry)) longestUs = Math.max(longestUs, Number(String(entry[2]).slice(1)));
  }
  return longestUs / 1000;
}
