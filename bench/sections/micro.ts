/** The parts that hot paths are made of, each measured alone in a process of its own. */
import type { Measured } from '../micro/measure.ts';
import type { BenchOptions } from '../options.ts';
import {
  alone,
  bytes,
  type Format,
  megabytes,
  millionsPerSecond,
  nanoseconds,
  type SectionResult,
} from '../report.ts';
import { pinned, serverCore } from '../support/pinning.ts';
import { ownProgram, runProgram } from '../support/run-program.ts';

/** Files of `bench/micro`. */
const subjects = ['copy', 'hash', 'parser', 'table', 'rdb', 'crc64'] as const;
const timeoutMs = 120_000;

const formats: Readonly<Record<Measured['unit'], Format>> = {
  'ns': nanoseconds,
  'bytes': bytes,
  'per-second': millionsPerSecond,
  'bytes-per-second': (value) => `${megabytes(value)}/s`,
};

/** Runs all of them on the servers' core. */
export async function micro(
  options: BenchOptions,
  say: (line: string) => void,
): Promise<SectionResult> {
  const measured: Measured[] = [];
  for (const subject of subjects) {
    say(`micro: ${subject}`);
    const program = ownProgram(`micro/${subject}`, options.isQuick ? 'quick' : 'full');
    const output = await runProgram(pinned(serverCore, program), timeoutMs);
    measured.push(...(JSON.parse(output) as Measured[]));
  }
  return {
    title: 'Parts',
    rows: measured.map(({ what, value, unit }) => alone(what, value, formats[unit])),
    remarks: ['Medians of several runs after a warm-up, in a process for each part.'],
  };
}
