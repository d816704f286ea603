/**
 * `npm run bench`: Headwater beside redis-server, in numbers. It is compiled and then run by plain
 * Node from the project's folder (`scripts/bench.mjs`): all that is measured is the compiler's output.
 *
 * A missed goal is a result, not a failure; the exit code tells only whether all could be measured.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describeMachine, describeMoment } from './machine.ts';
import { type BenchOptions, parseOptions, type SectionName, usage } from './options.ts';
import { bodyOf, type SectionResult } from './report.ts';
import { type BlockName, updated } from './results.ts';
import { commands } from './sections/commands.ts';
import { elements } from './sections/elements.ts';
import { files } from './sections/files.ts';
import { large } from './sections/large.ts';
import { memory } from './sections/memory.ts';
import { micro } from './sections/micro.ts';
import { replica } from './sections/replica.ts';
import { stalls } from './sections/stalls.ts';
import { startup } from './sections/startup.ts';
import { sync } from './sections/sync.ts';
import { throughput } from './sections/throughput.ts';
import { pinningText } from './support/pinning.ts';

type Section = (options: BenchOptions, say: (line: string) => void) => Promise<SectionResult>;

const sections: Readonly<Record<SectionName, Section>> = {
  startup,
  micro,
  throughput,
  commands,
  large,
  replica,
  memory,
  elements,
  files,
  stalls,
  sync,
};

const resultsFile = 'bench/RESULTS.md';

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === null) return 2;
  const machine = [...describeMachine(), `- Run: ${pinningText}`].join('\n');
  print(`${machine}\n`);
  const blocks = new Map<BlockName, string>([['machine', machine]]);
  let failures = 0;
  for (const name of options.sections) {
    try {
      const result = await sections[name](options, progress);
      const block = `## ${result.title}\n\n${bodyOf(result)}\n- ${describeMoment()}`;
      blocks.set(name, block);
      print(`${block}\n`);
    } catch (error) {
      failures += 1;
      print(
        `## ${name}: not measured\n\n${error instanceof Error ? error.stack : String(error)}\n`,
      );
    }
  }
  if (options.write) write(blocks);
  return failures === 0 ? 0 : 1;
}

function readOptions(args: readonly string[]): BenchOptions | null {
  try {
    return parseOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return null;
  }
}

function write(blocks: ReadonlyMap<BlockName, string>): void {
  const old = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8') : '';
  writeFileSync(resultsFile, updated(old, blocks));
  progress(`${resultsFile} is written`);
}

/** Results go to standard output, what is under way to standard error. */
function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function progress(line: string): void {
  process.stderr.write(`${line} …\n`);
}

// Leaving in order is what ends the processes that were started.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

process.exitCode = await main(process.argv.slice(2));
