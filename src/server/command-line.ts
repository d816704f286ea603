/**
 * The command line as redis-server takes it: a file, directives as `--name value…`, `-` for a
 * configuration on standard input. Directives are lines of a configuration text that comes last.
 */
import { bytesOf, latin1Of } from '../base/bytes.ts';
import { quoted } from './settings/kinds.ts';

/** What the command line asks for. */
export type CommandLine =
  | { readonly kind: 'version' }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'run';
      readonly configFile: string | null;
      readonly readsStandardInput: boolean;
      /** The directives, one a line, one character per byte. */
      readonly directives: string;
    };

/** Words that stand alone, and what they do. */
const soleWords = new Map<string, CommandLine>([
  ['-v', { kind: 'version' }],
  ['--version', { kind: 'version' }],
  ['-h', { kind: 'help' }],
  ['--help', { kind: 'help' }],
  ['--test-memory', { kind: 'refused', reason: 'A memory test is not part of this server.' }],
  ['--check-system', { kind: 'refused', reason: 'A system check is not part of this server.' }],
]);

/** Reads the arguments that follow the program's name. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const [first] = args;
  const sole = first === undefined ? undefined : soleWords.get(first);
  if (sole !== undefined) return sole;
  if (args.includes('--sentinel')) {
    return { kind: 'refused', reason: 'Sentinel mode is not supported yet.' };
  }
  const configFile = first !== undefined && !first.startsWith('-') ? first : null;
  const rest = configFile === null ? args : args.slice(1);
  const reads = (arg: string, i: number) =>
    arg === '-' && ((configFile === null && i === 0) || i === rest.length - 1);
  return {
    kind: 'run',
    configFile: configFile === '' ? null : configFile,
    readsStandardInput: rest.some(reads),
    directives: directivesOf(rest.filter((arg, i) => !reads(arg, i))),
  };
}

/**
 * The configuration text that the arguments stand for. A word after `--name` is a value even when
 * it starts with `--`; after the first value such a word is the next name.
 */
function directivesOf(args: readonly string[]): string {
  let text = '';
  let mayBeName = true;
  for (const [i, arg] of args.entries()) {
    if (!mayBeName || !arg.startsWith('--')) {
      text += `${quoted(latin1Of(bytesOf(arg)))} `;
      mayBeName = true;
      continue;
    }
    if (text !== '') text += '\n';
    text += `${latin1Of(bytesOf(arg.slice(2)))} `;
    // `--port 7000` may also come as one argument.
    mayBeName = arg.trim().includes(' ');
    const next = args[i + 1];
    if (arg.toLowerCase() === '--save' && (next === undefined || next.startsWith('--'))) {
      // An empty list of save points, as programs that join arguments write it.
      text += '""';
      mayBeName = true;
    }
  }
  return text;
}

/** The text of `--help`. */
export const usage = `Usage: headwater [/path/to/redis.conf] [options] [-]
       headwater - (read the configuration from standard input)
       headwater -v or --version
       headwater -h or --help

Every directive of redis.conf is an option, too; the last one counts.

Examples:
       headwater
       headwater /etc/redis/6379.conf
       headwater --port 7777
       headwater --port 7777 --replicaof 127.0.0.1 8888
       headwater /etc/headwater.conf --loglevel verbose -
`;
