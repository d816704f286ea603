import { assert } from '../base/assert.ts';
import type { ByteTable } from './memory/byte-table.ts';
import type { Records } from './memory/records.ts';
import { TableWalk } from './table-walk.ts';

/** One database as the snapshot found it. */
interface CapturedDatabase {
  readonly index: number;
  readonly walk: TableWalk;
}

/**
 * The data set at one moment, read while it goes on changing: a walk over the table of each database
 * (see `TableWalk`), and over the structures of large values when their keys come up.
 */
export class Snapshot {
  readonly epoch: number;
  /** Keys and keys with expiry of each database that is not empty, at the beginning. */
  readonly databases: readonly {
    readonly index: number;
    readonly keys: number;
    readonly expiries: number;
  }[];
  /** All keys at the beginning, and how many were read so far. */
  readonly keyCount: number;
  readCount = 0;

  readonly #records: Records;
  readonly #captured: readonly CapturedDatabase[];
  readonly #onClose: () => void;
  #at = 0;
  #current: CapturedDatabase | null = null;
  #isOpen = true;

  /** Requires: no other snapshot is open over these tables. `Keyspace.openSnapshot` calls this. */
  constructor(
    records: Records,
    epoch: number,
    databases: readonly { readonly index: number; readonly table: ByteTable }[],
    onClose: () => void,
  ) {
    this.#records = records;
    this.epoch = epoch;
    this.#onClose = onClose;
    this.#captured = databases
      .filter(({ table }) => table.size > 0)
      .map(({ index, table }) => ({ index, walk: new TableWalk(table, epoch) }));
    this.databases = this.#captured.map(({ index, walk }) => ({
      index,
      keys: walk.size,
      expiries: walk.expiryCount,
    }));
    this.keyCount = this.#captured.reduce((sum, { walk }) => sum + walk.size, 0);
    records.structures.open(epoch);
  }

  /** Database of the record that `next` returned last. */
  get databaseIndex(): number {
    return this.#current?.index ?? 0;
  }

  /**
   * The next record; 0 at the end. It stays as it is until `next` is called again: its place is
   * released only then.
   */
  next(): number {
    for (;;) {
      const ref = this.#current?.walk.read() ?? 0;
      if (ref !== 0) {
        this.readCount += 1;
        return ref;
      }
      if (!this.#advance()) return 0;
    }
  }

  /** Ends the snapshot, read to the end or not: nothing stays pinned. */
  close(): void {
    assert(this.#isOpen, 'a snapshot is closed once');
    this.#isOpen = false;
    for (const { walk } of this.#captured) walk.close();
    this.#records.structures.close();
    this.#onClose();
  }

  /** Finds the next records to read: what a writer captured, else the next segment of the walk. */
  #advance(): boolean {
    for (const captured of this.#captured) {
      if (!captured.walk.takePending()) continue;
      this.#current = captured;
      return true;
    }
    while (this.#at < this.#captured.length) {
      const captured = this.#captured[this.#at];
      if (captured.walk.takeSegment()) {
        this.#current = captured;
        return true;
      }
      this.#at += 1;
    }
    return false;
  }
}
