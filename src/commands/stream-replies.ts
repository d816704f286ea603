import type { ReplyWriter } from '../protocol/reply-writer.ts';
import { EntryView } from '../store/packed/listpack-elements.ts';
import type { Stream } from '../store/values/stream.ts';
import { StreamCursor } from '../store/values/stream-cursor.ts';
import type { StreamId } from '../store/values/stream-id.ts';
import { replyId } from './stream-ids.ts';

/** Entries of streams as replies. */

/** The one cursor of commands that read ranges: good until another range is read. */
export const entries: StreamCursor = new StreamCursor();
const field = new EntryView();
const value = new EntryView();
const headScratch = new Uint8Array(32);

/**
 * Puts the head of an array of `count` elements, or of a map of as many pairs, before what was written
 * from `at` on: for replies whose length is known only at their end.
 */
export function insertHead(
  reply: ReplyWriter,
  at: number,
  count: number,
  kind: 'array' | 'map' = 'array',
): void {
  const bodyEnd = reply.length;
  if (kind === 'map' && reply.version === 3) reply.map(count);
  else reply.array(count);
  const { bytes, length } = reply;
  const headLength = length - bodyEnd;
  if (headLength === 0 || at === bodyEnd) return;
  for (let i = 0; i < headLength; i += 1) headScratch[i] = bytes[bodyEnd + i];
  bytes.copyWithin(at + headLength, at, bodyEnd);
  for (let i = 0; i < headLength; i += 1) bytes[at + i] = headScratch[i];
}

/** Replies with the entry that a cursor is on: its id, and its fields and values by turns. */
export function replyEntry(reply: ReplyWriter, cursor: StreamCursor): void {
  reply.array(2);
  replyId(reply, cursor.id);
  reply.array(cursor.fieldCount * 2);
  for (let left = cursor.fieldCount; left > 0; left -= 1) {
    cursor.readPair(field, value);
    reply.bulk(field.bytes, field.start, field.end);
    reply.bulk(value.bytes, value.start, value.end);
  }
}

/** Replies with the entries between two ids, at most `count` (0 for all), as an array. */
export function replyRange(
  reply: ReplyWriter,
  stream: Stream,
  from: StreamId,
  to: StreamId,
  count: number,
  isReverse: boolean,
): void {
  const at = reply.length;
  let written = 0;
  entries.start(stream.nodes, from, to, isReverse);
  while (entries.next()) {
    replyEntry(reply, entries);
    written += 1;
    if (written === count) break;
  }
  insertHead(reply, at, written);
}

/** Replies with the entry of this id; false, and nothing is written, when there is none. */
export function replyEntryOf(reply: ReplyWriter, stream: Stream, id: StreamId): boolean {
  entries.start(stream.nodes, id, id, false);
  if (!entries.next()) return false;
  replyEntry(reply, entries);
  return true;
}
