import { Int64 } from '../packed/int64.ts';
import { endMark, first, headerBytes, skipEntry } from '../packed/listpack.ts';
import { EntryView, find, isIntegerEntry, readInteger } from '../packed/listpack-elements.ts';
import {
  encodedIntegerLength,
  encodedLength,
  encodedTextLength,
  writeEntry,
  writeIntegerEntry,
  writeTextEntry,
} from '../packed/listpack-encoding.ts';
import { readScoreText, scoreTextBytesMax, writeScoreText } from './score-text.ts';

/**
 * Small sorted sets: a listpack of member, score, member, score, ordered by score and then member. An
 * element is named by the offset of its member's entry.
 */

/** The entry of a member, or -1. */
export function findMember(
  pack: Uint8Array,
  start: number,
  member: Uint8Array,
  memberStart: number,
  memberEnd: number,
): number {
  return find(pack, first(pack, start), member, memberStart, memberEnd, 1);
}

const integer = new Int64();
const scoreView = new EntryView();

/** The score in the entry at `at`. */
export function scoreAt(pack: Uint8Array, at: number): number {
  if (isIntegerEntry(pack, at)) {
    readInteger(pack, at, integer);
    return integer.toNumber();
  }
  scoreView.read(pack, at);
  return readScoreText(scoreView.bytes, scoreView.start, scoreView.end);
}

/** The score of the element at `at`. */
export function scoreOfElement(pack: Uint8Array, at: number): number {
  return scoreAt(pack, skipEntry(pack, at));
}

/** Where the element behind the one at `at` is, or the end mark. */
export function skipElement(pack: Uint8Array, at: number): number {
  return skipEntry(pack, skipEntry(pack, at));
}

/** Offsets of all elements of a pack, so that it can be searched by halves. Reused. */
export class ElementIndex {
  offsets = new Int32Array(256);
  count = 0;
  readonly #view = new EntryView();

  /** Notes where the elements of a pack are; the end mark's place comes behind them. */
  read(pack: Uint8Array, start: number): void {
    let at = start + headerBytes;
    let count = 0;
    while (pack[at] !== endMark) {
      if (count + 1 >= this.offsets.length) this.#grow();
      this.offsets[count] = at;
      count += 1;
      at = skipElement(pack, at);
    }
    this.offsets[count] = at;
    this.count = count;
  }

  /** How many elements have a lower score, or (`inclusive`) one up to `score`. */
  countBelow(pack: Uint8Array, score: number, inclusive: boolean): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const held = scoreOfElement(pack, this.offsets[middle]);
      if (held < score || (inclusive && held === score)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** How many elements stand before the one with this score and member. */
  rankOf(pack: Uint8Array, score: number, member: Uint8Array, start: number, end: number): number {
    let low = this.countBelow(pack, score, false);
    let high = this.countBelow(pack, score, true);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(pack, middle, member, start, end) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Below, at or above 0 as the element's member is before, equal to or behind these bytes. */
  compare(pack: Uint8Array, index: number, member: Uint8Array, start: number, end: number): number {
    const view = this.#view;
    view.read(pack, this.offsets[index]);
    const common = Math.min(view.length, end - start);
    for (let i = 0; i < common; i += 1) {
      const difference = view.bytes[view.start + i] - member[start + i];
      if (difference !== 0) return difference;
    }
    return view.length - (end - start);
  }

  #grow(): void {
    const grown = new Int32Array(this.offsets.length * 2);
    grown.set(this.offsets);
    this.offsets = grown;
  }
}

/** Text of the score whose entry is made. */
const text = new Uint8Array(scoreTextBytesMax);

/** One element as its two entries: measured, then written. Reused. */
export class ElementEntries {
  #textEnd = 0;
  #whole: number | bigint | null = null;
  #memberBytes = 0;
  /** Bytes of both entries. */
  bytes = 0;

  /**
   * Measures the entries of an element. `keepsSign`: a negative zero keeps its sign, which the
   * integers of Redis's packed form do not.
   */
  measure(member: Uint8Array, start: number, end: number, score: number, keepsSign: boolean): void {
    this.#memberBytes = encodedLength(member, start, end);
    this.#whole = integerOf(score, keepsSign);
    if (this.#whole === null) {
      this.#textEnd = writeScoreText(score, text, 0);
      this.bytes = this.#memberBytes + encodedTextLength(this.#textEnd);
    } else {
      this.bytes = this.#memberBytes + encodedIntegerLength(this.#whole);
    }
  }

  /** Writes the measured element to `target[at…)`; returns the position behind. */
  write(target: Uint8Array, at: number, member: Uint8Array, start: number, end: number): number {
    const scoreStart = writeEntry(target, at, member, start, end);
    return this.writeScore(target, scoreStart);
  }

  /** Bytes of the score's entry alone. */
  get scoreBytes(): number {
    return this.bytes - this.#memberBytes;
  }

  /** Writes the score's entry alone. */
  writeScore(target: Uint8Array, at: number): number {
    if (this.#whole !== null) return writeIntegerEntry(target, at, this.#whole);
    return writeTextEntry(target, at, text, 0, this.#textEnd);
  }
}

/** Integers beyond this are kept as text. */
const integerEntryMax = 2 ** 62;

function integerOf(score: number, keepsSign: boolean): number | bigint | null {
  if (score === 0) return keepsSign && Object.is(score, -0) ? null : 0;
  if (Number.isSafeInteger(score)) return score;
  const isInteger = Number.isInteger(score) && Math.abs(score) <= integerEntryMax;
  return isInteger ? BigInt(score) : null;
}
