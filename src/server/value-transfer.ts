import type { RestoredEntry, ValuesControl } from '../commands/values-control.ts';
import { dumpValue } from '../persistence/rdb/dump-value.ts';
import { type Restored, restoreValue } from '../persistence/rdb/restore.ts';
import type { AccessClock } from '../store/access-clock.ts';
import type { Database } from '../store/database.ts';
import type { SettingsStore } from './settings/store.ts';

/** DUMP and RESTORE: the forms of RDB files, for commands. */
export class ServerValues implements ValuesControl {
  readonly #settings: SettingsStore;
  readonly #access: () => AccessClock;

  /** `access` gives the clock of the keyspace that is served. */
  constructor(settings: SettingsStore, access: () => AccessClock) {
    this.#settings = settings;
    this.#access = access;
  }

  dump(database: Database, record: number): Uint8Array {
    return dumpValue(database, record, this.#settings.value('rdbcompression'));
  }

  restore(database: Database, entry: RestoredEntry, payload: PayloadRange): Restored {
    return restoreValue(database, this.#access(), entry, payload);
  }

  replaceWithNothing(database: Database, entry: RestoredEntry, payload: PayloadRange): Restored {
    // To be sure of a payload is to read it whole. Nobody may take it for a key meanwhile.
    const observer = database.keyObserver;
    database.keyObserver = null;
    try {
      const restored = this.restore(database, entry, payload);
      if (restored === 'stored') database.delete(entry.key, 0, entry.key.length);
      return restored;
    } finally {
      database.keyObserver = observer;
    }
  }
}

type PayloadRange = Parameters<ValuesControl['restore']>[2];
