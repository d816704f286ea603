import { expect, test } from 'vitest';
import type { TextFiles } from '../runtime/text-files.ts';
import { parseCommandLine } from './command-line.ts';
import { loadSettings } from './config-file-load.ts';

const missing = { ok: false, reason: 'No such file or directory' } as const;

/** Loads settings as if the files held `contents`. */
function load(args: readonly string[], contents: Record<string, string> = {}, input = '') {
  const files: TextFiles = {
    read: (path) => {
      const value = contents[path];
      return value === undefined ? missing : { ok: true, value };
    },
    replace: () => missing,
    matching: () => [],
    directory: (path) => (path.startsWith('/gone') ? missing : { ok: true, value: path }),
  };
  const line = parseCommandLine(args);
  if (line.kind !== 'run') throw new Error(line.kind);
  return loadSettings(line, {
    files,
    readStandardInput: () => input,
    absolute: (path) => `/here/${path}`,
  });
}

test('configuration: the file, then standard input, then the command line', () => {
  const contents = { '/here/a.conf': 'port 1\nhz 11\ntimeout 1' };

  const loaded = load(['a.conf', '--port', '3', '-'], contents, 'port 2\nhz 12');

  if (!loaded.ok) throw new Error('refused');
  expect(loaded.configFile).toBe('/here/a.conf');
  expect(['port', 'hz', 'timeout'].map((name) => loaded.settings.get([name])[0]?.[1])).toEqual([
    '3',
    '12',
    '1',
  ]);
});

test('configuration: a file that cannot be read is told with its path', () => {
  expect(load(['none.conf'])).toEqual({
    ok: false,
    kind: 'unreadable',
    reason: "can't open config file '/here/none.conf': No such file or directory",
  });
});

test('configuration: a wrong directive is told with its place', () => {
  const wrong = load(['--port', '1', '--foo', 'a b']);

  expect(wrong).toMatchObject({
    kind: 'wrong',
    error: {
      source: 'command line',
      line: 2,
      raw: 'foo "a b"',
      reason: 'Bad directive or wrong number of arguments',
    },
  });
});

test('configuration: the directory must exist', () => {
  expect(load(['--dir', '/gone/x'])).toMatchObject({ error: { reason: missing.reason } });
});
