import { describe, expect, test } from 'vitest';
import { parseCommandLine } from './command-line.ts';

/** The parts of a line that runs the server. */
function run(...args: string[]) {
  const parsed = parseCommandLine(args);
  if (parsed.kind !== 'run') throw new Error(parsed.kind);
  return [parsed.configFile, parsed.readsStandardInput, parsed.directives.split('\n')] as const;
}

describe('command line', () => {
  test('nothing: no file, no directives', () => {
    expect(run()).toEqual([null, false, ['']]);
    expect(run('')).toEqual([null, false, ['']]);
  });

  test('a file, directives with one value and with several', () => {
    expect(run('a.conf', '--port', '8001', '--slaveof', '127.0.0.1', '8000')).toEqual([
      'a.conf',
      false,
      ['port "8001" ', 'slaveof "127.0.0.1" "8000" '],
    ]);
  });

  test('a value may start with two dashes, a name and its value may be one argument', () => {
    expect(run('--masterauth', '--secret', '--port 6380', '--hz', '5')[2]).toEqual([
      'masterauth "--secret" ',
      'port 6380 ',
      'hz "5" ',
    ]);
  });

  test('an empty list of save points', () => {
    expect(run('--save', '--port', '1')[2]).toEqual(['save ""', 'port "1" ']);
    expect(run('--port', '1', '--save')[2]).toEqual(['port "1" ', 'save ""']);
    expect(run('--save', '')[2]).toEqual(['save "" ']);
  });

  test('standard input, first or last', () => {
    expect(run('-', '--port', '1')).toEqual([null, true, ['port "1" ']]);
    expect(run('a.conf', '--port', '1', '-')).toEqual(['a.conf', true, ['port "1" ']]);
    expect(run('--port', '-', '--hz', '5')[1]).toBe(false);
  });

  test('bytes beyond ASCII become one character each', () => {
    expect(run('--requirepass', 'é')[2]).toEqual(['requirepass "\\xc3\\xa9" ']);
  });

  test('words that stand alone', () => {
    expect(parseCommandLine(['-v']).kind).toBe('version');
    expect(parseCommandLine(['--version', 'x']).kind).toBe('version');
    expect(parseCommandLine(['-h']).kind).toBe('help');
    expect(parseCommandLine(['--test-memory', '5']).kind).toBe('refused');
    expect(parseCommandLine(['a.conf', '--sentinel'])).toEqual({
      kind: 'refused',
      reason: 'Sentinel mode is not supported yet.',
    });
  });
});
