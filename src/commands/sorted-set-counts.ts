import { double, integer, key, string } from './arguments.ts';
import type { CommandContext, KeyEvent } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { boundsIn, type RangeBounds, ranksOf } from './sorted-set-range-words.ts';
import {
  deleteIfEmpty,
  findSortedSet,
  findSortedSetForWrite,
  sortedSetEvents,
} from './sorted-set-values.ts';

/** Counting and removing the members within a range. */

function replyCount(context: CommandContext, by: RangeBounds['by']): void {
  const bounds = boundsIn(context.request, by, 2, 3);
  const record = findSortedSet(context, 1);
  if (record === 0) {
    context.reply.integer(0);
    return;
  }
  const { start, end } = ranksOf(context, record, bounds, false);
  context.reply.integer(end - start);
}

const zcount = defineCommand({
  name: 'ZCOUNT',
  summary: 'Counts the members between two scores.',
  since: '2.0.0',
  group: 'sorted-set',
  complexity: 'O(log(N)) with N being the number of elements in the sorted set.',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO', 'access'), double('min'), double('max')],
  execute(context) {
    replyCount(context, 'score');
  },
});

const zlexcount = defineCommand({
  name: 'ZLEXCOUNT',
  summary: 'Counts the members between two members, where all scores are the same.',
  since: '2.8.9',
  group: 'sorted-set',
  complexity: 'O(log(N)) with N being the number of elements in the sorted set.',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO', 'access'), string('min'), string('max')],
  execute(context) {
    replyCount(context, 'lex');
  },
});

function removeRange(context: CommandContext, by: RangeBounds['by'], event: KeyEvent): void {
  const bounds = boundsIn(context.request, by, 2, 3);
  const record = findSortedSetForWrite(context, 1);
  let removed = 0;
  if (record !== 0) {
    const { start, end } = ranksOf(context, record, bounds, false);
    removed = end - start;
    if (removed > 0) {
      const fresh = context.database.sortedSets.removeRange(record, start, removed);
      context.modified(event, 1, removed);
      deleteIfEmpty(context, fresh, 1);
    }
  }
  context.reply.integer(removed);
}

const removeComplexity =
  'O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.';

const zremrangebyrank = defineCommand({
  name: 'ZREMRANGEBYRANK',
  summary: 'Takes out the members between two ranks.',
  since: '2.0.0',
  group: 'sorted-set',
  complexity: removeComplexity,
  flags: ['write'],
  arguments: [key('key', 'RW', 'delete'), integer('start'), integer('stop')],
  execute(context) {
    removeRange(context, 'rank', sortedSetEvents.removeByRank);
  },
});

const zremrangebyscore = defineCommand({
  name: 'ZREMRANGEBYSCORE',
  summary: 'Takes out the members between two scores.',
  since: '1.2.0',
  group: 'sorted-set',
  complexity: removeComplexity,
  flags: ['write'],
  arguments: [key('key', 'RW', 'delete'), double('min'), double('max')],
  execute(context) {
    removeRange(context, 'score', sortedSetEvents.removeByScore);
  },
});

const zremrangebylex = defineCommand({
  name: 'ZREMRANGEBYLEX',
  summary: 'Takes out the members between two members, where all scores are the same.',
  since: '2.8.9',
  group: 'sorted-set',
  complexity: removeComplexity,
  flags: ['write'],
  arguments: [key('key', 'RW', 'delete'), string('min'), string('max')],
  execute(context) {
    removeRange(context, 'lex', sortedSetEvents.removeByLex);
  },
});

export const sortedSetCountCommands: readonly CommandDeclaration[] = [
  zcount,
  zlexcount,
  zremrangebyrank,
  zremrangebyscore,
  zremrangebylex,
];
