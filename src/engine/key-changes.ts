import type { KeyEvent } from '../commands/context.ts';
import type { Database } from '../store/database.ts';
import type { KeyObserver } from '../store/key-observer.ts';
import type { Keyspace } from '../store/keyspace.ts';
import type { CommandRun } from './command-run.ts';
import type { ExpiryListener } from './due-fields.ts';
import { commonEvents } from './keyspace-events.ts';

/**
 * Brings the news of a key to all who wait for it: transactions that watch it, sessions that block on
 * it or keep copies of it, subscribers of keyspace events. Each is asked only while it has anybody.
 */
export class KeyChanges implements KeyObserver, ExpiryListener {
  readonly #run: CommandRun;
  #isLoading = false;

  constructor(run: CommandRun) {
    this.#run = run;
  }

  /** The running command changed the key `bytes[start, end)`. */
  changed(
    event: KeyEvent,
    database: Database,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const { watches, blocking, instruments, keyspaceEvents } = this.#run;
    if (watches.count > 0) watches.touch(database, bytes, start, end);
    if (blocking.deleteWaiterCount > 0) blocking.touch(database, bytes, start, end);
    if (instruments.tracking.isOn) {
      instruments.tracking.touch(bytes, start, end, this.#run.session);
    }
    if (keyspaceEvents.isOn) keyspaceEvents.publish(event, database.index, bytes, start, end);
  }

  /** A key was deleted because its time had come. */
  expired(database: Database, key: Uint8Array): void {
    this.#expired(commonEvents.expired, database, key);
  }

  /** The same of fields of a hash; `isKeyGone`: no field is left, and the key was deleted. */
  fieldsExpired(database: Database, key: Uint8Array, isKeyGone: boolean): void {
    this.#expired(commonEvents.fieldsExpired, database, key);
    const { keyspaceEvents } = this.#run;
    if (!isKeyGone || !keyspaceEvents.isOn) return;
    keyspaceEvents.publish(commonEvents.deleted, database.index, key, 0, key.length);
  }

  #expired(event: KeyEvent, database: Database, key: Uint8Array): void {
    const { watches, blocking, instruments, keyspaceEvents } = this.#run;
    const { length } = key;
    if (watches.count > 0) watches.touch(database, key, 0, length);
    if (blocking.deleteWaiterCount > 0) blocking.touch(database, key, 0, length);
    if (instruments.tracking.isOn) instruments.tracking.touch(key, 0, length, null);
    if (keyspaceEvents.isOn) keyspaceEvents.publish(event, database.index, key, 0, length);
  }

  /** Empties a database, or all of them (null). */
  flush(database: Database | null): void {
    const { keyspace, watches, blocking, instruments } = this.#run;
    const flushed = database === null ? keyspace.databases : [database];
    for (const each of flushed) watches.replacing(each, null);
    instruments.tracking.flushed();
    if (database === null) keyspace.flushAll();
    else keyspace.flush(database.index);
    for (const each of flushed) blocking.databaseReplaced(each);
  }

  /** Exchanges the contents of two databases. */
  swap(first: Database, second: Database): void {
    if (first === second) return;
    const { keyspace, watches, blocking } = this.#run;
    watches.replacing(first, second);
    watches.replacing(second, first);
    keyspace.swap(first.index, second.index);
    blocking.databaseReplaced(first);
    blocking.databaseReplaced(second);
  }

  /** Another data set takes the old one's place. */
  replaceKeyspace(keyspace: Keyspace): void {
    const { watches, blocking, instruments } = this.#run;
    for (const [i, each] of this.#run.keyspace.databases.entries()) {
      watches.replacing(each, keyspace.databases[i]);
      each.keyObserver = null;
    }
    this.#run.keyspace = keyspace;
    instruments.tracking.flushed();
    this.observe();
    for (const each of keyspace.databases) blocking.databaseReplaced(each);
  }

  /**
   * Has databases tell of new keys, or no longer, because what wants to know has changed. Keys that
   * are loaded are none: those who wait hear of them when all are there.
   */
  observe(): void {
    const { blocking, keyspaceEvents, keyspace } = this.#run;
    const isWanted = !this.#isLoading && (blocking.lineCount > 0 || keyspaceEvents.wantsNew);
    for (const each of keyspace.databases) each.keyObserver = isWanted ? this : null;
  }

  /** The data set begins to be loaded, or is there. */
  set isLoading(isLoading: boolean) {
    if (isLoading === this.#isLoading) return;
    this.#isLoading = isLoading;
    this.observe();
    if (isLoading) return;
    for (const each of this.#run.keyspace.databases) this.#run.blocking.databaseReplaced(each);
  }

  /** `KeyObserver`: a key has come to be, or its value is another one now. */
  keyCreated(database: Database, ref: number, isNew: boolean): void {
    const { blocking, keyspaceEvents } = this.#run;
    const key = database.keyOf(ref);
    if (blocking.lineCount > 0) blocking.ready(database, key, 0, key.length);
    if (isNew && keyspaceEvents.wantsNew) {
      keyspaceEvents.publish(commonEvents.created, database.index, key, 0, key.length);
    }
  }
}
