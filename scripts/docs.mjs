/** `npm run docs`: writes the generated documents; with `--check` only says which are stale. */
import { programs, run } from './lib/project.mjs';
import { ensureInstalled, ensureNode } from './lib/setup.mjs';

ensureNode();
ensureInstalled();
process.exitCode = run(programs.tsx, ['scripts/docs/write.ts', ...process.argv.slice(2)]);
