/** The style guide as code, as far as the linter does not check it. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { settingNames, settingOf } from '../../src/server/settings/table.ts';
import { testedElsewhere } from './exceptions.ts';
import {
  exists,
  filesIn,
  importsOf,
  only,
  root,
  type SourceFile,
  targetOf,
} from './source-files.ts';

const isTest = ({ path: file }: SourceFile) => file.endsWith('.test.ts');
const all = filesIn(['src', 'test', 'bench', 'scripts'], '.ts');
const source = all.filter((file) => file.path.startsWith('src/') && !isTest(file));

/** Programs and the public face: nobody imports them. */
const entries = ['src/index.ts', 'src/cli/headwater.ts', 'src/cli/chain.ts'];

/** Folders whose files are tested through processes, not beside the file. */
const throughProcesses = ['src/cli/', 'src/server/', 'src/runtime/node/'];

const isInFolder = (file: string, place: string) => place.endsWith('/') && file.startsWith(place);

const isTestedElsewhere = (file: string) =>
  Object.keys(testedElsewhere).some((place) => place === file || isInFolder(file, place));

/** What several tests of a folder share lies beside them, and only they import it. */
const isTestHelper = (file: string) => path.basename(file).startsWith('testing-');

/** Lines of `file` in which `pattern` occurs, among the wanted pieces. */
function linesWith(
  file: SourceFile,
  pattern: RegExp,
  pieces: Parameters<typeof only>[0],
): readonly string[] {
  return only(pieces, file.text)
    .split('\n')
    .flatMap((line, i) => (pattern.test(line) ? [`${file.path}:${i + 1}: ${line.trim()}`] : []));
}

/** Whether a test in the same folder bears its name or imports it. */
function hasTestBeside(file: SourceFile): boolean {
  const folder = path.dirname(file.path);
  return all
    .filter((each) => isTest(each) && path.dirname(each.path) === folder)
    .some(
      (each) =>
        each.path === file.path.replace(/\.ts$/, '.test.ts') ||
        importsOf(each).some((specifier) => targetOf(each, specifier) === file.path),
    );
}

describe('tidy', () => {
  test('the test sees the files', () => {
    expect(source.length).toBeGreaterThan(20);
  });

  test('identifiers say primary and replica', () => {
    const faults = all.flatMap((file) => linesWith(file, /master|slave/i, ['code']));

    expect(faults).toEqual([]);
  });

  test('nothing is left for later, skipped or singled out', () => {
    // Written in pieces, so that this file does not find itself.
    const marks = new RegExp(
      ['FIX' + 'ME', 'TO' + 'DO', 'X' + 'XX', 'investi' + 'gation'].join('|'),
    );
    const calls = /\.(only|skip|todo)\(/;
    const faults = all.flatMap((file) => [
      ...linesWith(file, marks, ['code', 'comment']),
      ...(isTest(file) ? linesWith(file, calls, ['code']) : []),
      ...linesWith(file, /@ts-(ignore|nocheck)/, ['comment']),
    ]);

    expect(faults).toEqual([]);
  });

  test('every source file is imported by another', () => {
    const imported = new Set(
      all
        .filter((file) => !isTest(file))
        .flatMap((file) =>
          importsOf(file)
            .filter((specifier) => specifier.startsWith('.'))
            .map((specifier) => targetOf(file, specifier)),
        ),
    );
    const alone = source
      .filter(({ path: file }) => !imported.has(file) && !entries.includes(file))
      .filter(({ path: file }) => !isTestHelper(file));

    expect(alone.map((file) => file.path)).toEqual([]);
  });

  test('every pure file that does something is tested by a test beside it', () => {
    const untested = source
      .filter(({ path: file }) => !throughProcesses.some((folder) => file.startsWith(folder)))
      .filter(({ path: file }) => !entries.includes(file) && !isTestedElsewhere(file))
      .filter(({ path: file }) => !isTestHelper(file))
      .filter((file) => /\bfunction\b|\bclass\b|=>\s*[^;]*[({]/.test(bodyOf(file)))
      .filter((file) => !hasTestBeside(file));

    expect(untested.map((file) => file.path)).toEqual([]);
  });

  test('the list of files tested elsewhere only shrinks', () => {
    const stale = Object.entries(testedElsewhere).filter(([place, where]) => {
      const files = source.filter(({ path: file }) => file === place || isInFolder(file, place));
      return !exists(where) || files.every(hasTestBeside);
    });

    expect(stale).toEqual([]);
  });

  test('no test sleeps', () => {
    const sleep = /await\s+(?:sleep|delay|setTimeout)\s*\(|=>\s*setTimeout\(\s*\w+\s*,\s*\d/;
    const faults = all
      .filter((file) => !/test\/support\/|bench\//.test(file.path))
      .filter(isTest)
      .flatMap((file) => linesWith(file, sleep, ['code']));

    expect(faults).toEqual([]);
  });
});

/** Code without types: an interface may name functions without doing anything. */
function bodyOf(file: SourceFile): string {
  return only(['code'], file.text)
    .replace(/^export (?:interface|type)[\s\S]*?^(?:\}|[^\n]*;)$/gm, '')
    .replace(/^(?:interface|type)[\s\S]*?^(?:\}|[^\n]*;)$/gm, '');
}

describe('tidy: settings', () => {
  const readers = source
    .filter(({ path: file }) => !/^src\/server\/settings\/(table|.*-settings)\.ts$/.test(file))
    .map(({ text }) => text)
    .join('\n');
  const isRead = (name: string) => readers.includes(`'${name}'`);

  test('what is said to work is read somewhere', () => {
    const unread = settingNames.filter(
      (name) => settingOf(name).support === 'yes' && !isRead(name),
    );

    expect(unread).toEqual([]);
  });

  test('what is read somewhere is not said to have no effect', () => {
    // Read to be compared or shown, not to be obeyed.
    const shown = ['maxmemory', 'maxmemory-policy', 'enable-module-command'];
    const read = settingNames.filter(
      (name) => settingOf(name).support !== 'yes' && isRead(name) && !shown.includes(name),
    );

    expect(read).toEqual([]);
  });
});

describe('tidy: package', () => {
  test('the version is told the same everywhere', () => {
    const text = fs.readFileSync(path.join(root, 'package.json'), 'utf8');
    const { version } = JSON.parse(text) as { version: string };
    const changes = fs.readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8');

    expect(changes).toContain(`## ${version}`);
  });
});
