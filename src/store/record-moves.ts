import { copyBytes } from '../base/bytes.ts';
import type { Database } from './database.ts';

/** Records that go to another block, key or database, whatever their type. */

/** Gives a record an expiry. Requires: `ref` comes from the database's `find` just before. */
export function setExpiry(database: Database, ref: number, expiresAtMs: number): void {
  const { records, table } = database;
  if (records.hasExpiry(ref) && table.mayEditFound()) {
    records.setExpiryInPlace(ref, expiresAtMs);
    table.markFoundExpiry(expiresAtMs);
    return;
  }
  moveFound(database, ref, expiresAtMs);
}

/** Takes a record's expiry away; says whether it had one. Requires as `setExpiry`. */
export function clearExpiry(database: Database, ref: number): boolean {
  if (!database.records.hasExpiry(ref)) return false;
  moveFound(database, ref, 0);
  return true;
}

/**
 * Puts a record's value and expiry under a key of `target`, replacing what it had. A structure then
 * has two owners, one of which must be deleted before anything changes it.
 */
export function putShared(
  source: Database,
  ref: number,
  target: Database,
  key: Uint8Array,
  keyStart: number,
  keyEnd: number,
): void {
  const { records } = source;
  const fresh = duplicate(source, ref, records.expiresAtMs(ref), key, keyStart, keyEnd);
  if (records.isStructured(ref)) records.structures.retain(records.structureIdOf(ref));
  place(target, fresh, key, keyStart, keyEnd);
}

/** Puts a copy of a record's value, with its expiry, under a key of `target`. */
export function putCopy(
  source: Database,
  ref: number,
  target: Database,
  key: Uint8Array,
  keyStart: number,
  keyEnd: number,
): void {
  const { records, values } = source;
  const structure = records.isStructured(ref) ? values.structureOf(ref).clone() : null;
  const fresh = duplicate(source, ref, records.expiresAtMs(ref), key, keyStart, keyEnd);
  if (structure !== null) records.setStructureId(fresh, records.structures.add(structure));
  place(target, fresh, key, keyStart, keyEnd);
}

/** Puts the found record into a new block, because its expiry comes or goes. */
function moveFound(database: Database, ref: number, expiresAtMs: number): void {
  const { records } = database;
  const { bytes, start, end } = database.keyRange(ref);
  const fresh = duplicate(database, ref, expiresAtMs, bytes, start, end);
  if (records.isStructured(ref)) records.structures.retain(records.structureIdOf(ref));
  database.table.replaceFound(fresh, expiresAtMs);
}

/** A new record with the bytes of another's value, which is in no table yet. */
function duplicate(
  database: Database,
  ref: number,
  expiresAtMs: number,
  key: Uint8Array,
  keyStart: number,
  keyEnd: number,
): number {
  const { records } = database;
  records.locateValue(ref);
  const { valueBytes, valueStart, valueEnd } = records;
  const length = valueEnd - valueStart;
  const header = records.headerOf(ref);
  const fresh = records.create(header, expiresAtMs, key, keyStart, keyEnd, length, length);
  copyBytes(valueBytes, valueStart, valueEnd, records.valueBytes, records.valueStart);
  return fresh;
}

function place(
  target: Database,
  fresh: number,
  key: Uint8Array,
  keyStart: number,
  keyEnd: number,
): void {
  const { table, records } = target;
  const expiresAtMs = records.expiresAtMs(fresh);
  if (table.find(key, keyStart, keyEnd) === 0) {
    target.insertFound(fresh, expiresAtMs);
  } else {
    // The key that was there counts as deleted: what takes its place is new.
    table.replaceFound(fresh, expiresAtMs);
    target.keyObserver?.keyCreated(target, fresh, true);
  }
}
