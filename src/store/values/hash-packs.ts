/**
 * Hashes in listpacks. Plain ones alternate field and value; those with expiries hold triples of
 * field, value and expiry (Unix ms, 0 for none), by expiry, those without at the end.
 */
import { count, endMark, first, headerBytes, skipEntries, skipEntry } from '../packed/listpack.ts';
import type { ListpackBuilder } from '../packed/listpack-builder.ts';
import { elementLength, find, integerAt } from '../packed/listpack-elements.ts';

/** Entries for each field. */
export const pairWidth = 2;
export const tripleWidth = 3;

/** Where a pack lies. */
export interface PackPlace {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** The entry of a field, or -1. */
export function fieldEntry(
  pack: PackPlace,
  width: number,
  field: Uint8Array,
  fieldStart: number,
  fieldEnd: number,
): number {
  const { bytes, start } = pack;
  return find(bytes, first(bytes, start), field, fieldStart, fieldEnd, width - 1);
}

/** When the field at entry `at` of triples expires; 0 for never. */
export function expiryAt(bytes: Uint8Array, at: number): number {
  return integerAt(bytes, skipEntries(bytes, at, 2));
}

/** When the first field of triples expires; infinite where none does. */
export function earliestExpiry(pack: PackPlace): number {
  const at = first(pack.bytes, pack.start);
  const expiresAtMs = at === -1 ? 0 : expiryAt(pack.bytes, at);
  return expiresAtMs === 0 ? Number.POSITIVE_INFINITY : expiresAtMs;
}

/** Where a field with this expiry belongs among triples: behind those that expire no later. */
export function placeFor(pack: PackPlace, expiresAtMs: number): number {
  const { bytes, start, end } = pack;
  if (expiresAtMs === 0) return end - 1;
  let at = start + headerBytes;
  while (bytes[at] !== endMark) {
    const expiryEntry = skipEntries(bytes, at, 2);
    const own = integerAt(bytes, expiryEntry);
    if (own === 0 || own > expiresAtMs) break;
    at = skipEntry(bytes, expiryEntry);
  }
  return at;
}

/** Turns pairs into triples without expiries. */
export function buildTriples(pairs: PackPlace, triples: ListpackBuilder): void {
  const { bytes, start } = pairs;
  triples.reset();
  let at = start + headerBytes;
  while (bytes[at] !== endMark) {
    const behind = skipEntries(bytes, at, pairWidth);
    triples.appendEncoded(bytes, at, behind, pairWidth);
    triples.appendInteger(0);
    at = behind;
  }
  triples.finish();
}

/** How many fields a pack has. */
export function fieldCount(bytes: Uint8Array, start: number, width: number): number {
  return count(bytes, start) / width;
}

/** Bytes of the longest field or value. */
export function longestElement(pack: PackPlace, width: number): number {
  const { bytes, start } = pack;
  let longest = 0;
  let at = start + headerBytes;
  while (bytes[at] !== endMark) {
    longest = Math.max(longest, elementLength(bytes, at));
    const value = skipEntry(bytes, at);
    longest = Math.max(longest, elementLength(bytes, value));
    at = skipEntries(bytes, at, width);
  }
  return longest;
}
