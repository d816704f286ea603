import { errors, wrongArity } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { sortedSetErrors } from '../protocol/sorted-set-errors.ts';
import { noExpiry } from '../store/database.ts';
import {
  block,
  double,
  integer,
  key,
  many,
  oneOf,
  optional,
  since,
  string,
  token,
} from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { replyScore, scoreIn } from './sorted-set-scores.ts';
import {
  deleteIfEmpty,
  findSortedSet,
  findSortedSetForWrite,
  sortedSetEvents,
} from './sorted-set-values.ts';

/** Sorted sets: their members, one by one. */

/** Options of ZADD, as bits. */
const addFlags = { nx: 1, xx: 2, gt: 4, lt: 8, ch: 16, incr: 32 } as const;

const zadd = defineCommand({
  name: 'ZADD',
  summary: 'Adds members with scores to a sorted set, or gives members other scores.',
  since: '1.2.0',
  group: 'sorted-set',
  complexity: 'O(log(N)) for each item added, where N is the number of elements in the sorted set.',
  flags: ['write', 'denyoom', 'fast'],
  history: [
    ['2.4.0', 'Accepts multiple elements.'],
    ['3.0.2', 'Added the `XX`, `NX`, `CH` and `INCR` options.'],
    ['6.2.0', 'Added the `GT` and `LT` options.'],
  ],
  arguments: [
    key('key', 'RW', 'update'),
    since('3.0.2', optional(oneOf('condition', token('nx', 'NX'), token('xx', 'XX')))),
    since('6.2.0', optional(oneOf('comparison', token('gt', 'GT'), token('lt', 'LT')))),
    since('3.0.2', optional(token('change', 'CH'))),
    since('3.0.2', optional(token('increment', 'INCR'))),
    many(block('score_member', double('score'), string('member'))),
  ],
  execute(context) {
    addMembers(context, 0);
  },
});

const zincrby = defineCommand({
  name: 'ZINCRBY',
  summary: 'Adds to the score of a member, which is 0 where there is none.',
  since: '1.2.0',
  group: 'sorted-set',
  complexity: 'O(log(N)) where N is the number of elements in the sorted set.',
  flags: ['write', 'denyoom', 'fast'],
  arguments: [key('key', 'RW', 'access', 'update'), integer('increment'), string('member')],
  execute(context) {
    addMembers(context, addFlags.incr);
  },
});

/** Where the pairs of the last request that was read begin. */
let firstPair = 2;

function readAddFlags(request: Request, given: number): number {
  let flags = given;
  let word = 2;
  for (; word < request.count; word += 1) {
    const flag = addFlagIn(request, word);
    if (flag === 0) break;
    flags |= flag;
  }
  firstPair = word;
  return flags;
}

function addFlagIn(request: Request, word: number): number {
  const length = request.lengthOf(word);
  if (length !== 2 && length !== 4) return 0;
  // Nearly always a number.
  if (request.bytes[request.starts[word]] < 65) return 0;
  if (request.is(word, 'nx')) return addFlags.nx;
  if (request.is(word, 'xx')) return addFlags.xx;
  if (request.is(word, 'gt')) return addFlags.gt;
  if (request.is(word, 'lt')) return addFlags.lt;
  if (request.is(word, 'ch')) return addFlags.ch;
  return request.is(word, 'incr') ? addFlags.incr : 0;
}

function assertAddFlags(flags: number, words: number): void {
  if (words === 0 || words % 2 !== 0) throw errors.syntax;
  const { nx, xx, gt, lt, incr } = addFlags;
  if ((flags & (nx | xx)) === (nx | xx)) throw sortedSetErrors.addConditions;
  const others = flags & (nx | gt | lt);
  // At most one of the three: no two bits.
  if ((others & (others - 1)) !== 0) throw sortedSetErrors.addComparisons;
  if ((flags & incr) !== 0 && words > 2) throw sortedSetErrors.addIncrementPairs;
}

/** Scores of the request at hand: all are read before anything changes. */
let scores = new Float64Array(64);

function readScores(request: Request, first: number): void {
  const count = (request.count - first) >>> 1;
  if (count > scores.length) scores = new Float64Array(count * 2);
  for (let i = 0; i < count; i += 1) scores[i] = scoreIn(request, first + 2 * i);
}

/** What ZADD did, besides its record. */
const outcome = { added: 0, updated: 0, isDone: false, score: 0 };

function addMembers(context: CommandContext, given: number): void {
  const { request, reply, database } = context;
  const flags = readAddFlags(request, given);
  const first = firstPair;
  assertAddFlags(flags, request.count - first);
  readScores(request, first);
  let record = findSortedSetForWrite(context, 1);
  outcome.added = 0;
  outcome.updated = 0;
  outcome.isDone = false;
  if (record !== 0 || (flags & addFlags.xx) === 0) {
    const { bytes, starts, ends } = request;
    if (record === 0) record = database.sortedSets.create(bytes, starts[1], ends[1], noExpiry);
    for (let word = first; word < request.count; word += 2) {
      record = addMember(context, record, word + 1, scores[(word - first) >>> 1], flags);
    }
  }
  const { added, updated } = outcome;
  const isIncrement = (flags & addFlags.incr) !== 0;
  if (added + updated > 0) {
    const event = isIncrement ? sortedSetEvents.increment : sortedSetEvents.add;
    context.modified(event, 1, added + updated);
  }
  if (!isIncrement) reply.integer((flags & addFlags.ch) !== 0 ? added + updated : added);
  else if (outcome.isDone) replyScore(reply, outcome.score);
  else reply.nil();
}

function addMember(
  context: CommandContext,
  record: number,
  word: number,
  given: number,
  flags: number,
): number {
  const { bytes, starts, ends } = context.request;
  const { sortedSets } = context.database;
  const start = starts[word];
  const end = ends[word];
  if (!sortedSets.find(record, bytes, start, end)) {
    if ((flags & addFlags.xx) !== 0) return record;
    outcome.added += 1;
    outcome.isDone = true;
    outcome.score = given;
    return sortedSets.insert(record, bytes, start, end, given);
  }
  if ((flags & addFlags.nx) !== 0) return record;
  const before = sortedSets.score;
  const score = (flags & addFlags.incr) !== 0 ? before + given : given;
  if (Number.isNaN(score)) throw sortedSetErrors.scoreNotANumber;
  if ((flags & addFlags.gt) !== 0 && score <= before) return record;
  if ((flags & addFlags.lt) !== 0 && score >= before) return record;
  outcome.isDone = true;
  outcome.score = score;
  if (score === before) return record;
  outcome.updated += 1;
  return sortedSets.update(record, bytes, start, end, score);
}

const zrem = defineCommand({
  name: 'ZREM',
  summary: 'Takes members out of a sorted set, which is deleted when none is left.',
  since: '1.2.0',
  group: 'sorted-set',
  complexity:
    'O(M*log(N)) with N being the number of elements in the sorted set and M the number of elements to be removed.',
  flags: ['write', 'fast'],
  history: [['2.4.0', 'Accepts multiple elements.']],
  arguments: [key('key', 'RW', 'delete'), many(string('member'))],
  execute(context) {
    const { bytes, starts, ends, count } = context.request;
    const { sortedSets } = context.database;
    let record = findSortedSetForWrite(context, 1);
    let removed = 0;
    for (let word = 2; record !== 0 && word < count; word += 1) {
      if (!sortedSets.find(record, bytes, starts[word], ends[word])) continue;
      record = sortedSets.remove(record, bytes, starts[word], ends[word]);
      removed += 1;
      if (sortedSets.length(record) === 0) break;
    }
    if (removed > 0) {
      context.modified(sortedSetEvents.remove, 1, removed);
      deleteIfEmpty(context, record, 1);
    }
    context.reply.integer(removed);
  },
});

const zcard = defineCommand({
  name: 'ZCARD',
  summary: 'Returns the number of members of a sorted set.',
  since: '1.2.0',
  group: 'sorted-set',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO')],
  execute(context) {
    const record = findSortedSet(context, 1);
    context.reply.integer(record === 0 ? 0 : context.database.sortedSets.length(record));
  },
});

const zscore = defineCommand({
  name: 'ZSCORE',
  summary: 'Returns the score of a member.',
  since: '1.2.0',
  group: 'sorted-set',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO', 'access'), string('member')],
  execute(context) {
    replyScoreOf(context, findSortedSet(context, 1), 2);
  },
});

const zmscore = defineCommand({
  name: 'ZMSCORE',
  summary: 'Returns the scores of several members; null where there is none.',
  since: '6.2.0',
  group: 'sorted-set',
  complexity: 'O(N) where N is the number of members being requested.',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO', 'access'), many(string('member'))],
  execute(context) {
    const { count } = context.request;
    const record = findSortedSet(context, 1);
    context.reply.array(count - 2);
    for (let word = 2; word < count; word += 1) replyScoreOf(context, record, word);
  },
});

function replyScoreOf(context: CommandContext, record: number, word: number): void {
  const { request, reply, database } = context;
  const { bytes, starts, ends } = request;
  const { sortedSets } = database;
  if (record !== 0 && sortedSets.find(record, bytes, starts[word], ends[word])) {
    replyScore(reply, sortedSets.score);
  } else {
    reply.nil();
  }
}

const zrank = defineCommand({
  name: 'ZRANK',
  summary: 'Returns how many members stand before one, from the lowest score up.',
  since: '2.0.0',
  group: 'sorted-set',
  complexity: 'O(log(N))',
  flags: ['readonly', 'fast'],
  history: [['7.2.0', 'Added the optional `WITHSCORE` argument.']],
  arguments: [
    key('key', 'RO', 'access'),
    string('member'),
    since('7.2.0', optional(token('withscore', 'WITHSCORE'))),
  ],
  execute(context) {
    replyRank(context, false, 'zrank');
  },
});

const zrevrank = defineCommand({
  name: 'ZREVRANK',
  summary: 'Returns how many members stand before one, from the highest score down.',
  since: '2.0.0',
  group: 'sorted-set',
  complexity: 'O(log(N))',
  flags: ['readonly', 'fast'],
  history: [['7.2.0', 'Added the optional `WITHSCORE` argument.']],
  arguments: [
    key('key', 'RO', 'access'),
    string('member'),
    since('7.2.0', optional(token('withscore', 'WITHSCORE'))),
  ],
  execute(context) {
    replyRank(context, true, 'zrevrank');
  },
});

function replyRank(context: CommandContext, isReverse: boolean, name: string): void {
  const { request, reply, database } = context;
  const { bytes, starts, ends, count } = request;
  if (count > 4) throw wrongArity(name);
  const withScore = count === 4;
  if (withScore && !request.is(3, 'withscore')) throw errors.syntax;
  const { sortedSets } = database;
  const record = findSortedSet(context, 1);
  const rank = record === 0 ? -1 : sortedSets.rankOf(record, bytes, starts[2], ends[2]);
  if (rank < 0) {
    if (withScore) reply.nilArray();
    else reply.nil();
    return;
  }
  if (withScore) reply.array(2);
  const { score } = sortedSets;
  reply.integer(isReverse ? sortedSets.length(record) - 1 - rank : rank);
  if (withScore) replyScore(reply, score);
}

export const sortedSetCommands: readonly CommandDeclaration[] = [
  zadd,
  zincrby,
  zrem,
  zcard,
  zscore,
  zmscore,
  zrank,
  zrevrank,
];
