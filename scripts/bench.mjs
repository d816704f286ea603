/** `npm run bench`: sets up, then measures. Arguments go to `bench/run.ts`. */
import { programs, run } from './lib/project.mjs';
import { setUp } from './lib/setup.mjs';

setUp();
process.exitCode = run(programs.tsx, ['bench/run.ts', ...process.argv.slice(2)]);
