/** What `npm run bench` was asked to do. */
import { parseArgs } from 'node:util';

/** The sections, in the order in which they run. */
export const sectionNames = [
  'startup',
  'micro',
  'throughput',
  'commands',
  'large',
  'replica',
  'memory',
  'elements',
  'files',
  'stalls',
  'sync',
] as const;

export type SectionName = (typeof sectionNames)[number];

/** How much to measure. */
export interface BenchOptions {
  readonly sections: readonly SectionName[];
  /** A look rather than a measurement: few keys, few rounds. */
  readonly isQuick: boolean;
  /** Whether `bench/RESULTS.md` is updated. */
  readonly write: boolean;
  /** Rounds of each comparison; the median counts. */
  readonly rounds: number;
  /** Keys of the memory and sync sections. */
  readonly keyCount: number;
  /** Keys of the throughput and replica sections. */
  readonly rangeCount: number;
  /** Requests of one redis-benchmark run, as a share of the full number. */
  readonly share: number;
}

export const usage = `npm run bench -- [SECTION…] [--quick] [--write] [--rounds N] [--keys N]

  SECTION    ${sectionNames.join(', ')}; all of them by default
  --quick    few keys and rounds: shows that it works, says little
  --write    updates bench/RESULTS.md
  --rounds   rounds of each comparison, default 5
  --keys     keys of the memory and sync sections, default 5000000
`;

/** Reads the command line. Throws an error whose message is for the person who typed it. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      keys: { type: 'string' },
    },
  });
  const unknown = positionals.find((name) => !sectionNames.some((each) => each === name));
  if (unknown !== undefined) throw new Error(`there is no section "${unknown}"`);
  const isQuick = values.quick;
  const wanted = sectionNames.filter((name) => positionals.includes(name));
  return {
    sections: wanted.length === 0 ? sectionNames : wanted,
    isQuick,
    write: values.write,
    rounds: countOf('--rounds', values.rounds, isQuick ? 1 : 5),
    keyCount: countOf('--keys', values.keys, isQuick ? 200_000 : 5_000_000),
    rangeCount: isQuick ? 100_000 : 1_000_000,
    share: isQuick ? 0.05 : 1,
  };
}

function countOf(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new Error(`${name} takes a whole number above 0`);
  return count;
}
