import { describe, expect, test } from 'vitest';
import { bytesOfLatin1, latin1Of } from '../../src/base/bytes.ts';
import { configErrorText, parseConfig } from '../../src/server/config-file.ts';
import { SettingsStore } from '../../src/server/settings/store.ts';
import { settingNames } from '../../src/server/settings/table.ts';
import { stockDirectives } from '../conformance/config-cases.ts';
import { type Dice, fuzzSeconds, fuzzSeed, mutate, newDice, shown } from './mutate.ts';

/** Files that a reader of redis.conf could choke on. */
const hostileFiles: Readonly<Record<string, string>> = {
  'nothing': '',
  'zero bytes': '\0\0port\0 1\0\n',
  'a line of a megabyte': `masterauth ${'x'.repeat(1_000_000)}\n`,
  'a hundred thousand words': `bind ${'a '.repeat(100_000)}\n`,
  'a hundred thousand empty lines': '\r\n'.repeat(100_000),
  'quotes that never end': `requirepass "${'\\x4'.repeat(1_000)}`,
  'a quote that ends with a backslash': 'requirepass "\\',
  'an include of itself': 'include main.conf\n',
  'an include of many': 'include *.conf\ninclude ?\ninclude [\n',
  'bytes above 127': 'port \xff\xfe\nmaster\xe9auth x\n',
  'numbers beyond all numbers': `port ${'9'.repeat(400)}\nhz -${'9'.repeat(400)}\ntimeout 1e9\n`,
  'sizes beyond all sizes': 'repl-backlog-size 99999999999gb\nmaxmemory 1.5gb\nmaxmemory -1\n',
  'limits cut short': 'client-output-buffer-limit normal 1\nclient-output-buffer-limit x 1 2 3\n',
  'names from another world': '__proto__ x\nconstructor y\ntoString z\nhasOwnProperty 1\n',
};

const confBytes = bytesOfLatin1('\r\n\t "\'\\#x0-9*[]?@:.kKmMgGbB%\0\xff');

const files = {
  read: (path: string) =>
    path === 'main.conf'
      ? ({ ok: true, value: 'include main.conf\n' } as const)
      : ({ ok: false, reason: 'No such file or directory' } as const),
  matching: () => ['main.conf', 'main.conf'],
};

/** Reads a file to its end and takes what it says; checks what must hold whatever it is. */
function expectSound(content: string, write = (line: string): string => line): void {
  const lineCount = content.split('\n').length;
  const parsed = parseConfig(content, 'main.conf', files);
  if (!parsed.ok) {
    expect(parsed.error.reason).not.toBe('');
    expect(configErrorText(parsed.error, 'X')).toContain(`at line ${parsed.error.line}`);
    return;
  }
  const settings = new SettingsStore();
  for (const directive of parsed.directives) {
    expect(directive.line).toBeGreaterThanOrEqual(1);
    expect(directive.line).toBeLessThanOrEqual(lineCount);
    expect(directive.name).toBe(directive.name.toLowerCase());
    const taken = settings.take(directive);
    if (!taken.ok) expect(taken.reason).not.toBe('');
  }
  expectRewritable(settings, write);
}

/** What was taken can be written as a file, and read back from it. */
function expectRewritable(settings: SettingsStore, write: (line: string) => string): void {
  const lines = settingNames.flatMap((name) => settings.linesOf(name).map(({ line }) => line));
  const parsed = parseConfig(lines.map(write).join('\n'), 'written.conf', files);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const again = new SettingsStore();
  for (const directive of parsed.directives) {
    const taken = again.take(directive);
    if (!taken.ok) throw new Error(`${directive.raw}: ${taken.reason}`);
  }
  for (const name of settingNames) expect(again.text(name), name).toBe(settings.text(name));
}

function fuzz(check: (content: string) => void, seed: number, seconds: number): number {
  const dice: Dice = newDice(seed);
  const directives = stockDirectives.split('\n').filter((line) => line !== '');
  const deadline = performance.now() + seconds * 1000;
  let runs = 0;
  for (; performance.now() < deadline; runs += 1) {
    const chosen = Array.from({ length: 1 + dice(12) }, () => directives[dice(directives.length)]);
    const bytes = mutate(bytesOfLatin1(chosen.join('\n')), confBytes, dice);
    try {
      check(latin1Of(bytes));
    } catch (error) {
      throw new Error(`run ${runs} of seed ${seed}: ${shown(bytes)}`, { cause: error });
    }
  }
  return runs;
}

describe('fuzz: the configuration reader', () => {
  test.each(Object.keys(hostileFiles))('survives %s', (name) => {
    const started = performance.now();

    expectSound(hostileFiles[name]);

    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test(
    `takes damaged files or says what is wrong, and can write what it took (seed ${fuzzSeed})`,
    () => {
      expect(fuzz((content) => expectSound(content), fuzzSeed, fuzzSeconds)).toBeGreaterThan(20);
    },
    (fuzzSeconds + 60) * 1000,
  );

  test('the alarm rings for a writer that forgets its quotes', () => {
    const careless = (line: string) => line.replaceAll('"', '');

    expect(() => fuzz((content) => expectSound(content, careless), 1, 20)).toThrow(
      /^run \d+ of seed 1: /,
    );
  });
});
