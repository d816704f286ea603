/** `npm run simulate -- --seed N [--count M]`: random walks with their steps, from one seed on. */
import { parseArgs } from 'node:util';
import { RandomWalk, WalkFailure } from './random-walk.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    quiet: { type: 'boolean', default: false },
  },
});

const first = Number(values.seed);
const count = Number(values.count);
let failures = 0;

for (let seed = first; seed < first + count; seed += 1) {
  const walk = new RandomWalk(seed);
  try {
    walk.run();
    if (count === 1 && !values.quiet) print(walk.steps.join('\n'));
    print(`seed ${seed}: every rule was kept`);
  } catch (error) {
    if (!(error instanceof WalkFailure)) throw error;
    failures += 1;
    print(`seed ${seed}: ${error.message}`);
  }
}
process.exitCode = failures === 0 ? 0 : 1;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
