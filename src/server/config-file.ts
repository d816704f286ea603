/**
 * The grammar of redis.conf: one directive a line, words in quotes where they need to be, `#` before
 * a comment, `include` for another file. Pure: files come in through `read` and `matching`.
 */

import { bytesOfLatin1, latin1Of } from '../base/bytes.ts';
import { splitInlineWords } from '../protocol/inline-words.ts';

/** One line that means something. */
export interface Directive {
  /** In lower case. */
  readonly name: string;
  /** What follows the name, one character per byte. */
  readonly words: readonly string[];
  /** The line without the space around it. */
  readonly raw: string;
  /** The file it stands in, `standard input` or `command line`. */
  readonly source: string;
  /** Its number there, from 1. */
  readonly line: number;
}

/** What is wrong, and where. */
export interface ConfigError {
  readonly source: string;
  readonly line: number;
  readonly raw: string;
  readonly reason: string;
}

/** Directives in order, those of included files in the place of their `include`. */
export type ConfigResult =
  | { readonly ok: true; readonly directives: readonly Directive[] }
  | { readonly ok: false; readonly error: ConfigError };

/** How an `include` finds its files. */
export interface IncludeFiles {
  read(
    path: string,
  ):
    | { readonly ok: true; readonly value: string }
    | { readonly ok: false; readonly reason: string };
  matching(pattern: string): readonly string[];
}

/** How deep files may include each other; Redis would go on until its stack ends. */
export const includeDepthMax = 16;

/** Reads a configuration text. */
export function parseConfig(
  content: string,
  source: string,
  files: IncludeFiles,
  depth = 0,
): ConfigResult {
  const directives: Directive[] = [];
  const lines = content.split('\n');
  for (let i = 0; i < lines.length; i += 1) {
    const raw = trimmed(lines[i] ?? '');
    if (raw === '' || raw.startsWith('#')) continue;
    const at = { source, line: i + 1, raw };
    const all = splitWords(raw);
    if (all === null) return wrong(at, 'Unbalanced quotes in configuration line');
    const [name = '', ...words] = all;
    if (all.length === 0) continue;
    const directive = { ...at, name: name.toLowerCase(), words };
    if (directive.name !== 'include' || words.length !== 1) {
      directives.push(directive);
      continue;
    }
    const included = include(directive, files, depth + 1);
    if (!included.ok) return included;
    directives.push(...included.directives);
  }
  return { ok: true, directives };
}

function include(directive: Directive, files: IncludeFiles, depth: number): ConfigResult {
  const [path = ''] = directive.words;
  if (depth > includeDepthMax) return wrong(directive, 'too many nested include directives');
  const paths = /[*?[]/.test(path) ? files.matching(path) : [path];
  const directives: Directive[] = [];
  for (const each of paths) {
    const read = files.read(each);
    if (!read.ok) return wrong(directive, `can't open config file '${each}': ${read.reason}`);
    const parsed = parseConfig(read.value, each, files, depth);
    if (!parsed.ok) return parsed;
    directives.push(...parsed.directives);
  }
  return { ok: true, directives };
}

function wrong(at: Omit<ConfigError, 'reason'>, reason: string): ConfigResult {
  const { source, line, raw } = at;
  return { ok: false, error: { source, line, raw, reason } };
}

/** The error as Redis prints it, with the file's name beside the line. */
export function configErrorText(error: ConfigError, product: string): string {
  return [
    '',
    `*** FATAL CONFIG FILE ERROR (${product}) ***`,
    `Reading the configuration file, at line ${error.line} (${error.source})`,
    `>>> '${error.raw}'`,
    error.reason,
    '',
  ].join('\n');
}

function trimmed(line: string): string {
  return line.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}

/**
 * Splits a line into words, by the rules of inline requests: double quotes know escapes, single
 * quotes only `\'`, and a quote must end its word.
 *
 * @returns null when quotes do not match.
 */
export function splitWords(line: string): string[] | null {
  const bytes = bytesOfLatin1(line);
  const words = splitInlineWords(bytes, 0, bytes.length);
  return words === null ? null : words.map((word) => latin1Of(word));
}
