/** A command that no test names is a command that nobody has compared with the real server. */
import { expect, test } from 'vitest';
import { createCommandTable } from '../../src/commands/table.ts';
import { filesIn, only } from './source-files.ts';

const requests = filesIn(['test', 'src/commands', 'src/server'], '.ts')
  .filter(({ path }) => path.endsWith('.test.ts') || path.startsWith('test/'))
  .filter(({ path }) => !path.startsWith('test/architecture/'))
  .map(({ text }) => only(['literal'], text))
  .join('\n');

/** Words of a request stand in one text or in several: `'CLIENT LIST'`, `'CLIENT', 'LIST'`. */
function isNamed(fullName: string): boolean {
  const words = fullName.split('|').join(`['"\`,\\s]+`);
  return new RegExp(`['"\`\\s]${words}\\b`, 'i').test(requests);
}

test('commands: every one is executed by some test', () => {
  const commands = createCommandTable().commands;
  const runnable = commands.filter(({ subcommands }) => subcommands === null);

  const unnamed = runnable.map(({ fullName }) => fullName).filter((name) => !isNamed(name));

  expect(unnamed).toEqual([]);
  expect(runnable.length).toBeGreaterThan(100);
});
