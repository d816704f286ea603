import { errors } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { valueTypes } from '../store/value-types.ts';
import { after, double, integer, key, many, oneOf, optional, token } from './arguments.ts';
import { blockTimeoutIn } from './block-timeout.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { replyScore } from './sorted-set-scores.ts';
import {
  deleteIfEmpty,
  findSortedSetForWrite,
  replyElement,
  replyElementsHead,
  sortedSetEvents,
} from './sorted-set-values.ts';
import { integerIn } from './words.ts';

/** Taking the members with the lowest or highest scores out. */

const zpopmin = defineCommand({
  name: 'ZPOPMIN',
  summary: 'Takes out and returns the members with the lowest scores.',
  since: '5.0.0',
  group: 'sorted-set',
  complexity:
    'O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.',
  flags: ['write', 'fast'],
  arguments: [key('key', 'RW', 'access', 'delete'), optional(integer('count'))],
  execute(context) {
    pop(context, true);
  },
});

const zpopmax = defineCommand({
  name: 'ZPOPMAX',
  summary: 'Takes out and returns the members with the highest scores.',
  since: '5.0.0',
  group: 'sorted-set',
  complexity:
    'O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.',
  flags: ['write', 'fast'],
  arguments: [key('key', 'RW', 'access', 'delete'), optional(integer('count'))],
  execute(context) {
    pop(context, false);
  },
});

function pop(context: CommandContext, isMin: boolean): void {
  const { request, reply } = context;
  if (request.count > 3) throw errors.syntax;
  const count = request.count === 3 ? integerIn(request, 2, errors.mustBePositive) : 1;
  if (count < 0) throw errors.mustBePositive;
  const record = findSortedSetForWrite(context, 1);
  if (record === 0 || count === 0) {
    reply.array(0);
    return;
  }
  if (request.count === 3) {
    popElements(context, record, 1, isMin, count);
    return;
  }
  reply.array(2);
  popOne(context, record, 1, isMin);
}

/** Takes one element out, and replies with its member and its score. */
function popOne(context: CommandContext, record: number, word: number, isMin: boolean): void {
  const { sortedSets } = context.database;
  const rank = isMin ? 0 : sortedSets.length(record) - 1;
  const cursor = sortedSets.cursorAt(record, rank);
  context.reply.bulk(cursor.bytes, cursor.start, cursor.end);
  replyScore(context.reply, cursor.score);
  take(context, record, word, isMin, 1);
}

/** Takes up to `count` elements out, and replies with an array of them. */
function popElements(
  context: CommandContext,
  record: number,
  word: number,
  isMin: boolean,
  count: number,
): void {
  const { sortedSets } = context.database;
  const taken = Math.min(count, sortedSets.length(record));
  replyElementsHead(context, taken, true);
  const cursor = sortedSets.cursorAt(record, isMin ? 0 : sortedSets.length(record) - 1);
  for (let i = 0; i < taken; i += 1, cursor.step(!isMin)) replyElement(context, cursor, true);
  take(context, record, word, isMin, taken);
}

function take(
  context: CommandContext,
  record: number,
  word: number,
  isMin: boolean,
  count: number,
): void {
  const { sortedSets } = context.database;
  const rank = isMin ? 0 : sortedSets.length(record) - count;
  const fresh = sortedSets.removeRange(record, rank, count);
  context.modified(isMin ? sortedSetEvents.popMin : sortedSetEvents.popMax, word, count);
  deleteIfEmpty(context, fresh, word);
}

const bzpopmin = defineCommand({
  name: 'BZPOPMIN',
  summary:
    'Takes out the member with the lowest score of the first set that has one; waits for it.',
  since: '5.0.0',
  group: 'sorted-set',
  complexity: 'O(log(N)) with N being the number of elements in the sorted set.',
  flags: ['write', 'noscript', 'blocking', 'fast'],
  history: [['6.0.0', '`timeout` is interpreted as a double instead of an integer.']],
  arguments: [many(key('key', 'RW', 'access', 'delete')), double('timeout')],
  execute(context) {
    popOrWait(context, true);
  },
  keys: [{ index: 1, lastKey: -2, step: 1, flags: ['RW', 'access', 'delete'] }],
});

const bzpopmax = defineCommand({
  name: 'BZPOPMAX',
  summary:
    'Takes out the member with the highest score of the first set that has one; waits for it.',
  since: '5.0.0',
  group: 'sorted-set',
  complexity: 'O(log(N)) with N being the number of elements in the sorted set.',
  flags: ['write', 'noscript', 'blocking', 'fast'],
  history: [['6.0.0', '`timeout` is interpreted as a double instead of an integer.']],
  arguments: [many(key('key', 'RW', 'access', 'delete')), double('timeout')],
  execute(context) {
    popOrWait(context, false);
  },
  keys: [{ index: 1, lastKey: -2, step: 1, flags: ['RW', 'access', 'delete'] }],
});

function popOrWait(context: CommandContext, isMin: boolean): void {
  const { request, reply } = context;
  const stop = request.count - 1;
  const timeoutMs = blockTimeoutIn(context, stop);
  for (let word = 1; word < stop; word += 1) {
    const record = findSortedSetForWrite(context, word);
    if (record === 0) continue;
    reply.array(3);
    reply.bulk(request.bytes, request.starts[word], request.ends[word]);
    popOne(context, record, word, isMin);
    context.effect(2).text(popName(isMin)).word(word);
    return;
  }
  waitOrGiveUp(context, 1, stop, timeoutMs);
}

function popName(isMin: boolean): string {
  return isMin ? 'ZPOPMIN' : 'ZPOPMAX';
}

/** Waits for a sorted set under any of the keys in the words `first` to before `stop`. */
function waitOrGiveUp(
  context: CommandContext,
  first: number,
  stop: number,
  timeoutMs: number,
): void {
  if (!context.blocking.allowed) {
    context.reply.nilArray();
    return;
  }
  context.blocking.blockOnKeys({
    words: Array.from({ length: stop - first }, (_, i) => first + i),
    type: valueTypes.sortedSet,
    timeoutMs,
    onTimeout: 'nilArray',
  });
}

const zmpop = defineCommand({
  name: 'ZMPOP',
  summary: 'Takes members out of the first of several sorted sets that has any.',
  since: '7.0.0',
  group: 'sorted-set',
  complexity:
    'O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.',
  flags: ['write'],
  arguments: [
    integer('numkeys'),
    many(key('key', 'RW', 'access', 'delete')),
    oneOf('where', token('min', 'MIN'), token('max', 'MAX')),
    optional(after('COUNT', integer('count'))),
  ],
  execute(context) {
    const words = readMultiPop(context.request, 1);
    if (!popFirst(context, words)) context.reply.nilArray();
  },
});

const bzmpop = defineCommand({
  name: 'BZMPOP',
  summary: 'Takes members out of the first of several sorted sets that has any; waits for one.',
  since: '7.0.0',
  group: 'sorted-set',
  complexity:
    'O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.',
  flags: ['write', 'blocking'],
  arguments: [
    double('timeout'),
    integer('numkeys'),
    many(key('key', 'RW', 'access', 'delete')),
    oneOf('where', token('min', 'MIN'), token('max', 'MAX')),
    optional(after('COUNT', integer('count'))),
  ],
  execute(context) {
    const words = readMultiPop(context.request, 2);
    const timeoutMs = blockTimeoutIn(context, 1);
    if (!popFirst(context, words)) waitOrGiveUp(context, words.first, words.stop, timeoutMs);
  },
});

/** Keys are the words from `first` to before `stop`. */
interface MultiPop {
  readonly first: number;
  readonly stop: number;
  readonly isMin: boolean;
  readonly count: number;
}

/** Reads the words from the number of keys on. */
function readMultiPop(request: Request, countWord: number): MultiPop {
  const keyCount = integerIn(request, countWord, errors.keyCountNotPositive);
  if (keyCount <= 0) throw errors.keyCountNotPositive;
  const stop = countWord + 1 + keyCount;
  if (stop >= request.count) throw errors.syntax;
  const isMin = request.is(stop, 'min');
  if (!isMin && !request.is(stop, 'max')) throw errors.syntax;
  const rest = request.count - stop - 1;
  if (rest === 0) return { first: countWord + 1, stop, isMin, count: 1 };
  if (!request.is(stop + 1, 'count') || rest < 2) throw errors.syntax;
  const count = integerIn(request, stop + 2, errors.popCountNotPositive);
  if (count <= 0) throw errors.popCountNotPositive;
  if (rest > 2) throw errors.syntax;
  return { first: countWord + 1, stop, isMin, count };
}

/** Serves the request from the first key that has something; false where none has. */
function popFirst(context: CommandContext, { first, stop, isMin, count }: MultiPop): boolean {
  const { request, reply, database } = context;
  for (let word = first; word < stop; word += 1) {
    const record = findSortedSetForWrite(context, word);
    if (record === 0) continue;
    const taken = Math.min(count, database.sortedSets.length(record));
    reply.array(2);
    reply.bulk(request.bytes, request.starts[word], request.ends[word]);
    reply.array(taken);
    const cursor = database.sortedSets.cursorAt(
      record,
      isMin ? 0 : database.sortedSets.length(record) - 1,
    );
    for (let i = 0; i < taken; i += 1, cursor.step(!isMin)) {
      reply.array(2);
      reply.bulk(cursor.bytes, cursor.start, cursor.end);
      replyScore(reply, cursor.score);
    }
    take(context, record, word, isMin, taken);
    context.effect(3).text(popName(isMin)).word(word).integer(taken);
    return true;
  }
  return false;
}

export const sortedSetPopCommands: readonly CommandDeclaration[] = [
  zpopmin,
  zpopmax,
  bzpopmin,
  bzpopmax,
  zmpop,
  bzmpop,
];
