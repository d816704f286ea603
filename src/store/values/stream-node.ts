/**
 * The listpack of a stream's node, byte for byte as Redis lays it out.
 *
 *   live entries · deleted entries · shared field count · shared fields… · 0
 *   then each entry: flags · ms - node's ms · seq - node's seq
 *     [field count, where the fields are not the shared ones]
 *     fields and values by turns, or the values alone · how many elements all this was
 *
 * The node's id is that of its first entry. Deleted entries stay, with a flag, until the node goes.
 */

import { Int64 } from '../packed/int64.ts';
import {
  endMark,
  headerBytes,
  last,
  previous,
  skipEntries,
  skipEntry,
} from '../packed/listpack.ts';
import { entryEquals, integerAt, readInteger } from '../packed/listpack-elements.ts';
import {
  encodedHalvesLength,
  encodedIntegerLength,
  encodedLength,
  writeEntry,
  writeHalvesEntry,
  writeIntegerEntry,
} from '../packed/listpack-encoding.ts';
import type { StreamId } from './stream-id.ts';

/** Flags of an entry. */
export const deletedFlag = 1;
export const sameFieldsFlag = 2;

/** Fields and values of an entry to be added: words `[first, first + pairs × 2)` of a request. */
export class EntryWords {
  bytes: Uint8Array = new Uint8Array(0);
  starts: Int32Array = new Int32Array(0);
  ends: Int32Array = new Int32Array(0);
  first = 0;
  pairs = 0;

  /** Bytes of all fields and values. */
  get totalBytes(): number {
    let total = 0;
    const end = this.first + this.pairs * 2;
    for (let i = this.first; i < end; i += 1) total += this.ends[i] - this.starts[i];
    return total;
  }
}

/** The counts at the beginning of a node, and where its entries begin. Make one, reuse it. */
export class NodeHead {
  live = 0;
  deleted = 0;
  fieldCount = 0;
  /** The first shared field. */
  fieldsAt = 0;

  /** Reads the node's listpack at `start`, up to the shared fields. */
  read(bytes: Uint8Array, start: number): void {
    let at = start + headerBytes;
    this.live = integerAt(bytes, at);
    at = skipEntry(bytes, at);
    this.deleted = integerAt(bytes, at);
    at = skipEntry(bytes, at);
    this.fieldCount = integerAt(bytes, at);
    this.fieldsAt = skipEntry(bytes, at);
  }

  /** Where the first entry is, or the end mark. */
  entriesAt(bytes: Uint8Array): number {
    return skipEntries(bytes, this.fieldsAt, this.fieldCount + 1);
  }
}

/** Whether an entry has the shared fields of a node, in their order. */
export function hasSharedFields(bytes: Uint8Array, head: NodeHead, words: EntryWords): boolean {
  if (words.pairs !== head.fieldCount) return false;
  let at = head.fieldsAt;
  let word = words.first;
  for (let left = words.pairs; left > 0; left -= 1, word += 2) {
    if (!entryEquals(bytes, at, words.bytes, words.starts[word], words.ends[word])) return false;
    at = skipEntry(bytes, at);
  }
  return true;
}

/** How many elements of the listpack an entry takes. */
export function entryElements(pairs: number, isSame: boolean): number {
  return isSame ? pairs + 4 : pairs * 2 + 5;
}

/** Bytes of an entry, with its id as the difference of two halves each. */
export function entryBytes(words: EntryWords, delta: IdDelta, isSame: boolean): number {
  const { bytes, starts, ends, pairs } = words;
  let size = 2 + delta.encodedBytes;
  const end = words.first + pairs * 2;
  for (let i = words.first + (isSame ? 1 : 0); i < end; i += isSame ? 2 : 1) {
    size += encodedLength(bytes, starts[i], ends[i]);
  }
  if (!isSame) size += encodedIntegerLength(pairs);
  return size + encodedIntegerLength(entryElements(pairs, isSame) - 1);
}

/** Writes an entry to `target[at…)`. Returns the position behind it. */
export function writeStreamEntry(
  target: Uint8Array,
  at: number,
  words: EntryWords,
  delta: IdDelta,
  isSame: boolean,
): number {
  const { bytes, starts, ends, pairs } = words;
  let to = writeIntegerEntry(target, at, isSame ? sameFieldsFlag : 0);
  to = delta.write(target, to);
  if (!isSame) to = writeIntegerEntry(target, to, pairs);
  const end = words.first + pairs * 2;
  for (let i = words.first + (isSame ? 1 : 0); i < end; i += isSame ? 2 : 1) {
    to = writeEntry(target, to, bytes, starts[i], ends[i]);
  }
  return writeIntegerEntry(target, to, entryElements(pairs, isSame) - 1);
}

/** Bytes of a new node's head: everything before the first entry, the listpack's header included. */
export function headBytes(words: EntryWords): number {
  let size = headerBytes + 2 + 2 + encodedIntegerLength(words.pairs) + 2;
  const end = words.first + words.pairs * 2;
  for (let i = words.first; i < end; i += 2) {
    size += encodedLength(words.bytes, words.starts[i], words.ends[i]);
  }
  return size;
}

/** Writes a new node's head with one live entry, but for the listpack's header. */
export function writeHead(target: Uint8Array, start: number, words: EntryWords): number {
  let to = writeIntegerEntry(target, start + headerBytes, 1);
  to = writeIntegerEntry(target, to, 0);
  to = writeIntegerEntry(target, to, words.pairs);
  const end = words.first + words.pairs * 2;
  for (let i = words.first; i < end; i += 2) {
    to = writeEntry(target, to, words.bytes, words.starts[i], words.ends[i]);
  }
  return writeIntegerEntry(target, to, 0);
}

/** Where the last entry of a node begins, deleted or not; -1 when there is none. */
export function lastEntryAt(
  bytes: Uint8Array,
  start: number,
  end: number,
  entriesAt: number,
): number {
  const countAt = last(bytes, start, end);
  return countAt < entriesAt ? -1 : stepBack(bytes, start, countAt);
}

/** From the element at the end of an entry, which counts the others, to the entry's first. */
export function stepBack(bytes: Uint8Array, start: number, countAt: number): number {
  let at = countAt;
  for (let left = integerAt(bytes, countAt); left > 0 && at !== -1; left -= 1) {
    at = previous(bytes, start, at);
  }
  return at;
}

/** Whether the position is behind the last entry. */
export function isAtEnd(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === endMark;
}

/** Adds the difference that stands in two elements at `at` to `id`. Returns the position behind. */
export function addDelta(bytes: Uint8Array, at: number, id: StreamId): number {
  readInteger(bytes, at, msDelta);
  const sequenceAt = skipEntry(bytes, at);
  readInteger(bytes, sequenceAt, sequenceDelta);
  id.add(msDelta.hi, msDelta.lo, sequenceDelta.hi, sequenceDelta.lo);
  return skipEntry(bytes, sequenceAt);
}

const msDelta = new Int64();
const sequenceDelta = new Int64();

/** How far an entry's id is from its node's: two int64 in halves. Make one, reuse it. */
export class IdDelta {
  readonly #ms = new Int64();
  readonly #sequence = new Int64();

  between(id: StreamId, nodeId: StreamId): void {
    const msBorrow = id.msLo < nodeId.msLo ? 1 : 0;
    this.#ms.setHalves((id.msHi - nodeId.msHi - msBorrow) | 0, (id.msLo - nodeId.msLo) | 0);
    const borrow = id.seqLo < nodeId.seqLo ? 1 : 0;
    const seqHi = (id.seqHi - nodeId.seqHi - borrow) | 0;
    this.#sequence.setHalves(seqHi, (id.seqLo - nodeId.seqLo) | 0);
  }

  get encodedBytes(): number {
    const ms = encodedHalvesLength(this.#ms.hi, this.#ms.lo);
    return ms + encodedHalvesLength(this.#sequence.hi, this.#sequence.lo);
  }

  write(target: Uint8Array, at: number): number {
    const to = writeHalvesEntry(target, at, this.#ms.hi, this.#ms.lo);
    return writeHalvesEntry(target, to, this.#sequence.hi, this.#sequence.lo);
  }
}

/** Sets the deleted flag of the entry at `at`. */
export function markDeleted(bytes: Uint8Array, at: number): void {
  // The lowest bits stand in the first byte of small integers, in the second of all others.
  bytes[bytes[at] < 0x80 ? at : at + 1] |= deletedFlag;
}
