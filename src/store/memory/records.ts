import { copyBytes, putUint32, startsWithBytes, uint32At } from '../../base/bytes.ts';
import { structuredKinds } from '../value-types.ts';
import { type Arena, refMask, slabShift } from './arena.ts';
import { KeyHints } from './key-hints.ts';
import { LargeBuffers } from './large-buffers.ts';
import { Structures } from './structures.ts';

/**
 * Records: a key with its value in one block of the arena.
 *
 *   u32      bits 0-2 type, 3-5 encoding, 6 has expiry, 7 value is large, 8-31 access clock
 *   f64      expiry, Unix ms; only with bit 6
 *   u8       key length; 255: u32 length follows; 254: u32 id of a large buffer follows
 *   u8       value length; 255: u32 length follows; with bit 7 a u32 id of a large buffer instead
 *   bytes    key, unless large
 *   bytes    value, unless large
 *
 * Values above 192 KiB and keys above 32 KiB are large. The layout is private to this file and to
 * `floating-records.ts`.
 */
export class Records {
  readonly arena: Arena;
  readonly large = new LargeBuffers();
  readonly structures = new Structures();
  /** How many records of each kind (`kindOf`) there are, strings left out. */
  readonly countByKind = new Uint32Array(64);
  /** Hashes of keys that are about to be looked up. */
  readonly hints: KeyHints;
  /** The same for members of large values. */
  readonly memberHints: KeyHints;

  /** Where the value of the record last created or looked at lies. */
  valueBytes: Uint8Array = new Uint8Array(0);
  valueStart = 0;
  valueEnd = 0;
  /** The same for the key. */
  keyBytes: Uint8Array = new Uint8Array(0);
  keyStart = 0;
  keyEnd = 0;

  /** `hashKey0/1`: 64 random bits, the secret of the hash. */
  constructor(arena: Arena, hashKey0: number, hashKey1: number) {
    this.arena = arena;
    this.hints = new KeyHints(hashKey0 | 0, hashKey1 | 0);
    this.memberHints = new KeyHints(hashKey0 | 0, hashKey1 | 0);
  }

  /** Bytes in use by all records. */
  get usedBytes(): number {
    return this.arena.usedBytes + this.large.usedBytes;
  }

  /** Hash of a key, as a signed 32-bit integer. */
  hash(bytes: Uint8Array, start: number, end: number): number {
    return this.hints.hash(bytes, start, end);
  }

  /** Must be called before the memory of the noted keys and members changes. */
  clearHints(): void {
    this.hints.clear();
    this.memberHints.clear();
  }

  /** Hash of a record's own key. */
  hashOf(ref: number): number {
    this.locateKey(ref);
    return this.hints.hash(this.keyBytes, this.keyStart, this.keyEnd);
  }

  /**
   * A new record with the key copied in and `valueLength` bytes of value yet to be written to
   * `valueBytes[valueStart, valueEnd)`. `word` is the header word without its flags; `valueRoom` ≥
   * `valueLength` leaves room to grow in place; `expiresAtMs` 0 means none.
   */
  create(
    word: number,
    expiresAtMs: number,
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    valueLength: number,
    valueRoom: number,
  ): number {
    const keyLength = keyEnd - keyStart;
    const isLarge = valueRoom > inlineValueMax;
    const isKeyLarge = keyLength > inlineKeyMax;
    let header = word & ~(expiryBit | largeBit);
    if ((word & typeMask) !== 0) this.countByKind[word & kindMask] += 1;
    let bytes = 4 + 1 + (keyLength < shortMax ? keyLength : isKeyLarge ? 4 : 4 + keyLength);
    bytes += isLarge ? 4 : (valueRoom < 255 ? 1 : 5) + valueRoom;
    if (isLarge) header |= largeBit;
    if (expiresAtMs !== 0) {
      header |= expiryBit;
      bytes += 8;
    }
    const ref = this.arena.allocate(bytes);
    const slab = ref >>> slabShift;
    const target = this.arena.slabs[slab];
    let at = (ref & refMask) << 3;
    this.arena.words[slab][at >>> 2] = header;
    at += 4;
    if (expiresAtMs !== 0) {
      this.arena.views[slab].setFloat64(at, expiresAtMs, true);
      at += 8;
    }
    if (keyLength < shortMax) {
      target[at++] = keyLength;
    } else {
      target[at] = isKeyLarge ? largeKeyMark : longMark;
      const id = isKeyLarge ? this.#largeCopy(key, keyStart, keyEnd) : keyLength;
      putUint32(target, at + 1, id);
      at += 5;
    }
    const valueAt = at;
    at += isLarge ? 4 : valueRoom < 255 ? 1 : 5;
    if (!isKeyLarge) {
      copyBytes(key, keyStart, keyEnd, target, at);
      at += keyLength;
    }
    if (isLarge) {
      const id = this.large.create(valueLength, valueRoom);
      putUint32(target, valueAt, id);
      this.valueBytes = this.large.bytesOf(id);
      this.valueStart = 0;
    } else {
      if (valueRoom < 255) {
        target[valueAt] = valueLength;
      } else {
        target[valueAt] = longMark;
        putUint32(target, valueAt + 1, valueLength);
      }
      this.valueBytes = target;
      this.valueStart = at;
    }
    this.valueEnd = this.valueStart + valueLength;
    return ref;
  }

  /** Frees a record and what it owns. */
  free(ref: number): void {
    const slab = this.arena.slabs[ref >>> slabShift];
    let at = (ref & refMask) << 3;
    const flags = slab[at];
    if ((flags & typeMask) !== 0) this.#freeValue(ref, flags & kindMask);
    at += (flags & expiryBit) !== 0 ? 12 : 4;
    const mark = slab[at];
    if (mark === largeKeyMark) this.large.free(uint32At(slab, at + 1));
    if ((flags & largeBit) !== 0) {
      this.large.free(uint32At(slab, at + (mark >= shortMax ? 5 : 1)));
    }
    this.arena.free(ref);
  }

  /** Whether the record's key is `bytes[start, end)`. */
  matches(ref: number, bytes: Uint8Array, start: number, end: number): boolean {
    const slab = this.arena.slabs[ref >>> slabShift];
    let at = (ref & refMask) << 3;
    const flags = slab[at];
    at += (flags & expiryBit) !== 0 ? 12 : 4;
    const length = end - start;
    if (length >= shortMax) return this.#matchesLong(ref, bytes, start, end);
    if (slab[at] !== length) return false;
    at += 1 + ((flags & largeBit) !== 0 ? 4 : slab[at + 1] === longMark ? 5 : 1);
    return startsWithBytes(slab, at, bytes, start, end);
  }

  /** Sets `keyBytes`, `keyStart` and `keyEnd` to where the record's key lies. */
  locateKey(ref: number): void {
    const slab = this.arena.slabs[ref >>> slabShift];
    let at = (ref & refMask) << 3;
    const flags = slab[at];
    at += (flags & expiryBit) !== 0 ? 12 : 4;
    const mark = slab[at];
    if (mark === largeKeyMark) {
      const id = uint32At(slab, at + 1);
      this.keyBytes = this.large.bytesOf(id);
      this.keyStart = 0;
      this.keyEnd = this.large.lengthOf(id);
      return;
    }
    const length = mark === longMark ? uint32At(slab, at + 1) : mark;
    at += mark === longMark ? 5 : 1;
    at += (flags & largeBit) !== 0 ? 4 : slab[at] === longMark ? 5 : 1;
    this.keyBytes = slab;
    this.keyStart = at;
    this.keyEnd = at + length;
  }

  /** Sets `valueBytes`, `valueStart` and `valueEnd` to where the record's value lies. */
  locateValue(ref: number): void {
    const slab = this.arena.slabs[ref >>> slabShift];
    let at = (ref & refMask) << 3;
    const flags = slab[at];
    at += (flags & expiryBit) !== 0 ? 12 : 4;
    const mark = slab[at];
    const keyLength = mark < shortMax ? mark : mark === longMark ? uint32At(slab, at + 1) : 0;
    at += mark < shortMax ? 1 : 5;
    if ((flags & largeBit) !== 0) {
      const id = uint32At(slab, at);
      this.valueBytes = this.large.bytesOf(id);
      this.valueStart = 0;
      this.valueEnd = this.large.lengthOf(id);
      return;
    }
    const valueMark = slab[at];
    const length = valueMark === longMark ? uint32At(slab, at + 1) : valueMark;
    at += (valueMark === longMark ? 5 : 1) + keyLength;
    this.valueBytes = slab;
    this.valueStart = at;
    this.valueEnd = at + length;
  }

  /**
   * Changes the value's length without moving the record, and locates the value. New bytes are not
   * cleared. `loose` allows a block much larger than needed.
   *
   * @returns false when the value does not fit, or fits so loosely that it should move: then nothing
   * was changed.
   */
  resizeInPlace(ref: number, length: number, loose: boolean): boolean {
    this.locateValue(ref);
    return this.resizeLocated(ref, length, loose);
  }

  /** The same for the record whose value was located last. */
  resizeLocated(ref: number, length: number, loose: boolean): boolean {
    const before = this.valueEnd - this.valueStart;
    if (before === length) return true;
    const slabIndex = ref >>> slabShift;
    const slab = this.arena.slabs[slabIndex];
    const base = (ref & refMask) << 3;
    let at = base;
    const flags = slab[at];
    at += (flags & expiryBit) !== 0 ? 12 : 4;
    at += slab[at] < shortMax ? 1 : 5;
    if ((flags & largeBit) !== 0) {
      const id = uint32At(slab, at);
      if (!loose && length < this.valueBytes.length >>> 1) return false;
      if (!this.large.resize(id, length)) return false;
    } else {
      const capacity = this.arena.capacityOf(ref);
      const needed = this.valueStart - base + length;
      if (needed > capacity || (!loose && needed < capacity - (capacity >>> 3) - 8)) return false;
      if (slab[at] === longMark) putUint32(slab, at + 1, length);
      else if (length < 255) slab[at] = length;
      else return false;
    }
    this.valueEnd = this.valueStart + length;
    return true;
  }

  /**
   * The commonest write: another string of the same length, on both sides without expiry. One look at
   * the record, where the general way takes several (`npm run bench -- micro`).
   *
   * @returns false when the record is not like that: then nothing was changed.
   */
  overwritePlain(
    ref: number,
    word: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): boolean {
    const slabIndex = ref >>> slabShift;
    const slab = this.arena.slabs[slabIndex];
    const base = (ref & refMask) << 3;
    const keyLength = slab[base + 4];
    const length = valueEnd - valueStart;
    if ((slab[base] & plainMask) !== 0 || keyLength >= shortMax) return false;
    if (length >= 255 || slab[base + 5] !== length) return false;
    this.arena.words[slabIndex][base >>> 2] = word;
    copyBytes(value, valueStart, valueEnd, slab, base + 6 + keyLength);
    return true;
  }

  /** Type code of the value, 0 to 7. */
  typeOf(ref: number): number {
    return this.arena.slabs[ref >>> slabShift][(ref & refMask) << 3] & 7;
  }

  /** Encoding code of the value, 0 to 7; what it means depends on the type. */
  encodingOf(ref: number): number {
    return (this.arena.slabs[ref >>> slabShift][(ref & refMask) << 3] >>> 3) & 7;
  }

  /** Changes the encoding code. */
  setEncoding(ref: number, encoding: number): void {
    const slab = this.arena.slabs[ref >>> slabShift];
    const at = (ref & refMask) << 3;
    const before = slab[at];
    slab[at] = (before & ~0x38) | (encoding << 3);
    if ((before & typeMask) === 0) return;
    this.countByKind[before & kindMask] -= 1;
    this.countByKind[slab[at] & kindMask] += 1;
  }

  /** The number of the structure that is the record's value. Requires: a structured kind. */
  structureIdOf(ref: number): number {
    this.locateValue(ref);
    return uint32At(this.valueBytes, this.valueStart);
  }

  /** Whether the record's value is the number of a structure. */
  isStructured(ref: number): boolean {
    return (
      structuredKinds[this.arena.slabs[ref >>> slabShift][(ref & refMask) << 3] & kindMask] !== 0
    );
  }

  /** Makes a structure's number the value of a record. Requires: a structured kind. */
  setStructureId(ref: number, id: number): void {
    this.locateValue(ref);
    putUint32(this.valueBytes, this.valueStart, id);
  }

  /** The header word, for a record that takes another's place. */
  headerOf(ref: number): number {
    return this.arena.words[ref >>> slabShift][(ref & refMask) << 1];
  }

  /** The 24 bits of the access clock. */
  accessOf(ref: number): number {
    return this.arena.words[ref >>> slabShift][(ref & refMask) << 1] >>> 8;
  }

  /** Sets the 24 bits of the access clock. */
  setAccess(ref: number, access: number): void {
    const words = this.arena.words[ref >>> slabShift];
    const at = (ref & refMask) << 1;
    words[at] = (words[at] & 0xff) | (access << 8);
  }

  /** Expiry in Unix ms; 0 when there is none. */
  expiresAtMs(ref: number): number {
    const slab = ref >>> slabShift;
    const at = (ref & refMask) << 3;
    if ((this.arena.slabs[slab][at] & expiryBit) === 0) return 0;
    return this.arena.views[slab].getFloat64(at + 4, true);
  }

  /** Whether the record has an expiry. */
  hasExpiry(ref: number): boolean {
    return (this.arena.slabs[ref >>> slabShift][(ref & refMask) << 3] & expiryBit) !== 0;
  }

  /** Changes an expiry. Requires: the record has one. */
  setExpiryInPlace(ref: number, expiresAtMs: number): void {
    this.arena.views[ref >>> slabShift].setFloat64(((ref & refMask) << 3) + 4, expiresAtMs, true);
  }

  /** Bytes that the record occupies, with what it owns. */
  bytesOf(ref: number): number {
    let bytes = this.arena.capacityOf(ref);
    this.locateKey(ref);
    if (this.keyBytes !== this.arena.slabs[ref >>> slabShift]) bytes += this.keyBytes.length;
    this.locateValue(ref);
    if (this.valueBytes !== this.arena.slabs[ref >>> slabShift]) bytes += this.valueBytes.length;
    return bytes;
  }

  /** What a value of a type other than string owns, and its share of the counts. */
  #freeValue(ref: number, kind: number): void {
    this.countByKind[kind] -= 1;
    if (structuredKinds[kind] !== 0) this.structures.drop(this.structureIdOf(ref));
  }

  #matchesLong(ref: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.locateKey(ref);
    if (this.keyEnd - this.keyStart !== end - start) return false;
    const own = this.keyBytes;
    for (let i = start, j = this.keyStart; i < end; i += 1, j += 1) {
      if (own[j] !== bytes[i]) return false;
    }
    return true;
  }

  #largeCopy(bytes: Uint8Array, start: number, end: number): number {
    const id = this.large.create(end - start);
    copyBytes(bytes, start, end, this.large.bytesOf(id), 0);
    return id;
  }
}

/** Above this many bytes a value gets a buffer of its own. */
export const inlineValueMax = 192 * 1024;
/** Above this many bytes a key gets a buffer of its own. */
export const inlineKeyMax = 32 * 1024;

const typeMask = 7;
const kindMask = 63;
const expiryBit = 0x40;
const largeBit = 0x80;
/** Type, expiry and large bits: all 0 in a plain string. */
const plainMask = 7 | expiryBit | largeBit;
/** Lengths below this fit the length byte of a key. */
const shortMax = 254;
const largeKeyMark = 254;
const longMark = 255;
