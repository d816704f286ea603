/** Reading, comparing and finding the elements of a listpack. */
import { Int64, int64TextBytesMax } from './int64.ts';
import { endMark, skipEntries, skipEntry } from './listpack.ts';

/** Filled and used within one call. */
const wanted = new Int64();
const held = new Int64();

/** Whether the entry at `at` holds an integer rather than a string. */
export function isIntegerEntry(bytes: Uint8Array, at: number): boolean {
  const lead = bytes[at];
  return lead < 0x80 || (lead >= 0xc0 && lead < 0xe0) || lead > 0xf0;
}

/** Reads the integer of the entry at `at`. Requires: `isIntegerEntry`. */
export function readInteger(bytes: Uint8Array, at: number, into: Int64): void {
  const lead = bytes[at];
  if (lead === 0xf4) {
    into.setHalves(i32(bytes, at + 5), i32(bytes, at + 1));
    return;
  }
  const value = shortInteger(bytes, at, lead);
  into.setHalves(value >> 31, value);
}

/** The integer of an entry of at most 32 bits. */
function shortInteger(bytes: Uint8Array, at: number, lead: number): number {
  if (lead < 0x80) return lead;
  if (lead < 0xe0) return ((((lead & 0x1f) << 8) | bytes[at + 1]) << 19) >> 19;
  if (lead === 0xf1) return ((bytes[at + 1] << 16) | (bytes[at + 2] << 24)) >> 16;
  if (lead === 0xf2) {
    return ((bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >> 8;
  }
  return i32(bytes, at + 1);
}

function i32(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

/** The integer of the entry at `at`; NaN when it holds a string or no safe integer. */
export function integerAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at];
  if (lead < 0x80) return lead;
  if (!isIntegerEntry(bytes, at)) return Number.NaN;
  readInteger(bytes, at, held);
  return held.isSafe() ? held.toNumber() : Number.NaN;
}

/** Where the string of an entry begins. Requires: not `isIntegerEntry`. */
function textStart(at: number, lead: number): number {
  return at + (lead < 0xc0 ? 1 : lead < 0xf0 ? 2 : 5);
}

/** Length of the string of an entry, or -1 of an integer. */
function textLength(bytes: Uint8Array, at: number, lead: number): number {
  if ((lead & 0xc0) === 0x80) return lead & 63;
  if ((lead & 0xf0) === 0xe0) return ((lead & 15) << 8) | bytes[at + 1];
  return lead === 0xf0 ? i32(bytes, at + 1) >>> 0 : -1;
}

/**
 * One element as a byte range, whatever its encoding: strings in place, integers as decimal text in
 * a scratch of this view's own. Make one, and read entry after entry into it; two views do not
 * disturb each other. What it shows is good until the next `read`, and until the pack moves.
 */
export class EntryView {
  /** The element is `bytes[start, end)`. */
  bytes: Uint8Array;
  start = 0;
  end = 0;
  isInteger = false;
  /** The integer, rounded to a double beyond 2^53 (`integer` is exact); NaN for a string. */
  value = Number.NaN;
  /** The integer in halves. Undefined for a string. */
  readonly integer: Int64 = new Int64();
  readonly #scratch = new Uint8Array(int64TextBytesMax);

  constructor() {
    this.bytes = this.#scratch;
  }

  /** Shows the entry at `at`. Requires: there is one. */
  read(bytes: Uint8Array, at: number): void {
    const lead = bytes[at];
    const length = textLength(bytes, at, lead);
    if (length >= 0) {
      this.bytes = bytes;
      this.start = textStart(at, lead);
      this.end = this.start + length;
      this.isInteger = false;
      this.value = Number.NaN;
      return;
    }
    readInteger(bytes, at, this.integer);
    this.showInteger();
  }

  /** Shows what was put into `integer`. */
  showInteger(): void {
    this.bytes = this.#scratch;
    this.start = 0;
    this.end = this.integer.writeText(this.#scratch, 0);
    this.isInteger = true;
    this.value = this.integer.toNumber();
  }

  get length(): number {
    return this.end - this.start;
  }

  /** A copy of the element, for callers that may allocate. */
  copy(): Uint8Array {
    return this.bytes.slice(this.start, this.end);
  }
}

/** The length of the element of the entry at `at` as a string. */
export function elementLength(bytes: Uint8Array, at: number): number {
  const length = textLength(bytes, at, bytes[at]);
  if (length >= 0) return length;
  readInteger(bytes, at, held);
  return held.writeText(lengthScratch, 0);
}

const lengthScratch = new Uint8Array(int64TextBytesMax);

/**
 * The first entry that equals `needle[needleStart, needleEnd)`, or -1. Looks at the entry `from`,
 * then leaves out `skip` entries, looks at the next, and so on: 0 looks at all of them, 1 at the
 * fields of a hash. `from` may be -1 or the end mark: then nothing is found.
 */
export function find(
  bytes: Uint8Array,
  from: number,
  needle: Uint8Array,
  needleStart: number,
  needleEnd: number,
  skip: number,
): number {
  if (from < 0) return -1;
  return wanted.parse(needle, needleStart, needleEnd)
    ? findInteger(bytes, from, needle, needleStart, needleEnd, skip)
    : findText(bytes, from, needle, needleStart, needleEnd, skip);
}

function findText(
  bytes: Uint8Array,
  from: number,
  needle: Uint8Array,
  needleStart: number,
  needleEnd: number,
  skip: number,
): number {
  const length = needleEnd - needleStart;
  // What stands last in the entry: its encoding byte where it is empty.
  const lastByte = length === 0 ? emptyText : needle[needleEnd - 1];
  let at = from;
  for (let lead = bytes[at]; lead !== endMark; lead = bytes[at]) {
    if ((lead & 0xc0) === 0x80) {
      // Most elements are short strings: they are looked at and passed without a call.
      const size = lead & 63;
      if (
        size === length &&
        bytes[at + size] === lastByte &&
        isSame(bytes, at + 1, needle, needleStart, needleEnd)
      ) {
        return at;
      }
      at += size + 2;
    } else {
      if (
        textLength(bytes, at, lead) === length &&
        isSame(bytes, textStart(at, lead), needle, needleStart, needleEnd)
      ) {
        return at;
      }
      at = skipEntry(bytes, at);
    }
    for (let left = skip; left > 0; left -= 1) {
      const passed = bytes[at];
      if ((passed & 0xc0) === 0x80) at += (passed & 63) + 2;
      else if (passed !== endMark) at = skipEntry(bytes, at);
    }
  }
  return -1;
}

/** The encoding of a string without bytes. */
const emptyText = 0x80;

/** Compares by value, and with strings of foreign packs that hold an integer as text. */
function findInteger(
  bytes: Uint8Array,
  from: number,
  needle: Uint8Array,
  needleStart: number,
  needleEnd: number,
  skip: number,
): number {
  const { hi, lo } = wanted;
  const length = needleEnd - needleStart;
  let at = from;
  for (let lead = bytes[at]; lead !== endMark; lead = bytes[at]) {
    const textBytes = textLength(bytes, at, lead);
    if (textBytes < 0) {
      if (holdsHalves(bytes, at, lead, hi, lo)) return at;
    } else if (
      textBytes === length &&
      isSame(bytes, textStart(at, lead), needle, needleStart, needleEnd)
    ) {
      return at;
    }
    at = skipEntry(bytes, at);
    if (skip > 0) at = skipEntries(bytes, at, skip);
  }
  return -1;
}

/** Whether the integer entry at `at` is the int64 of these halves. */
function holdsHalves(bytes: Uint8Array, at: number, lead: number, hi: number, lo: number): boolean {
  if (lead === 0xf4) return i32(bytes, at + 1) === lo && i32(bytes, at + 5) === hi;
  return hi === lo >> 31 && shortInteger(bytes, at, lead) === lo;
}

/** Whether the entry at `at` equals `needle[needleStart, needleEnd)`. */
export function entryEquals(
  bytes: Uint8Array,
  at: number,
  needle: Uint8Array,
  needleStart: number,
  needleEnd: number,
): boolean {
  const lead = bytes[at];
  const length = textLength(bytes, at, lead);
  if (length >= 0) {
    return (
      length === needleEnd - needleStart &&
      isSame(bytes, textStart(at, lead), needle, needleStart, needleEnd)
    );
  }
  return (
    wanted.parse(needle, needleStart, needleEnd) &&
    holdsHalves(bytes, at, lead, wanted.hi, wanted.lo)
  );
}

/** From the end: names of one kind differ there more often than at the beginning. */
function isSame(
  bytes: Uint8Array,
  at: number,
  needle: Uint8Array,
  needleStart: number,
  needleEnd: number,
): boolean {
  for (let i = needleEnd - 1, j = at + i - needleStart; i >= needleStart; i -= 1, j -= 1) {
    if (bytes[j] !== needle[i]) return false;
  }
  return true;
}
