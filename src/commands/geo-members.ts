import { cellsCovering, distanceWithin } from '../base/geo-search.ts';
import { type Position, positionOfScore, scoresOf } from '../base/geohash.ts';
import { partialSort } from '../base/partial-sort.ts';
import { errors } from '../protocol/errors.ts';
import type { Database } from '../store/database.ts';
import { valueTypes } from '../store/value-types.ts';
import type { CommandContext } from './context.ts';
import type { SearchOptions } from './geo-options.ts';

/** Members of sorted sets as places. */

/** Throws unless the record is a sorted set, or none (0). */
export function assertSortedSet(context: CommandContext, record: number): void {
  if (record !== 0 && context.database.typeOf(record) !== valueTypes.sortedSet) {
    throw errors.wrongType;
  }
}

/** The place of the member in word `word`; null when the set does not have it. */
export function positionOfMember(
  context: CommandContext,
  record: number,
  word: number,
): Position | null {
  const { bytes, starts, ends } = context.request;
  const { sortedSets } = context.database;
  if (record === 0 || !sortedSets.find(record, bytes, starts[word], ends[word])) return null;
  return positionOfScore(sortedSets.score);
}

/** A member that a search found. */
export interface FoundPlace {
  /** A copy. */
  readonly member: Uint8Array;
  readonly score: number;
  readonly position: Position;
  /** Metres from the center. */
  readonly distance: number;
}

/** What a search finds, in the order and number that `options` want. */
export function searchPlaces(
  database: Database,
  record: number,
  center: Position,
  options: SearchOptions,
): readonly FoundPlace[] {
  const { count, any } = options;
  const found = collect(database, record, center, options);
  // The nearest so many are wanted where nothing else is said.
  const order = options.order === 'none' && count > 0 && !any ? 'ascending' : options.order;
  const isCut = count > 0 && found.length > count;
  if (order !== 'none') {
    const compare = order === 'ascending' ? nearestFirst : farthestFirst;
    // Redis's two ways to sort: they differ in what comes first of places at the same distance.
    if (isCut) partialSort(found, compare, 0, count - 1);
    else found.sort(compare);
  }
  return isCut ? found.slice(0, count) : found;
}

function nearestFirst(left: FoundPlace, right: FoundPlace): number {
  return left.distance - right.distance;
}

function farthestFirst(left: FoundPlace, right: FoundPlace): number {
  return right.distance - left.distance;
}

/** All members within the shape, in the order of the cells and scores; with ANY so many at most. */
function collect(
  database: Database,
  record: number,
  center: Position,
  options: SearchOptions,
): FoundPlace[] {
  const { sortedSets } = database;
  const shape = options.shape(center);
  const foundMax = options.any ? options.count : Number.POSITIVE_INFINITY;
  const found: FoundPlace[] = [];
  for (const cell of cellsCovering(shape)) {
    const { min, max } = scoresOf(cell);
    const { start, end } = sortedSets.scoreRange(record, min, max, false, true);
    if (start === end) continue;
    const cursor = sortedSets.cursorAt(record, start);
    for (let rank = start; rank < end && found.length < foundMax; rank += 1, cursor.next()) {
      const { score } = cursor;
      const position = positionOfScore(score);
      const distance = distanceWithin(shape, position);
      if (distance < 0) continue;
      found.push({
        member: cursor.bytes.slice(cursor.start, cursor.end),
        score,
        position,
        distance,
      });
    }
  }
  return found;
}
