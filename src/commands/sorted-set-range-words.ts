import { errors } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { sortedSetErrors } from '../protocol/sorted-set-errors.ts';
import type { LexBound, RankRange } from '../store/values/sorted-set-lex.ts';
import type { CommandContext } from './context.ts';
import { lexBoundIn, type ScoreBounds, scoreBoundsIn } from './sorted-set-scores.ts';
import { integerIn } from './words.ts';

/** What the commands on ranges of sorted sets ask for, and the ranks that it comes to. */

/** Which elements. Ranks may be negative: then they count from the end. */
export type RangeBounds =
  | { readonly by: 'rank'; readonly start: number; readonly stop: number }
  | { readonly by: 'score'; readonly bounds: ScoreBounds }
  | { readonly by: 'lex'; readonly min: LexBound; readonly max: LexBound };

/** Which elements, from which end, and how they are shown. */
export interface RangeQuery {
  readonly bounds: RangeBounds;
  readonly isReverse: boolean;
  readonly withScores: boolean;
  readonly offset: number;
  /** Negative for all. */
  readonly limit: number;
}

/** What a command's name says already; what it leaves open (null), options say. */
export interface RangeForm {
  readonly by: RangeBounds['by'] | null;
  readonly isReverse: boolean | null;
  readonly mayShowScores: boolean;
}

interface Options {
  by: RangeBounds['by'] | null;
  isReverse: boolean | null;
  withScores: boolean;
  offset: number;
  limit: number;
}

/** Reads bounds in the words `first` and the next, and the options behind. Throws: `CommandError`. */
export function readRange(request: Request, first: number, form: RangeForm): RangeQuery {
  const options = readOptions(request, first + 2, form);
  const by = options.by ?? 'rank';
  const isReverse = options.isReverse ?? false;
  if (options.limit !== -1 && by === 'rank') throw sortedSetErrors.limitByRank;
  if (options.withScores && by === 'lex') throw sortedSetErrors.withScoresByMember;
  const { withScores, offset, limit } = options;
  // The higher bound comes first where the order is reversed.
  const isSwapped = isReverse && by !== 'rank';
  const bounds = boundsIn(
    request,
    by,
    isSwapped ? first + 1 : first,
    isSwapped ? first : first + 1,
  );
  return { bounds, isReverse, withScores, offset, limit };
}

/** Reads the bounds in two words. Throws: `CommandError`. */
export function boundsIn(
  request: Request,
  by: RangeBounds['by'],
  min: number,
  max: number,
): RangeBounds {
  switch (by) {
    case 'rank':
      return { by, start: integerIn(request, min), stop: integerIn(request, max) };
    case 'score':
      return { by, bounds: scoreBoundsIn(request, min, max) };
    case 'lex':
      return { by, min: lexBoundIn(request, min), max: lexBoundIn(request, max) };
  }
}

function readOptions(request: Request, from: number, form: RangeForm): Options {
  const { by, isReverse, mayShowScores } = form;
  const options: Options = { by, isReverse, withScores: false, offset: 0, limit: -1 };
  for (let word = from; word < request.count; word += 1) {
    const left = request.count - word - 1;
    if (mayShowScores && request.is(word, 'withscores')) {
      options.withScores = true;
    } else if (request.is(word, 'limit') && left >= 2) {
      options.offset = integerIn(request, word + 1);
      options.limit = integerIn(request, word + 2);
      word += 2;
    } else if (options.isReverse === null && request.is(word, 'rev')) {
      options.isReverse = true;
    } else if (options.by === null && request.is(word, 'bylex')) {
      options.by = 'lex';
    } else if (options.by === null && request.is(word, 'byscore')) {
      options.by = 'score';
    } else {
      throw errors.syntax;
    }
  }
  return options;
}

/** The ranks of all elements within the bounds, from the lowest; reused by the next call. */
export function ranksOf(
  context: CommandContext,
  record: number,
  bounds: RangeBounds,
  isReverse: boolean,
): RankRange {
  const { sortedSets } = context.database;
  switch (bounds.by) {
    case 'score': {
      const { min, max, minExclusive, maxExclusive } = bounds.bounds;
      return sortedSets.scoreRange(record, min, max, minExclusive, maxExclusive);
    }
    case 'lex':
      return sortedSets.lexRange(record, bounds.min, bounds.max, isReverse);
    case 'rank': {
      const { start, stop } = bounds;
      return clampedRanks(sortedSets.range, start, stop, sortedSets.length(record), isReverse);
    }
  }
}

/** The ranks from `start` to `stop`, each negative where it counts from the end, into `range`. */
export function clampedRanks(
  range: RankRange,
  start: number,
  stop: number,
  length: number,
  isReverse: boolean,
): RankRange {
  const first = Math.max(0, start < 0 ? start + length : start);
  const end = Math.min(length, (stop < 0 ? stop + length : stop) + 1);
  const isEmpty = first >= end;
  range.start = isEmpty ? 0 : isReverse ? length - end : first;
  range.end = isEmpty ? 0 : isReverse ? length - first : end;
  return range;
}

/** The ranks that a whole query comes to: bounds, then LIMIT. */
export function ranksOfQuery(
  context: CommandContext,
  record: number,
  query: RangeQuery,
): RankRange {
  const { bounds, isReverse, offset, limit } = query;
  const range = ranksOf(context, record, bounds, isReverse);
  if (bounds.by === 'rank') return range;
  const skipped = offset < 0 ? range.end - range.start : offset;
  if (isReverse) {
    range.end = Math.max(range.start, range.end - skipped);
    if (limit >= 0) range.start = Math.max(range.start, range.end - limit);
  } else {
    range.start = Math.min(range.end, range.start + skipped);
    if (limit >= 0) range.end = Math.min(range.end, range.start + limit);
  }
  return range;
}
