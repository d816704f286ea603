import { putUint32 } from '../../base/bytes.ts';
import { refMask, slabShift } from './arena.ts';
import { inlineValueMax, type Records } from './records.ts';

/**
 * Records without a key whose value may begin anywhere in its block, so that it grows and shrinks at
 * either end while the rest of it stays where it is. For `Records` the bytes before the value, the
 * **headroom**, are a key with a length in the long form, whatever they hold:
 *
 *   u32 header · 255 · u32 headroom · 255 · u32 value length · headroom · value
 *
 * Values that are too large for a block are kept as `Records` keeps them, and do not float.
 */

/** Bytes of a block before the headroom. */
const headBytes = 14;

/**
 * A new record with a value of `length` bytes, yet to be written, in a block of at least `room` bytes.
 * What is left of the room comes before the value where `growsAtHead`, else behind it. The value is
 * located then, as after `Records.create`.
 */
export function createFloating(
  records: Records,
  word: number,
  length: number,
  room: number,
  growsAtHead: boolean,
): number {
  if (length > inlineValueMax) return records.create(word, 0, noKey, 0, 0, length, length);
  const { arena } = records;
  const ref = arena.allocate(headBytes + Math.min(room, inlineValueMax));
  const slab = ref >>> slabShift;
  const bytes = arena.slabs[slab];
  const base = (ref & refMask) << 3;
  arena.words[slab][base >>> 2] = word;
  bytes[base + 4] = longMark;
  bytes[base + 9] = longMark;
  const headroom = growsAtHead ? arena.capacityOf(ref) - headBytes - length : 0;
  putUint32(bytes, base + 5, headroom);
  putUint32(bytes, base + 10, length);
  records.valueBytes = bytes;
  records.valueStart = base + headBytes + headroom;
  records.valueEnd = records.valueStart + length;
  return ref;
}

/** Bytes that headroom, value and what is free behind it share; 0 when the value does not float. */
export function floatingRoom(records: Records, ref: number): number {
  const isLarge = records.valueBytes !== records.arena.slabs[ref >>> slabShift];
  return isLarge ? 0 : records.arena.capacityOf(ref) - headBytes;
}

/** Where the value would begin without headroom. */
export function floatingOrigin(ref: number): number {
  return ((ref & refMask) << 3) + headBytes;
}

/** Says that the value of a floating record is `bytes[start, end)` now. Requires: it is in the block. */
export function stateExtent(bytes: Uint8Array, ref: number, start: number, end: number): void {
  const base = (ref & refMask) << 3;
  putUint32(bytes, base + 5, start - base - headBytes);
  putUint32(bytes, base + 10, end - start);
}

const noKey = new Uint8Array(0);
/** As in `Records`: a length of four bytes follows. */
const longMark = 255;
