/**
 * `npm start`: sets up, then runs the server with the arguments given; without any (or with
 * `--for SECONDS`) the demonstration of a chain.
 */
import { inProject } from './lib/project.mjs';
import { setUp } from './lib/setup.mjs';

const args = process.argv.slice(2);
setUp();
const shows = args.length === 0 || args[0] === '--for';
const program = inProject(`dist/cli/${shows ? 'chain' : 'headwater'}.js`);
// In this very process: signals and the terminal are the program's own.
process.argv = [process.argv[0], program, ...args];
await import(program);
