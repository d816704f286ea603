import { errors } from '../protocol/errors.ts';
import { hashEncodings, valueTypes } from '../store/value-types.ts';
import type { Hashes, LentBytes } from '../store/values/hashes.ts';
import type { CommandContext, KeyEvent } from './context.ts';

/** What the commands on hashes have in common. */

/** Names of notifications, each once. */
export const hashEvents = {
  set: { group: 'hash', name: 'hset' },
  delete: { group: 'hash', name: 'hdel' },
  incrementBy: { group: 'hash', name: 'hincrby' },
  incrementByFloat: { group: 'hash', name: 'hincrbyfloat' },
  expire: { group: 'hash', name: 'hexpire' },
  persist: { group: 'hash', name: 'hpersist' },
  keyGone: { group: 'generic', name: 'del' },
} as const satisfies Record<string, KeyEvent>;

/** The hash of the key in word 1, 0 for none, for a command that reads. Throws `errors.wrongType`. */
export function findHash(context: CommandContext): number {
  return checked(context, context.find(1), 0, 1);
}

/**
 * The same for a command that is about to change fields: those in word `firstField` and every `step`
 * words from there. None of these is past its time afterwards, where this server decides that.
 */
export function findHashForWrite(context: CommandContext, firstField: number, step = 1): number {
  return checked(context, context.findForWrite(1), firstField, step);
}

function checked(
  context: CommandContext,
  record: number,
  firstField: number,
  step: number,
): number {
  if (record === 0) return 0;
  const { database } = context;
  if (database.typeOf(record) !== valueTypes.hash) throw errors.wrongType;
  if (database.encodingOf(record) < hashEncodings.expiringListpack) return record;
  if (database.hashes.earliestMs(record) > context.nowMs) return record;
  return context.expireFields(record, firstField, step);
}

/** Whether a field that expires then counts as gone. What a primary says is not doubted. */
export function isGone(context: CommandContext, expiresAtMs: number): boolean {
  return expiresAtMs !== 0 && expiresAtMs <= context.nowMs && context.session.kind !== 'primary';
}

/**
 * Looks for the field in word `word`; when it is there, `hashes.value` shows its value. `record` 0 is
 * no hash.
 */
export function hasField(context: CommandContext, record: number, word: number): boolean {
  if (record === 0) return false;
  const { bytes, starts, ends } = context.request;
  const { hashes } = context.database;
  return (
    hashes.find(record, bytes, starts[word], ends[word]) && !isGone(context, hashes.expiresAtMs)
  );
}

/** Replies with the field in word `word`, or null. */
export function replyField(context: CommandContext, record: number, word: number): void {
  const { reply } = context;
  if (hasField(context, record, word)) {
    const { value } = context.database.hashes;
    reply.bulk(value.bytes, value.start, value.end);
  } else {
    reply.nil();
  }
}

/**
 * Gives the field in word `field` the value in word `value`; where `record` is 0, the hash of the key
 * in word 1 is made. Returns the record.
 */
export function setWords(
  context: CommandContext,
  record: number,
  field: number,
  value: number,
  expiresAtMs = 0,
): number {
  const { bytes, starts, ends } = context.request;
  return setField(context, record, field, bytes, starts[value], ends[value], expiresAtMs);
}

/** The same with a value that is not in the request. */
export function setField(
  context: CommandContext,
  record: number,
  field: number,
  value: Uint8Array,
  valueStart: number,
  valueEnd: number,
  expiresAtMs: number,
): number {
  const { bytes, starts, ends } = context.request;
  const { hashes } = context.database;
  const fieldStart = starts[field];
  const fieldEnd = ends[field];
  return record === 0
    ? hashes.create(
        bytes,
        starts[1],
        ends[1],
        bytes,
        fieldStart,
        fieldEnd,
        value,
        valueStart,
        valueEnd,
      )
    : hashes.set(record, bytes, fieldStart, fieldEnd, value, valueStart, valueEnd, expiresAtMs);
}

/** Takes the field in word `word` out. Returns the record. */
export function deleteWord(context: CommandContext, record: number, word: number): number {
  const { bytes, starts, ends } = context.request;
  return context.database.hashes.delete(record, bytes, starts[word], ends[word]);
}

/** Deletes the key of a hash without fields. Says whether that was so. */
export function deleteIfEmpty(context: CommandContext, record: number): boolean {
  const { hashes, values } = context.database;
  if (hashes.length(record) > 0) return false;
  values.remove(record);
  return true;
}

/** How many fields a reader sees. */
export function visibleLength(context: CommandContext, record: number): number {
  const { hashes } = context.database;
  if (!isGone(context, hashes.earliestMs(record))) return hashes.length(record);
  let count = 0;
  forEachVisible(context, hashes, record, () => {
    count += 1;
  });
  return count;
}

/** Visits the fields that a reader sees. */
export function forEachVisible(
  context: CommandContext,
  hashes: Hashes,
  record: number,
  visit: (field: LentBytes, value: LentBytes) => void,
): void {
  hashes.forEach(record, (field, value, expiresAtMs) => {
    if (!isGone(context, expiresAtMs)) visit(field, value);
  });
}
