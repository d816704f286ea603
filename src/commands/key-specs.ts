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
  for (const argument of declared) {
    collect(argument, at, specs);
    const words = wordCountOf([argument]);
    if (words.min !== words.max) break;
    at += words.min;
  }
  return specs;
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
export function legacyRangeOf(specs: readonly KeySpec[]): KeyRange {
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
    if (spec.flags.includes('not_key')) continue;
    const last = spec.lastKey < 0 ? request.count + spec.lastKey : offset + absoluteLast(spec);
    for (let word = offset + spec.index; word <= last && word < request.count; word += spec.step) {
      positions.push({ word, flags: spec.flags });
    }
  }
  return positions;
}
