import { errors } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { after, integer, key, many, oneOf, optional, token } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import {
  assertList,
  findListForWrite,
  isHeadIn,
  listEvents,
  popElements,
  popEvent,
  replyElements,
  settleList,
} from './list-values.ts';
import { integerIn } from './words.ts';

/** Lists: moving elements from one to another, and popping from the first that has some. */

const lmove = defineCommand({
  name: 'LMOVE',
  summary: 'Takes an element from an end of a list, puts it to an end of another, and returns it.',
  since: '6.2.0',
  group: 'list',
  complexity: 'O(1)',
  flags: ['write', 'denyoom'],
  arguments: [
    key('source', 'RW', 'access', 'delete'),
    key('destination', 'RW', 'insert'),
    oneOf('wherefrom', token('left', 'LEFT'), token('right', 'RIGHT')),
    oneOf('whereto', token('left', 'LEFT'), token('right', 'RIGHT')),
  ],
  execute(context) {
    const fromHead = isHeadIn(context.request, 3);
    const toHead = isHeadIn(context.request, 4);
    moveOrNil(context, fromHead, toHead);
  },
});

const rpoplpush = defineCommand({
  name: 'RPOPLPUSH',
  summary: 'Takes the last element of a list, puts it before the first of another, and returns it.',
  since: '1.2.0',
  group: 'list',
  complexity: 'O(1)',
  flags: ['write', 'denyoom'],
  deprecated: { since: '6.2.0', replacedBy: '`LMOVE` with the `RIGHT` and `LEFT` arguments' },
  arguments: [key('source', 'RW', 'access', 'delete'), key('destination', 'RW', 'insert')],
  execute(context) {
    moveOrNil(context, false, true);
  },
});

function moveOrNil(context: CommandContext, fromHead: boolean, toHead: boolean): void {
  const source = findListForWrite(context, 1);
  if (source === 0) context.reply.nil();
  else moveElement(context, source, fromHead, toHead);
}

/**
 * Moves an element of the list `source`, in word 1, to the one in word 2, and replies with it. Throws
 * when what is there is no list.
 */
export function moveElement(
  context: CommandContext,
  source: number,
  fromHead: boolean,
  toHead: boolean,
): void {
  const { database, request, reply } = context;
  const { lists } = database;
  const target = context.findForWrite(2);
  assertList(context, target);
  lists.open(source, fromHead ? 0 : -1, false);
  lists.cursor.read();
  // It lies in the store, where the push may write over it.
  const element = lists.element.copy();
  // What is kept as an integer counts as nothing when servers ask whether a listpack is full.
  const countedLength = lists.element.isInteger ? 0 : element.length;
  const rest = lists.deleteEnd(source, fromHead);
  const { bytes, starts, ends } = request;
  const before =
    target === source ? rest : target === 0 ? lists.create(bytes, starts[2], ends[2]) : target;
  const grown = lists.grow(before, countedLength, 1);
  const pushed = lists.push(grown, toHead, element, 0, element.length);
  context.modified(toHead ? listEvents.leftPush : listEvents.rightPush, 2, 0);
  reply.bulk(element);
  context.modified(popEvent(fromHead), 1);
  settleList(context, target === source ? pushed : rest, 1);
}

const lmpop = defineCommand({
  name: 'LMPOP',
  summary: 'Returns and deletes elements of the first of several lists that has some.',
  since: '7.0.0',
  group: 'list',
  complexity:
    'O(N+M) where N is the number of provided keys and M is the number of elements returned.',
  flags: ['write'],
  arguments: [
    integer('numkeys'),
    many(key('key', 'RW', 'access', 'delete')),
    oneOf('where', token('left', 'LEFT'), token('right', 'RIGHT')),
    optional(after('COUNT', integer('count'))),
  ],
  execute(context) {
    const request = readPopRequest(context.request, 1);
    if (!popFirst(context, request)) context.reply.nilArray();
  },
});

/** What LMPOP and BLMPOP ask for: the keys are the words `first` to before `stop`. */
export interface PopRequest {
  readonly first: number;
  readonly stop: number;
  readonly atHead: boolean;
  readonly count: number;
}

/** Reads it from the word with the number of keys on. Throws: `CommandError`. */
export function readPopRequest(request: Request, numKeysWord: number): PopRequest {
  const keyCount = integerIn(request, numKeysWord, errors.keyCountNotPositive);
  if (keyCount < 1) throw errors.keyCountNotPositive;
  const first = numKeysWord + 1;
  const stop = first + keyCount;
  if (stop >= request.count) throw errors.syntax;
  const atHead = isHeadIn(request, stop);
  let count = -1;
  for (let word = stop + 1; word < request.count; word += 2) {
    const isCount = count < 0 && request.is(word, 'count') && word + 1 < request.count;
    if (!isCount) throw errors.syntax;
    count = integerIn(request, word + 1, errors.popCountNotPositive);
    if (count < 1) throw errors.popCountNotPositive;
  }
  return { first, stop, atHead, count: Math.max(1, count) };
}

/** Pops from the first list that is there, and replies with its key and the elements; else false. */
export function popFirst(context: CommandContext, wanted: PopRequest): boolean {
  const { reply, request, database } = context;
  const { first, stop, atHead } = wanted;
  for (let word = first; word < stop; word += 1) {
    const record = findListForWrite(context, word);
    if (record === 0) continue;
    const count = Math.min(wanted.count, database.lists.length(record));
    reply.array(2);
    reply.bulk(request.bytes, request.starts[word], request.ends[word]);
    replyElements(context, record, atHead ? 0 : -1, count, !atHead);
    popElements(context, record, word, atHead, count);
    context
      .effect(3)
      .text(atHead ? 'LPOP' : 'RPOP')
      .word(word)
      .integer(count);
    return true;
  }
  return false;
}

export const listMoveCommands: readonly CommandDeclaration[] = [lmove, rpoplpush, lmpop];
