import { copyBytes } from '../../base/bytes.ts';
import { ByteTable } from '../memory/byte-table.ts';
import type { Records } from '../memory/records.ts';
import type { Structure } from '../memory/structures.ts';
import { TableWalk } from '../table-walk.ts';

/**
 * The large form of sets and hashes, and the members of large sorted sets: a byte table whose records
 * have the member (or field) as key, and what belongs to it as value. A field's expiry is its
 * record's.
 *
 * As in the table itself, `find` remembers the place, and the `…Found` operations act on it. Located
 * values are those of `Records`: `records.valueBytes` and so on.
 */
export class MemberTable implements Structure {
  readonly table: ByteTable;
  readonly records: Records;
  epoch: number;
  #walk: TableWalk | null = null;
  #freedSegments = 0;

  constructor(records: Records) {
    this.records = records;
    this.epoch = records.structures.openEpoch;
    this.table = new ByteTable(records, records.memberHints);
  }

  get size(): number {
    return this.table.size;
  }

  /** The record of a member; 0 when there is none. */
  find(bytes: Uint8Array, start: number, end: number): number {
    return this.table.find(bytes, start, end);
  }

  /**
   * Adds the member that `find` just missed, with `valueLength` bytes yet to be written to the located
   * place. None of the bytes may lie in what this call allocates over: a request, or scratch.
   */
  insertFound(
    member: Uint8Array,
    start: number,
    end: number,
    valueLength: number,
    expiresAtMs: number,
  ): number {
    const { records } = this;
    records.structures.beforeChange(this);
    const ref = records.create(0, expiresAtMs, member, start, end, valueLength, valueLength);
    this.table.insertFound(ref, expiresAtMs);
    return ref;
  }

  /**
   * Makes the found member's value `length` bytes long, to be written to the located place (its old
   * bytes are undefined then). Returns its record, which may have moved.
   */
  resizeFound(ref: number, length: number): number {
    const { records, table } = this;
    records.structures.beforeChange(this);
    if (table.mayEditFound() && records.resizeInPlace(ref, length, false)) return ref;
    return this.#recreateFound(ref, length, records.expiresAtMs(ref));
  }

  /** Gives the found member an expiry (Unix ms), or takes it away (0); its value stays. */
  expireFound(ref: number, expiresAtMs: number): number {
    const { records, table } = this;
    records.structures.beforeChange(this);
    if (records.hasExpiry(ref) && expiresAtMs !== 0 && table.mayEditFound()) {
      records.setExpiryInPlace(ref, expiresAtMs);
      table.markFoundExpiry(expiresAtMs);
      return ref;
    }
    if (!records.hasExpiry(ref) && expiresAtMs === 0) return ref;
    records.locateValue(ref);
    const { valueBytes, valueStart, valueEnd } = records;
    const fresh = this.#recreateFound(ref, valueEnd - valueStart, expiresAtMs);
    copyBytes(valueBytes, valueStart, valueEnd, records.valueBytes, records.valueStart);
    return fresh;
  }

  /** Takes the found member out. */
  removeFound(): void {
    this.records.structures.beforeChange(this);
    this.table.removeFound();
  }

  /**
   * The walk over what it was when the open snapshot began. Requires: between `Structures.beginRead`
   * and `endRead`.
   */
  get walk(): TableWalk {
    if (this.#walk === null) throw new Error('a structure is read only by an open snapshot');
    return this.#walk;
  }

  get memoryBytes(): number {
    const { arena } = this.records;
    let sampled = 0;
    let bytes = 0;
    this.table.scan(0, samples, (ref) => {
      sampled += 1;
      bytes += arena.capacityOf(ref);
    });
    const records = sampled === 0 ? 0 : (bytes / sampled) * this.size;
    return Math.ceil(records + this.size * slotBytes) + this.table.overheadBytes;
  }

  clone(): MemberTable {
    const copy = new MemberTable(this.records);
    copy.table.reserve(this.size);
    this.copyMembersTo(copy);
    return copy;
  }

  /** Adds all members, with values and expiries, to an empty table. */
  copyMembersTo(copy: MemberTable): void {
    const { records } = this;
    this.table.forEach((ref) => {
      records.locateKey(ref);
      const { keyBytes, keyStart, keyEnd } = records;
      records.locateValue(ref);
      const { valueBytes, valueStart, valueEnd } = records;
      copy.find(keyBytes, keyStart, keyEnd);
      const length = valueEnd - valueStart;
      copy.insertFound(keyBytes, keyStart, keyEnd, length, records.expiresAtMs(ref));
      copyBytes(valueBytes, valueStart, valueEnd, records.valueBytes, records.valueStart);
    });
  }

  freeSome(count: number): boolean {
    const { table } = this;
    let left = count;
    while (left > 0 && this.#freedSegments < table.segments.count) {
      left -= Math.max(1, table.segments.size[this.#freedSegments]);
      table.dropSegment(this.#freedSegments);
      this.#freedSegments += 1;
    }
    return this.#freedSegments === table.segments.count;
  }

  capture(epoch: number): void {
    this.#walk = new TableWalk(this.table, epoch);
  }

  release(): void {
    this.#walk?.close();
    this.#walk = null;
  }

  /** Puts a new record for the found member in its place, and locates its value. */
  #recreateFound(ref: number, length: number, expiresAtMs: number): number {
    const { records } = this;
    records.locateKey(ref);
    const { keyBytes, keyStart, keyEnd } = records;
    const fresh = records.create(0, expiresAtMs, keyBytes, keyStart, keyEnd, length, length);
    const { valueBytes, valueStart, valueEnd } = records;
    this.table.replaceFound(fresh, expiresAtMs);
    records.valueBytes = valueBytes;
    records.valueStart = valueStart;
    records.valueEnd = valueEnd;
    return fresh;
  }
}

/** Members whose size stands for all. */
const samples = 32;
/** A slot with its share of empty ones. */
const slotBytes = 10;
