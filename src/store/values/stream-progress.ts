import type { Stream } from './stream.ts';
import type { StreamGroup } from './stream-group.ts';
import type { StreamId } from './stream-id.ts';

/** How far groups have read, as Redis counts it. */

/** Whether an entry was deleted at `from` or behind it. Requires: `from` is not behind the last id. */
function hasDeletedFrom(stream: Stream, from: StreamId): boolean {
  if (stream.length === 0 || stream.maxDeletedId.isZero) return false;
  return from.compare(stream.maxDeletedId) <= 0;
}

/**
 * How many entries were ever added up to the one with this id; -1 where deletions, or an id in the
 * midst of the stream, leave no way to know.
 */
export function entriesUpTo(stream: Stream, id: StreamId): number {
  const { entriesAdded, length, firstId, lastId, maxDeletedId } = stream;
  if (entriesAdded === 0) return 0;
  const toLast = id.compare(lastId);
  if (length === 0 && toLast <= 0) return entriesAdded;
  if (!id.isZero && id.compare(maxDeletedId) < 0) return -1;
  if (toLast === 0) return entriesAdded;
  if (toLast > 0) return -1;
  if (!maxDeletedId.isZero && maxDeletedId.compare(firstId) >= 0) return -1;
  const toFirst = id.compare(firstId);
  if (toFirst < 0) return entriesAdded - length;
  return toFirst === 0 ? entriesAdded - length + 1 : -1;
}

/** A group was given the entry with this id, which comes after its last: notes that. */
export function advance(stream: Stream, group: StreamGroup, id: StreamId): void {
  let { entriesRead } = group;
  if (entriesRead !== -1 && !hasDeletedFrom(stream, group.lastId)) entriesRead += 1;
  else if (stream.entriesAdded > 0) entriesRead = entriesUpTo(stream, id);
  group.setProgress(id, entriesRead);
}

/** How many entries a group has still to be given; null where that is not known. */
export function lagOf(stream: Stream, group: StreamGroup): number | null {
  const { entriesAdded, firstId, maxDeletedId } = stream;
  if (entriesAdded === 0 || stream.length === 0) return 0;
  if (group.lastId.compare(firstId) < 0 && maxDeletedId.compare(firstId) < 0) return stream.length;
  if (group.entriesRead !== -1 && !hasDeletedFrom(stream, group.lastId)) {
    return entriesAdded - group.entriesRead;
  }
  const read = entriesUpTo(stream, group.lastId);
  return read === -1 ? null : entriesAdded - read;
}
