import { errors } from '../protocol/errors.ts';
import type { StreamGroup } from '../store/values/stream-group.ts';
import { StreamId } from '../store/values/stream-id.ts';
import type { SortedIds } from '../store/values/stream-sorted-ids.ts';
import { after, block, integer, key, optional, since, string } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { intervalEndIn, intervalStartIn, replyId } from './stream-ids.ts';
import { insertHead } from './stream-replies.ts';
import { consumerIn, findStream, requireGroup } from './stream-values.ts';
import { integerIn, replyInteger } from './words.ts';

/** XPENDING: what groups were given and have not acknowledged. */

/** Filled and used within one command. */
const from = new StreamId();
const to = new StreamId();
const id = new StreamId();

const xpending = defineCommand({
  name: 'XPENDING',
  summary: 'Shows what a group was given and has not acknowledged.',
  since: '5.0.0',
  group: 'stream',
  complexity:
    'O(N) with N being the number of elements returned, so asking for a small fixed number of entries per call is O(1). O(M), where M is the total number of entries scanned when used with the IDLE filter. When the command returns just the summary and the list of consumers is small, it runs in O(1) time; otherwise, an additional O(N) time for iterating every consumer.',
  flags: ['readonly'],
  history: [['6.2.0', 'Added the `IDLE` option and exclusive range intervals.']],
  tips: ['nondeterministic_output'],
  arguments: [
    key('key', 'RO', 'access'),
    string('group'),
    optional(
      block(
        'filters',
        since('6.2.0', optional(after('IDLE', integer('min-idle-time')))),
        string('start'),
        string('end'),
        integer('count'),
        optional(string('consumer')),
      ),
    ),
  ],
  execute(context) {
    const { request } = context;
    const { count } = request;
    if (count !== 3 && (count < 6 || count > 9)) throw errors.syntax;
    if (count === 3) {
      replySummary(context, requireGroup(context, findStream(context, 1)));
      return;
    }
    const hasIdle = request.is(3, 'idle');
    const minIdleMs = hasIdle ? integerIn(request, 4) : 0;
    if (hasIdle && count < 8) throw errors.syntax;
    const startWord = hasIdle ? 5 : 3;
    const wanted = Math.max(integerIn(request, startWord + 2), 0);
    intervalStartIn(request, startWord, from);
    intervalEndIn(request, startWord + 1, to);
    const group = requireGroup(context, findStream(context, 1));
    replyPending(context, group, minIdleMs, wanted, startWord + 3);
  },
});

function replySummary({ reply }: CommandContext, group: StreamGroup): void {
  const { pending, consumers } = group;
  reply.array(4);
  reply.integer(pending.size);
  if (!pending.first()) {
    reply.nil();
    reply.nil();
    reply.nilArray();
    return;
  }
  pending.chunk.readId(pending.index, id);
  replyId(reply, id);
  pending.last();
  pending.chunk.readId(pending.index, id);
  replyId(reply, id);
  reply.array(consumers.filter((each) => each.pending.size > 0).length);
  for (const each of consumers) {
    if (each.pending.size === 0) continue;
    reply.array(2);
    reply.bulk(each.name);
    reply.bulkInteger(each.pending.size);
  }
}

function replyPending(
  context: CommandContext,
  group: StreamGroup,
  minIdleMs: number,
  count: number,
  consumerWord: number,
): void {
  const { request, reply, nowMs } = context;
  let ids = group.pending;
  if (consumerWord < request.count) {
    const consumer = consumerIn(context, group, consumerWord);
    if (consumer === null) {
      reply.array(0);
      return;
    }
    ids = consumer.pending;
  }
  const at = reply.length;
  let shown = 0;
  for (let has = startAt(ids); has && shown < count; has = ids.next()) {
    ids.chunk.readId(ids.index, id);
    if (id.compare(to) > 0) break;
    if (ids !== group.pending) group.findPending(id);
    const { chunk, index } = group.pending;
    const idleMs = nowMs - chunk.timeAt(index);
    if (minIdleMs !== 0 && idleMs < minIdleMs) continue;
    shown += 1;
    reply.array(4);
    replyId(reply, id);
    reply.bulk(group.pendingOwner.name);
    replyInteger(reply, Math.max(idleMs, 0));
    replyInteger(reply, chunk.deliveryCountAt(index));
  }
  insertHead(reply, at, shown);
}

/** Goes to the first id from `from` on; false when there is none. */
function startAt(ids: SortedIds): boolean {
  ids.find(from);
  return ids.isFound;
}

export const streamPendingCommands: readonly CommandDeclaration[] = [xpending];
