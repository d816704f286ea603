import { copyBytes } from '../../base/bytes.ts';
import { endMark, headerBytes, skipEntry } from '../packed/listpack.ts';
import { entryEquals } from '../packed/listpack-elements.ts';

/** Deleting equal elements of a listpack in one pass. A needle is `needle[start, end)`. */

/** How many elements of the pack at `at` equal the needle. */
export function countEqual(
  bytes: Uint8Array,
  at: number,
  needle: Uint8Array,
  start: number,
  end: number,
): number {
  let counted = 0;
  for (let entry = at + headerBytes; bytes[entry] !== endMark; entry = skipEntry(bytes, entry)) {
    if (entryEquals(bytes, entry, needle, start, end)) counted += 1;
  }
  return counted;
}

/**
 * Drops `count` elements of the pack at `at` that equal the needle, after the first `skipped` of
 * them, and moves the others together. The header is left alone.
 *
 * @returns the new end of the pack.
 */
export function dropEqual(
  bytes: Uint8Array,
  at: number,
  count: number,
  skipped: number,
  needle: Uint8Array,
  start: number,
  end: number,
): number {
  let seen = 0;
  let target = at + headerBytes;
  let entry = target;
  while (bytes[entry] !== endMark) {
    const next = skipEntry(bytes, entry);
    const isEqual = seen < skipped + count && entryEquals(bytes, entry, needle, start, end);
    if (isEqual) seen += 1;
    if (!isEqual || seen <= skipped) {
      if (target !== entry) copyBytes(bytes, entry, next, bytes, target);
      target += next - entry;
    }
    entry = next;
  }
  bytes[target] = endMark;
  return target + 1;
}

/** Whether `bytes[from, to)` is the needle. */
export function isSame(
  bytes: Uint8Array,
  from: number,
  to: number,
  needle: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (to - from !== end - start) return false;
  for (let i = from, j = start; i < to; i += 1, j += 1) if (bytes[i] !== needle[j]) return false;
  return true;
}
