/**
 * `npm run soak -- --minutes N`: random programs against redis-server, clusters with faults, and the
 * fuzzers, each longer than in `npm test` and from fresh seeds, round after round until the time is
 * over. Stops at the first failure and says how to repeat it.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ensurePeers } from './lib/peers.mjs';
import { fail, programs, runBeside, say } from './lib/project.mjs';
import { setUp } from './lib/setup.mjs';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) fail('--minutes takes a number above 0.');
if (values.seed !== undefined && !/^\d{1,9}$/.test(values.seed)) {
  fail('--seed takes a number of at most nine digits.');
}

setUp();
ensurePeers();

/** What a round does: the program, its arguments and its environment, all from one seed. */
const steps = [
  {
    name: 'random programs on two servers',
    amount: '3000 programs, and 2 times 300 on a replica',
    program: programs.vitest,
    args: () => ['run', 'differential.test'],
    env: (seed) => ({
      HEADWATER_DIFFERENTIAL_RUNS: '3000',
      HEADWATER_DIFFERENTIAL_SEED: String(seed),
    }),
    repeat: 'npx vitest run differential.test',
  },
  {
    name: 'simulated clusters',
    amount: '500 random walks',
    program: programs.tsx,
    args: (seed) => ['test/simulation/run.ts', '--seed', String(seed), '--count', '500'],
    env: () => ({}),
    repeat: 'npm run simulate -- --count 500 --seed',
  },
  {
    name: 'fuzzers',
    amount: '30 seconds each',
    program: programs.vitest,
    args: () => ['run', 'test/fuzz/'],
    env: (seed) => ({ HEADWATER_FUZZ_SECONDS: '30', HEADWATER_FUZZ_SEED: String(seed) }),
    repeat: 'npx vitest run test/fuzz/',
  },
];

const endsAtMs = Date.now() + minutes * 60_000;
for (let round = 1; Date.now() < endsAtMs; round += 1) {
  const seed = round === 1 && values.seed !== undefined ? Number(values.seed) : randomInt(1e9);
  say(`round ${round}, seed ${seed}`);
  for (const step of steps) {
    if (Date.now() < endsAtMs) await runStep(step, seed);
  }
}
say(`No failure in ${minutes} minutes.`);

async function runStep(step, seed) {
  const startedAtMs = Date.now();
  const env = step.env(seed);
  const { code, output } = await runBeside(step.program, step.args(seed), env);
  const seconds = Math.round((Date.now() - startedAtMs) / 1000);
  if (code === 0) {
    say(`  ${step.name}: ${step.amount}, fine after ${seconds} s`);
    return;
  }
  say(output.slice(-20_000));
  fail(`${step.name} failed after ${seconds} s. Repeat with:\n  ${commandOf(step, env, seed)}`);
}

function commandOf(step, env, seed) {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value} `);
  return settings.length > 0 ? `${settings.join('')}${step.repeat}` : `${step.repeat} ${seed}`;
}
