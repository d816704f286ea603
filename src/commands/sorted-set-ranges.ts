import { noExpiry } from '../store/database.ts';
import {
  after,
  block,
  double,
  integer,
  key,
  oneOf,
  optional,
  since,
  string,
  token,
} from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import {
  clampedRanks,
  type RangeForm,
  type RangeQuery,
  ranksOfQuery,
  readRange,
} from './sorted-set-range-words.ts';
import {
  deleteDestination,
  findSortedSet,
  replyElement,
  replyElementsHead,
  sortedSetEvents,
} from './sorted-set-values.ts';
import { integerIn } from './words.ts';

/** Ranges of sorted sets: by rank, by score and by member. */

const complexity =
  'O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.';
const limitComplexity =
  'O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).';

const limit = optional(after('LIMIT', block('offset_count', integer('offset'), integer('count'))));
const withScores = optional(token('withscores', 'WITHSCORES'));
const sortBy = optional(oneOf('sortby', token('byscore', 'BYSCORE'), token('bylex', 'BYLEX')));
const reverse = optional(token('rev', 'REV'));

function replyRange(context: CommandContext, form: RangeForm): void {
  if (context.request.count === 4 && form.by !== 'score' && form.by !== 'lex') {
    replyRanks(context, form.isReverse === true);
    return;
  }
  const query = readRange(context.request, 2, form);
  const record = findSortedSet(context, 1);
  if (record === 0) {
    context.reply.array(0);
    return;
  }
  const { start, end } = ranksOfQuery(context, record, query);
  const count = end - start;
  replyElementsHead(context, count, query.withScores);
  if (count > 0) {
    const from = query.isReverse ? end - 1 : start;
    replyElements(context, record, from, count, query.isReverse, query.withScores);
  }
}

/** Replies with `count` elements from a rank on. Requires: there is at least that one. */
function replyElements(
  context: CommandContext,
  record: number,
  rank: number,
  count: number,
  isReverse: boolean,
  withScores: boolean,
): void {
  const cursor = context.database.sortedSets.cursorAt(record, rank);
  for (let left = count; ; cursor.step(isReverse)) {
    replyElement(context, cursor, withScores);
    left -= 1;
    if (left === 0) break;
  }
}

/** The commonest range: two ranks and no option. */
function replyRanks(context: CommandContext, isReverse: boolean): void {
  const { request, reply, database } = context;
  const first = integerIn(request, 2);
  const last = integerIn(request, 3);
  const record = findSortedSet(context, 1);
  if (record === 0) {
    reply.array(0);
    return;
  }
  const { sortedSets } = database;
  const length = sortedSets.length(record);
  const { start, end } = clampedRanks(sortedSets.range, first, last, length, isReverse);
  reply.array(end - start);
  if (start === end) return;
  replyElements(context, record, isReverse ? end - 1 : start, end - start, isReverse, false);
}

const zrange = defineCommand({
  name: 'ZRANGE',
  summary: 'Returns the members between two ranks, scores or members.',
  since: '1.2.0',
  group: 'sorted-set',
  complexity,
  flags: ['readonly'],
  history: [['6.2.0', 'Added the `REV`, `BYSCORE`, `BYLEX` and `LIMIT` options.']],
  arguments: [
    key('key', 'RO', 'access'),
    string('start'),
    string('stop'),
    since('6.2.0', sortBy),
    since('6.2.0', reverse),
    since('6.2.0', limit),
    withScores,
  ],
  execute(context) {
    replyRange(context, { by: null, isReverse: null, mayShowScores: true });
  },
});

const zrevrange = defineCommand({
  name: 'ZREVRANGE',
  summary: 'Returns the members between two ranks, counted from the highest score.',
  since: '1.2.0',
  group: 'sorted-set',
  complexity,
  flags: ['readonly'],
  deprecated: { since: '6.2.0', replacedBy: '`ZRANGE` with the `REV` argument' },
  arguments: [key('key', 'RO', 'access'), integer('start'), integer('stop'), withScores],
  execute(context) {
    replyRange(context, { by: 'rank', isReverse: true, mayShowScores: true });
  },
});

const zrangebyscore = defineCommand({
  name: 'ZRANGEBYSCORE',
  summary: 'Returns the members between two scores.',
  since: '1.0.5',
  group: 'sorted-set',
  complexity: limitComplexity,
  flags: ['readonly'],
  history: [['2.0.0', 'Added the `WITHSCORES` modifier.']],
  deprecated: { since: '6.2.0', replacedBy: '`ZRANGE` with the `BYSCORE` argument' },
  arguments: [
    key('key', 'RO', 'access'),
    double('min'),
    double('max'),
    since('2.0.0', withScores),
    limit,
  ],
  execute(context) {
    replyRange(context, { by: 'score', isReverse: false, mayShowScores: true });
  },
});

const zrevrangebyscore = defineCommand({
  name: 'ZREVRANGEBYSCORE',
  summary: 'Returns the members between two scores, the highest first.',
  since: '2.2.0',
  group: 'sorted-set',
  complexity: limitComplexity,
  flags: ['readonly'],
  history: [['2.1.6', '`min` and `max` can be exclusive.']],
  deprecated: { since: '6.2.0', replacedBy: '`ZRANGE` with the `REV` and `BYSCORE` arguments' },
  arguments: [key('key', 'RO', 'access'), double('max'), double('min'), withScores, limit],
  execute(context) {
    replyRange(context, { by: 'score', isReverse: true, mayShowScores: true });
  },
});

const zrangebylex = defineCommand({
  name: 'ZRANGEBYLEX',
  summary: 'Returns the members between two members, where all scores are the same.',
  since: '2.8.9',
  group: 'sorted-set',
  complexity: limitComplexity,
  flags: ['readonly'],
  deprecated: { since: '6.2.0', replacedBy: '`ZRANGE` with the `BYLEX` argument' },
  arguments: [key('key', 'RO', 'access'), string('min'), string('max'), limit],
  execute(context) {
    replyRange(context, { by: 'lex', isReverse: false, mayShowScores: true });
  },
});

const zrevrangebylex = defineCommand({
  name: 'ZREVRANGEBYLEX',
  summary: 'Returns the members between two members, the highest first.',
  since: '2.8.9',
  group: 'sorted-set',
  complexity: limitComplexity,
  flags: ['readonly'],
  deprecated: { since: '6.2.0', replacedBy: '`ZRANGE` with the `REV` and `BYLEX` arguments' },
  arguments: [key('key', 'RO', 'access'), string('max'), string('min'), limit],
  execute(context) {
    replyRange(context, { by: 'lex', isReverse: true, mayShowScores: true });
  },
});

const zrangestore = defineCommand({
  name: 'ZRANGESTORE',
  summary: 'Stores the members between two ranks, scores or members as another sorted set.',
  since: '6.2.0',
  group: 'sorted-set',
  complexity:
    'O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements stored into the destination key.',
  flags: ['write', 'denyoom'],
  arguments: [
    key('dst', 'OW', 'update'),
    key('src', 'RO', 'access'),
    string('min'),
    string('max'),
    sortBy,
    reverse,
    limit,
  ],
  execute(context) {
    const form: RangeForm = { by: null, isReverse: null, mayShowScores: false };
    const query = readRange(context.request, 3, form);
    const record = findSortedSet(context, 2);
    const stored = record === 0 ? 0 : storeRange(context, record, query);
    if (stored > 0) context.modified(sortedSetEvents.rangeStore, 1);
    else deleteDestination(context, 1);
    context.reply.integer(stored);
  },
});

function storeRange(context: CommandContext, record: number, query: RangeQuery): number {
  const { request, database } = context;
  const { sortedSets } = database;
  const { start, end } = ranksOfQuery(context, record, query);
  const count = end - start;
  if (count === 0) return 0;
  const { isReverse } = query;
  const { sortedSetEntries, sortedSetValueBytes } = database.limits;
  const builder = sortedSets.build(count);
  const cursor = sortedSets.cursorAt(record, isReverse ? end - 1 : start);
  // Redis fills a listpack until a member does not fit: up to there a zero has no sign.
  let isPacked = count <= sortedSetEntries;
  for (let i = 0; i < count; i += 1, cursor.step(isReverse)) {
    if (cursor.end - cursor.start > sortedSetValueBytes) isPacked = false;
    const score = isPacked && cursor.score === 0 ? 0 : cursor.score;
    builder.add(cursor.bytes, cursor.start, cursor.end, score);
  }
  builder.finish(request.bytes, request.starts[1], request.ends[1], noExpiry);
  return count;
}

export const sortedSetRangeCommands: readonly CommandDeclaration[] = [
  zrange,
  zrevrange,
  zrangebyscore,
  zrevrangebyscore,
  zrangebylex,
  zrevrangebylex,
  zrangestore,
];
