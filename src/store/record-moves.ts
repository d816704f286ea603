import { copyBytes } from '../base/bytes.ts';
import type { Database } from './database.ts';
import { stringEncodings, valueTypes } from './value-types.ts';

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
  if (records.typeOf(fresh) === valueTypes.hash) target.hashes.noteExpiry(fresh);
}

/**
 * Makes a string `length` bytes long: what was there, then zero bytes. Creates the key, with the
 * header word given, where it is missing. Returns the record.
 */
export function resizeString(
  database: Database,
  header: number,
  key: Uint8Array,
  keyStart: number,
  keyEnd: number,
  length: number,
): number {
  const { records, table } = database;
  const ref = table.find(key, keyStart, keyEnd);
  if (ref === 0) {
    const fresh = records.create(header, 0, key, keyStart, keyEnd, length, length);
    records.valueBytes.fill(0, records.valueStart, records.valueEnd);
    database.insertFound(fresh, 0);
    return fresh;
  }
  records.locateValue(ref);
  const before = records.valueEnd - records.valueStart;
  if (table.mayEditFound() && records.resizeInPlace(ref, length, true)) {
    if (length > before) {
      records.valueBytes.fill(0, records.valueStart + before, records.valueEnd);
    }
    records.setEncoding(ref, stringEncodings.raw);
    return ref;
  }
  records.locateValue(ref);
  const { valueBytes: source, valueStart: start } = records;
  const expiresAtMs = records.expiresAtMs(ref);
  const room = length + Math.min(length, growthMax);
  const fresh = records.create(header, expiresAtMs, key, keyStart, keyEnd, length, room);
  const kept = Math.min(before, length);
  copyBytes(source, start, start + kept, records.valueBytes, records.valueStart);
  records.valueBytes.fill(0, records.valueStart + kept, records.valueEnd);
  table.replaceFound(fresh, expiresAtMs);
  return fresh;
}

/** Most spare room that an appended string gets, as in Redis. */
const growthMax = 1024 * 1024;
