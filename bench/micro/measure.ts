/** Timing of small pieces of code, shared by the programs of this folder. */
import { compileGenerously } from '../../src/runtime/node/compiler.ts';
import { median } from '../report.ts';

/** One result, as a program of this folder prints it. */
export interface Measured {
  readonly what: string;
  readonly value: number;
  readonly unit: 'ns' | 'bytes' | 'per-second' | 'bytes-per-second';
}

/** Whether a look is enough. */
export const isQuick = process.argv[2] === 'quick';

// As the server does.
compileGenerously();

const rounds = isQuick ? 3 : 9;
const warmUps = 2;

/**
 * Nanoseconds for one of `count` operations, the median of several calls of `work`, which does all of
 * them and returns a number that depends on what it did, so that nothing is optimized away.
 */
export function nanosecondsOf(count: number, work: () => number): number {
  const times: number[] = [];
  for (let round = -warmUps; round < rounds; round += 1) {
    const from = process.hrtime.bigint();
    sink += work();
    const ns = Number(process.hrtime.bigint() - from);
    if (round >= 0) times.push(ns / count);
  }
  return median(times);
}

/** Prints what was measured. */
export function report(measured: readonly Measured[]): void {
  if (Number.isNaN(sink)) process.stderr.write('the work gave no number\n');
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

let sink = 0;
