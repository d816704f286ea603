import { withView } from '../../base/bytes.ts';
import { writeDecimal } from './decimal.ts';
import { isPossibleLzfExpansion, lzfDecompress } from './lzf.ts';
import { lengthForms, stringBytesMax } from './rdb-format.ts';
import type { RdbFailure, RdbFailureReason } from './rdb-visitor.ts';

/** Where a decoded string stands: in the window itself, or in a scratch buffer of its own. */
export class StringRange {
  bytes: Uint8Array;
  start = 0;
  end = 0;
  /** For decoded integers and decompressed text; grows with what was really decompressed. */
  scratch: Uint8Array = withView(new Uint8Array(64));

  constructor() {
    this.bytes = this.scratch;
  }

  /** A copy that outlives the window. */
  copy(): Uint8Array {
    return this.bytes.slice(this.start, this.end);
  }

  /** At least `length` bytes of scratch. */
  reserve(length: number): Uint8Array {
    if (this.scratch.length < length || this.scratch.length > scratchKeptBytes) {
      this.scratch = withView(new Uint8Array(Math.max(length, 64)));
    }
    return this.scratch;
  }
}

const scratchKeptBytes = 1024 * 1024;

const doubleBytes = new Uint8Array(8);
const doubleView = new DataView(doubleBytes.buffer);

/**
 * Reads the primitives of the format inside a window of bytes, and never past its end.
 *
 * Every `read…` either succeeds and moves `at`, or returns its "no" (-1 or false) for one of two
 * causes: `failure` is set, the bytes are wrong; or it is not, and the window is too short: `needed`
 * then says how many bytes the item that began at `itemStart` needs at the least. The caller goes
 * back to `itemStart` and tries again with a longer window, so an item is read at once or not at all.
 */
export class RdbCursor {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  itemStart = 0;
  needed = 0;
  /** What `readLength64` read, in halves of 32 bits, unsigned. */
  high = 0;
  low = 0;
  failure: RdbFailure | null = null;
  /** How many bytes of the file came before `bytes[0]`; negative when the window began earlier. */
  base = 0;
  readonly #stringMax: number;

  constructor(stringMax = stringBytesMax) {
    this.#stringMax = stringMax;
  }

  /** Looks at `bytes[start, end)` from now on; `bytes[start]` is byte `offset` of the file. */
  setWindow(bytes: Uint8Array, start: number, end: number, offset: number): void {
    this.bytes = bytes;
    this.at = start;
    this.itemStart = start;
    this.end = end;
    this.base = offset - start;
  }

  /** The offset in the file of the next byte. */
  get offset(): number {
    return this.base + this.at;
  }

  /** Gives the file up because of the item that is being read: names where it begins. */
  failItem(reason: RdbFailureReason, detail: string): false {
    this.failure ??= { reason, detail, offset: this.base + this.itemStart };
    return false;
  }

  /** Gives the file up. Keeps the first failure. */
  fail(reason: RdbFailureReason, detail: string): void {
    this.failure ??= { reason, detail, offset: this.offset };
  }

  /** Whether `count` more bytes are here; notes what is missing otherwise. */
  has(count: number): boolean {
    if (this.end - this.at >= count) return true;
    this.needed = this.at + count - this.itemStart;
    return false;
  }

  /** One byte, or -1. */
  readByte(): number {
    if (!this.has(1)) return -1;
    const byte = this.bytes[this.at];
    this.at += 1;
    return byte;
  }

  /** Passes over `count` bytes. */
  skipBytes(count: number): boolean {
    if (!this.has(count)) return false;
    this.at += count;
    return true;
  }

  /** A plain length, or -1. Above 2^53 it is the nearest number that JavaScript has. */
  readLength(): number {
    if (!this.has(1)) return -1;
    const { bytes, at } = this;
    const first = bytes[at];
    if (first <= lengthForms.bits6Max) {
      this.at = at + 1;
      return first;
    }
    if (first < lengthForms.bits32) {
      if (!this.has(2)) return -1;
      this.at = at + 2;
      return ((first & 0x3f) << 8) | bytes[at + 1];
    }
    if (first === lengthForms.bits32) {
      if (!this.has(5)) return -1;
      this.at = at + 5;
      return uint32BigEndian(bytes, at + 1);
    }
    if (first === lengthForms.bits64) {
      if (!this.has(9)) return -1;
      this.at = at + 9;
      return uint32BigEndian(bytes, at + 1) * 0x1_0000_0000 + uint32BigEndian(bytes, at + 5);
    }
    this.fail('bad-length', `a length cannot begin with byte ${first}`);
    return -1;
  }

  /** A plain length of up to 64 bits, exactly, to `high` and `low`. */
  readLength64(): boolean {
    if (!this.has(1)) return false;
    if (this.bytes[this.at] === lengthForms.bits64) {
      if (!this.has(9)) return false;
      this.high = uint32BigEndian(this.bytes, this.at + 1);
      this.low = uint32BigEndian(this.bytes, this.at + 5);
      this.at += 9;
      return true;
    }
    const length = this.readLength();
    this.high = 0;
    this.low = length;
    return length >= 0;
  }

  /** A string in any of its forms: plain, integer or LZF. */
  readString(range: StringRange): boolean {
    if (!this.has(1)) return false;
    const form = this.bytes[this.at];
    if (form >= lengthForms.int8) {
      return form === lengthForms.lzf ? this.#readLzf(range) : this.#readInteger(form, range);
    }
    const length = this.readLength();
    if (length < 0) return false;
    if (length > this.#stringMax) return this.#tooLong(length);
    if (!this.has(length)) return false;
    range.bytes = this.bytes;
    range.start = this.at;
    this.at += length;
    range.end = this.at;
    return true;
  }

  /** Eight bytes, little endian, signed. Requires: `has(8)`. */
  readInt64(): number {
    const { bytes, at } = this;
    this.at = at + 8;
    const high = int32LittleEndian(bytes, at + 4);
    return high * 0x1_0000_0000 + (int32LittleEndian(bytes, at) >>> 0);
  }

  /** Eight bytes, a double, little endian. Requires: `has(8)`. */
  readDouble(): number {
    for (let i = 0; i < 8; i += 1) doubleBytes[i] = this.bytes[this.at + i];
    this.at += 8;
    return doubleView.getFloat64(0, true);
  }

  /** Four bytes, little endian, signed. Requires: `has(4)`. */
  readInt32(): number {
    const value = int32LittleEndian(this.bytes, this.at);
    this.at += 4;
    return value;
  }

  #readInteger(form: number, range: StringRange): boolean {
    const { bytes, at } = this;
    const width = form === lengthForms.int8 ? 1 : form === lengthForms.int16 ? 2 : 4;
    if (form > lengthForms.int32) {
      this.fail('bad-length', `a string cannot begin with byte ${form}`);
      return false;
    }
    if (!this.has(1 + width)) return false;
    let value = bytes[at + 1] << 24;
    if (width === 1) value >>= 24;
    else if (width === 2) value = ((bytes[at + 2] << 24) | (bytes[at + 1] << 16)) >> 16;
    else value = int32LittleEndian(bytes, at + 1);
    this.at = at + 1 + width;
    range.bytes = range.reserve(0);
    range.start = 0;
    range.end = writeDecimal(value, range.bytes, 0);
    return true;
  }

  #readLzf(range: StringRange): boolean {
    this.at += 1;
    const compressed = this.readLength();
    if (compressed < 0) return false;
    const original = this.readLength();
    if (original < 0) return false;
    if (compressed > this.#stringMax || original > this.#stringMax) {
      return this.#tooLong(Math.max(compressed, original));
    }
    if (!isPossibleLzfExpansion(compressed, original)) {
      const detail = `${compressed} compressed bytes cannot hold ${original}`;
      this.fail('bad-compression', detail);
      return false;
    }
    if (!this.has(compressed)) return false;
    const target = range.reserve(original);
    const from = this.at;
    if (!lzfDecompress(this.bytes, from, from + compressed, target, 0, original)) {
      this.fail('bad-compression', 'the compressed bytes of a string are damaged');
      return false;
    }
    this.at = from + compressed;
    range.bytes = target;
    range.start = 0;
    range.end = original;
    return true;
  }

  #tooLong(length: number): false {
    const detail = `a string claims ${length} bytes, the limit is ${this.#stringMax}`;
    this.fail('string-too-long', detail);
    return false;
  }
}

function uint32BigEndian(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

function int32LittleEndian(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}
