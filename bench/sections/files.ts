/** Saving mixed data to a file and loading it at the next start. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../test/support/eventually.ts';
import { makeTempDir } from '../../test/support/temp-dir.ts';
import type { TestServer } from '../../test/support/test-server.ts';
import type { BenchOptions } from '../options.ts';
import { compared, median, megabytes, type SectionResult, seconds } from '../report.ts';
import { fill, fills } from '../support/fills.ts';
import { loadKeys } from '../support/loading.ts';
import { type Kind, kinds, startKind, withClient } from '../support/servers.ts';

interface FileFacts {
  readonly saveSeconds: number;
  readonly loadSeconds: number;
  readonly fileBytes: number;
}

const waitMs = 300_000;

/** Fills, saves in the background, stops and starts each server in turn. */
export async function files(
  options: BenchOptions,
  say: (line: string) => void,
): Promise<SectionResult> {
  const all: Record<Kind, FileFacts[]> = { ours: [], redis: [] };
  const rounds = Math.min(options.rounds, roundsMax);
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of kinds) {
      say(`files: ${kind}, round ${round + 1}`);
      all[kind].push(await measure(kind, options));
    }
  }
  const middle = (of: (facts: FileFacts) => number) => ({
    ours: median(all.ours.map(of)),
    redis: median(all.redis.map(of)),
  });
  const goal = { kind: 'ratio-at-most', bound: 0.7 } as const;
  return {
    title: 'Files',
    rows: [
      compared(
        'saving in the background',
        middle((facts) => facts.saveSeconds),
        seconds,
        goal,
      ),
      compared(
        'loading at the start',
        middle((facts) => facts.loadSeconds),
        seconds,
        goal,
      ),
      compared(
        'the file',
        middle((facts) => facts.fileBytes),
        megabytes,
      ),
    ],
    remarks: [
      `Strings and all other types, small and large; each server's own file with its default ` +
        `settings; medians of ${rounds} rounds. Times end when INFO says so.`,
    ],
  };
}

const roundsMax = 3;

async function measure(kind: Kind, options: BenchOptions): Promise<FileFacts> {
  const dir = await makeTempDir();
  const args = ['--dir', dir.path, '--dbfilename', 'data.rdb'];
  const file = join(dir.path, 'data.rdb');
  try {
    const first = await startKind(kind, args);
    let saveSeconds = 0;
    try {
      await fillAll(first, options);
      saveSeconds = await timeSave(first);
    } finally {
      await first.stop();
    }
    const fileBytes = statSync(file).size;
    const from = performance.now();
    const second = await startKind(kind, args);
    try {
      await untilInfo(second, 'persistence', 'loading:0');
      const loadSeconds = (performance.now() - from) / 1000;
      return { saveSeconds, loadSeconds, fileBytes };
    } finally {
      await second.stop();
    }
  } finally {
    await dir.remove();
  }
}

/** About a gigabyte in memory of redis-server with the full number of keys. */
async function fillAll(server: TestServer, options: BenchOptions): Promise<void> {
  await loadKeys(server, options.keyCount);
  for (const [i, what] of fills.entries()) {
    await withClient(server, async (client) => {
      // Every fill uses the same names: each gets a database of its own.
      await client.send('SELECT', i + 1);
      await fill(client, what, options.rangeCount);
    });
  }
}

async function timeSave(server: TestServer): Promise<number> {
  const from = performance.now();
  await withClient(server, (client) => client.send('BGSAVE'));
  await untilInfo(server, 'persistence', 'rdb_bgsave_in_progress:0');
  return (performance.now() - from) / 1000;
}

async function untilInfo(server: TestServer, section: string, line: string): Promise<void> {
  await withClient(server, (client) =>
    eventually(async () => String(await client.send('INFO', section)).includes(`${line}\r\n`), {
      withinMs: waitMs,
      what: line,
    }),
  );
}
