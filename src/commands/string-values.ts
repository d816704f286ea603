import { errors } from '../protocol/errors.ts';
import { valueTypes } from '../store/value-types.ts';
import type { CommandContext, KeyEvent } from './context.ts';

/** What the commands on strings have in common. */

/** Names of notifications, each once. */
export const events = {
  set: { group: 'string', name: 'set' },
  incrementBy: { group: 'string', name: 'incrby' },
  incrementByFloat: { group: 'string', name: 'incrbyfloat' },
  append: { group: 'string', name: 'append' },
  setRange: { group: 'string', name: 'setrange' },
  setBit: { group: 'string', name: 'setbit' },
  delete: { group: 'generic', name: 'del' },
  expire: { group: 'generic', name: 'expire' },
  persist: { group: 'generic', name: 'persist' },
  renameFrom: { group: 'generic', name: 'rename_from' },
  renameTo: { group: 'generic', name: 'rename_to' },
  copyTo: { group: 'generic', name: 'copy_to' },
  moveFrom: { group: 'generic', name: 'move_from' },
  restore: { group: 'generic', name: 'restore' },
  created: { group: 'new', name: 'new' },
  moveTo: { group: 'generic', name: 'move_to' },
} as const satisfies Record<string, KeyEvent>;

/** Throws unless the record is a string, or none (0). */
export function assertString(context: CommandContext, record: number): void {
  if (record !== 0 && context.database.typeOf(record) !== valueTypes.string) {
    throw errors.wrongType;
  }
}

/** Length of a string record; 0 for none. Requires: a string. */
export function stringLength(context: CommandContext, record: number): number {
  if (record === 0) return 0;
  const value = context.database.string(record);
  return value.end - value.start;
}

/** Throws when a string of `length` bytes may not exist. What a primary sends is never refused. */
export function assertStringFits(context: CommandContext, length: number): void {
  if (length > context.settings.maxBulkBytes && context.session.kind !== 'primary') {
    throw errors.stringTooLong;
  }
}

/** Replies with the string of a record, or null for none. Throws when it is no string. */
export function replyString(context: CommandContext, record: number): void {
  if (record === 0) {
    context.reply.nil();
    return;
  }
  assertString(context, record);
  const value = context.database.string(record);
  context.reply.bulk(value.bytes, value.start, value.end);
}

/** Stores word `value` as a string under the key in word `key`. */
export function storeWord(
  context: CommandContext,
  key: number,
  value: number,
  expiresAtMs: number,
): void {
  const { bytes, starts, ends } = context.request;
  context.database.setString(
    bytes,
    starts[key],
    ends[key],
    bytes,
    starts[value],
    ends[value],
    expiresAtMs,
  );
}

/** Deletes the key in word `key`, which exists, and tells everybody. */
export function deleteKey(context: CommandContext, key: number): void {
  const { bytes, starts, ends } = context.request;
  context.database.delete(bytes, starts[key], ends[key]);
  context.modified(events.delete, key);
}

/**
 * Whether a moment has passed for a command that sets it as an expiry. Never on a replica: there only
 * the primary deletes.
 */
export function isPast(context: CommandContext, moment: number): boolean {
  const obeys = context.session.kind === 'primary' || context.replication.isReplica;
  return moment <= context.nowMs && !obeys;
}
