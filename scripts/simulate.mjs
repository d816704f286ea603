/** `npm run simulate -- --seed N`: runs clusters in one thread, with faults. */
import { programs, run } from './lib/project.mjs';
import { ensureInstalled, ensureNode } from './lib/setup.mjs';

ensureNode();
ensureInstalled();
process.exitCode = run(programs.tsx, ['test/simulation/run.ts', ...process.argv.slice(2)]);
