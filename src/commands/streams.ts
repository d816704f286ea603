import { errors, wrongArity } from '../protocol/errors.ts';
import { streamErrors } from '../protocol/stream-errors.ts';
import type { Stream } from '../store/values/stream.ts';
import { StreamId } from '../store/values/stream-id.ts';
import { EntryWords } from '../store/values/stream-node.ts';
import {
  after,
  block,
  integer,
  key,
  many,
  noted,
  oneOf,
  optional,
  since,
  string,
  token,
} from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { addId, idIn, intervalEndIn, intervalStartIn, replyId } from './stream-ids.ts';
import { replyRange } from './stream-replies.ts';
import { TrimOptions, trimArgument } from './stream-trims.ts';
import { findStream, findStreamForWrite, streamEvents } from './stream-values.ts';
import { integerIn } from './words.ts';

/** Streams without their groups: adding, reading ranges, deleting, trimming. */

/** Filled and used within one command. */
const options = new TrimOptions();
const words = new EntryWords();
const id = new StreamId();
const from = new StreamId();
const to = new StreamId();

/** More bytes than this in one entry would not fit a node. */
const entryBytesMax = 1024 * 1024 * 1024;

const xadd = defineCommand({
  name: 'XADD',
  summary: 'Adds an entry at the end of a stream.',
  since: '5.0.0',
  group: 'stream',
  complexity:
    'O(1) when adding a new entry, O(N) when trimming where N being the number of entries evicted.',
  flags: ['write', 'denyoom', 'fast'],
  history: [
    ['6.2.0', 'Added the `NOMKSTREAM` option, `MINID` trimming strategy and the `LIMIT` option.'],
    ['7.0.0', 'Added support for the `<ms>-*` explicit ID form.'],
  ],
  tips: ['nondeterministic_output'],
  arguments: [
    noted(
      'UPDATE instead of INSERT because of the optional trimming feature',
      key('key', 'RW', 'update'),
    ),
    since('6.2.0', optional(token('nomkstream', 'NOMKSTREAM'))),
    optional(trimArgument),
    oneOf('id_or_auto', token('auto_id', '*'), string('id')),
    many(block('field_value', string('field'), string('value'))),
  ],
  execute(context) {
    const { request, reply, database } = context;
    options.read(context, true);
    const first = options.idWord + 1;
    const count = request.count - first;
    if (count < 2 || count % 2 === 1) throw wrongArity('xadd');
    if (options.hasId && options.hasSequence && options.id.isZero) throw streamErrors.idIsZero;
    words.bytes = request.bytes;
    words.starts = request.starts;
    words.ends = request.ends;
    words.first = first;
    words.pairs = count >> 1;
    let stream = findStreamForWrite(context, 1);
    if (stream === null) {
      if (!options.isCreating) {
        reply.nil();
        return;
      }
      stream = database.streams.create(request.bytes, request.starts[1], request.ends[1]);
    }
    if (stream.lastId.isMax) throw streamErrors.exhausted;
    chooseId(context, stream);
    if (id.compare(stream.lastId) <= 0) throw streamErrors.idTooSmall;
    if (words.totalBytes > entryBytesMax) throw streamErrors.tooLarge;
    stream.append(id, words, database.limits);
    replyId(reply, id);
    finishAdd(context, stream);
  },
});

/** Sets `id` to what the entry will have. */
function chooseId(context: CommandContext, stream: Stream): void {
  const { lastId } = stream;
  if (!options.hasId) {
    id.setMs(context.nowMs);
    if (id.compare(lastId) > 0) return;
    id.copy(lastId);
    id.increment();
    return;
  }
  id.copy(options.id);
  if (options.hasSequence || !id.hasMsOf(lastId)) return;
  if (lastId.hasMaxSequence) throw streamErrors.idTooSmall;
  id.copy(lastId);
  id.increment();
}

function finishAdd(context: CommandContext, stream: Stream): void {
  const { request } = context;
  context.modified(streamEvents.add, 1);
  if (options.trims && stream.trim(options) > 0) context.notify(streamEvents.trim, 1);
  context.blocking.readyKey(1);
  const isWhole = options.hasId && options.hasSequence;
  if (isWhole && !(options.trims && options.isApproximate)) return;
  const effect = context.effect(request.count);
  options.addWords(effect, 0, options.idWord, stream);
  if (isWhole) effect.word(options.idWord);
  else addId(effect, id);
  for (let word = options.idWord + 1; word < request.count; word += 1) effect.word(word);
}

const xtrim = defineCommand({
  name: 'XTRIM',
  summary: 'Cuts off the beginning of a stream.',
  since: '5.0.0',
  group: 'stream',
  complexity:
    'O(N), with N being the number of evicted entries. Constant times are very small however, since entries are organized in macro nodes containing multiple entries that can be released with a single deallocation.',
  flags: ['write'],
  history: [['6.2.0', 'Added the `MINID` trimming strategy and the `LIMIT` option.']],
  tips: ['nondeterministic_output'],
  arguments: [key('key', 'RW', 'delete'), trimArgument],
  execute(context) {
    const { request, reply } = context;
    options.read(context, false);
    const stream = findStreamForWrite(context, 1);
    const deleted = stream === null ? 0 : stream.trim(options);
    reply.integer(deleted);
    if (stream === null || deleted === 0) return;
    context.modified(streamEvents.trim, 1, deleted);
    if (!options.isApproximate) return;
    const effect = context.effect(request.count);
    options.addWords(effect, 0, request.count, stream);
  },
});

const xlen = defineCommand({
  name: 'XLEN',
  summary: 'Says how many entries a stream has.',
  since: '5.0.0',
  group: 'stream',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO')],
  execute(context) {
    context.reply.integer(findStream(context, 1)?.length ?? 0);
  },
});

const xrange = defineCommand({
  name: 'XRANGE',
  summary: 'Returns the entries between two ids.',
  since: '5.0.0',
  group: 'stream',
  complexity:
    'O(N) with N being the number of elements being returned. If N is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1).',
  flags: ['readonly'],
  history: [['6.2.0', 'Added exclusive ranges.']],
  arguments: [
    key('key', 'RO', 'access'),
    string('start'),
    string('end'),
    optional(after('COUNT', integer('count'))),
  ],
  execute: (context) => replyInterval(context, 2, 3),
});

const xrevrange = defineCommand({
  name: 'XREVRANGE',
  summary: 'Returns the entries between two ids, the last first.',
  since: '5.0.0',
  group: 'stream',
  complexity:
    'O(N) with N being the number of elements returned. If N is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1).',
  flags: ['readonly'],
  history: [['6.2.0', 'Added exclusive ranges.']],
  arguments: [
    key('key', 'RO', 'access'),
    string('end'),
    string('start'),
    optional(after('COUNT', integer('count'))),
  ],
  execute: (context) => replyInterval(context, 3, 2),
});

function replyInterval(context: CommandContext, startWord: number, endWord: number): void {
  const { request, reply } = context;
  intervalStartIn(request, startWord, from);
  intervalEndIn(request, endWord, to);
  let count = -1;
  for (let word = 4; word < request.count; word += 2) {
    if (!request.is(word, 'count') || word + 1 === request.count) throw errors.syntax;
    count = Math.max(integerIn(request, word + 1), 0);
  }
  const stream = findStream(context, 1);
  if (stream === null) reply.array(0);
  else if (count === 0) reply.nilArray();
  else replyRange(reply, stream, from, to, Math.max(count, 0), startWord > endWord);
}

const xdel = defineCommand({
  name: 'XDEL',
  summary: 'Deletes entries of a stream.',
  since: '5.0.0',
  group: 'stream',
  complexity: 'O(1) for each single item to delete in the stream, regardless of the stream size.',
  flags: ['write', 'fast'],
  arguments: [key('key', 'RW', 'delete'), many(string('id'))],
  execute(context) {
    const { request, reply } = context;
    const stream = findStreamForWrite(context, 1);
    if (stream === null) {
      reply.integer(0);
      return;
    }
    for (let word = 2; word < request.count; word += 1) idIn(request, word, id);
    const deleted = deleteEntries(context, stream);
    reply.integer(deleted);
    if (deleted > 0) context.modified(streamEvents.delete, 1, deleted);
  },
});

function deleteEntries(context: CommandContext, stream: Stream): number {
  const { request } = context;
  let deleted = 0;
  let isFirst = false;
  for (let word = 2; word < request.count; word += 1) {
    idIn(request, word, id);
    if (!stream.delete(id)) continue;
    deleted += 1;
    if (id.compare(stream.firstId) === 0) isFirst = true;
    if (id.compare(stream.maxDeletedId) > 0) stream.maxDeletedId.copy(id);
  }
  if (isFirst || (deleted > 0 && stream.length === 0)) stream.renewFirstId();
  return deleted;
}

const xsetid = defineCommand({
  name: 'XSETID',
  summary: 'Sets what a stream takes for its last id: for replication.',
  since: '5.0.0',
  group: 'stream',
  complexity: 'O(1)',
  flags: ['write', 'denyoom', 'fast'],
  history: [['7.0.0', 'Added the `entries_added` and `max_deleted_entry_id` arguments.']],
  arguments: [
    key('key', 'RW', 'update'),
    string('last-id'),
    since('7.0.0', optional(after('ENTRIESADDED', integer('entries_added')))),
    since('7.0.0', optional(after('MAXDELETEDID', string('max_deleted_entry_id')))),
  ],
  execute(context) {
    const { request, reply } = context;
    const entriesAdded = readSetIdOptions(context);
    const stream = findStreamForWrite(context, 1);
    if (stream === null) throw errors.noSuchKey;
    if (id.compare(stream.maxDeletedId) < 0) throw streamErrors.belowDeleted;
    if (stream.length > 0) {
      stream.edgeId(true, false, from);
      if (id.compare(from) < 0) throw streamErrors.belowLastEntry;
      if (entriesAdded !== -1 && stream.length > entriesAdded) {
        throw streamErrors.addedBelowLength;
      }
    }
    stream.beforeChange();
    idIn(request, 2, stream.lastId);
    if (entriesAdded !== -1) stream.entriesAdded = entriesAdded;
    if (!to.isZero) stream.maxDeletedId.copy(to);
    reply.ok();
    context.modified(streamEvents.setId, 1);
  },
});

/** Fills `id` and, with the deleted one, `to`; returns the number of added entries, -1 for none. */
function readSetIdOptions({ request }: CommandContext): number {
  let entriesAdded = -1;
  idIn(request, 2, id);
  to.setZero();
  for (let word = 3; word < request.count; word += 2) {
    if (word + 1 === request.count) throw errors.syntax;
    if (request.is(word, 'entriesadded')) {
      entriesAdded = integerIn(request, word + 1);
      if (entriesAdded < 0) throw streamErrors.negativeAdded;
    } else if (request.is(word, 'maxdeletedid')) {
      idIn(request, word + 1, to);
      if (id.compare(to) < 0) throw streamErrors.belowGivenDeleted;
    } else {
      throw errors.syntax;
    }
  }
  return entriesAdded;
}

export const streamCommands: readonly CommandDeclaration[] = [
  xadd,
  xtrim,
  xlen,
  xrange,
  xrevrange,
  xdel,
  xsetid,
];
