/**
 * The log, in the line format that tools for Redis read:
 *
 *     4711:M 21 Nov 2026 22:33:54.571 * Ready to accept connections
 *
 * The letter after the process id is the role, the character after the time the level.
 */
import * as fs from 'node:fs';
import type { Log, LogFields, LogLevel } from '../log.ts';
import { reasonOf } from './text-files.ts';

/** Primary, replica, starting (or a child), sentinel. */
export type RoleLetter = 'M' | 'S' | 'C' | 'X';

/** How a log begins. Level, role and file may change later. */
export interface NodeLogOptions {
  readonly level: LogLevel;
  readonly role: RoleLetter;
  /** A path; empty means standard output. */
  readonly file: string;
  readonly pid?: number;
  readonly now?: () => Date;
  /** Where lines go; a test looks at them. */
  readonly write?: (line: string, file: string) => void;
}

const levels: readonly LogLevel[] = ['debug', 'verbose', 'notice', 'warning'];
const levelCharacters = { debug: '.', verbose: '-', notice: '*', warning: '#' } as const;
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

export class NodeLog implements Log {
  #threshold: number;
  #role: RoleLetter;
  readonly #file: string;
  readonly #pid: number;
  readonly #now: () => Date;
  readonly #write: (line: string, file: string) => void;

  constructor(options: NodeLogOptions) {
    this.#threshold = levels.indexOf(options.level);
    this.#role = options.role;
    this.#file = options.file;
    this.#pid = options.pid ?? process.pid;
    this.#now = options.now ?? (() => new Date());
    this.#write = options.write ?? writeLine;
  }

  /** Why a log file cannot be opened for writing, or null. */
  static failureToOpen(file: string): string | null {
    try {
      if (file !== '') fs.closeSync(fs.openSync(file, 'a'));
      return null;
    } catch (error) {
      return reasonOf(error);
    }
  }

  setLevel(level: LogLevel): void {
    this.#threshold = levels.indexOf(level);
  }

  setRole(role: RoleLetter): void {
    this.#role = role;
  }

  debug(sentence: string, fields?: LogFields): void {
    this.#put('debug', sentence, fields);
  }

  verbose(sentence: string, fields?: LogFields): void {
    this.#put('verbose', sentence, fields);
  }

  notice(sentence: string, fields?: LogFields): void {
    this.#put('notice', sentence, fields);
  }

  warning(sentence: string, fields?: LogFields): void {
    this.#put('warning', sentence, fields);
  }

  /** Text as it is, without time and level: the banner. */
  raw(text: string): void {
    this.#write(text, this.#file);
  }

  #put(level: LogLevel, sentence: string, fields: LogFields | undefined): void {
    if (levels.indexOf(level) < this.#threshold) return;
    const head = `${this.#pid}:${this.#role} ${timeText(this.#now())} ${levelCharacters[level]}`;
    this.#write(`${head} ${oneLine(sentence)}${fieldsText(fields)}\n`, this.#file);
  }
}

/** `21 Nov 2026 22:33:54.571`, local time. */
function timeText(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${two(time.getDate())} ${months[time.getMonth()]} ${time.getFullYear()}`;
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
  return `${date} ${clock}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}

function fieldsText(fields: LogFields | undefined): string {
  if (fields === undefined) return '';
  let text = '';
  for (const [name, value] of Object.entries(fields)) {
    const plain = String(value);
    text += ` ${name}=${/^[\x21\x23-\x3c\x3e-\x7e]+$/.test(plain) ? plain : JSON.stringify(plain)}`;
  }
  return text;
}

/** A sentence may quote what a peer sent. It must not be able to forge a line of its own. */
function oneLine(sentence: string): string {
  let text = '';
  for (const char of sentence) text += char < ' ' ? JSON.stringify(char).slice(1, -1) : char;
  return text;
}

/** How often a line is tried again while the reader of a pipe does not read: 100 ms in all. */
const attemptsMax = 100;
const pauseCell = new Int32Array(new SharedArrayBuffer(4));

/** Writes at once, so that the last lines before an exit are not lost. */
function writeLine(line: string, file: string): void {
  if (file !== '') {
    // Opened for each line, so that a rotated file is let go without a signal.
    fs.appendFileSync(file, line);
    return;
  }
  let rest = Buffer.from(line);
  for (let attempt = 0; attempt < attemptsMax && rest.length > 0; attempt += 1) {
    try {
      rest = rest.subarray(fs.writeSync(1, rest));
    } catch (error) {
      // EPIPE: nobody reads any more, and a server does not stop for want of a reader.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(pauseCell, 0, 0, 1);
    }
  }
}

/** What the banner says. */
export interface BannerFacts {
  readonly version: string;
  readonly port: number;
  readonly pid: number;
  readonly role: string;
}

/** The banner: water that comes out of one source and parts. */
export function bannerOf(facts: BannerFacts): string {
  const { version, port, pid, role } = facts;
  return `
            .
           / \\           Headwater ${version}
          /   \\
         (  ~  )         Role: ${role}
          \\___/          Port: ${port}
            |            PID:  ${pid}
        .~~~+~~~.
       /    |    \\
     ~~    ~~~    ~~
   ~~~~   ~~~~~   ~~~~

`;
}
