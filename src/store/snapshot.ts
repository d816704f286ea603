import { assert } from '../base/assert.ts';
import type { ByteTable, TableGuard } from './memory/byte-table.ts';
import type { Records } from './memory/records.ts';
import { largestCapacity } from './memory/segments.ts';

/** One database as the snapshot found it. */
interface CapturedTable {
  readonly databaseIndex: number;
  readonly table: ByteTable;
  /** Segments there were at the beginning; later ones come from splits and were captured before. */
  readonly segmentCount: number;
}

/** The records of one segment as they were, until the reader has passed them. */
interface Capture {
  readonly id: number;
  readonly databaseIndex: number;
  readonly refs: Uint32Array;
  readonly count: number;
  /** Records that the writer dropped meanwhile. */
  readonly dropped: number[];
}

/**
 * The data set at one moment, read while it goes on changing: a walk with capture before write.
 *
 * The walk captures segment after segment, and whoever is about to change a segment that was not
 * visited captures it first. A capture is a list of refs: its records stay pinned until the reader
 * has passed them. What writers captured is read first, so that what they replace is freed soon.
 */
export class Snapshot implements TableGuard {
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
  readonly #tables: readonly CapturedTable[];
  readonly #onClose: () => void;
  #pending: Capture[] = [];
  #pendingById = new Map<number, Capture>();
  #sparePages: Uint32Array[] = [];
  #lastCaptureId = 0;
  #tableAt = 0;
  #segmentAt = 0;
  #current: Capture | null = null;
  #position = 0;
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
    const filled = databases.filter(({ table }) => table.size > 0);
    this.databases = filled.map(({ index, table }) => ({
      index,
      keys: table.size,
      expiries: table.expiryCount,
    }));
    this.keyCount = filled.reduce((sum, { table }) => sum + table.size, 0);
    this.#tables = filled.map(({ index, table }) => {
      assert(table.guard === null, 'one snapshot is open at a time');
      table.guard = this;
      return { databaseIndex: index, table, segmentCount: table.segments.count };
    });
  }

  /** Database of the record that `next` returned last. */
  get databaseIndex(): number {
    return this.#current?.databaseIndex ?? 0;
  }

  /**
   * The next record; 0 at the end. It stays as it is until `next` is called again: its place is
   * released only then.
   */
  next(): number {
    for (;;) {
      const current = this.#current;
      if (current !== null) {
        if (this.#position < current.count) {
          this.readCount += 1;
          return current.refs[this.#position++];
        }
        this.#release(current);
        this.#current = null;
      }
      if (!this.#advance()) return 0;
    }
  }

  /** Ends the snapshot, read to the end or not: nothing stays pinned. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#current !== null) this.#release(this.#current);
    this.#current = null;
    for (const capture of this.#pending) this.#release(capture);
    this.#pending = [];
    for (const { table } of this.#tables) table.guard = null;
    this.#onClose();
  }

  capture(table: ByteTable, segment: number): number {
    const capture = this.#take(this.#databaseOf(table), table, segment);
    this.#pending.push(capture);
    return capture.id;
  }

  isPending(capture: number): boolean {
    return this.#pendingById.has(capture);
  }

  freeLater(capture: number, ref: number): void {
    const pending = this.#pendingById.get(capture);
    assert(pending !== undefined, 'only a pending capture delays a free');
    pending.dropped.push(ref);
  }

  /** Finds the next capture to read: a writer's, else the next segment of the walk. */
  #advance(): boolean {
    this.#position = 0;
    const waiting = this.#pending.pop();
    if (waiting !== undefined) {
      this.#current = waiting;
      return true;
    }
    while (this.#tableAt < this.#tables.length) {
      const { table, segmentCount, databaseIndex } = this.#tables[this.#tableAt];
      while (this.#segmentAt < segmentCount) {
        const segment = this.#segmentAt++;
        if (table.segments.epoch[segment] >= this.epoch) continue;
        table.segments.epoch[segment] = this.epoch;
        if (table.segments.size[segment] === 0) continue;
        const capture = this.#take(databaseIndex, table, segment);
        table.segments.capture[segment] = capture.id;
        this.#current = capture;
        return true;
      }
      this.#tableAt += 1;
      this.#segmentAt = 0;
    }
    return false;
  }

  #take(databaseIndex: number, table: ByteTable, segment: number): Capture {
    const refs = this.#sparePages.pop() ?? new Uint32Array(largestCapacity);
    const count = table.segments.copyRefs(segment, refs, null);
    this.#lastCaptureId += 1;
    const capture = { id: this.#lastCaptureId, databaseIndex, refs, count, dropped: [] };
    this.#pendingById.set(capture.id, capture);
    return capture;
  }

  #release(capture: Capture): void {
    this.#pendingById.delete(capture.id);
    for (const ref of capture.dropped) this.#records.free(ref);
    if (this.#sparePages.length < sparePagesMax) this.#sparePages.push(capture.refs);
  }

  #databaseOf(table: ByteTable): number {
    const found = this.#tables.find((each) => each.table === table);
    assert(found !== undefined, 'only tables of the snapshot ask it');
    return found.databaseIndex;
  }
}

/** Pages of refs kept for the next capture: about 1 MiB. */
const sparePagesMax = 256;
