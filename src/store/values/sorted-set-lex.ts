import type { ScoreTree } from '../memory/score-tree.ts';
import type { ElementIndex } from './sorted-set-pack.ts';

/** Ranges of members by their bytes: of use in sets whose scores are all the same. */

/** One end of a range: before all members, behind all, or bytes that are part of it or not. */
export type LexBound =
  | { readonly kind: 'lowest' }
  | { readonly kind: 'highest' }
  | { readonly kind: 'member'; readonly bytes: Uint8Array; readonly isExclusive: boolean };

/** Ranks from `start` to before `end`. */
export interface RankRange {
  start: number;
  end: number;
}

/** Whether nothing can lie between two bounds. */
export function isEmptyLexRange(min: LexBound, max: LexBound): boolean {
  if (min.kind === 'highest' || max.kind === 'lowest') return true;
  if (min.kind === 'lowest' || max.kind === 'highest') return false;
  const order = compareBytes(min.bytes, max.bytes);
  return order > 0 || (order === 0 && (min.isExclusive || max.isExclusive));
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const common = Math.min(left.length, right.length);
  for (let i = 0; i < common; i += 1) if (left[i] !== right[i]) return left[i] - right[i];
  return left.length - right.length;
}

/** The range in a large set, into `range`. */
export function lexRangeOfMembers(
  order: ScoreTree,
  min: LexBound,
  max: LexBound,
  range: RankRange,
): void {
  range.start = 0;
  range.end = 0;
  if (isEmptyLexRange(min, max)) return;
  if (min.kind === 'member') {
    range.start = order.countBelowMember(min.bytes, 0, min.bytes.length, min.isExclusive);
  }
  range.end =
    max.kind === 'member'
      ? order.countBelowMember(max.bytes, 0, max.bytes.length, !max.isExclusive)
      : order.size;
  if (range.end < range.start) range.end = range.start;
}

/** The range in a small set whose elements `index` has read, into `range`. */
export function lexRangeOfPack(
  index: ElementIndex,
  pack: Uint8Array,
  min: LexBound,
  max: LexBound,
  isReverse: boolean,
  range: RankRange,
): void {
  const { count } = index;
  const isAbove = (i: number): boolean => atLeast(index, pack, i, min);
  const isBelow = (i: number): boolean => atMost(index, pack, i, max);
  range.start = 0;
  range.end = 0;
  if (count === 0 || isEmptyLexRange(min, max) || !isAbove(count - 1) || !isBelow(0)) return;
  if (isReverse) {
    range.end = count;
    while (range.end > 0 && !isBelow(range.end - 1)) range.end -= 1;
    range.start = range.end;
    while (range.start > 0 && isAbove(range.start - 1)) range.start -= 1;
    return;
  }
  while (range.start < count && !isAbove(range.start)) range.start += 1;
  range.end = range.start;
  while (range.end < count && isBelow(range.end)) range.end += 1;
}

function atLeast(index: ElementIndex, pack: Uint8Array, i: number, min: LexBound): boolean {
  if (min.kind !== 'member') return min.kind === 'lowest';
  const order = index.compare(pack, i, min.bytes, 0, min.bytes.length);
  return order > 0 || (order === 0 && !min.isExclusive);
}

function atMost(index: ElementIndex, pack: Uint8Array, i: number, max: LexBound): boolean {
  if (max.kind !== 'member') return max.kind === 'highest';
  const order = index.compare(pack, i, max.bytes, 0, max.bytes.length);
  return order < 0 || (order === 0 && !max.isExclusive);
}
