import { assert } from '../base/assert.ts';
import type { Random } from '../runtime/random.ts';
import { AccessClock } from './access-clock.ts';
import { Database } from './database.ts';
import { EncodingLimits } from './encoding-limits.ts';
import { Arena } from './memory/arena.ts';
import type { ByteTable } from './memory/byte-table.ts';
import { Records } from './memory/records.ts';
import { Snapshot } from './snapshot.ts';

/** A table that was flushed while a snapshot or other databases still needed its arena. */
interface DetachedTable {
  readonly table: ByteTable;
  nextSegment: number;
}

/** All databases of a server, in one arena: the unit that a full sync replaces. */
export class Keyspace {
  readonly access: AccessClock;
  /** Up to what size values are kept packed. */
  readonly limits: EncodingLimits;
  #databases: Database[];
  #records: Records;
  #hashKeys: readonly [number, number];
  #snapshot: Snapshot | null = null;
  #epoch = 0;
  #detached: DetachedTable[] = [];
  readonly #slabBytes: number | undefined;

  /** `random` seeds the hash of all tables. `slabBytes`: see `Arena`. */
  constructor(
    databaseCount: number,
    random: Random,
    slabBytes?: number,
    limits: EncodingLimits = new EncodingLimits(),
  ) {
    this.limits = limits;
    this.#slabBytes = slabBytes;
    this.access = new AccessClock(random);
    this.#hashKeys = [random.uint32(), random.uint32()];
    this.#records = this.#newRecords();
    this.#databases = Array.from(
      { length: databaseCount },
      (_, index) => new Database(index, this.#records, this.access, limits),
    );
  }

  get databases(): readonly Database[] {
    return this.#databases;
  }

  get records(): Records {
    return this.#records;
  }

  /** The snapshot under way, if any: there is one at a time. */
  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  /** Keys of all databases. */
  get size(): number {
    return this.#databases.reduce((sum, database) => sum + database.size, 0);
  }

  /** Bytes that keys, values and tables take. */
  get usedBytes(): number {
    const overhead = this.#databases.reduce((sum, each) => sum + each.table.overheadBytes, 0);
    return this.#records.usedBytes + overhead;
  }

  /** The secret of the hash, as 16 hex digits. */
  get hashKey(): string {
    return this.#hashKeys.map((key) => (key >>> 0).toString(16).padStart(8, '0')).join('');
  }

  /**
   * Takes another keyspace's secret over, so that records arrive in the order in which they are kept
   * here. Nothing happens when there are keys already, or the text is no key.
   *
   * @returns whether it is ours now.
   */
  adoptHashKey(text: string): boolean {
    if (this.size > 0 || this.#snapshot !== null || !/^[0-9a-f]{16}$/.test(text)) return false;
    this.#hashKeys = [parseInt(text.slice(0, 8), 16), parseInt(text.slice(8), 16)];
    this.flushAll();
    return true;
  }

  /** Exchanges the contents of two databases; sessions stay with the number. */
  swap(left: number, right: number): void {
    const a = this.#databases[left];
    const b = this.#databases[right];
    const table = a.table;
    a.table = b.table;
    b.table = table;
  }

  /** Empties one database at once; its memory is freed in slices by `freeSome`. */
  flush(index: number): void {
    const others = this.#databases.some((each) => each.index !== index && each.size > 0);
    if (!others) {
      this.flushAll();
      return;
    }
    this.#detach(this.#databases[index]);
  }

  /** Empties all databases at once. */
  flushAll(): void {
    if (this.#snapshot !== null || this.#detached.length > 0) {
      for (const database of this.#databases) this.#detach(database);
      return;
    }
    // Nobody else reads the arena: it goes as a whole.
    this.#records = this.#newRecords();
    for (const database of this.#databases) database.renew(this.#records);
  }

  /** Requires: none is open. */
  openSnapshot(): Snapshot {
    assert(this.#snapshot === null, 'one snapshot is open at a time');
    this.#epoch += 1;
    const snapshot = new Snapshot(this.#records, this.#epoch, this.#databases, () => {
      this.#snapshot = null;
    });
    this.#snapshot = snapshot;
    return snapshot;
  }

  /** Whether flushed memory waits for `freeSome`. */
  get hasDetached(): boolean {
    return this.#detached.length > 0 || this.#records.structures.hasDoomed;
  }

  /**
   * Frees up to `segmentCount` segments of flushed tables that no snapshot reads any more, and as much
   * of large values that were deleted. Returns whether there is more to do.
   */
  freeSome(segmentCount: number): boolean {
    const { structures } = this.#records;
    const isDooming =
      structures.hasDoomed && structures.freeSome(segmentCount * elementsPerSegment);
    let left = segmentCount;
    for (const detached of this.#detached) {
      const { table } = detached;
      if (table.guard !== null) continue;
      while (left > 0 && detached.nextSegment < table.segments.count) {
        table.dropSegment(detached.nextSegment++);
        left -= 1;
      }
    }
    this.#detached = this.#detached.filter(
      ({ table, nextSegment }) => nextSegment < table.segments.count,
    );
    return isDooming || this.#detached.some(({ table }) => table.guard === null);
  }

  #detach(database: Database): void {
    if (database.size === 0) return;
    this.#detached.push({ table: database.renew(this.#records), nextSegment: 0 });
  }

  #newRecords(): Records {
    return new Records(new Arena(this.#slabBytes), this.#hashKeys[0], this.#hashKeys[1]);
  }
}

/** What is as much work to free as a segment. */
const elementsPerSegment = 512;
