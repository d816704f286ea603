import { refMask, slabShift } from '../memory/arena.ts';
import type { Records } from '../memory/records.ts';
import { ScoreTree } from '../memory/score-tree.ts';
import { MemberTable } from './member-table.ts';

/**
 * The large form of sorted sets: a table of members, whose records hold the score as eight bytes, and
 * their order as a tree over the same records. A snapshot reads the table alone: order means nothing
 * to it.
 */
export class RankedMembers extends MemberTable {
  readonly order: ScoreTree;

  constructor(records: Records) {
    super(records);
    this.order = new ScoreTree(records);
  }

  /** The score in a member's record. */
  scoreOf(record: number): number {
    const { records } = this;
    records.locateValue(record);
    return records.arena.views[record >>> slabShift].getFloat64(records.valueStart, true);
  }

  /** Adds the member that `find` just missed. Its bytes may not lie where this allocates. */
  addFound(member: Uint8Array, start: number, end: number, score: number): void {
    const record = this.addUnordered(member, start, end, score);
    this.order.insert(score, record, member, start, end);
  }

  /** The same, but leaves the member's place in the order to the caller. Returns its record. */
  addUnordered(member: Uint8Array, start: number, end: number, score: number): number {
    const record = this.insertFound(member, start, end, scoreBytes, 0);
    this.#writeScore(record, score);
    return record;
  }

  /** Gives the member that `find` just found as `record` another score. */
  rescoreFound(
    record: number,
    member: Uint8Array,
    start: number,
    end: number,
    score: number,
  ): void {
    const before = this.scoreOf(record);
    // An open snapshot may need the old record: then the member gets a new one, still to be ordered.
    const fresh = this.resizeFound(record, scoreBytes);
    this.#writeScore(fresh, score);
    this.order.rescore(before, score, fresh, member, start, end);
  }

  /** Takes out the member that `find` just found as `record`. */
  dropFound(record: number, member: Uint8Array, start: number, end: number): void {
    this.order.remove(this.scoreOf(record), member, start, end);
    this.removeFound();
  }

  /** Takes out up to `count` members from this rank on. */
  dropRange(rank: number, count: number): void {
    const { order, records } = this;
    const left = Math.min(count, order.size - rank);
    for (let i = 0; i < left; i += 1) {
      const record = order.removeRank(rank);
      if (!this.#findWarmed(record)) {
        records.locateKey(record);
        this.find(records.keyBytes, records.keyStart, records.keyEnd);
      }
      this.removeFound();
    }
  }

  /**
   * Fetches the memory that it will take to remove `count` elements from one end, as `warm` does: first
   * the records of all, then their slots.
   */
  warmEnd(count: number, isLowest: boolean): void {
    const { order, records, table } = this;
    const wanted = Math.min(count, order.size, warmMax);
    if (wanted === 0) return;
    const { slabs } = records.arena;
    order.toRank(isLowest ? 0 : order.size - 1);
    for (let i = 0; i < wanted; i += 1) {
      const { record } = order;
      warmRecords[i] = record;
      table.warmth ^= slabs[record >>> slabShift][(record & refMask) << 3];
      if (isLowest) order.next();
      else order.previous();
    }
    for (let i = 0; i < wanted; i += 1) warmHashes[i] = records.hashOf(warmRecords[i]);
    table.warm(warmHashes, wanted);
    warmCount = wanted;
    warmAt = 0;
  }

  /** Finds a record by the hash that warming computed, if it is the next of those. */
  #findWarmed(record: number): boolean {
    if (warmAt === warmCount || warmRecords[warmAt] !== record) return false;
    warmAt += 1;
    return this.table.findRecord(record, warmHashes[warmAt - 1]);
  }

  override get memoryBytes(): number {
    return super.memoryBytes + this.order.memoryBytes;
  }

  override clone(): RankedMembers {
    const copy = new RankedMembers(this.records);
    const { order, records } = this;
    copy.table.reserve(this.size);
    if (order.size === 0) return copy;
    // In order, so that the copy's nodes are full.
    for (order.toRank(0); order.leaf !== 0; order.next()) {
      const { score } = order;
      records.locateKey(order.record);
      const { keyBytes, keyStart, keyEnd } = records;
      copy.find(keyBytes, keyStart, keyEnd);
      copy.addFound(keyBytes, keyStart, keyEnd, score);
    }
    return copy;
  }

  override freeSome(count: number): boolean {
    return this.order.freeSome(count) && super.freeSome(count);
  }

  #writeScore(record: number, score: number): void {
    const { records } = this;
    records.locateValue(record);
    const at = records.valueStart;
    records.arena.views[record >>> slabShift].setFloat64(at, score, true);
  }
}

const scoreBytes = 8;
/** Elements that are warmed at once, at most. */
const warmMax = 64;
const warmRecords = new Uint32Array(warmMax);
const warmHashes = new Int32Array(warmMax);
/** Those from `warmAt` to before `warmCount` were not taken yet. What they say may be out of date. */
let warmCount = 0;
let warmAt = 0;
