import { errors } from '../protocol/errors.ts';
import { valueTypes } from '../store/value-types.ts';
import type { CommandContext, KeyEvent } from './context.ts';
import { events } from './string-values.ts';

/** What the commands on sets have in common. */

/** Names of notifications. */
export const setEvents = {
  add: { group: 'set', name: 'sadd' },
  remove: { group: 'set', name: 'srem' },
  pop: { group: 'set', name: 'spop' },
  interStore: { group: 'set', name: 'sinterstore' },
  unionStore: { group: 'set', name: 'sunionstore' },
  diffStore: { group: 'set', name: 'sdiffstore' },
} as const satisfies Record<string, KeyEvent>;

/** Throws unless the record is a set, or none (0). */
export function assertSet(context: CommandContext, record: number): void {
  if (record !== 0 && context.database.typeOf(record) !== valueTypes.set) throw errors.wrongType;
}

/** The set in word `word`, for a command that reads; 0 for none. Throws when it is no set. */
export function findSet(context: CommandContext, word: number): number {
  const record = context.find(word);
  assertSet(context, record);
  return record;
}

/** The same for a command that is about to change it. */
export function findSetForWrite(context: CommandContext, word: number): number {
  const record = context.findForWrite(word);
  assertSet(context, record);
  return record;
}

/** Deletes a set's key when nothing is left in it. Requires: the removal was counted. */
export function deleteIfEmpty(context: CommandContext, record: number, word: number): void {
  const { sets, values } = context.database;
  if (sets.length(record) > 0) return;
  values.remove(record);
  context.modified(events.delete, word, 0);
}

/** Replies with all members of a set. */
export function replyMembers(context: CommandContext, record: number): void {
  const { reply, database } = context;
  database.sets.forEach(record, (bytes, start, end) => {
    reply.bulk(bytes, start, end);
  });
}
