import { errors } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { after, integer, key, oneOf, optional, string, token } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import {
  findList,
  findListForWrite,
  listEvents,
  settleList,
  symmetricIntegerIn,
} from './list-values.ts';
import { integerIn } from './words.ts';

/** Lists: changing and finding elements wherever they are. */

const lset = defineCommand({
  name: 'LSET',
  summary: 'Replaces the element of a list at an index.',
  since: '1.0.0',
  group: 'list',
  complexity:
    'O(N) where N is the length of the list. Setting either the first or the last element of the list is O(1).',
  flags: ['write', 'denyoom'],
  arguments: [key('key', 'RW', 'update'), integer('index'), string('element')],
  execute(context) {
    const { request, database } = context;
    const { lists } = database;
    const { bytes, starts, ends } = request;
    const record = findListForWrite(context, 1);
    if (record === 0) throw errors.noSuchKey;
    const asked = integerIn(request, 2);
    const grown = lists.grow(record, request.lengthOf(3), 1);
    const length = lists.length(grown);
    const index = asked < 0 ? asked + length : asked;
    if (index < 0 || index >= length) throw errors.indexOutOfRange;
    const replaced = lists.replace(grown, index, bytes, starts[3], ends[3]);
    context.modified(listEvents.set, 1);
    lists.settle(replaced);
    context.reply.ok();
  },
});

const linsert = defineCommand({
  name: 'LINSERT',
  summary: 'Puts an element before or behind another one of a list.',
  since: '2.2.0',
  group: 'list',
  complexity:
    'O(N) where N is the number of elements to traverse before seeing the value pivot. This means that inserting somewhere on the left end on the list (head) can be considered O(1) and inserting somewhere on the right end (tail) is O(N).',
  flags: ['write', 'denyoom'],
  arguments: [
    key('key', 'RW', 'insert'),
    oneOf('where', token('before', 'BEFORE'), token('after', 'AFTER')),
    string('pivot'),
    string('element'),
  ],
  execute(context) {
    const { request, reply, database } = context;
    const { lists } = database;
    const { bytes, starts, ends } = request;
    const isBehind = request.is(2, 'after');
    if (!isBehind && !request.is(2, 'before')) throw errors.syntax;
    const record = findListForWrite(context, 1);
    if (record === 0) {
      reply.integer(0);
      return;
    }
    const grown = lists.grow(record, request.lengthOf(4), 1);
    const index = lists.indexOf(grown, bytes, starts[3], ends[3]);
    if (index < 0) {
      reply.integer(-1);
      return;
    }
    const ref = lists.insert(grown, index, isBehind, bytes, starts[4], ends[4]);
    context.modified(listEvents.insert, 1);
    reply.integer(lists.length(ref));
  },
});

const lrem = defineCommand({
  name: 'LREM',
  summary: 'Deletes elements of a list that equal a given one.',
  since: '1.0.0',
  group: 'list',
  complexity: 'O(N+M) where N is the length of the list and M is the number of elements removed.',
  flags: ['write'],
  arguments: [key('key', 'RW', 'delete'), integer('count'), string('element')],
  execute(context) {
    const { request, reply, database } = context;
    const { lists } = database;
    const { bytes, starts, ends } = request;
    const count = integerIn(request, 2);
    const record = findListForWrite(context, 1);
    if (record === 0) {
      reply.integer(0);
      return;
    }
    const limit = count === 0 ? Number.MAX_SAFE_INTEGER : Math.abs(count);
    const rest = lists.removeEqual(record, limit, count < 0, bytes, starts[3], ends[3]);
    const { removedCount } = lists;
    if (removedCount > 0) {
      context.modified(listEvents.remove, 1, removedCount);
      settleList(context, rest, 1);
    }
    reply.integer(removedCount);
  },
});

const ltrim = defineCommand({
  name: 'LTRIM',
  summary: 'Deletes all elements of a list but those between two indexes.',
  since: '1.0.0',
  group: 'list',
  complexity: 'O(N) where N is the number of elements to be removed by the operation.',
  flags: ['write'],
  arguments: [key('key', 'RW', 'delete'), integer('start'), integer('stop')],
  execute(context) {
    const start = integerIn(context.request, 2);
    const stop = integerIn(context.request, 3);
    const record = findListForWrite(context, 1);
    if (record !== 0) trim(context, record, start, stop);
    context.reply.ok();
  },
});

function trim(context: CommandContext, record: number, start: number, stop: number): void {
  const { lists } = context.database;
  const length = lists.length(record);
  const first = Math.max(0, start < 0 ? start + length : start);
  const last = Math.min(length - 1, stop < 0 ? stop + length : stop);
  const isEmpty = first > last;
  const before = isEmpty ? length : first;
  const behind = isEmpty ? 0 : length - 1 - last;
  const shorter = lists.deleteRange(record, 0, before);
  const rest = lists.deleteRange(shorter, -behind, behind);
  context.modified(listEvents.trim, 1, before + behind);
  settleList(context, rest, 1);
}

const lpos = defineCommand({
  name: 'LPOS',
  summary: 'Returns the indexes of elements of a list that equal a given one.',
  since: '6.0.6',
  group: 'list',
  complexity:
    'O(N) where N is the number of elements in the list, for the average case. When searching for elements near the head or the tail of the list, or when the MAXLEN option is provided, the command may run in constant time.',
  flags: ['readonly'],
  arguments: [
    key('key', 'RO', 'access'),
    string('element'),
    optional(after('RANK', integer('rank'))),
    optional(after('COUNT', integer('num-matches'))),
    optional(after('MAXLEN', integer('len'))),
  ],
  execute(context) {
    const search = readSearch(context.request);
    const record = findList(context, 1);
    const found = record === 0 ? [] : positionsOf(context, record, search);
    const { reply } = context;
    if (search.count === null) {
      if (found.length > 0) reply.integer(found[0]);
      else reply.nil();
      return;
    }
    reply.array(found.length);
    for (const index of found) reply.integer(index);
  },
});

/** What LPOS looks for. */
interface Search {
  /** Which match is the first that counts, from 1. */
  rank: number;
  isBackwards: boolean;
  /** How many matches are wanted, 0 for all; null for one that is replied alone. */
  count: number | null;
  /** How many elements are compared; 0 for all. */
  comparedMax: number;
}

function readSearch(request: Request): Search {
  const search: Search = { rank: 1, isBackwards: false, count: null, comparedMax: 0 };
  for (let word = 3; word < request.count; word += 2) {
    if (word + 1 >= request.count) throw errors.syntax;
    if (request.is(word, 'rank')) {
      const rank = symmetricIntegerIn(request, word + 1);
      if (rank === 0) throw errors.rankZero;
      search.rank = Math.abs(rank);
      search.isBackwards = rank < 0;
    } else if (request.is(word, 'count')) {
      search.count = integerIn(request, word + 1, errors.countNegative);
      if (search.count < 0) throw errors.countNegative;
    } else if (request.is(word, 'maxlen')) {
      search.comparedMax = integerIn(request, word + 1, errors.maxLengthNegative);
      if (search.comparedMax < 0) throw errors.maxLengthNegative;
    } else {
      throw errors.syntax;
    }
  }
  return search;
}

function positionsOf(context: CommandContext, record: number, search: Search): number[] {
  const { request, database } = context;
  const { lists } = database;
  const { cursor } = lists;
  const { bytes, starts, ends } = request;
  const { rank, isBackwards, comparedMax } = search;
  const wanted = search.count ?? 1;
  const length = lists.length(record);
  const last = comparedMax === 0 ? length : Math.min(length, comparedMax);
  const found: number[] = [];
  let matches = 0;
  let isThere = lists.open(record, isBackwards ? -1 : 0, isBackwards);
  for (let index = 0; isThere && index < last; index += 1) {
    if (cursor.equals(bytes, starts[2], ends[2])) {
      matches += 1;
      if (matches >= rank) found.push(isBackwards ? length - 1 - index : index);
      if (wanted > 0 && found.length === wanted) break;
    }
    isThere = cursor.next();
  }
  return found;
}

export const listEditCommands: readonly CommandDeclaration[] = [lset, linsert, lrem, ltrim, lpos];
