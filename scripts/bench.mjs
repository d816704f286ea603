/** `npm run bench`: sets up, then measures. Arguments go to `bench/run.ts`. */
import { ensurePeers } from './lib/peers.mjs';
import { fail, inProject, programs, run } from './lib/project.mjs';
import { setUp } from './lib/setup.mjs';

setUp();
ensurePeers();
// Compiled like the server: a loader that transforms at run time would be measured along with it.
if (run(programs.tsc, ['-p', 'bench']) !== 0) fail('The benchmarks do not compile: see above.');
process.exitCode = run(inProject('tmp/bench/bench/run.js'), process.argv.slice(2));
