/** Changes of packed hashes, in their records. Each returns the record, which may have moved. */
import {
  adjustHeader,
  endMark,
  headerBytes,
  skipEntries,
  skipEntry,
  writeHeader,
} from '../packed/listpack.ts';
import {
  encodedIntegerLength,
  encodedLength,
  writeEntry,
  writeIntegerEntry,
} from '../packed/listpack-encoding.ts';
import type { ValueEditor } from '../value-editor.ts';
import { expiryAt, pairWidth, placeFor, tripleWidth } from './hash-packs.ts';

/** Takes the field at offset `at` of the pack out. Returns the record, which may have moved. */
export function removeField(values: ValueEditor, ref: number, at: number, width: number): number {
  const from = values.start + at;
  const size = skipEntries(values.bytes, from, width) - from;
  const moved = values.splice(ref, at, size, 0);
  adjustHeader(values.bytes, values.start, -size, -width);
  return moved;
}

/**
 * Sets a field of pairs: the one at offset `at`, or a new one (-1). Requires, as all of these: the
 * record's value is located.
 */
export function setPair(
  values: ValueEditor,
  ref: number,
  at: number,
  field: Uint8Array,
  fieldStart: number,
  fieldEnd: number,
  value: Uint8Array,
  valueStart: number,
  valueEnd: number,
): number {
  if (at !== -1) return replaceValue(values, ref, at, value, valueStart, valueEnd);
  const to = values.end - 1 - values.start;
  return insertPair(values, ref, to, field, fieldStart, fieldEnd, value, valueStart, valueEnd);
}

/** Writes a pack of one pair, which fills the located place. */
export function writePair(
  values: ValueEditor,
  field: Uint8Array,
  fieldStart: number,
  fieldEnd: number,
  value: Uint8Array,
  valueStart: number,
  valueEnd: number,
): void {
  const { bytes, start, end } = values;
  writeHeader(bytes, start, end - start, pairWidth);
  const valueAt = writeEntry(bytes, start + headerBytes, field, fieldStart, fieldEnd);
  writeEntry(bytes, valueAt, value, valueStart, valueEnd);
  bytes[end - 1] = endMark;
}

/** The same of triples. The field keeps its place where its expiry stays as it is. */
export function setTriple(
  values: ValueEditor,
  ref: number,
  at: number,
  field: Uint8Array,
  fieldStart: number,
  fieldEnd: number,
  value: Uint8Array,
  valueStart: number,
  valueEnd: number,
  expiresAtMs: number,
): number {
  let hash = ref;
  if (at !== -1) {
    if (expiryAt(values.bytes, values.start + at) === expiresAtMs) {
      return replaceValue(values, ref, at, value, valueStart, valueEnd);
    }
    hash = removeField(values, ref, at, tripleWidth);
  }
  const to = placeFor(values, expiresAtMs) - values.start;
  hash = insertPair(values, hash, to, field, fieldStart, fieldEnd, value, valueStart, valueEnd);
  return insertExpiry(values, hash, to, expiresAtMs);
}

/** Gives the triple at offset `at` another expiry, and the place that belongs to it. */
export function moveTriple(
  values: ValueEditor,
  ref: number,
  at: number,
  expiresAtMs: number,
): number {
  const from = values.start + at;
  const pair = values.bytes.slice(from, skipEntries(values.bytes, from, pairWidth));
  const shorter = removeField(values, ref, at, tripleWidth);
  const to = placeFor(values, expiresAtMs) - values.start;
  const longer = values.splice(shorter, to, 0, pair.length);
  values.bytes.set(pair, values.start + to);
  adjustHeader(values.bytes, values.start, pair.length, pairWidth);
  return insertExpiry(values, longer, to, expiresAtMs);
}

function replaceValue(
  values: ValueEditor,
  ref: number,
  at: number,
  value: Uint8Array,
  valueStart: number,
  valueEnd: number,
): number {
  const from = skipEntry(values.bytes, values.start + at);
  const removed = skipEntry(values.bytes, from) - from;
  const added = encodedLength(value, valueStart, valueEnd);
  const offset = from - values.start;
  const hash = values.splice(ref, offset, removed, added);
  writeEntry(values.bytes, values.start + offset, value, valueStart, valueEnd);
  if (added !== removed) adjustHeader(values.bytes, values.start, added - removed, 0);
  return hash;
}

/** Writes a field and its value at offset `at`. */
function insertPair(
  values: ValueEditor,
  ref: number,
  at: number,
  field: Uint8Array,
  fieldStart: number,
  fieldEnd: number,
  value: Uint8Array,
  valueStart: number,
  valueEnd: number,
): number {
  const fieldBytes = encodedLength(field, fieldStart, fieldEnd);
  const added = fieldBytes + encodedLength(value, valueStart, valueEnd);
  const hash = values.splice(ref, at, 0, added);
  const to = writeEntry(values.bytes, values.start + at, field, fieldStart, fieldEnd);
  writeEntry(values.bytes, to, value, valueStart, valueEnd);
  adjustHeader(values.bytes, values.start, added, pairWidth);
  return hash;
}

/** Writes the expiry behind the pair at offset `at`. */
function insertExpiry(values: ValueEditor, ref: number, at: number, expiresAtMs: number): number {
  const offset = skipEntries(values.bytes, values.start + at, pairWidth) - values.start;
  const added = encodedIntegerLength(expiresAtMs);
  const hash = values.splice(ref, offset, 0, added);
  writeIntegerEntry(values.bytes, values.start + offset, expiresAtMs);
  adjustHeader(values.bytes, values.start, added, 1);
  return hash;
}
