/**
 * The grammar of redis.conf: one directive a line, words in quotes where they need to be, `#` before
 * a comment, `include` for another file. Pure: files come in through `read` and `matching`.
 */

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

const spaces = ' \t\n\r\0\v\f';
const escapes = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['a', '\x07'],
]);

/** One word, and where the text goes on after it. */
interface Word {
  readonly text: string;
  readonly end: number;
}

/**
 * Splits a line into words. In double quotes `\n \r \t \b \a \xHH` are escapes and `\` before
 * anything else is dropped; in single quotes only `\'` is one. A quote must end its word.
 *
 * @returns null when quotes do not match.
 */
export function splitWords(line: string): string[] | null {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (at < line.length && spaces.includes(line[at] ?? '')) at += 1;
    if (at >= line.length) return words;
    const word = readWord(line, at);
    if (word === null) return null;
    words.push(word.text);
    at = word.end;
  }
}

function readWord(line: string, start: number): Word | null {
  let text = '';
  let at = start;
  while (at < line.length && !spaces.includes(line[at] ?? '')) {
    const char = line[at] ?? '';
    if (char !== '"' && char !== "'") {
      text += char;
      at += 1;
      continue;
    }
    const quote = char === '"' ? readDoubleQuoted(line, at + 1) : readSingleQuoted(line, at + 1);
    if (quote === null) return null;
    const { end } = quote;
    if (end < line.length && !spaces.includes(line[end] ?? '')) return null;
    return { text: text + quote.text, end };
  }
  return { text, end: at };
}

function readDoubleQuoted(line: string, start: number): Word | null {
  let text = '';
  for (let at = start; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (char === '"') return { text, end: at + 1 };
    const next = line[at + 1];
    if (char !== '\\' || next === undefined) {
      text += char;
      continue;
    }
    const hex = /^x([0-9a-fA-F]{2})/.exec(line.slice(at + 1, at + 4));
    if (hex !== null) {
      text += String.fromCharCode(Number.parseInt(hex[1] ?? '', 16));
      at += 3;
      continue;
    }
    text += escapes.get(next) ?? next;
    at += 1;
  }
  return null;
}

function readSingleQuoted(line: string, start: number): Word | null {
  let text = '';
  for (let at = start; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (char === "'") return { text, end: at + 1 };
    if (char === '\\' && line[at + 1] === "'") at += 1;
    text += line[at] ?? '';
  }
  return null;
}
