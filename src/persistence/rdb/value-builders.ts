import type { Database } from '../../store/database.ts';
import { HashBuilder } from '../../store/values/hash-builder.ts';
import { ListBuilder } from '../../store/values/list-builder.ts';
import { SetBuilder } from '../../store/values/set-builder.ts';
import { SortedSetBuilder } from '../../store/values/sorted-set-builder.ts';
import type { StreamBuilder } from '../../store/values/stream-builder.ts';
import type { RdbValueKind } from './rdb-visitor.ts';

/** What puts values of each kind together, for one database: one value at a time. */
export class ValueBuilders {
  readonly database: Database;
  readonly set: SetBuilder;
  readonly hash: HashBuilder;
  readonly list: ListBuilder;
  /** Null unless a value of that kind was begun. */
  sortedSet: SortedSetBuilder | null = null;
  stream: StreamBuilder | null = null;

  constructor(database: Database) {
    this.database = database;
    this.set = new SetBuilder(database);
    this.hash = new HashBuilder(database);
    this.list = new ListBuilder(database);
  }

  /** Starts a value of about `expected` elements, which need not come. */
  begin(kind: RdbValueKind, expected: number): void {
    switch (kind) {
      case 'set':
        this.set.begin(expected);
        break;
      case 'hash':
        this.hash.begin(expected);
        break;
      case 'list':
        this.list.reset();
        break;
      case 'sortedSet':
        this.sortedSet = new SortedSetBuilder(this.database, expected);
        break;
      case 'stream':
        this.stream = this.database.streams.builder();
    }
  }

  /** What is wrong with the value as a whole, or null. */
  problemOf(kind: RdbValueKind): string | null {
    return kind === 'stream' ? (this.stream?.finishGroup() ?? null) : null;
  }

  /** Stores the value under `key[0, keyEnd)` and returns its record. Requires: it was begun. */
  store(kind: RdbValueKind, key: Uint8Array, keyEnd: number, expiresAtMs: number): number {
    switch (kind) {
      case 'set':
        return this.set.store(key, 0, keyEnd, expiresAtMs);
      case 'hash':
        return this.hash.put(key, 0, keyEnd, expiresAtMs);
      case 'list':
        return this.list.put(key, 0, keyEnd, expiresAtMs);
      case 'sortedSet': {
        const ref = this.sortedSet?.finish(key, 0, keyEnd, expiresAtMs) ?? 0;
        this.sortedSet = null;
        return ref;
      }
      case 'stream': {
        const builder = this.stream;
        this.stream = null;
        if (builder === null) return 0;
        return this.database.streams.put(key, 0, keyEnd, builder.stream, expiresAtMs);
      }
    }
  }

  /** Gives up what was gathered. */
  discard(): void {
    this.set.discard();
    this.hash.discard();
    this.list.reset();
    this.sortedSet?.discard();
    this.sortedSet = null;
    const { structures } = this.database.records;
    if (this.stream !== null) structures.drop(structures.add(this.stream.stream));
    this.stream = null;
  }
}
