import type { Database } from './database.ts';

/** Hears of keys as they come to be. A database has one only while somebody wants to know. */
export interface KeyObserver {
  /**
   * A key was inserted, or (`isNew` false) it was given another value as a whole. Called inside of a
   * change: the observer may look at the record's key, and at nothing else.
   */
  keyCreated(database: Database, ref: number, isNew: boolean): void;
}
