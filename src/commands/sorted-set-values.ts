import { errors } from '../protocol/errors.ts';
import { valueTypes } from '../store/value-types.ts';
import type { SortedSetCursor } from '../store/values/sorted-set-cursor.ts';
import type { CommandContext, KeyEvent } from './context.ts';
import { replyScore } from './sorted-set-scores.ts';
import { events } from './string-values.ts';

/** What the commands on sorted sets have in common. */

/** Names of notifications. */
export const sortedSetEvents = {
  add: { group: 'sortedSet', name: 'zadd' },
  increment: { group: 'sortedSet', name: 'zincr' },
  remove: { group: 'sortedSet', name: 'zrem' },
  removeByRank: { group: 'sortedSet', name: 'zremrangebyrank' },
  removeByScore: { group: 'sortedSet', name: 'zremrangebyscore' },
  removeByLex: { group: 'sortedSet', name: 'zremrangebylex' },
  popMin: { group: 'sortedSet', name: 'zpopmin' },
  popMax: { group: 'sortedSet', name: 'zpopmax' },
  unionStore: { group: 'sortedSet', name: 'zunionstore' },
  interStore: { group: 'sortedSet', name: 'zinterstore' },
  diffStore: { group: 'sortedSet', name: 'zdiffstore' },
  rangeStore: { group: 'sortedSet', name: 'zrangestore' },
} as const satisfies Record<string, KeyEvent>;

/** Throws unless the record is a sorted set, or none (0). */
export function assertSortedSet(context: CommandContext, record: number): void {
  if (record !== 0 && context.database.typeOf(record) !== valueTypes.sortedSet) {
    throw errors.wrongType;
  }
}

/** The sorted set in word `word`, for a command that reads; 0 for none. Throws when it is none. */
export function findSortedSet(context: CommandContext, word: number): number {
  const record = context.find(word);
  assertSortedSet(context, record);
  return record;
}

/** The same for a command that is about to change it. */
export function findSortedSetForWrite(context: CommandContext, word: number): number {
  const record = context.findForWrite(word);
  assertSortedSet(context, record);
  return record;
}

/** Deletes a sorted set's key when nothing is left in it. Requires: the removal was counted. */
export function deleteIfEmpty(context: CommandContext, record: number, word: number): void {
  const { sortedSets, values } = context.database;
  if (sortedSets.length(record) > 0) return;
  values.remove(record);
  context.modified(events.delete, word, 0);
}

/** Deletes what is under the key of a result without members. */
export function deleteDestination(context: CommandContext, word: number): void {
  if (context.findForWrite(word) === 0) return;
  const { bytes, starts, ends } = context.request;
  context.database.delete(bytes, starts[word], ends[word]);
  context.modified(events.delete, word);
}

/** Head of an array of elements: flat in RESP2, of pairs in RESP3. */
export function replyElementsHead(
  context: CommandContext,
  count: number,
  withScores: boolean,
): void {
  const { reply } = context;
  reply.array(withScores && reply.version === 2 ? count * 2 : count);
}

/** One element of such an array: what stands under the cursor. */
export function replyElement(
  context: CommandContext,
  cursor: SortedSetCursor,
  withScores: boolean,
): void {
  const { reply } = context;
  if (withScores && reply.version === 3) reply.array(2);
  reply.bulk(cursor.bytes, cursor.start, cursor.end);
  if (withScores) replyScore(reply, cursor.score);
}
