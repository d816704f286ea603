/**
 * Listpacks: many small elements in one piece of memory, byte for byte as Redis lays them out.
 *
 *   total bytes (u32) · element count (u16, 65,535 = unknown) · entries · 255
 *
 * Everything here reads or changes bytes that somebody else owns. A pack is `bytes[start, end)`, an
 * entry is the offset of its first byte in `bytes`, and -1 is "there is none". Whoever edits makes
 * the gap (`moveTail`, `copyWithGap`), writes entries into it (listpack-encoding.ts) and then calls
 * `adjustHeader`.
 */
import { backLengthBytes } from './listpack-encoding.ts';

/** Bytes before the first entry. */
export const headerBytes = 6;

/** Size of a pack without elements. */
export const emptyBytes = 7;

/** The last byte of every pack; no entry begins with it. */
export const endMark = 255;

/** The header's count when the pack must be walked to know it. */
export const countUnknown = 65_535;

/** Larger packs are refused by servers before they would overflow the u32 total. */
export const packBytesMax = 1024 * 1024 * 1024;

/** The size that the header states. */
export function totalBytes(bytes: Uint8Array, start: number): number {
  return u32(bytes, start);
}

/** The count that the header states, or `countUnknown`. */
export function headerCount(bytes: Uint8Array, start: number): number {
  return bytes[start + 4] | (bytes[start + 5] << 8);
}

/** How many elements there are; walks the pack when its header does not know. */
export function count(bytes: Uint8Array, start: number): number {
  const known = headerCount(bytes, start);
  if (known !== countUnknown) return known;
  let counted = 0;
  for (let at = start + headerBytes; bytes[at] !== endMark; at = skipEntry(bytes, at)) {
    counted += 1;
  }
  return counted;
}

/**
 * As `count`, and notes it in the header once a pack with an unknown count has become small enough.
 * Servers do so after deletions, when they ask whether anything is left.
 */
export function settleCount(bytes: Uint8Array, start: number): number {
  const counted = count(bytes, start);
  if (counted < countUnknown) writeHeader(bytes, start, totalBytes(bytes, start), counted);
  return counted;
}

/** Writes the six bytes of a header; a count that does not fit becomes unknown. */
export function writeHeader(
  target: Uint8Array,
  at: number,
  packBytes: number,
  elementCount: number,
): void {
  const stated = elementCount < countUnknown ? elementCount : countUnknown;
  target[at] = packBytes;
  target[at + 1] = packBytes >>> 8;
  target[at + 2] = packBytes >>> 16;
  target[at + 3] = packBytes >>> 24;
  target[at + 4] = stated;
  target[at + 5] = stated >> 8;
}

/** Writes a pack without elements. @returns the position behind its `emptyBytes`. */
export function writeEmpty(target: Uint8Array, at: number): number {
  writeHeader(target, at, emptyBytes, 0);
  target[at + headerBytes] = endMark;
  return at + emptyBytes;
}

/** Notes in the header that the pack grew (or shrank). An unknown count stays unknown. */
export function adjustHeader(
  bytes: Uint8Array,
  start: number,
  deltaBytes: number,
  deltaCount: number,
): void {
  const known = headerCount(bytes, start);
  const elementCount = known === countUnknown ? countUnknown : known + deltaCount;
  writeHeader(bytes, start, totalBytes(bytes, start) + deltaBytes, elementCount);
}

/** The first entry, or -1 in an empty pack. */
export function first(bytes: Uint8Array, start: number): number {
  const at = start + headerBytes;
  return bytes[at] === endMark ? -1 : at;
}

/** The last entry, or -1 in an empty pack. */
export function last(bytes: Uint8Array, start: number, end: number): number {
  return previous(bytes, start, end - 1);
}

/** The entry behind the one at `at`, or -1 when that is the last. */
export function next(bytes: Uint8Array, at: number): number {
  const behind = skipEntry(bytes, at);
  return bytes[behind] === endMark ? -1 : behind;
}

/** The entry before `at`, or -1 when that is the first. `at` may be the end mark, `end - 1`. */
export function previous(bytes: Uint8Array, start: number, at: number): number {
  if (at <= start + headerBytes) return -1;
  let byte = bytes[at - 1];
  if (byte < 128) return at - 1 - byte;
  let size = byte & 127;
  let weight = 128;
  let lengthAt = at - 1;
  do {
    lengthAt -= 1;
    byte = bytes[lengthAt];
    size += (byte & 127) * weight;
    weight *= 128;
  } while (byte >= 128 && at - lengthAt < 5);
  return lengthAt - size;
}

/** The position behind the entry at `at`: of another entry, or of the end mark. */
export function skipEntry(bytes: Uint8Array, at: number): number {
  const lead = bytes[at];
  if (lead < 0x80) return at + 2;
  if (lead < 0xc0) return at + (lead & 63) + 2;
  if (lead < 0xe0) return at + 3;
  if (lead < 0xf0) {
    const size = (((lead & 15) << 8) | bytes[at + 1]) + 2;
    return at + size + (size <= 127 ? 1 : 2);
  }
  if (lead === 0xf0) {
    const size = u32(bytes, at + 1) + 5;
    return at + size + backLengthBytes(size);
  }
  return at + (lead === 0xf4 ? 10 : lead - 0xed);
}

/** The position behind `steps` entries from `at`, at most that of the end mark. */
export function skipEntries(bytes: Uint8Array, at: number, steps: number): number {
  let behind = at;
  for (let left = steps; left > 0 && bytes[behind] !== endMark; left -= 1) {
    behind = skipEntry(bytes, behind);
  }
  return behind;
}

/**
 * The entry with this index, negative ones counted from the end, or -1 when there is none. Walks
 * from the nearer end.
 */
export function seek(bytes: Uint8Array, start: number, end: number, index: number): number {
  const known = headerCount(bytes, start);
  if (known === countUnknown) {
    return index < 0 ? walkBack(bytes, start, end, -index - 1) : walk(bytes, start, index);
  }
  const forward = index < 0 ? index + known : index;
  if (forward < 0 || forward >= known) return -1;
  return forward > known >> 1
    ? walkBack(bytes, start, end, known - 1 - forward)
    : walk(bytes, start, forward);
}

function walk(bytes: Uint8Array, start: number, steps: number): number {
  const at = skipEntries(bytes, start + headerBytes, steps);
  return bytes[at] === endMark ? -1 : at;
}

function walkBack(bytes: Uint8Array, start: number, end: number, steps: number): number {
  let at = last(bytes, start, end);
  for (let left = steps; left > 0 && at !== -1; left -= 1) at = previous(bytes, start, at);
  return at;
}

/**
 * Opens or closes a gap in place: what was `bytes[from, end)` moves to `from + gapBytes - (to -
 * from)`, so that `gapBytes` bytes at `from` replace `[from, to)`. The header is left alone.
 *
 * @returns the new end. Requires: room behind `end`.
 */
export function moveTail(
  bytes: Uint8Array,
  end: number,
  from: number,
  to: number,
  gapBytes: number,
): number {
  const tailAt = from + gapBytes;
  if (tailAt !== to) bytes.copyWithin(tailAt, to, end);
  return end + tailAt - to;
}

/**
 * Copies the pack `source[start, end)` to `target[at…)` with `gapBytes` bytes of unwritten room in
 * place of `[from, to)`. The header is copied as it was.
 *
 * @returns the position of the gap in `target`. Requires: no overlap.
 */
export function copyWithGap(
  source: Uint8Array,
  start: number,
  end: number,
  from: number,
  to: number,
  gapBytes: number,
  target: Uint8Array,
  at: number,
): number {
  const gapAt = at + from - start;
  target.set(source.subarray(start, from), at);
  target.set(source.subarray(to, end), gapAt + gapBytes);
  return gapAt;
}

/** Reads an unsigned 32-bit integer, little-endian. */
function u32(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

/**
 * Whether any bytes at all are a well-formed pack: null, or what is wrong and at which byte of the
 * pack. Without `deep` only the frame is checked: size and end mark. After a deep check every
 * function here is safe on the pack.
 */
export function validate(
  bytes: Uint8Array,
  start: number,
  end: number,
  deep = true,
): string | null {
  const length = end - start;
  if (length < emptyBytes) return `listpack of ${length} bytes is shorter than its header`;
  const stated = totalBytes(bytes, start);
  if (stated !== length) return `listpack states ${stated} bytes and has ${length}`;
  if (bytes[end - 1] !== endMark) return `listpack has no end mark at byte ${length - 1}`;
  return deep ? validateEntries(bytes, start, end) : null;
}

function validateEntries(bytes: Uint8Array, start: number, end: number): string | null {
  const endMarkAt = end - 1;
  let counted = 0;
  let at = start + headerBytes;
  while (at < endMarkAt) {
    const size = entrySize(bytes, at, endMarkAt);
    const behind = at + size + backLengthBytes(size);
    if (size === 0) return `listpack has an unknown encoding at byte ${at - start}`;
    if (!(behind <= endMarkAt)) {
      return `listpack entry at byte ${at - start} reaches beyond the end`;
    }
    if (!isBackLength(bytes, at + size, behind, size)) {
      return `listpack entry at byte ${at - start} has a wrong back-length`;
    }
    counted += 1;
    at = behind;
  }
  const stated = headerCount(bytes, start);
  if (stated !== countUnknown && stated !== counted) {
    return `listpack states ${stated} elements and has ${counted}`;
  }
  return null;
}

/** Size of encoding and data, infinite when `end` cuts off the length, 0 for no known encoding. */
function entrySize(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at];
  if (lead < 0x80) return 1;
  if (lead < 0xc0) return 1 + (lead & 63);
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) {
    return at + 2 > end ? Number.POSITIVE_INFINITY : 2 + (((lead & 15) << 8) | bytes[at + 1]);
  }
  if (lead === 0xf0) return at + 5 > end ? Number.POSITIVE_INFINITY : 5 + u32(bytes, at + 1);
  if (lead <= 0xf3) return lead - 0xee;
  return lead === 0xf4 ? 9 : 0;
}

/** Whether `bytes[from, to)` says `size`, backwards. */
function isBackLength(bytes: Uint8Array, from: number, to: number, size: number): boolean {
  let rest = size;
  for (let at = to - 1; at > from; at -= 1) {
    if (bytes[at] !== ((rest & 127) | 128)) return false;
    rest = Math.floor(rest / 128);
  }
  return bytes[from] === rest;
}
