import type { Random } from '../runtime/random.ts';
import { randomHex } from '../runtime/random.ts';

/** Names one history of writes: 40 hex characters, in lower case. */
export type ReplicationId = string & { readonly brand: 'ReplicationId' };

/** How many bytes of a history exist, or were applied: a count, never an index. */
export type ReplicationOffset = number;

/** A point in a history. */
export interface Position {
  readonly id: ReplicationId;
  readonly offset: ReplicationOffset;
}

/** A position with the database that the stream was in there: what goes on from it need not say. */
export interface SavedPosition extends Position {
  readonly streamDatabase: number;
}

/**
 * The history that a server is part of, and the one that it grew out of: the previous id is valid up
 * to and including the byte at which it ended.
 */
export interface History {
  readonly id: ReplicationId;
  readonly previous: Position | null;
}

const idLength = 40;
const idPattern = /^[0-9a-f]{40}$/;

/** `text` as an id, or null when it is not 40 hex characters. Letters may have either case. */
export function parseReplicationId(text: string): ReplicationId | null {
  const lowerCase = text.toLowerCase();
  return idPattern.test(lowerCase) ? (lowerCase as ReplicationId) : null;
}

/** An id that nobody else has. */
export function newReplicationId(random: Random): ReplicationId {
  return randomHex(random, idLength) as ReplicationId;
}

/** A history that begins here: a new data set, or one whose past nobody may continue. */
export function newHistory(random: Random): History {
  return { id: newReplicationId(random), previous: null };
}

/**
 * The history after a promotion, or after the primary took another id: what happened up to `offset`
 * stays known under the old id, so that those who have seen no more of it may continue.
 */
export function shiftHistory(
  history: History,
  offset: ReplicationOffset,
  id: ReplicationId,
): History {
  return { id, previous: { id: history.id, offset } };
}

/** How INFO shows the previous history: forty zeros and -1 when there is none. */
export function previousOnTheWire(history: History): { readonly id: string; readonly end: number } {
  const { previous } = history;
  return previous === null
    ? { id: '0'.repeat(idLength), end: -1 }
    : { id: previous.id, end: previous.offset + 1 };
}
