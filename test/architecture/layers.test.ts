/** Who may import whom. The table is that of ARCHITECTURE.md. */
import { describe, expect, test } from 'vitest';
import { filesIn, importsOf, only, type SourceFile, targetOf } from './source-files.ts';

const core = ['base', 'runtime', 'protocol', 'store', 'commands', 'engine'];

/** What each folder of `src` may import besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  runtime: ['base'],
  protocol: ['base'],
  store: ['base', 'runtime'],
  commands: ['base', 'runtime', 'protocol', 'store'],
  engine: ['base', 'runtime', 'protocol', 'store', 'commands'],
  persistence: ['base', 'runtime', 'protocol', 'store'],
  replication: ['base', 'runtime', 'protocol', 'store', 'persistence'],
  client: ['base', 'runtime', 'protocol'],
  sentinel: ['base', 'runtime', 'protocol', 'client'],
  observability: ['base', 'runtime', 'protocol'],
  embedded: [...core, 'persistence', 'replication', 'client', 'observability'],
  server: [...core, 'persistence', 'replication', 'observability'],
  cli: [...core, 'persistence', 'replication', 'client', 'observability', 'server'],
};

/** Who may touch the machine through `src/runtime/node`. */
const mayTouchTheWorld = ['server', 'cli', 'embedded', 'observability'];

/** Modules of Node that only `src/runtime/node` may import. */
const worldly = /^node:(fs|fs\/promises|net|tls|http|https|dgram|dns|timers|timers\/promises)$/;

const files = filesIn(['src'], '.ts').filter(({ path }) => !path.endsWith('.test.ts'));

/** `src/store/memory/arena.ts` is in `store`; `src/index.ts` is the public face. */
const folderOf = (path: string) => (path.split('/').length > 2 ? (path.split('/')[1] ?? '') : '');

const isNodeAdapter = (path: string) => path.startsWith('src/runtime/node/');

/** Everything wrong with one import, in words. */
function faultsOf(file: SourceFile, specifier: string): readonly string[] {
  const folder = folderOf(file.path);
  if (specifier.startsWith('node:')) return nodeFaults(file, folder, specifier);
  if (!specifier.startsWith('.')) return [`${file.path} imports the package ${specifier}`];
  if (!specifier.endsWith('.ts')) return [`${file.path} imports ${specifier} without .ts`];

  const target = targetOf(file, specifier);
  const other = folderOf(target);
  if (isNodeAdapter(target) && !isNodeAdapter(file.path)) {
    return mayTouchTheWorld.includes(folder) ? [] : [`${file.path} imports ${target}`];
  }
  if (folder === '' || folder === other) return [];
  return mayImport[folder]?.includes(other) === true ? [] : [`${file.path} imports ${target}`];
}

function nodeFaults(file: SourceFile, folder: string, specifier: string): readonly string[] {
  if (isNodeAdapter(file.path)) return [];
  const allowed = (folder === 'server' || folder === 'cli') && !worldly.test(specifier);
  return allowed ? [] : [`${file.path} imports ${specifier}`];
}

describe('architecture: layers', () => {
  test('the test sees the source files and their imports', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.flatMap(importsOf).length).toBeGreaterThan(100);
  });

  test('every folder stands in the table', () => {
    const folders = [...new Set(files.map(({ path }) => folderOf(path)))];

    expect(folders.filter((folder) => folder !== '' && !(folder in mayImport))).toEqual([]);
  });

  test('no file imports what its folder may not', () => {
    const faults = files.flatMap((file) =>
      importsOf(file).flatMap((specifier) => faultsOf(file, specifier)),
    );

    expect(faults).toEqual([]);
  });

  test('an import that breaks the table is found', () => {
    const from = (path: string, line: string) =>
      importsOf({ path, text: line }).flatMap((each) => faultsOf({ path, text: line }, each));

    expect(from('src/store/a.ts', "import { x } from '../engine/b.ts';")).toHaveLength(1);
    expect(from('src/store/a.ts', "import type {\n x,\n} from '../engine/b.ts';")).toHaveLength(1);
    expect(from('src/engine/a.ts', "import * as fs from 'node:fs';")).toHaveLength(1);
    expect(from('src/server/a.ts', "import * as net from 'node:net';")).toHaveLength(1);
    expect(from('src/engine/a.ts', "export { x } from '../runtime/node/b.ts';")).toHaveLength(1);
    expect(from('src/engine/a.ts', "await import('../server/b.ts');")).toHaveLength(1);
    expect(from('src/engine/a.ts', "import chalk from 'chalk';")).toHaveLength(1);
    expect(from('src/engine/a.ts', "import { x } from '../store/b.ts';")).toHaveLength(0);
    expect(from('src/engine/a.ts', "// import { x } from '../server/b.ts';")).toHaveLength(0);
  });
});

describe('architecture: pure folders', () => {
  const touches =
    /\bDate\.now\b|\bMath\.random\b|\bnew Date\b|\bset(?:Timeout|Interval|Immediate)\b|\bprocess\.|\bBuffer\b|\bperformance\.now\b|\bqueueMicrotask\b|\basync\b|\bawait\b/;
  const pure = files.filter(
    ({ path }) => !isNodeAdapter(path) && !['server', 'cli', ''].includes(folderOf(path)),
  );

  test('know no clock, chance, timer, process, promise or Buffer', () => {
    const faults = pure.flatMap((file) =>
      only(['code'], file.text)
        .split('\n')
        .flatMap((line, i) =>
          touches.test(line) ? [`${file.path}:${i + 1}: ${line.trim()}`] : [],
        ),
    );

    expect(faults).toEqual([]);
  });
});
