/** `npm run check`: format, lint, types, architecture and unit tests, in under a minute. */
import { programs, run, runBeside, say } from './lib/project.mjs';
import { ensureInstalled, ensureNode } from './lib/setup.mjs';

ensureNode();
ensureInstalled();

const [style, types] = await Promise.all([
  runBeside(programs.biome, ['ci', '--colors=off']),
  runBeside(programs.tsc, ['-p', '.']),
]);
report('format and lint', style);
report('types', types);

// Tests of `src` need no other server and no port; those of `test/architecture` read the source.
const tests = run(programs.vitest, ['run', 'src', 'test/architecture']);
process.exitCode = style.code === 0 && types.code === 0 && tests === 0 ? 0 : 1;

function report(name, { code, output }) {
  say(code === 0 ? `${name}: fine` : `${name}: failed\n${output}`);
}
