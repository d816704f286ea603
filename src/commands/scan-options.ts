import { matchesGlob } from '../base/glob.ts';
import { errors } from '../protocol/errors.ts';
import type { ReplyWriter } from '../protocol/reply-writer.ts';
import type { Request } from '../protocol/request.ts';
import { integerIn } from './words.ts';

/** What SCAN, HSCAN, SSCAN and ZSCAN have in common: the cursor and the options behind it. */

/** The options of a scan. */
export interface ScanOptions {
  /** Null where everything matches. */
  pattern: Uint8Array | null;
  /** About how many elements are looked at. */
  count: number;
  /** TYPE of SCAN, lower case. */
  type: string | null;
  /** NOVALUES of HSCAN. */
  noValues: boolean;
}

/** What is scanned: it decides which options there are. */
export type Scanned = 'keys' | 'fields' | 'members';

const defaultCount = 10;

/** Reads the options from word `first` on. Throws: `CommandError`. */
export function readScanOptions(request: Request, first: number, scanned: Scanned): ScanOptions {
  const options: ScanOptions = { pattern: null, count: defaultCount, type: null, noValues: false };
  let word = first;
  while (word < request.count) {
    if (scanned === 'fields' && request.is(word, 'novalues')) {
      options.noValues = true;
      word += 1;
      continue;
    }
    if (word + 1 >= request.count) throw errors.syntax;
    if (request.is(word, 'count')) {
      options.count = integerIn(request, word + 1);
      if (options.count < 1) throw errors.syntax;
    } else if (request.is(word, 'match')) {
      options.pattern = patternOf(request, word + 1);
    } else if (scanned === 'keys' && request.is(word, 'type')) {
      options.type = request.text(word + 1).toLowerCase();
    } else {
      throw errors.syntax;
    }
    word += 2;
  }
  return options;
}

/** The pattern in word `word`; null where it matches everything. */
export function patternOf(request: Request, word: number): Uint8Array | null {
  return request.is(word, '*') ? null : request.word(word);
}

const cursorText = /^[+-]?\d+$/;
const cursorMax = 18446744073709551615n;

/** A cursor that we never gave out is at the end of everything: nothing is found there. */
export function cursorIn(request: Request, word: number): number {
  const text = request.text(word);
  if (text === '') return 0;
  if (text.length > 40 || !cursorText.test(text)) throw errors.invalidCursor;
  const value = BigInt(text.replace('+', ''));
  if (value > cursorMax || value < -cursorMax) throw errors.invalidCursor;
  return Number(BigInt.asUintN(64, value));
}

/** Whether a field or member is among those that the scan asks for. */
export function isWanted(
  { pattern }: ScanOptions,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  return pattern === null || matchesGlob(pattern, bytes, start, end);
}

/** Begins a reply: the cursor to go on with, and `count` elements that follow. */
export function replyScanHead(reply: ReplyWriter, next: number, count: number): void {
  reply.array(2);
  reply.bulkInteger(next);
  reply.array(count);
}
