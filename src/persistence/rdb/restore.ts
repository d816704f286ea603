import type { AccessClock } from '../../store/access-clock.ts';
import type { Database } from '../../store/database.ts';
import { type DumpedEntry, DumpReader, dumpVersionOf } from './dump-payload.ts';
import { accessOfUse } from './entry-use.ts';
import type { RdbVisitor } from './rdb-visitor.ts';
import { type LoadTarget, ValueLoader } from './value-loader.ts';

/** What became of a payload; `damaged` ones have a wrong checksum or a version that is unknown. */
export type Restored = 'stored' | 'damaged' | 'no-value';

/**
 * Stores what DUMP gave under a key, in the place of whatever that had. Nothing is changed unless it
 * returns `stored`. Any bytes may come as payload. Requires: the payload does not lie in the store.
 */
export function restoreValue(
  database: Database,
  clock: AccessClock,
  entry: DumpedEntry,
  payload: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
): Restored {
  const { bytes, start, end } = payload;
  const version = dumpVersionOf(bytes, start, end);
  if (!isKnownVersion(version)) return 'damaged';
  const restore = new Restore(database, clock, entry);
  const failure = restore.reader.read(bytes, start, end, version);
  if (failure !== null) restore.values.discard();
  return failure === null && restore.isStored ? 'stored' : 'no-value';
}

class Restore implements RdbVisitor, LoadTarget {
  readonly database: Database;
  readonly values: ValueLoader;
  readonly reader: DumpReader;
  isStored = false;
  readonly #clock: AccessClock;

  constructor(database: Database, clock: AccessClock, entry: DumpedEntry) {
    this.database = database;
    this.#clock = clock;
    this.values = new ValueLoader(this);
    this.reader = new DumpReader(this, entry);
  }

  stringEntry(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs: number,
    idleSeconds: number,
    frequency: number,
  ): void {
    const { database } = this;
    database.setString(key, keyStart, keyEnd, value, valueStart, valueEnd, expiresAtMs);
    this.stored(database.find(key, keyStart, keyEnd), idleSeconds, frequency);
  }

  stored(ref: number, idleSeconds: number, frequency: number): void {
    this.isStored = true;
    const access = accessOfUse(this.#clock, idleSeconds, frequency);
    // Nothing is left of the use of a key that was there before.
    this.database.records.setAccess(ref, access >= 0 ? access : this.#clock.fresh());
  }

  refuse(detail: string): void {
    this.reader.refuse(detail);
  }

  makeRoom(): boolean {
    return true;
  }

  dropsExpired(): boolean {
    return false;
  }

  wasEmpty(): void {
    // `isStored` stays false: a collection without elements is no value.
  }

  header(): void {
    // A payload has none, and nothing of the rest that stands in a file.
  }

  aux(): void {}

  selectDatabase(): void {}

  resize(): void {}

  functionLibrary(): void {}

  unsupportedType(): void {
    // The reader stops with a failure.
  }
}

/** Versions of Redis up to 12; those of Valkey begin at 80. */
function isKnownVersion(version: number): boolean {
  return (version >= 0 && version <= 12) || version === 80 || version === 81;
}
