import type { Database } from '../store/database.ts';

/** The key that a payload becomes. */
export interface RestoredEntry {
  readonly key: Uint8Array;
  /** Unix ms, 0 for never. */
  readonly expiresAtMs: number;
  /** How it was used, as far as its policy asks: -1 where that was not said. */
  readonly idleSeconds: number;
  readonly frequency: number;
}

/** Values as bytes that other servers understand: DUMP and RESTORE. */
export interface ValuesControl {
  /** The payload of a record. */
  dump(database: Database, record: number): Uint8Array;
  /**
   * Stores a payload, in the place of whatever its key had. `damaged`: its version is unknown or its
   * checksum is wrong; `no-value`: it makes no sense. Nothing is changed then.
   */
  restore(
    database: Database,
    entry: RestoredEntry,
    payload: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  ): 'stored' | 'damaged' | 'no-value';
  /** The same for a payload whose time is over: the key is gone afterwards. */
  replaceWithNothing: ValuesControl['restore'];
}
