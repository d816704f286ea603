import { latin1Of } from '../base/bytes.ts';
import type { Database } from '../store/database.ts';
import { shapeCount, shapeOf } from './key-shape.ts';
import type { Session } from './session.ts';

/** One key that a session watches. */
interface WatchedKey {
  readonly database: number;
  readonly name: string;
  readonly key: Uint8Array;
  readonly watch: Watch;
  /** It was expired already, though still there: its deletion is no change. */
  wasExpired: boolean;
}

/** What a session watches since WATCH. */
export interface Watch {
  readonly keys: WatchedKey[];
  /** One of the keys changed: EXEC will do nothing. */
  isTouched: boolean;
}

/**
 * The keys that sessions watch. A write asks only while `count` is not 0, and most keys that nobody
 * watches are told by a look into a small array.
 */
export class Watches {
  /** How many keys are watched, once for each session. */
  count = 0;
  readonly #byDatabase = new Map<number, Map<string, WatchedKey[]>>();
  readonly #shapes = new Int32Array(shapeCount);
  readonly #isExpired: IsExpired;

  /** `isExpired` must answer alike for every session. */
  constructor(isExpired: IsExpired) {
    this.#isExpired = isExpired;
  }

  /** Begins to watch a key, whether it is there or not. */
  add(session: Session, database: Database, key: Uint8Array): void {
    session.watch ??= { keys: [], isTouched: false };
    const { watch } = session;
    const name = latin1Of(key);
    if (watch.keys.some((each) => each.database === database.index && each.name === name)) return;
    const wasExpired = this.#stateOf(database, key) === 'expired';
    const watched = { database: database.index, name, key, watch, wasExpired };
    watch.keys.push(watched);
    const keys = this.#byDatabase.get(database.index) ?? new Map<string, WatchedKey[]>();
    this.#byDatabase.set(database.index, keys);
    const watchers = keys.get(name);
    if (watchers === undefined) keys.set(name, [watched]);
    else watchers.push(watched);
    this.#shapes[shapeOf(key, 0, key.length)] += 1;
    this.count += 1;
  }

  /** Ends a session's watch, and forgets whether a key was touched. */
  end(session: Session): void {
    if (session.watch === null) return;
    this.#release(session.watch);
    session.watch = null;
  }

  /** A key was changed, or deleted because its time had come. */
  touch(database: Database, bytes: Uint8Array, start: number, end: number): void {
    if (this.#shapes[shapeOf(bytes, start, end)] === 0) return;
    const watchers = this.#byDatabase.get(database.index)?.get(latin1Of(bytes, start, end));
    if (watchers === undefined) return;
    const isGone = database.find(bytes, start, end) === 0;
    for (const watched of [...watchers]) {
      if (watched.wasExpired && isGone) watched.wasExpired = false;
      else this.#touched(watched);
    }
  }

  /**
   * All keys of database `before` are about to be replaced by those of `after`: SWAPDB, FLUSHALL
   * (null: by none), another data set.
   */
  replacing(before: Database, after: Database | null): void {
    if (this.count === 0) return;
    const keys = this.#byDatabase.get(before.index);
    if (keys === undefined) return;
    for (const watchers of [...keys.values()]) {
      for (const watched of [...watchers]) this.#replace(watched, before, after);
    }
  }

  /** Whether a watched key, alive at WATCH, has expired though nobody has deleted it yet. */
  hasExpired(watch: Watch, databases: readonly Database[]): boolean {
    return watch.keys.some(({ database, key, wasExpired }) => {
      return !wasExpired && this.#stateOf(databases[database], key) === 'expired';
    });
  }

  /** Missing and expired are the same to a client; everything else is a change. */
  #replace(watched: WatchedKey, before: Database, after: Database | null): void {
    const was = this.#stateOf(before, watched.key);
    const becomes = this.#stateOf(after, watched.key);
    if (was === 'missing' && becomes === 'missing') return;
    const wasNothing = was === 'missing' || watched.wasExpired;
    if (wasNothing && becomes !== 'alive') watched.wasExpired = becomes === 'expired';
    else this.#touched(watched);
  }

  /** The watch has seen a change: nothing of it need be watched any longer. */
  #touched({ watch }: WatchedKey): void {
    watch.isTouched = true;
    this.#release(watch);
  }

  #stateOf(database: Database | null, key: Uint8Array): 'missing' | 'expired' | 'alive' {
    const record = database?.find(key, 0, key.length) ?? 0;
    if (database === null || record === 0) return 'missing';
    return this.#isExpired(database, record) ? 'expired' : 'alive';
  }

  #release(watch: Watch): void {
    for (const watched of watch.keys) {
      const keys = this.#byDatabase.get(watched.database);
      const others = keys?.get(watched.name)?.filter((each) => each !== watched) ?? [];
      if (others.length > 0) keys?.set(watched.name, others);
      else keys?.delete(watched.name);
      this.#shapes[shapeOf(watched.key, 0, watched.key.length)] -= 1;
      this.count -= 1;
    }
    watch.keys.length = 0;
  }
}

/** Whether the time of a record has come. */
export type IsExpired = (database: Database, record: number) => boolean;
