import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { configErrorText, parseConfig, splitWords } from './config-file.ts';
import { quoted } from './settings/kinds.ts';

function filesOf(contents: Record<string, string>) {
  return {
    read(path: string) {
      const value = contents[path];
      if (value === undefined) return { ok: false, reason: 'No such file or directory' } as const;
      return { ok: true, value } as const;
    },
    matching: (pattern: string) =>
      Object.keys(contents).filter((name) => name.startsWith(pattern.slice(0, -1))),
  };
}

function parsed(content: string, files: Record<string, string> = {}) {
  const result = parseConfig(content, 'main.conf', filesOf(files));
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.directives.map(({ name, words }) => [name, ...words]);
}

function errorOf(content: string, files: Record<string, string> = {}) {
  const result = parseConfig(content, 'main.conf', filesOf(files));
  if (result.ok) throw new Error('no error');
  return result.error;
}

describe('configuration file: words', () => {
  test.each([
    ['a b', ['a', 'b']],
    ['  a \t b ', ['a', 'b']],
    ['a "b c"', ['a', 'b c']],
    ['a "\\x41\\n\\r\\t\\b\\a\\q\\""', ['a', 'A\n\r\t\b\x07q"']],
    ["a 'b \\' \\n'", ['a', "b ' \\n"]],
    ['a ""', ['a', '']],
    ['a x"y z"', ['a', 'xy z']],
    ['a # b', ['a', '#', 'b']],
  ])('%s', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });

  test.each(['a "b', "a 'b", 'a "b"c', 'a "b\\'])('quotes that do not match: %s', (line) => {
    expect(splitWords(line)).toBeNull();
  });

  test('any words come back from their quoted form', () => {
    const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
    const word = fc.array(byte).map((bytes) => bytes.join(''));
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(splitWords(words.map(quoted).join(' '))).toEqual(words);
      }),
    );
  });

  test('any text gives words or null', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (line) => {
        const words = splitWords(line);
        expect(words === null || Array.isArray(words)).toBe(true);
      }),
    );
  });
});

describe('configuration file: lines', () => {
  test('comments and empty lines are nothing, names come in any case', () => {
    expect(parsed('# a\n\n  \r\n PORT 7000\r\n\tsave "1 2"\n')).toEqual([
      ['port', '7000'],
      ['save', '1 2'],
    ]);
  });

  test('an included file stands where its include does', () => {
    const files = { 'a.conf': 'port 1\ninclude b.conf', 'b.conf': 'port 2' };

    expect(parsed('hz 5\ninclude a.conf\nport 3', files)).toEqual([
      ['hz', '5'],
      ['port', '1'],
      ['port', '2'],
      ['port', '3'],
    ]);
  });

  test('an include with a pattern takes all that fits, and nothing is no error', () => {
    const files = { 'd/a.conf': 'port 1', 'd/b.conf': 'port 2' };

    expect(parsed('include d/*', files)).toEqual([
      ['port', '1'],
      ['port', '2'],
    ]);
    expect(parsed('include none/*', files)).toEqual([]);
  });

  test('an error names file, line and reason', () => {
    expect(errorOf('port 1\n\n port "7001 ')).toEqual({
      source: 'main.conf',
      line: 3,
      raw: 'port "7001',
      reason: 'Unbalanced quotes in configuration line',
    });
    expect(errorOf('include a', { a: 'x "' })).toMatchObject({ source: 'a', line: 1 });
    expect(errorOf('include gone').reason).toBe(
      "can't open config file 'gone': No such file or directory",
    );
    expect(errorOf('include a', { a: 'include a' }).reason).toBe(
      'too many nested include directives',
    );
  });

  test('the error text has the shape that Redis gives it', () => {
    expect(configErrorText(errorOf('a "'), 'Headwater 0.1.0')).toBe(
      [
        '',
        '*** FATAL CONFIG FILE ERROR (Headwater 0.1.0) ***',
        'Reading the configuration file, at line 1 (main.conf)',
        `>>> 'a "'`,
        'Unbalanced quotes in configuration line',
        '',
      ].join('\n'),
    );
  });
});
