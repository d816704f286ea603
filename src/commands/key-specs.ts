import { parseSafeInteger } from '../base/number-text.ts';
import type { Request } from '../protocol/request.ts';
import { type Argument, type KeyFlag, wordCountOf } from './arguments.ts';

/**
 * Where a command's keys are: from word `index` to `lastKey` (counted from `index`; −1 is the last
 * word of the request), every `step` words.
 */
export interface KeySpec {
  readonly index: number;
  readonly lastKey: number;
  readonly step: number;
  readonly flags: readonly KeyFlag[];
  readonly notes?: string;
  /**
   * The keys begin behind this word, which is looked for from word `index` on (backwards from the end
   * where `index` is negative).
   */
  readonly keyword?: string;
  /** Only one in so many of the words up to the last are keys: 2 where ids follow. */
  readonly limit?: number;
  /** Word `index` says how many keys follow it. */
  readonly counted?: true;
  /** No rule says where the keys are: `findKeys` of the declaration does. */
  readonly unknown?: true;
}

/** Whether first key, last key and step cannot say it all. */
export function isMovable(spec: KeySpec): boolean {
  return spec.counted === true || spec.unknown === true || spec.keyword !== undefined;
}

/** First key, last key and step, as clients before Redis 7 read them; all 0 without keys. */
export interface KeyRange {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

/** The key specifications that follow from a declaration whose first argument is word `first`. */
export function keySpecsOf(declared: readonly Argument[], first: number): readonly KeySpec[] {
  const specs: KeySpec[] = [];
  let at = first;
  for (const [i, argument] of declared.entries()) {
    const next = declared[i + 1];
    if (argument.name === 'numkeys' && next !== undefined) {
      specs.push(countedSpec(next, at));
      break;
    }
    collect(argument, at, specs);
    const words = wordCountOf([argument]);
    if (words.min !== words.max) break;
    at += words.min;
  }
  return specs;
}

function countedSpec(keyArgument: Argument, index: number): KeySpec {
  const { keyFlags = [], keyNotes } = keyArgument;
  const spec: KeySpec = { index, lastKey: 0, step: 1, flags: keyFlags, counted: true };
  return keyNotes === undefined ? spec : { ...spec, notes: keyNotes };
}

function collect(argument: Argument, at: number, specs: KeySpec[]): void {
  const keyArgument = argument.type === 'block' ? argument.arguments?.[0] : argument;
  if (keyArgument?.type !== 'key') return;
  const previous = specs.at(-1);
  if (keyArgument.keyFlags === undefined && previous !== undefined) {
    specs[specs.length - 1] = { ...previous, lastKey: at - previous.index };
    return;
  }
  specs.push({
    index: at,
    lastKey: argument.multiple ? -1 : 0,
    step: argument.type === 'block' ? (argument.arguments?.length ?? 1) : 1,
    flags: keyArgument.keyFlags ?? [],
    ...(keyArgument.keyNotes === undefined ? {} : { notes: keyArgument.keyNotes }),
  });
}

/** One range that covers the specifications, as far as they are contiguous with step 1. */
export function legacyRangeOf(allSpecs: readonly KeySpec[]): KeyRange {
  const specs = allSpecs.filter((spec) => !isMovable(spec));
  if (specs.length === 0) return { first: 0, last: 0, step: 0 };
  const [only] = specs;
  if (specs.length === 1) return { first: only.index, last: absoluteLast(only), step: only.step };
  let first = 0;
  let last = 0;
  for (const spec of specs) {
    const follows = first === 0 || last === spec.index - 1;
    if (spec.step !== 1 || !follows) continue;
    if (first === 0) first = spec.index;
    last = absoluteLast(spec);
  }
  return { first, last, step: first === 0 ? 0 : 1 };
}

function absoluteLast(spec: KeySpec): number {
  return spec.lastKey < 0 ? spec.lastKey : spec.index + spec.lastKey;
}

/** One key of a request. */
export interface KeyPosition {
  readonly word: number;
  readonly flags: readonly KeyFlag[];
}

/**
 * The words of `request` that are keys, when the command's name is word `offset` (not 0 when the
 * request only quotes another one, as `COMMAND GETKEYS` does).
 */
export function keyPositionsOf(
  specs: readonly KeySpec[],
  request: Request,
  offset = 0,
): readonly KeyPosition[] {
  const positions: KeyPosition[] = [];
  for (const spec of specs) {
    if (spec.flags.includes('not_key') || spec.unknown === true) continue;
    const { first, last } = boundsOf(spec, request, offset);
    for (let word = first; word <= last && word < request.count; word += spec.step) {
      positions.push({ word, flags: spec.flags });
    }
  }
  return positions;
}

const nowhere = { first: 0, last: -1 };

function boundsOf(
  spec: KeySpec,
  request: Request,
  offset: number,
): { readonly first: number; readonly last: number } {
  if (spec.keyword !== undefined) return behindKeyword(spec, spec.keyword, request, offset);
  const first = offset + spec.index;
  if (spec.counted === true) {
    const count = countIn(request, first);
    return first + count < request.count ? { first: first + 1, last: first + count } : nowhere;
  }
  const last = spec.lastKey < 0 ? request.count + spec.lastKey : offset + absoluteLast(spec);
  return { first, last };
}

function behindKeyword(
  spec: KeySpec,
  keyword: string,
  request: Request,
  offset: number,
): { readonly first: number; readonly last: number } {
  const isForward = spec.index >= 0;
  let word = isForward ? offset + spec.index : request.count + spec.index;
  while (word > offset && word < request.count && !request.is(word, keyword.toLowerCase())) {
    word += isForward ? 1 : -1;
  }
  if (word <= offset || word + 1 >= request.count) return nowhere;
  const first = word + 1;
  const { lastKey, limit = 1 } = spec;
  if (lastKey >= 0) return { first, last: first + lastKey };
  if (limit <= 1) return { first, last: request.count + lastKey };
  return { first, last: first + Math.floor((request.count - first) / limit) + lastKey };
}

/** How many keys a word says there are; 0 where it is no such number. */
function countIn(request: Request, word: number): number {
  if (word >= request.count) return 0;
  const count = parseSafeInteger(request.bytes, request.starts[word], request.ends[word]);
  return count > 0 ? count : 0;
}
