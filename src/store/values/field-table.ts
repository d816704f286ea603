import { copyBytes } from '../../base/bytes.ts';
import { MemberTable } from './member-table.ts';

/** The large form of a hash: a table of fields, whose records carry values and expiries. */
export class FieldTable extends MemberTable {
  /** No field expires before this moment (Unix ms; infinite without expiries). */
  earliestMs = Number.POSITIVE_INFINITY;

  /**
   * Gives a field this value. `expiresAtMs` 0 means none. None of the bytes may be this table's own.
   *
   * @returns whether the field is new.
   */
  set(
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs: number,
  ): boolean {
    const { records } = this;
    const ref = this.find(field, fieldStart, fieldEnd);
    const length = valueEnd - valueStart;
    if (ref === 0) {
      this.addFound(field, fieldStart, fieldEnd, value, valueStart, valueEnd, expiresAtMs);
      return true;
    }
    if (expiresAtMs !== 0 || !this.#overwrite(ref, value, valueStart, valueEnd)) {
      const resized = this.resizeFound(ref, length);
      copyBytes(value, valueStart, valueEnd, records.valueBytes, records.valueStart);
      this.expireFound(resized, expiresAtMs);
    }
    this.#noteExpiry(expiresAtMs);
    return false;
  }

  /** Adds the field that `find` just missed. None of the bytes may be this table's own. */
  addFound(
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs: number,
  ): void {
    const { records } = this;
    this.insertFound(field, fieldStart, fieldEnd, valueEnd - valueStart, expiresAtMs);
    copyBytes(value, valueStart, valueEnd, records.valueBytes, records.valueStart);
    this.#noteExpiry(expiresAtMs);
  }

  #noteExpiry(expiresAtMs: number): void {
    if (expiresAtMs !== 0 && expiresAtMs < this.earliestMs) this.earliestMs = expiresAtMs;
  }

  /** The commonest change: another value of the same length, without expiry. False for others. */
  #overwrite(ref: number, value: Uint8Array, valueStart: number, valueEnd: number): boolean {
    this.records.structures.beforeChange(this);
    if (!this.table.mayEditFound()) return false;
    return this.records.overwritePlain(ref, 0, value, valueStart, valueEnd);
  }

  /** Changes the found field's expiry, 0 for none. */
  expire(ref: number, expiresAtMs: number): void {
    this.expireFound(ref, expiresAtMs);
    this.#noteExpiry(expiresAtMs);
  }

  /**
   * Takes fields out whose time has come, about `max` of them, and adds their names to `names`. What
   * is left over keeps `earliestMs` in the past.
   */
  takeDue(nowMs: number, max: number, names: Uint8Array[]): void {
    if (this.earliestMs > nowMs) return;
    const { table, records } = this;
    const { segments } = table;
    const refs: number[] = [];
    let earliest = Number.POSITIVE_INFINITY;
    let taken = 0;
    // Taking fields out may shrink a segment, but makes and splits none.
    for (let segment = 0; segment < segments.count; segment += 1) {
      if (segments.earliestExpiry[segment] <= nowMs && taken < max) {
        table.collectDue(segment, nowMs, refs);
        const due = refs.map((ref) => {
          records.locateKey(ref);
          return records.keyBytes.slice(records.keyStart, records.keyEnd);
        });
        refs.length = 0;
        taken += due.length;
        for (const name of due) {
          this.find(name, 0, name.length);
          this.removeFound();
          names.push(name);
        }
      }
      if (segments.earliestExpiry[segment] < earliest) earliest = segments.earliestExpiry[segment];
    }
    this.earliestMs = earliest;
  }

  override clone(): FieldTable {
    const copy = new FieldTable(this.records);
    copy.table.reserve(this.size);
    this.copyMembersTo(copy);
    copy.earliestMs = this.earliestMs;
    return copy;
  }
}
