/**
 * Intsets: small sets of integers as one sorted array, byte for byte as Redis lays them out.
 *
 *   width of an integer (u32: 2, 4 or 8) · count (u32) · integers, ascending, little-endian
 *
 * The width is that of the widest integer that ever was in the set: it grows and never shrinks. A set
 * is the bytes from `start` on, and its size follows from its header. The caller owns the memory.
 */
import { compareHalves, Int64 } from './int64.ts';
import type { EntryView } from './listpack-elements.ts';

/** Bytes before the first integer; the size of a set without any. */
export const headerBytes = 8;

/** Filled and used within one call. */
const held = new Int64();

/** Bytes of one integer: 2, 4 or 8. */
export function width(bytes: Uint8Array, start: number): number {
  return bytes[start];
}

/** How many integers there are. */
export function count(bytes: Uint8Array, start: number): number {
  return i32(bytes, start + 4) >>> 0;
}

/** Size of a set of `memberCount` integers of `memberWidth` bytes. */
export function sizeOf(memberWidth: number, memberCount: number): number {
  return headerBytes + memberWidth * memberCount;
}

/** The size of the set at `start`. */
export function totalBytes(bytes: Uint8Array, start: number): number {
  return sizeOf(width(bytes, start), count(bytes, start));
}

/** The smallest width that holds `value`. */
export function widthFor(value: Int64): number {
  const { hi, lo } = value;
  if (hi !== lo >> 31) return 8;
  return lo >= -0x8000 && lo <= 0x7fff ? 2 : 4;
}

/** Writes the eight bytes of a header. */
export function writeHeader(
  target: Uint8Array,
  at: number,
  memberWidth: number,
  memberCount: number,
): void {
  writeI32(target, at, memberWidth);
  writeI32(target, at + 4, memberCount);
}

/** Writes a set without members. @returns the position behind it. */
export function writeEmpty(target: Uint8Array, at: number): number {
  writeHeader(target, at, 2, 0);
  return at + headerBytes;
}

/** Reads the integer at `index`. Requires: 0 ≤ index < count. */
export function readAt(bytes: Uint8Array, start: number, index: number, into: Int64): void {
  readMember(bytes, start + headerBytes, width(bytes, start), index, into);
}

/** Shows the integer at `index` as decimal text. Requires: 0 ≤ index < count. */
export function showAt(bytes: Uint8Array, start: number, index: number, view: EntryView): void {
  readAt(bytes, start, index, view.integer);
  view.showInteger();
}

/**
 * The index of `value`, or, when it is not a member, the bitwise complement (`~`) of the index at
 * which it belongs: negative then.
 */
export function find(bytes: Uint8Array, start: number, value: Int64): number {
  const memberWidth = width(bytes, start);
  if (memberWidth === 8) return findWide(bytes, start, value.hi, value.lo);
  if (value.hi !== value.lo >> 31) return value.hi < 0 ? ~0 : ~count(bytes, start);
  return memberWidth === 2 ? findShort(bytes, start, value.lo) : findLong(bytes, start, value.lo);
}

/** As `find`, of an element's text: what is no int64 is `~0`, not a member. */
export function findText(
  bytes: Uint8Array,
  start: number,
  text: Uint8Array,
  textStart: number,
  textEnd: number,
): number {
  return held.parse(text, textStart, textEnd) ? find(bytes, start, held) : ~0;
}

function findShort(bytes: Uint8Array, start: number, wanted: number): number {
  const base = start + headerBytes;
  let low = 0;
  let high = count(bytes, start) - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = base + middle * 2;
    const value = ((bytes[at] << 16) | (bytes[at + 1] << 24)) >> 16;
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return ~low;
}

function findLong(bytes: Uint8Array, start: number, wanted: number): number {
  const base = start + headerBytes;
  let low = 0;
  let high = count(bytes, start) - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const value = i32(bytes, base + middle * 4);
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return ~low;
}

function findWide(bytes: Uint8Array, start: number, hi: number, lo: number): number {
  const base = start + headerBytes;
  let low = 0;
  let high = count(bytes, start) - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = base + middle * 8;
    const order = compareHalves(i32(bytes, at + 4), i32(bytes, at), hi, lo);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return ~low;
}

/** The size that the set will have with `value`, which is not a member yet. */
export function bytesWith(bytes: Uint8Array, start: number, value: Int64): number {
  const wide = Math.max(width(bytes, start), widthFor(value));
  return sizeOf(wide, count(bytes, start) + 1);
}

/**
 * Writes to `target[at…)` the set `source[start…)` with `value` inserted at `index` (what `find`
 * gave, complemented), widened where `value` asks for it.
 *
 * @returns the position behind the set. Requires: `value` is no member; room for `bytesWith` bytes.
 * The target may be the source itself, at the same place, or memory that does not overlap it.
 */
export function insert(
  source: Uint8Array,
  start: number,
  index: number,
  value: Int64,
  target: Uint8Array,
  at: number,
): number {
  const oldWidth = width(source, start);
  const memberCount = count(source, start);
  const newWidth = Math.max(oldWidth, widthFor(value));
  const sourceBase = start + headerBytes;
  const base = at + headerBytes;
  if (newWidth === oldWidth) {
    const split = sourceBase + index * oldWidth;
    const end = sourceBase + memberCount * oldWidth;
    // The upper part first: in place, the gap opens upwards.
    move(source, split, end, target, base + (index + 1) * oldWidth);
    move(source, sourceBase, split, target, base);
  } else {
    // From the last to the first, so that in place no integer is overwritten before it moved.
    for (let i = memberCount - 1; i >= 0; i -= 1) {
      readMember(source, sourceBase, oldWidth, i, held);
      writeMember(target, base, newWidth, i < index ? i : i + 1, held.hi, held.lo);
    }
  }
  writeMember(target, base, newWidth, index, value.hi, value.lo);
  writeHeader(target, at, newWidth, memberCount + 1);
  return at + sizeOf(newWidth, memberCount + 1);
}

/** Removes the integer at `index` in place. @returns the new end. Requires: 0 ≤ index < count. */
export function remove(bytes: Uint8Array, start: number, index: number): number {
  const memberWidth = width(bytes, start);
  const memberCount = count(bytes, start);
  const at = start + headerBytes + index * memberWidth;
  const end = start + sizeOf(memberWidth, memberCount);
  bytes.copyWithin(at, at + memberWidth, end);
  writeHeader(bytes, start, memberWidth, memberCount - 1);
  return end - memberWidth;
}

function move(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): void {
  if (source !== target) target.set(source.subarray(from, to), at);
  else if (from !== at) source.copyWithin(at, from, to);
}

function readMember(
  bytes: Uint8Array,
  base: number,
  memberWidth: number,
  index: number,
  into: Int64,
): void {
  const at = base + index * memberWidth;
  if (memberWidth === 8) {
    into.setHalves(i32(bytes, at + 4), i32(bytes, at));
    return;
  }
  const value =
    memberWidth === 2 ? ((bytes[at] << 16) | (bytes[at + 1] << 24)) >> 16 : i32(bytes, at);
  into.setHalves(value >> 31, value);
}

function writeMember(
  target: Uint8Array,
  base: number,
  memberWidth: number,
  index: number,
  hi: number,
  lo: number,
): void {
  const at = base + index * memberWidth;
  if (memberWidth === 2) {
    target[at] = lo;
    target[at + 1] = lo >> 8;
    return;
  }
  writeI32(target, at, lo);
  if (memberWidth === 8) writeI32(target, at + 4, hi);
}

function i32(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

function writeI32(target: Uint8Array, at: number, value: number): void {
  target[at] = value;
  target[at + 1] = value >> 8;
  target[at + 2] = value >> 16;
  target[at + 3] = value >> 24;
}

/**
 * Whether any bytes at all are a well-formed set with at least one member: null, or what is wrong
 * and at which byte of the set. Without `deep` only the header is checked against the size.
 */
export function validate(
  bytes: Uint8Array,
  start: number,
  end: number,
  deep = true,
): string | null {
  const length = end - start;
  if (length < headerBytes) return `intset of ${length} bytes is shorter than its header`;
  const memberWidth = i32(bytes, start) >>> 0;
  if (memberWidth !== 2 && memberWidth !== 4 && memberWidth !== 8) {
    return `intset states an unknown width of ${memberWidth} bytes`;
  }
  const memberCount = count(bytes, start);
  if (memberCount === 0) return 'intset has no members';
  const stated = sizeOf(memberWidth, memberCount);
  if (stated !== length) return `intset states ${stated} bytes and has ${length}`;
  return deep ? validateOrder(bytes, start, memberWidth, memberCount) : null;
}

function validateOrder(
  bytes: Uint8Array,
  start: number,
  memberWidth: number,
  memberCount: number,
): string | null {
  const base = start + headerBytes;
  readMember(bytes, base, memberWidth, 0, held);
  for (let i = 1; i < memberCount; i += 1) {
    const { hi, lo } = held;
    readMember(bytes, base, memberWidth, i, held);
    if (compareHalves(hi, lo, held.hi, held.lo) >= 0) {
      return `intset is not ascending at byte ${headerBytes + i * memberWidth}`;
    }
  }
  return null;
}
