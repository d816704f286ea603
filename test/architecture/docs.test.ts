/** Documents that can be wrong are checked against what they speak of. */
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { generatedPages } from '../../scripts/docs/pages.ts';
import { documents, exists, filesIn, type SourceFile } from './source-files.ts';

const pages = documents();

/** Text outside code blocks. */
const prose = ({ text }: SourceFile) => text.replace(/^```[\s\S]*?^```$/gm, '');

/** Paths in backquotes that begin in a folder of the project. */
function namedPaths(page: SourceFile): readonly string[] {
  const quoted = [...page.text.matchAll(/`([^`\s]+)`/g)].map((match) => match[1] ?? '');
  return quoted.filter((each) => /^(src|test|bench|docs|scripts|\.ci)\/[\w./-]*$/.test(each));
}

/** Relative links. */
function links(page: SourceFile): readonly string[] {
  return [...prose(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));
}

describe('documents', () => {
  test('the test sees them', () => {
    expect(pages.map((page) => page.path)).toContain('README.md');
    expect(pages.length).toBeGreaterThan(8);
  });

  test('each has exactly one title', () => {
    const wrong = pages.filter((page) => prose(page).match(/^# /gm)?.length !== 1);

    expect(wrong.map((page) => page.path)).toEqual([]);
  });

  test('paths that they name exist', () => {
    const missing = pages.flatMap((page) =>
      namedPaths(page)
        .filter((named) => !exists(named))
        .map((named) => `${page.path}: ${named}`),
    );

    expect(missing).toEqual([]);
    expect(pages.flatMap(namedPaths).length).toBeGreaterThan(20);
  });

  test('relative links lead somewhere', () => {
    const broken = pages.flatMap((page) =>
      links(page)
        .filter((link) => !exists(path.join(path.dirname(page.path), link)))
        .map((link) => `${page.path}: ${link}`),
    );

    expect(broken).toEqual([]);
  });

  test.each(generatedPages())('%s is what its source says', (file, content) => {
    const page = pages.find((each) => each.path === file);

    expect(page?.text === content, 'run "npm run docs"').toBe(true);
  });

  test('the map of ARCHITECTURE.md names every folder of src', () => {
    const map = pages.find((page) => page.path === 'ARCHITECTURE.md')?.text ?? '';
    const folders = new Set(
      filesIn(['src'], '.ts').map((file) => file.path.split('/').slice(0, 2).join('/')),
    );

    const unnamed = [...folders].filter(
      (folder) => !folder.endsWith('.ts') && !map.includes(`\`${folder}/\``),
    );
    expect(unnamed).toEqual([]);
  });

  test('programs that documents tell to run with npm exist', async () => {
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
    const known = Object.keys(manifest.scripts);
    const named = pages.flatMap((page) =>
      [...page.text.matchAll(/npm run ([a-z:-]+)/g)].map((match) => match[1] ?? ''),
    );

    expect(named.filter((script) => !known.includes(script))).toEqual([]);
  });
});
