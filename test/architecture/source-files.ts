/** The project's files as the architecture tests read them. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A file, its path counted from the project's folder. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Files under the given folders whose names end so. */
export function filesIn(folders: readonly string[], ending: string): readonly SourceFile[] {
  const files: SourceFile[] = [];
  for (const folder of folders) {
    const absolute = path.join(root, folder);
    if (!fs.existsSync(absolute)) continue;
    for (const entry of fs.readdirSync(absolute, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(ending)) continue;
      const file = path.relative(root, path.join(entry.parentPath, entry.name));
      files.push({ path: file, text: fs.readFileSync(path.join(root, file), 'utf8') });
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Every Markdown file that is part of the project: none that git ignores. */
export function documents(): readonly SourceFile[] {
  const list = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'],
    { cwd: root, encoding: 'utf8' },
  );
  return list
    .split('\n')
    .filter((file) => file !== '' && fs.existsSync(path.join(root, file)))
    .map((file) => ({ path: file, text: fs.readFileSync(path.join(root, file), 'utf8') }));
}

/** Whether a path of the project exists. */
export function exists(file: string): boolean {
  return fs.existsSync(path.join(root, file));
}

/** What a piece of source text is. */
type Piece = 'code' | 'comment' | 'literal';

const pieces = new RegExp(
  [
    /(\/\/[^\n]*|\/\*[\s\S]*?\*\/)/.source,
    /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)/.source,
    // A slash after an operator, a bracket or `return` begins a regular expression.
    /(?<=[=(,:[!&|?{};]\s*|return\s+)(\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/)/.source,
  ].join('|'),
  'g',
);

/** `text` with everything but the wanted pieces blanked out; lines stay where they are. */
export function only(wanted: readonly Piece[], text: string): string {
  const blank = (piece: string) => piece.replace(/[^\n]/g, ' ');
  let kept = '';
  let at = 0;
  for (const match of text.matchAll(pieces)) {
    const code = text.slice(at, match.index);
    const kind: Piece = match[1] === undefined ? 'literal' : 'comment';
    kept += wanted.includes('code') ? code : blank(code);
    kept += wanted.includes(kind) ? match[0] : blank(match[0]);
    at = match.index + match[0].length;
  }
  const rest = text.slice(at);
  return kept + (wanted.includes('code') ? rest : blank(rest));
}

/** The specifiers of all imports and re-exports. */
export function importsOf(file: SourceFile): readonly string[] {
  const text = only(['code', 'literal'], file.text);
  const statements = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm;
  const others = /\bimport\s*\(\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]/gm;
  return [
    ...[...text.matchAll(statements)].map((match) => match[1] ?? ''),
    ...[...text.matchAll(others)].map((match) => match[1] ?? match[2] ?? ''),
  ];
}

/** The project path that a relative import means. */
export function targetOf(file: SourceFile, specifier: string): string {
  return path.normalize(path.join(path.dirname(file.path), specifier));
}
