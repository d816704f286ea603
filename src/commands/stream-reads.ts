import { errors } from '../protocol/errors.ts';
import { Request } from '../protocol/request.ts';
import { noSuchGroup, streamErrors, unbalancedStreams } from '../protocol/stream-errors.ts';
import { valueTypes } from '../store/value-types.ts';
import type { Stream } from '../store/values/stream.ts';
import type { StreamConsumer, StreamGroup } from '../store/values/stream-group.ts';
import { StreamId } from '../store/values/stream-id.ts';
import { advance } from '../store/values/stream-progress.ts';
import { after, block, integer, key, many, optional, string, token } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import type { KeySpec } from './key-specs.ts';
import { idIn, isSign, replyId } from './stream-ids.ts';
import { entries, insertHead, replyEntry, replyEntryOf, replyRange } from './stream-replies.ts';
import {
  findStream,
  type GroupWords,
  groupIn,
  propagateClaim,
  propagateConsumer,
  propagateProgress,
  useConsumer,
} from './stream-values.ts';
import { integerIn, timeoutIn } from './words.ts';

/** XREAD and XREADGROUP: what is new in streams, or was given to a consumer before. */

const dollar = 36;
const plus = 43;
const greater = 62;

/** Keys are the first half of the words behind STREAMS, ids the second. */
function keysFrom(index: number): readonly KeySpec[] {
  return [{ index, lastKey: -1, step: 1, flags: ['RO', 'access'], keyword: 'STREAMS', limit: 2 }];
}

const streamsArgument = after(
  'STREAMS',
  block('streams', many(key('key', 'RO', 'access')), many(string('id'))),
);

const xread = defineCommand({
  name: 'XREAD',
  summary: 'Returns the entries of streams behind given ids, or waits for such.',
  since: '5.0.0',
  group: 'stream',
  complexity:
    'For each stream mentioned: O(N) with N being the number of elements being returned, it means that XREAD-ing with a fixed COUNT is O(1). Note that when the BLOCK option is used, XADD will pay O(M) time in order to serve the M clients blocked on the stream getting new data.',
  flags: ['readonly', 'blocking', 'movablekeys'],
  keys: keysFrom(1),
  arguments: [
    optional(after('COUNT', integer('count'))),
    optional(after('BLOCK', integer('milliseconds'))),
    streamsArgument,
  ],
  execute: (context) => read(context, false),
});

const xreadgroup = defineCommand({
  name: 'XREADGROUP',
  summary: 'Gives entries of streams to a consumer of a group, or shows what it was given.',
  since: '5.0.0',
  group: 'stream',
  complexity:
    'For each stream mentioned: O(M) with M being the number of elements returned. If M is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1). On the other side when XREADGROUP blocks, XADD will pay the O(N) time in order to serve the N clients blocked on the stream getting new data.',
  flags: ['write', 'blocking', 'movablekeys'],
  keys: keysFrom(4),
  arguments: [
    after('GROUP', block('group_consumer', string('group'), string('consumer'))),
    optional(after('COUNT', integer('count'))),
    optional(after('BLOCK', integer('milliseconds'))),
    optional(token('noack', 'NOACK')),
    streamsArgument,
  ],
  execute(context) {
    context.propagateNothing();
    read(context, true);
  },
});

/** What the words of one request ask for. */
interface ReadOptions {
  /** 0 for all. */
  count: number;
  /** -1 where nothing may wait. */
  timeoutMs: number;
  /** The word of the group's name, 0 for none; the consumer's follows. */
  groupWord: number;
  noAck: boolean;
  /** The word of the first key, and how many keys there are. */
  firstKey: number;
  keyCount: number;
}

/** One of the streams that are read. */
interface Reading {
  readonly keyWord: number;
  /** Entries behind this one are wanted. */
  readonly after: StreamId;
  readonly group: StreamGroup | null;
  /** Of a group: what nobody was given yet is wanted, not the consumer's own history. */
  readonly isNew: boolean;
}

function read(context: CommandContext, isGroup: boolean): void {
  const { reply } = context;
  const options = readOptions(context, isGroup);
  const readings: Reading[] = [];
  for (let i = 0; i < options.keyCount; i += 1) {
    readings.push(readingOf(context, options, options.firstKey + i));
  }
  const at = reply.length;
  let served = 0;
  for (const reading of readings) {
    const stream = findStream(context, reading.keyWord);
    if (stream !== null && serve(context, options, reading, stream)) served += 1;
  }
  if (served > 0) insertHead(reply, at, served, 'map');
  else if (options.timeoutMs >= 0 && context.blocking.allowed) wait(context, options, readings);
  else reply.nilArray();
}

function readOptions({ request }: CommandContext, isGroup: boolean): ReadOptions {
  const options = {
    count: 0,
    timeoutMs: -1,
    groupWord: 0,
    noAck: false,
    firstKey: 0,
    keyCount: 0,
  };
  let word = 1;
  while (word < request.count && options.firstKey === 0) {
    word = readOption(request, word, isGroup, options);
  }
  if (options.firstKey === 0) throw errors.syntax;
  if (isGroup && options.groupWord === 0) throw streamErrors.groupMissing;
  return options;
}

/** Returns the word behind the option. */
function readOption(
  request: Request,
  word: number,
  isGroup: boolean,
  options: ReadOptions,
): number {
  const more = request.count - word - 1;
  if (more >= 1 && request.is(word, 'block')) {
    options.timeoutMs = timeoutIn(request, word + 1);
    return word + 2;
  }
  if (more >= 1 && request.is(word, 'count')) {
    options.count = Math.max(integerIn(request, word + 1), 0);
    return word + 2;
  }
  if (more >= 1 && request.is(word, 'streams')) {
    options.firstKey = word + 1;
    options.keyCount = more / 2;
    if (more % 2 === 0) return request.count;
    throw isGroup ? unbalancedStreams('xreadgroup', '>') : unbalancedStreams('xread', '$');
  }
  if (more >= 2 && request.is(word, 'group')) {
    if (!isGroup) throw streamErrors.groupOption;
    options.groupWord = word + 1;
    return word + 3;
  }
  if (!request.is(word, 'noack')) throw errors.syntax;
  if (!isGroup) throw streamErrors.noackOption;
  options.noAck = true;
  return word + 1;
}

/** What is to be read of the stream whose key is in word `keyWord`. */
function readingOf(context: CommandContext, options: ReadOptions, keyWord: number): Reading {
  const { request } = context;
  const stream = findStream(context, keyWord);
  const isGroup = options.groupWord > 0;
  const group = isGroup && stream !== null ? groupIn(context, stream, options.groupWord) : null;
  if (isGroup && group === null) {
    throw noSuchGroup(request, keyWord, options.groupWord, 'reading');
  }
  const idWord = keyWord + options.keyCount;
  const id = new StreamId();
  if (isSign(request, idWord, dollar)) {
    if (isGroup) throw streamErrors.dollarInGroup;
    if (stream !== null) id.copy(stream.lastId);
  } else if (isSign(request, idWord, plus)) {
    if (isGroup) throw streamErrors.plusInGroup;
    if (stream?.edgeId(true, false, id) === true) id.decrement();
  } else if (isSign(request, idWord, greater)) {
    if (!isGroup) throw streamErrors.newOutsideGroup;
    id.setMax();
  } else {
    idIn(request, idWord, id);
  }
  return { keyWord, after: id, group, isNew: isGroup && id.isMax };
}

/** Replies with what there is of one stream; false, and nothing is written, when there is nothing. */
function serve(
  context: CommandContext,
  options: ReadOptions,
  { keyWord, after: id, group, isNew }: Reading,
  stream: Stream,
): boolean {
  const { request, reply } = context;
  const words = { key: keyWord, group: options.groupWord };
  const usage = group === null ? null : useConsumer(context, group, options.groupWord + 1, keyWord);
  const last = isNew && group !== null ? group.lastId : id;
  const isHistory = group !== null && !isNew;
  const isServed = isHistory || (stream.edgeId(true, false, newest) && newest.compare(last) > 0);
  // What is given to a consumer makes it known to replicas, unless nothing is pending then.
  if (usage?.isNew === true && (options.noAck || isHistory || !isServed)) {
    propagateConsumer(context, usage.consumer, words);
  }
  if (!isServed) return false;
  from.copy(last);
  from.increment();
  to.setMax();
  if (reply.version === 2) reply.array(2);
  reply.bulk(request.bytes, request.starts[keyWord], request.ends[keyWord]);
  if (group === null || usage === null) {
    replyRange(reply, stream, from, to, options.count, false);
    return true;
  }
  context.changed();
  if (isHistory) replyHistory(context, stream, group, usage.consumer, options.count);
  else deliver(context, options, words, stream, group, usage.consumer);
  return true;
}

/** Gives the entries from `from` on to a consumer. */
function deliver(
  context: CommandContext,
  { count, noAck }: ReadOptions,
  words: GroupWords,
  stream: Stream,
  group: StreamGroup,
  consumer: StreamConsumer,
): void {
  const { reply, nowMs } = context;
  const at = reply.length;
  let given = 0;
  entries.start(stream.nodes, from, to, false);
  while (entries.next()) {
    const { id } = entries;
    if (id.compare(group.lastId) > 0) advance(stream, group, id);
    replyEntry(reply, entries);
    if (!noAck) {
      if (group.findPending(id)) group.changePending(id, consumer, nowMs, 1);
      else group.insertPending(id, consumer, nowMs, 1);
      group.noteUse(consumer, nowMs, true);
      propagateClaim(context, group, words, id);
    }
    given += 1;
    if (given === count) break;
  }
  if (given > 0) propagateProgress(context, group, words);
  insertHead(reply, at, given);
}

/** Shows the entries from `from` on that are pending for a consumer. */
function replyHistory(
  context: CommandContext,
  stream: Stream,
  group: StreamGroup,
  consumer: StreamConsumer,
  count: number,
): void {
  const { reply, nowMs } = context;
  const { pending } = consumer;
  const at = reply.length;
  let shown = 0;
  pending.find(from);
  while (pending.isFound && (count === 0 || shown < count)) {
    pending.chunk.readId(pending.index, shownId);
    pending.next();
    shown += 1;
    if (replyEntryOf(reply, stream, shownId)) {
      redeliver(group, consumer, nowMs);
      continue;
    }
    reply.array(2);
    replyId(reply, shownId);
    reply.nilArray();
  }
  insertHead(reply, at, shown);
}

/** An entry was given to its consumer once more. */
function redeliver(group: StreamGroup, consumer: StreamConsumer, nowMs: number): void {
  if (!group.findPending(shownId)) return;
  const { chunk, index } = group.pending;
  group.changePending(shownId, consumer, nowMs, chunk.deliveryCountAt(index) + 1);
}

function wait(context: CommandContext, options: ReadOptions, readings: readonly Reading[]): void {
  const { request } = context;
  context.blocking.blockOnKeys({
    words: readings.map(({ keyWord }) => keyWord),
    type: valueTypes.stream,
    timeoutMs: options.timeoutMs,
    onTimeout: 'nilArray',
    wakeOnDelete: options.groupWord > 0,
    request: fixed(request, options, readings),
  });
}

/** The request with `$` replaced by the ids that it means now. */
function fixed(request: Request, options: ReadOptions, readings: readonly Reading[]): Request {
  const words: (string | Uint8Array)[] = [];
  for (let word = 0; word < request.count; word += 1) words.push(request.copyOf(word));
  for (const { keyWord, after: id } of readings) {
    const idWord = keyWord + options.keyCount;
    if (isSign(request, idWord, dollar)) words[idWord] = id.toText();
  }
  return Request.of(...words);
}

/** Filled and used within one command. */
const from = new StreamId();
const to = new StreamId();
const newest = new StreamId();
const shownId = new StreamId();

export const streamReadCommands: readonly CommandDeclaration[] = [xread, xreadgroup];
