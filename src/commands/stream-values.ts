import { errors } from '../protocol/errors.ts';
import { noSuchGroup } from '../protocol/stream-errors.ts';
import { valueTypes } from '../store/value-types.ts';
import type { Stream } from '../store/values/stream.ts';
import type { StreamConsumer, StreamGroup } from '../store/values/stream-group.ts';
import type { StreamId } from '../store/values/stream-id.ts';
import type { CommandContext, KeyEvent } from './context.ts';
import { addId } from './stream-ids.ts';
import { addInteger } from './words.ts';

/** What the commands on streams have in common. */

/** Names of notifications, each once. */
export const streamEvents = {
  add: { group: 'stream', name: 'xadd' },
  trim: { group: 'stream', name: 'xtrim' },
  delete: { group: 'stream', name: 'xdel' },
  setId: { group: 'stream', name: 'xsetid' },
  createGroup: { group: 'stream', name: 'xgroup-create' },
  setGroupId: { group: 'stream', name: 'xgroup-setid' },
  destroyGroup: { group: 'stream', name: 'xgroup-destroy' },
  createConsumer: { group: 'stream', name: 'xgroup-createconsumer' },
  deleteConsumer: { group: 'stream', name: 'xgroup-delconsumer' },
} as const satisfies Record<string, KeyEvent>;

/** The stream of a record; null for none (0). Throws `errors.wrongType`. */
export function streamOf(context: CommandContext, record: number): Stream | null {
  if (record === 0) return null;
  const { database } = context;
  if (database.typeOf(record) !== valueTypes.stream) throw errors.wrongType;
  return database.streams.of(record);
}

/** The stream of the key in word `word`, to read; null when there is none. */
export function findStream(context: CommandContext, word: number): Stream | null {
  return streamOf(context, context.find(word));
}

/** The same, to change it. */
export function findStreamForWrite(context: CommandContext, word: number): Stream | null {
  return streamOf(context, context.findForWrite(word));
}

/** The group of the name in word `word`; null when there is none. */
export function groupIn(context: CommandContext, stream: Stream, word: number): StreamGroup | null {
  const { bytes, starts, ends } = context.request;
  return stream.group(bytes, starts[word], ends[word]);
}

/** The group in word 2 of the stream in word 1. Throws when either is missing. */
export function requireGroup(context: CommandContext, stream: Stream | null): StreamGroup {
  const group = stream === null ? null : groupIn(context, stream, 2);
  if (group === null) throw noSuchGroup(context.request, 1, 2, 'plain');
  return group;
}

/** The consumer of the name in word `word`; null when there is none. */
export function consumerIn(
  context: CommandContext,
  group: StreamGroup,
  word: number,
): StreamConsumer | null {
  const { bytes, starts, ends } = context.request;
  return group.consumer(bytes, starts[word], ends[word]);
}

/** A consumer that asks for something, and whether it is new. */
export interface Usage {
  readonly consumer: StreamConsumer;
  readonly isNew: boolean;
}

/** The same, made when it is missing, for the key in word `key`; it is seen now. */
export function useConsumer(
  context: CommandContext,
  group: StreamGroup,
  word: number,
  key: number,
): Usage {
  const found = consumerIn(context, group, word);
  if (found !== null) {
    group.noteUse(found, context.nowMs, false);
    return { consumer: found, isNew: false };
  }
  const made = createConsumer(context, group, word, key);
  if (made === null) throw new Error('a missing consumer can be made');
  return { consumer: made, isNew: true };
}

/** Adds the consumer of the name in word `word`; null when it is there. */
export function createConsumer(
  context: CommandContext,
  group: StreamGroup,
  word: number,
  key: number,
): StreamConsumer | null {
  const { request, nowMs } = context;
  const { bytes, starts, ends } = request;
  const made = group.addConsumer(bytes, starts[word], ends[word], nowMs);
  if (made === null) return null;
  context.changed();
  context.notify(streamEvents.createConsumer, key);
  return made;
}

/** Where the words of a key and of its group stand in the request. */
export interface GroupWords {
  readonly key: number;
  readonly group: number;
}

/**
 * Propagates the pending entry at the place of `group.pending`, in a form that makes it what it is
 * wherever it is applied, however often. `idWord`: where the request has the id as it was given.
 */
export function propagateClaim(
  context: CommandContext,
  group: StreamGroup,
  words: GroupWords,
  id: StreamId,
  idWord: number | null = null,
): void {
  const { chunk, index } = group.pending;
  const effect = context.effect(14).text('XCLAIM').word(words.key).word(words.group);
  effect.bytes(group.pendingOwner.name).text('0');
  if (idWord === null) addId(effect, id);
  else effect.word(idWord);
  addInteger(effect.text('TIME'), chunk.timeAt(index));
  addInteger(effect.text('RETRYCOUNT'), chunk.deliveryCountAt(index));
  addId(effect.text('FORCE').text('JUSTID').text('LASTID'), group.lastId);
}

/** Propagates how far a group has read. */
export function propagateProgress(
  context: CommandContext,
  group: StreamGroup,
  words: GroupWords,
): void {
  const effect = context.effect(7).text('XGROUP').text('SETID').word(words.key).word(words.group);
  addInteger(addId(effect, group.lastId).text('ENTRIESREAD'), group.entriesRead);
}

/** Propagates a consumer that no other effect would create. */
export function propagateConsumer(
  context: CommandContext,
  consumer: StreamConsumer,
  words: GroupWords,
): void {
  const effect = context.effect(5).text('XGROUP').text('CREATECONSUMER');
  effect.word(words.key).word(words.group).bytes(consumer.name);
}
