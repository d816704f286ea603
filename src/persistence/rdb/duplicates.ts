import { int32At } from '../../base/bytes.ts';
import { endMark, headerBytes, skipEntry } from '../../store/packed/listpack.ts';

/**
 * Finds elements that a listpack holds twice: a damaged or forged value, which no command could make.
 * Its memory is kept from call to call; a slot belongs to the call whose number it carries.
 */
export class DuplicateFinder {
  #slots = new Int32Array(firstSlots);
  #calls = new Int32Array(firstSlots);
  #call = 0;

  /**
   * Whether two of the elements at 0, `group`, 2 × `group` … are the same. Requires: a well-formed
   * pack of whole groups.
   */
  hasDuplicate(bytes: Uint8Array, start: number, group: number): boolean {
    this.#begin();
    let count = 0;
    let at = start + headerBytes;
    while (bytes[at] !== endMark) {
      count += 1;
      if (count * 2 > this.#slots.length) return this.#grow(bytes, start, group);
      const end = skipEntry(bytes, at);
      if (!this.#add(bytes, at, end)) return true;
      at = end;
      for (let i = 1; i < group; i += 1) at = skipEntry(bytes, at);
    }
    return false;
  }

  #begin(): void {
    this.#call += 1;
    if (this.#call < callsMax) return;
    this.#calls.fill(0);
    this.#call = 1;
  }

  /** Starts again with twice the slots. */
  #grow(bytes: Uint8Array, start: number, group: number): boolean {
    const kept = this.#slots.length;
    this.#slots = new Int32Array(kept * 2);
    this.#calls = new Int32Array(kept * 2);
    const found = this.hasDuplicate(bytes, start, group);
    if (this.#slots.length > keptSlots) {
      this.#slots = new Int32Array(firstSlots);
      this.#calls = new Int32Array(firstSlots);
    }
    return found;
  }

  /** Adds the entry `bytes[at, end)`; false when its like is there. */
  #add(bytes: Uint8Array, at: number, end: number): boolean {
    const mask = this.#slots.length - 1;
    let slot = hashOf(bytes, at, end) & mask;
    while (this.#calls[slot] === this.#call) {
      if (isSameEntry(bytes, this.#slots[slot], at, end)) return false;
      slot = (slot + 1) & mask;
    }
    this.#calls[slot] = this.#call;
    this.#slots[slot] = at;
    return true;
  }
}

/** Slots at first: a power of two, as all sizes are. */
const firstSlots = 1024;
const keptSlots = 65_536;
const callsMax = 0x7fff_ffff;

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ int32At(bytes, at), 0x9e37_79b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at += 1) hash = Math.imul(hash ^ bytes[at], 0x0100_0193);
  // Not by 15 again: that would undo what the last word did.
  hash = Math.imul(hash, 0x85eb_ca6b);
  return hash ^ (hash >>> 16);
}

/** Whether the entry at `other` has the bytes `[at, end)`: its length is among them. */
function isSameEntry(bytes: Uint8Array, other: number, at: number, end: number): boolean {
  for (let i = at, j = other; i < end; i += 1, j += 1) if (bytes[i] !== bytes[j]) return false;
  return true;
}
