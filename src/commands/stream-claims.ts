import { errors } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { streamErrors, unknownClaimOption } from '../protocol/stream-errors.ts';
import type { Stream } from '../store/values/stream.ts';
import type { StreamConsumer, StreamGroup } from '../store/values/stream-group.ts';
import { StreamId } from '../store/values/stream-id.ts';
import { after, integer, key, many, optional, string, token, unixTime } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { idIn, intervalStartIn, isIdIn, replyId } from './stream-ids.ts';
import { insertHead, replyEntryOf } from './stream-replies.ts';
import {
  findStream,
  propagateClaim,
  propagateConsumer,
  propagateProgress,
  requireGroup,
  useConsumer,
} from './stream-values.ts';
import { integerIn } from './words.ts';

/** XCLAIM and XAUTOCLAIM: giving pending entries to another consumer. */

/** Filled and used within one command. */
const from = new StreamId();
const to = new StreamId();
const id = new StreamId();

const words = { key: 1, group: 2 };

const xclaim = defineCommand({
  name: 'XCLAIM',
  summary: 'Gives pending entries to another consumer.',
  since: '5.0.0',
  group: 'stream',
  complexity: 'O(log N) with N being the number of messages in the PEL of the consumer group.',
  flags: ['write', 'fast'],
  tips: ['nondeterministic_output'],
  arguments: [
    key('key', 'RW', 'update'),
    string('group'),
    string('consumer'),
    string('min-idle-time'),
    many(string('id')),
    optional(after('IDLE', integer('ms'))),
    optional(after('TIME', unixTime('unix-time-milliseconds'))),
    optional(after('RETRYCOUNT', integer('count'))),
    optional(token('force', 'FORCE')),
    optional(token('justid', 'JUSTID')),
    optional(after('LASTID', string('id'))),
  ],
  execute(context) {
    const { request, reply } = context;
    const stream = findStream(context, 1);
    const group = requireGroup(context, stream);
    const options = readClaimOptions(context);
    context.propagateNothing();
    let progressed = to.compare(group.lastId) > 0;
    if (progressed) group.setProgress(to, group.entriesRead);
    const { consumer, isNew } = useConsumer(context, group, 3, 1);
    const at = reply.length;
    let claimed = 0;
    for (let word = 5; word < options.firstOption; word += 1) {
      idIn(request, word, id);
      const outcome = claim(context, stream, group, consumer, options, word);
      if (outcome !== 'left') progressed = false;
      if (outcome === 'claimed') claimed += 1;
    }
    if (progressed) {
      propagateProgress(context, group, words);
      context.changed();
    }
    if (isNew && claimed === 0) propagateConsumer(context, consumer, words);
    insertHead(reply, at, claimed);
  },
});

interface ClaimOptions {
  minIdleMs: number;
  /** When the entries count as delivered. */
  timeMs: number;
  /** -1 for one more than before. */
  deliveryCount: number;
  force: boolean;
  justId: boolean;
  /** The word behind the ids. */
  firstOption: number;
}

/** Reads the words from 4 on; LASTID comes into `to`. */
function readClaimOptions(context: CommandContext): ClaimOptions {
  const { request, nowMs } = context;
  const minIdleMs = Math.max(integerIn(request, 4, streamErrors.claimIdle), 0);
  let firstOption = 5;
  while (firstOption < request.count && isIdIn(request, firstOption, id)) firstOption += 1;
  const options: ClaimOptions = {
    minIdleMs,
    timeMs: -1,
    deliveryCount: -1,
    force: false,
    justId: false,
    firstOption,
  };
  to.setZero();
  for (let word = firstOption; word < request.count; ) {
    word = readClaimOption(request, word, options, nowMs);
  }
  const { timeMs } = options;
  if (timeMs < 0 || timeMs > nowMs) options.timeMs = nowMs;
  return options;
}

/** Returns the word behind the option. */
function readClaimOption(
  request: Request,
  word: number,
  options: ClaimOptions,
  nowMs: number,
): number {
  if (request.is(word, 'force')) {
    options.force = true;
    return word + 1;
  }
  if (request.is(word, 'justid')) {
    options.justId = true;
    return word + 1;
  }
  if (word + 1 === request.count) throw unknownClaimOption(request, word);
  if (request.is(word, 'idle')) {
    options.timeMs = nowMs - integerIn(request, word + 1, streamErrors.claimIdleOption);
  } else if (request.is(word, 'time')) {
    options.timeMs = integerIn(request, word + 1, streamErrors.claimTimeOption);
  } else if (request.is(word, 'retrycount')) {
    options.deliveryCount = integerIn(request, word + 1, streamErrors.claimRetryOption);
  } else if (request.is(word, 'lastid')) {
    idIn(request, word + 1, to);
  } else {
    throw unknownClaimOption(request, word);
  }
  return word + 2;
}

/** Deals with the entry `id`, which stands in word `word` where there is one. */
function claim(
  context: CommandContext,
  stream: Stream | null,
  group: StreamGroup,
  consumer: StreamConsumer,
  options: ClaimOptions,
  word: number | null,
): 'left' | 'cleared' | 'claimed' {
  const { reply, nowMs } = context;
  const isPending = group.findPending(id);
  if (stream === null || !stream.has(id)) {
    if (!isPending) return 'left';
    propagateClaim(context, group, words, id, word);
    group.removePending(id);
    context.changed();
    return 'cleared';
  }
  if (!isPending && !options.force) return 'left';
  const { chunk, index } = group.pending;
  if (isPending && isTooFresh(nowMs - chunk.timeAt(index), options)) return 'left';
  // An entry that is made pending by force counts as delivered once already.
  const before = isPending ? chunk.deliveryCountAt(index) : 1;
  const next = options.justId ? before : before + 1;
  const count = options.deliveryCount >= 0 ? options.deliveryCount : next;
  if (isPending) group.changePending(id, consumer, options.timeMs, count);
  else group.insertPending(id, consumer, options.timeMs, count);
  group.noteUse(consumer, nowMs, true);
  if (options.justId) replyId(reply, id);
  else replyEntryOf(reply, stream, id);
  propagateClaim(context, group, words, id, word);
  context.changed();
  return 'claimed';
}

function isTooFresh(idleMs: number, { minIdleMs }: ClaimOptions): boolean {
  return minIdleMs > 0 && idleMs < minIdleMs;
}

const xautoclaim = defineCommand({
  name: 'XAUTOCLAIM',
  summary: 'Gives to a consumer what was pending for another one for too long.',
  since: '6.2.0',
  group: 'stream',
  complexity: 'O(1) if COUNT is small.',
  flags: ['write', 'fast'],
  history: [
    [
      '7.0.0',
      'Added an element to the reply array, containing deleted entries the command cleared from the PEL',
    ],
  ],
  tips: ['nondeterministic_output'],
  arguments: [
    key('key', 'RW', 'delete'),
    string('group'),
    string('consumer'),
    string('min-idle-time'),
    string('start'),
    optional(after('COUNT', integer('count'))),
    optional(token('justid', 'JUSTID')),
  ],
  execute(context) {
    const { request } = context;
    const minIdleMs = Math.max(integerIn(request, 4, streamErrors.autoclaimIdle), 0);
    intervalStartIn(request, 5, from);
    const { count, justId } = readAutoclaimOptions(request);
    const stream = findStream(context, 1);
    const group = requireGroup(context, stream);
    context.propagateNothing();
    const { consumer, isNew } = useConsumer(context, group, 3, 1);
    const options = {
      minIdleMs,
      timeMs: context.nowMs,
      deliveryCount: -1,
      force: false,
      justId,
      firstOption: 0,
    };
    const claimed = autoclaim(context, stream, group, consumer, options, count);
    if (isNew && claimed === 0) propagateConsumer(context, consumer, words);
  },
});

const autoclaimCountDefault = 100;
/** How many entries are looked at for each that may be claimed. */
const attemptsPerEntry = 10;
/** More than this many ids would not fit a server's memory. */
const autoclaimCountMax = 576460752303423500;

function readAutoclaimOptions(request: Request): { count: number; justId: boolean } {
  let count = autoclaimCountDefault;
  let justId = false;
  for (let word = 6; word < request.count; word += 1) {
    if (request.is(word, 'justid')) {
      justId = true;
    } else if (request.is(word, 'count') && word + 1 < request.count) {
      word += 1;
      count = integerIn(request, word, streamErrors.autoclaimCount);
      if (count < 1 || count > autoclaimCountMax) throw streamErrors.autoclaimCount;
    } else {
      throw errors.syntax;
    }
  }
  return { count, justId };
}

function autoclaim(
  context: CommandContext,
  stream: Stream | null,
  group: StreamGroup,
  consumer: StreamConsumer,
  options: ClaimOptions,
  count: number,
): number {
  const { reply } = context;
  const { pending } = group;
  const start = reply.length;
  const deleted: StreamId[] = [];
  let claimed = 0;
  let attempts = count * attemptsPerEntry;
  pending.find(from);
  for (let has = pending.isFound; has && attempts > 0; attempts -= 1) {
    if (claimed + deleted.length === count) break;
    pending.chunk.readId(pending.index, id);
    const outcome = claim(context, stream, group, consumer, options, null);
    if (outcome === 'claimed') claimed += 1;
    if (outcome === 'cleared') {
      const gone = new StreamId();
      gone.copy(id);
      deleted.push(gone);
      has = pending.isFound;
    } else {
      has = pending.next();
    }
  }
  if (pending.isFound) pending.chunk.readId(pending.index, id);
  else id.setZero();
  insertHead(reply, start, claimed);
  const listEnd = reply.length;
  reply.array(3);
  replyId(reply, id);
  moveBefore(context, start, listEnd);
  reply.array(deleted.length);
  for (const each of deleted) replyId(reply, each);
  return claimed;
}

/** Moves what was written from `from` on before what stands from `to` on. */
function moveBefore({ reply }: CommandContext, to: number, from: number): void {
  const { bytes, length } = reply;
  const head = bytes.slice(from, length);
  bytes.copyWithin(to + head.length, to, from);
  bytes.set(head, to);
}

export const streamClaimCommands: readonly CommandDeclaration[] = [xclaim, xautoclaim];
