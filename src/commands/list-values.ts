import { errors, rangeError } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { valueTypes } from '../store/value-types.ts';
import type { CommandContext, KeyEvent } from './context.ts';
import { EntryReplies } from './entry-replies.ts';
import { events } from './string-values.ts';
import { int64In, integerIn } from './words.ts';

/** What the commands on lists have in common. */

/** Names of notifications. */
export const listEvents = {
  leftPush: { group: 'list', name: 'lpush' },
  rightPush: { group: 'list', name: 'rpush' },
  leftPop: { group: 'list', name: 'lpop' },
  rightPop: { group: 'list', name: 'rpop' },
  set: { group: 'list', name: 'lset' },
  insert: { group: 'list', name: 'linsert' },
  remove: { group: 'list', name: 'lrem' },
  trim: { group: 'list', name: 'ltrim' },
  sortStore: { group: 'list', name: 'sortstore' },
} as const satisfies Record<string, KeyEvent>;

/** Throws unless the record is a list, or none (0). */
export function assertList(context: CommandContext, record: number): void {
  if (record !== 0 && context.database.typeOf(record) !== valueTypes.list) throw errors.wrongType;
}

/** The list in word `word`, for a command that reads; 0 for none. Throws when it is no list. */
export function findList(context: CommandContext, word: number): number {
  const record = context.find(word);
  assertList(context, record);
  return record;
}

/** The same for a command that is about to change it. */
export function findListForWrite(context: CommandContext, word: number): number {
  const record = context.findForWrite(word);
  assertList(context, record);
  return record;
}

/** Whether word `word` says LEFT, the head of a list, rather than RIGHT. Throws: `errors.syntax`. */
export function isHeadIn(request: Request, word: number): boolean {
  if (request.is(word, 'left')) return true;
  if (request.is(word, 'right')) return false;
  throw errors.syntax;
}

/** The event of a pop at an end. */
export function popEvent(atHead: boolean): KeyEvent {
  return atHead ? listEvents.leftPop : listEvents.rightPop;
}

/** Replies with an element, or with null when there is none. Negative indexes count from the end. */
export function replyElement(context: CommandContext, record: number, index: number): void {
  const { lists } = context.database;
  if (!lists.open(record, index, false)) {
    context.reply.nil();
    return;
  }
  lists.cursor.read();
  const { bytes, start, end } = lists.element;
  context.reply.bulk(bytes, start, end);
}

/** Replies with an array of `count` elements from an index on. Requires: there are that many. */
export function replyElements(
  context: CommandContext,
  record: number,
  index: number,
  count: number,
  isBackwards: boolean,
): void {
  const { reply, database } = context;
  const { cursor, element } = database.lists;
  reply.array(count);
  let left = count;
  let isThere = count > 0 && database.lists.open(record, index, isBackwards);
  while (isThere) {
    const { packed } = cursor;
    if (packed !== null && !isBackwards) {
      left -= entries.reply(reply, packed, cursor.at, left);
      isThere = left > 0 && cursor.goOnAt(entries.stoppedAt);
    } else {
      cursor.read();
      reply.bulk(element.bytes, element.start, element.end);
      left -= 1;
      isThere = left > 0 && cursor.next();
    }
  }
}

/** One command at a time. */
const entries = new EntryReplies();

/** Settles a list whose elements were deleted, and tells that its key is gone if it is. */
export function settleList(context: CommandContext, record: number, word: number): void {
  if (context.database.lists.settle(record) === 0) context.modified(events.delete, word, 0);
}

/** Replies with the element at an end of the list in word `word`, and pops it. */
export function popOne(
  context: CommandContext,
  record: number,
  word: number,
  atHead: boolean,
): void {
  const { lists } = context.database;
  const { element } = lists;
  lists.showEnd(record, atHead);
  context.reply.bulk(element.bytes, element.start, element.end);
  const rest = lists.deleteEnd(record, atHead);
  context.modified(popEvent(atHead), word, 1);
  settleList(context, rest, word);
}

/** Pops `count` elements of the list in word `word` that were replied already. */
export function popElements(
  context: CommandContext,
  record: number,
  word: number,
  atHead: boolean,
  count: number,
): void {
  const { lists } = context.database;
  const rest = lists.deleteRange(record, atHead ? 0 : -count, count);
  context.modified(popEvent(atHead), word, count);
  settleList(context, rest, word);
}

/** Word `word` as an integer whose negative is one, too. Throws as `integerIn`, and out of range. */
export function symmetricIntegerIn(request: Request, word: number): number {
  const value = integerIn(request, word);
  if (value <= -(2 ** 63) && int64In(request, word) === int64Min) {
    throw rangeError(-int64Max, int64Max);
  }
  return value;
}

const int64Max = 9223372036854775807n;
const int64Min = -int64Max - 1n;
