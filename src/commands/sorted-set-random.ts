import { errors, rangeError } from '../protocol/errors.ts';
import { scoreText } from '../store/values/score-text.ts';
import { after, block, integer, key, optional, pattern, token } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { cursorIn, isWanted, readScanOptions, replyScanHead } from './scan-options.ts';
import { findSortedSet, replyElement, replyElementsHead } from './sorted-set-values.ts';
import { int64In } from './words.ts';

/** Some members of a sorted set: by chance, or in turn. */

const zrandmember = defineCommand({
  name: 'ZRANDMEMBER',
  summary: 'Returns random members.',
  since: '6.2.0',
  group: 'sorted-set',
  complexity: 'O(N) where N is the number of elements returned',
  flags: ['readonly'],
  tips: ['nondeterministic_output'],
  arguments: [
    key('key', 'RO', 'access'),
    optional(block('options', integer('count'), optional(token('withscores', 'WITHSCORES')))),
  ],
  execute(context) {
    if (context.request.count > 2) {
      replyRandomElements(context);
      return;
    }
    const record = findSortedSet(context, 1);
    if (record === 0) context.reply.nil();
    else replyRank(context, record, randomRank(context, record), false);
  },
});

const longMax = 9223372036854775807n;

function replyRandomElements(context: CommandContext): void {
  const { request, reply, database } = context;
  const exact = int64In(request, 2);
  if (exact < -longMax) throw rangeError(-longMax, longMax);
  const withScores = request.count > 3;
  if (request.count > 4 || (withScores && !request.is(3, 'withscores'))) throw errors.syntax;
  if (withScores && (exact < -longMax / 2n || exact > longMax / 2n)) throw errors.outOfRange;
  const count = Number(exact);
  const record = findSortedSet(context, 1);
  if (record === 0 || count === 0) {
    reply.array(0);
    return;
  }
  if (count < 0) {
    replyElementsHead(context, -count, withScores);
    for (let i = 0; i < -count; i += 1) {
      replyRank(context, record, randomRank(context, record), withScores);
    }
    return;
  }
  const length = database.sortedSets.length(record);
  const shown = Math.min(count, length);
  replyElementsHead(context, shown, withScores);
  for (const rank of distinctRanks(context, length, shown)) {
    replyRank(context, record, rank, withScores);
  }
}

/** Every set of `count` ranks below `length` has the same chance (Floyd's method). */
function distinctRanks(context: CommandContext, length: number, count: number): Set<number> {
  const chosen = new Set<number>();
  for (let last = length - count; last < length; last += 1) {
    const rank = context.random.uint32() % (last + 1);
    chosen.add(chosen.has(rank) ? last : rank);
  }
  return chosen;
}

function randomRank(context: CommandContext, record: number): number {
  return context.random.uint32() % context.database.sortedSets.length(record);
}

function replyRank(
  context: CommandContext,
  record: number,
  rank: number,
  withScores: boolean,
): void {
  replyElement(context, context.database.sortedSets.cursorAt(record, rank), withScores);
}

const zscan = defineCommand({
  name: 'ZSCAN',
  summary: 'Returns some members with their scores, and a cursor to go on with.',
  since: '2.8.0',
  group: 'sorted-set',
  complexity:
    'O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection..',
  flags: ['readonly'],
  tips: ['nondeterministic_output'],
  arguments: [
    key('key', 'RO', 'access'),
    integer('cursor'),
    optional(after('MATCH', pattern('pattern'))),
    optional(after('COUNT', integer('count'))),
  ],
  execute(context) {
    const { request, reply, database } = context;
    const cursor = cursorIn(request, 2);
    const record = findSortedSet(context, 1);
    if (record === 0) {
      replyScanHead(reply, 0, 0);
      return;
    }
    const options = readScanOptions(request, 3, 'members');
    const members: Uint8Array[] = [];
    const scores: number[] = [];
    const next = database.sortedSets.scan(
      record,
      cursor,
      options.count,
      (bytes, start, end, score) => {
        if (!isWanted(options, bytes, start, end)) return;
        members.push(bytes.slice(start, end));
        scores.push(score);
      },
    );
    replyScanHead(reply, next, members.length * 2);
    for (const [i, member] of members.entries()) {
      reply.bulk(member);
      reply.bulkLatin1(scoreText(scores[i]));
    }
  },
});

export const sortedSetRandomCommands: readonly CommandDeclaration[] = [zrandmember, zscan];
