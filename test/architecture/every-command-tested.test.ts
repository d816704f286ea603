/** A command that no test names is a command that nobody has compared with the real server. */
import { expect, test } from 'vitest';
import { createCommandTable } from '../../src/commands/table.ts';
import { filesIn, only } from './source-files.ts';

/** Titles say what a test shows; they run nothing. */
const title = /(?:\btest|\bdescribe|\))\(\s*(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")/g;

const requests = filesIn(['test', 'src/commands', 'src/server'], '.ts')
  .filter(({ path }) => path.endsWith('.test.ts') || path.startsWith('test/'))
  .filter(({ path }) => !path.startsWith('test/architecture/'))
  .map(({ text }) => only(['literal', 'code'], text).replace(title, ''))
  .map((text) => only(['literal'], text))
  .join('\n');

/** What stands before a request: a quote and a script's marks, or the end of the request before. */
const beginning = String.raw`(?:['"\`](?:(?:@\d|~\d+|%|\?|!) )*|\\r\\n)`;

/**
 * A request begins a text with its name in capitals; the words of a name stand in one text or in
 * several: `'CLIENT LIST'`, `'CLIENT', 'LIST'`.
 */
function isNamed(fullName: string): boolean {
  const words = fullName.toUpperCase().split('|').join(`(?: |['"\`]\\s+['"\`])`);
  return new RegExp(`${beginning}${words}(?:['"\`\\s]|\\\\r)`).test(requests);
}

test('commands: a name in a title, in another text or in small letters is no request', () => {
  expect(['get', 'client|list', 'setrange'].map(isNamed)).toEqual([true, true, true]);
  expect(['nothing|here', 'a', 'unheard'].map(isNamed)).toEqual([false, false, false]);
});

test('commands: every one is executed by some test', () => {
  const commands = createCommandTable().commands;
  const runnable = commands.filter(({ subcommands }) => subcommands === null);

  const unnamed = runnable.map(({ fullName }) => fullName).filter((name) => !isNamed(name));

  expect(unnamed).toEqual([]);
  expect(runnable.length).toBeGreaterThan(100);
});
