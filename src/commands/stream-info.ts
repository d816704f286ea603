import { errors, unknownSubcommandOrArity } from '../protocol/errors.ts';
import type { ReplyWriter } from '../protocol/reply-writer.ts';
import { noSuchGroup } from '../protocol/stream-errors.ts';
import type { Stream } from '../store/values/stream.ts';
import type { StreamConsumer, StreamGroup } from '../store/values/stream-group.ts';
import { StreamId } from '../store/values/stream-id.ts';
import { lagOf } from '../store/values/stream-progress.ts';
import { radixNodeCount } from '../store/values/stream-radix.ts';
import { after, block, integer, key, optional, string } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineContainer, defineSubcommand } from './define.ts';
import { withHelp } from './help.ts';
import { replyId } from './stream-ids.ts';
import { replyEntryOf, replyRange } from './stream-replies.ts';
import { findStream, groupIn } from './stream-values.ts';
import { integerIn, replyInteger } from './words.ts';

/** XINFO: what streams, groups and consumers are like. */

/** Entries and pending entries that FULL shows of each list. */
const countDefault = 10;

const lowest = new StreamId();
const highest = new StreamId();
highest.setMax();
/** Filled and used within one command. */
const id = new StreamId();

const stream = defineSubcommand({
  name: 'STREAM',
  summary: 'Describes a stream.',
  since: '5.0.0',
  group: 'stream',
  complexity: 'O(1)',
  flags: ['readonly'],
  history: [
    ['6.0.0', 'Added the `FULL` modifier.'],
    [
      '7.0.0',
      'Added the `max-deleted-entry-id`, `entries-added`, `recorded-first-entry-id`, `entries-read` and `lag` fields',
    ],
  ],
  arguments: [
    key('key', 'RO', 'access'),
    optional(after('FULL', block('full', optional(after('COUNT', integer('count')))))),
  ],
  execute(context) {
    const found = requireStream(context);
    const { request } = context;
    if (request.count === 3) {
      replyStream(context.reply, found);
      return;
    }
    const isCounted = request.count === 6;
    if ((!isCounted && request.count !== 4) || !request.is(3, 'full')) {
      throw unknownSubcommandOrArity(request);
    }
    if (isCounted && !request.is(4, 'count')) throw unknownSubcommandOrArity(request);
    let count = isCounted ? integerIn(request, 5) : countDefault;
    if (count < 0) count = countDefault;
    replyWhole(context.reply, found, count);
  },
});

/** The stream of the key in word 2. Throws when there is none. */
function requireStream(context: CommandContext): Stream {
  const found = findStream(context, 2);
  if (found === null) throw errors.noSuchKey;
  return found;
}

function replyFacts(reply: ReplyWriter, described: Stream): void {
  reply.bulkLatin1('length');
  reply.integer(described.length);
  reply.bulkLatin1('radix-tree-keys');
  reply.integer(described.nodes.ids.size);
  reply.bulkLatin1('radix-tree-nodes');
  reply.integer(radixNodeCount(described.nodes.ids.chunks));
  reply.bulkLatin1('last-generated-id');
  replyId(reply, described.lastId);
  reply.bulkLatin1('max-deleted-entry-id');
  replyId(reply, described.maxDeletedId);
  reply.bulkLatin1('entries-added');
  replyInteger(reply, described.entriesAdded);
  reply.bulkLatin1('recorded-first-entry-id');
  replyId(reply, described.firstId);
}

function replyStream(reply: ReplyWriter, described: Stream): void {
  reply.map(10);
  replyFacts(reply, described);
  reply.bulkLatin1('groups');
  reply.integer(described.groups.length);
  reply.bulkLatin1('first-entry');
  replyEdge(reply, described, false);
  reply.bulkLatin1('last-entry');
  replyEdge(reply, described, true);
}

function replyEdge(reply: ReplyWriter, described: Stream, isLast: boolean): void {
  if (!described.edgeId(isLast, false, id)) reply.nil();
  else replyEntryOf(reply, described, id);
}

/** FULL: with entries, groups and all that is pending, `count` of each (0 for all). */
function replyWhole(reply: ReplyWriter, described: Stream, count: number): void {
  reply.map(9);
  replyFacts(reply, described);
  reply.bulkLatin1('entries');
  replyRange(reply, described, lowest, highest, count, false);
  reply.bulkLatin1('groups');
  reply.array(described.groups.length);
  for (const group of described.groups) {
    reply.map(7);
    reply.bulkLatin1('name');
    reply.bulk(group.name);
    replyProgress(reply, described, group);
    reply.bulkLatin1('pel-count');
    reply.integer(group.pending.size);
    reply.bulkLatin1('pending');
    replyGroupPending(reply, group, count);
    reply.bulkLatin1('consumers');
    reply.array(group.consumers.length);
    for (const consumer of group.consumers) replyWholeConsumer(reply, group, consumer, count);
  }
}

function replyProgress(reply: ReplyWriter, described: Stream, group: StreamGroup): void {
  reply.bulkLatin1('last-delivered-id');
  replyId(reply, group.lastId);
  reply.bulkLatin1('entries-read');
  replyKnown(reply, group.entriesRead);
  reply.bulkLatin1('lag');
  const lag = lagOf(described, group);
  if (lag === null) reply.nil();
  else replyInteger(reply, lag);
}

function replyKnown(reply: ReplyWriter, count: number): void {
  if (count === -1) reply.nil();
  else replyInteger(reply, count);
}

function replyGroupPending(reply: ReplyWriter, group: StreamGroup, count: number): void {
  const { pending } = group;
  const shown = count === 0 ? pending.size : Math.min(count, pending.size);
  reply.array(shown);
  pending.first();
  for (let left = shown; left > 0; left -= 1, pending.next()) {
    const { chunk, index } = pending;
    chunk.readId(index, id);
    reply.array(4);
    replyId(reply, id);
    reply.bulk(group.pendingOwner.name);
    replyInteger(reply, chunk.timeAt(index));
    replyInteger(reply, chunk.deliveryCountAt(index));
  }
}

function replyWholeConsumer(
  reply: ReplyWriter,
  group: StreamGroup,
  consumer: StreamConsumer,
  count: number,
): void {
  const { pending } = consumer;
  reply.map(5);
  reply.bulkLatin1('name');
  reply.bulk(consumer.name);
  reply.bulkLatin1('seen-time');
  replyInteger(reply, consumer.seenAtMs);
  reply.bulkLatin1('active-time');
  replyInteger(reply, consumer.activeAtMs);
  reply.bulkLatin1('pel-count');
  reply.integer(pending.size);
  reply.bulkLatin1('pending');
  const shown = count === 0 ? pending.size : Math.min(count, pending.size);
  reply.array(shown);
  pending.first();
  for (let left = shown; left > 0; left -= 1, pending.next()) {
    pending.chunk.readId(pending.index, id);
    group.findPending(id);
    const { chunk, index } = group.pending;
    reply.array(3);
    replyId(reply, id);
    replyInteger(reply, chunk.timeAt(index));
    replyInteger(reply, chunk.deliveryCountAt(index));
  }
}

const groups = defineSubcommand({
  name: 'GROUPS',
  summary: 'Lists the groups of a stream.',
  since: '5.0.0',
  group: 'stream',
  complexity: 'O(1)',
  flags: ['readonly'],
  history: [['7.0.0', 'Added the `entries-read` and `lag` fields']],
  arguments: [key('key', 'RO', 'access')],
  execute(context) {
    const { reply } = context;
    const found = requireStream(context);
    reply.array(found.groups.length);
    for (const group of found.groups) {
      reply.map(6);
      reply.bulkLatin1('name');
      reply.bulk(group.name);
      reply.bulkLatin1('consumers');
      reply.integer(group.consumers.length);
      reply.bulkLatin1('pending');
      reply.integer(group.pending.size);
      replyProgress(reply, found, group);
    }
  },
});

const consumers = defineSubcommand({
  name: 'CONSUMERS',
  summary: 'Lists the consumers of a group.',
  since: '5.0.0',
  group: 'stream',
  complexity: 'O(1)',
  flags: ['readonly'],
  history: [['7.2.0', 'Added the `inactive` field.']],
  tips: ['nondeterministic_output'],
  arguments: [key('key', 'RO', 'access'), string('groupname')],
  execute(context) {
    const { request, reply, nowMs } = context;
    const group = groupIn(context, requireStream(context), 3);
    if (group === null) throw noSuchGroup(request, 2, 3, 'group first');
    reply.array(group.consumers.length);
    for (const { name, pending, seenAtMs, activeAtMs } of group.consumers) {
      reply.map(4);
      reply.bulkLatin1('name');
      reply.bulk(name);
      reply.bulkLatin1('pending');
      reply.integer(pending.size);
      reply.bulkLatin1('idle');
      replyInteger(reply, Math.max(nowMs - seenAtMs, 0));
      reply.bulkLatin1('inactive');
      replyInteger(reply, activeAtMs === -1 ? -1 : nowMs - activeAtMs);
    }
  },
});

const xinfo = defineContainer({
  name: 'XINFO',
  summary: 'Describes streams, their groups and consumers.',
  since: '5.0.0',
  group: 'stream',
  complexity: 'Depends on subcommand.',
  flags: [],
  subcommands: withHelp({
    container: 'XINFO',
    since: '5.0.0',
    group: 'stream',
    aclGroups: ['stream'],
    subcommands: [stream, consumers, groups],
  }),
});

export const streamInfoCommands: readonly CommandDeclaration[] = [xinfo];
