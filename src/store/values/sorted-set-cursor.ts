import { endMark, previous, skipEntry } from '../packed/listpack.ts';
import { EntryView } from '../packed/listpack-elements.ts';
import type { RankedMembers } from './sorted-set-members.ts';
import { scoreAt, skipElement } from './sorted-set-pack.ts';

/**
 * A place in a sorted set, moved in order or backwards. What it shows is lent until it moves or the
 * database changes.
 */
export class SortedSetCursor {
  /** The member under the cursor is `bytes[start, end)`. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  /** False beyond either end. */
  isOn = false;
  readonly #view = new EntryView();
  #members: RankedMembers | null = null;
  #pack: Uint8Array = this.bytes;
  #packStart = 0;
  #at = 0;

  /** The score under the cursor. */
  get score(): number {
    if (this.#members !== null) return this.#members.order.score;
    return scoreAt(this.#pack, skipEntry(this.#pack, this.#at));
  }

  /** This folder only: stands on the element of this rank of a large set. */
  openMembers(members: RankedMembers, rank: number): void {
    this.#members = members;
    members.order.toRank(rank);
    this.#showRecord(members);
  }

  /** This folder only: stands on the element at offset `at` of a pack. */
  openPack(pack: Uint8Array, start: number, at: number): void {
    this.#members = null;
    this.#pack = pack;
    this.#packStart = start;
    this.#at = at;
    this.#showEntry();
  }

  /** Goes to the next element. Requires: `isOn`. */
  next(): void {
    if (this.#members === null) {
      this.#at = skipElement(this.#pack, this.#at);
      if (this.#pack[this.#at] === endMark) this.isOn = false;
      else this.#showEntry();
      return;
    }
    this.#members.order.next();
    this.#showRecord(this.#members);
  }

  /** Goes to the element before. Requires: `isOn`. */
  previous(): void {
    if (this.#members === null) {
      const scoreEntry = previous(this.#pack, this.#packStart, this.#at);
      this.isOn = scoreEntry >= 0;
      if (!this.isOn) return;
      this.#at = previous(this.#pack, this.#packStart, scoreEntry);
      this.#showEntry();
      return;
    }
    this.#members.order.previous();
    this.#showRecord(this.#members);
  }

  /** Goes on, in order or backwards. Requires: `isOn`. */
  step(isReverse: boolean): void {
    if (isReverse) this.previous();
    else this.next();
  }

  #showEntry(): void {
    this.isOn = true;
    const view = this.#view;
    view.read(this.#pack, this.#at);
    this.bytes = view.bytes;
    this.start = view.start;
    this.end = view.end;
  }

  #showRecord(members: RankedMembers): void {
    const { order, records } = members;
    this.isOn = order.leaf !== 0;
    if (!this.isOn) return;
    records.locateKey(order.record);
    this.bytes = records.keyBytes;
    this.start = records.keyStart;
    this.end = records.keyEnd;
  }
}
