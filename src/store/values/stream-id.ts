import { writeDecimal } from '../../base/number-text.ts';

/** Longest text of an id: two numbers of 64 bits and a minus. */
export const idTextBytesMax = 41;

/** Bytes of an id in an RDB file: milliseconds and sequence, big endian. */
export const idBytes = 16;

const halfRange = 0x1_0000_0000;
const halfMax = 0xffff_ffff;
/** Upper halves below this belong to safe integers. */
const safeHighMax = 0x20_0000;
const groupRange = 1e9;
const groupDigits = 9;

/**
 * The id of a stream's entry: milliseconds and sequence, 64 bits each without a sign, as four halves
 * of 32 bits, because a JavaScript number cannot hold them. Make one, and fill it again and again.
 */
export class StreamId {
  // With a sign they are small integers for the engine, where larger numbers would each be an object.
  #msHi = 0;
  #msLo = 0;
  #seqHi = 0;
  #seqLo = 0;

  /** Requires: unsigned 32-bit integers. */
  set(msHi: number, msLo: number, seqHi: number, seqLo: number): void {
    this.#msHi = msHi | 0;
    this.#msLo = msLo | 0;
    this.#seqHi = seqHi | 0;
    this.#seqLo = seqLo | 0;
  }

  /** The halves, without a sign. */
  get msHi(): number {
    return this.#msHi >>> 0;
  }

  get msLo(): number {
    return this.#msLo >>> 0;
  }

  get seqHi(): number {
    return this.#seqHi >>> 0;
  }

  get seqLo(): number {
    return this.#seqLo >>> 0;
  }

  /** 0-0, below every id. */
  setZero(): void {
    this.set(0, 0, 0, 0);
  }

  /** The last id there is. */
  setMax(): void {
    this.set(halfMax, halfMax, halfMax, halfMax);
  }

  /** Requires: a safe integer, 0 or more. The sequence becomes 0. */
  setMs(ms: number): void {
    const hi = Math.floor(ms / halfRange);
    this.set(hi, ms - hi * halfRange, 0, 0);
  }

  copy(other: StreamId): void {
    this.#msHi = other.#msHi;
    this.#msLo = other.#msLo;
    this.#seqHi = other.#seqHi;
    this.#seqLo = other.#seqLo;
  }

  get isZero(): boolean {
    return (this.#msHi | this.#msLo | this.#seqHi | this.#seqLo) === 0;
  }

  get isMax(): boolean {
    return this.hasMaxSequence && this.msHi === halfMax && this.msLo === halfMax;
  }

  get hasMaxSequence(): boolean {
    return this.seqHi === halfMax && this.seqLo === halfMax;
  }

  /** Milliseconds, rounded beyond 2^53. */
  get ms(): number {
    return this.msHi * halfRange + this.msLo;
  }

  /** Below zero, zero or above, as this id comes before, is, or comes after `other`. */
  compare(other: StreamId): number {
    if (this.msHi !== other.msHi) return this.msHi < other.msHi ? -1 : 1;
    if (this.msLo !== other.msLo) return this.msLo < other.msLo ? -1 : 1;
    if (this.seqHi !== other.seqHi) return this.seqHi < other.seqHi ? -1 : 1;
    if (this.seqLo !== other.seqLo) return this.seqLo < other.seqLo ? -1 : 1;
    return 0;
  }

  /** Whether both have the same milliseconds. */
  hasMsOf(other: StreamId): boolean {
    return this.#msHi === other.#msHi && this.#msLo === other.#msLo;
  }

  /** The next id; false, and 0-0, behind the last. */
  increment(): boolean {
    this.#seqLo = (this.#seqLo + 1) | 0;
    if (this.#seqLo !== 0) return true;
    this.#seqHi = (this.#seqHi + 1) | 0;
    if (this.#seqHi !== 0) return true;
    this.#msLo = (this.#msLo + 1) | 0;
    if (this.#msLo !== 0) return true;
    this.#msHi = (this.#msHi + 1) | 0;
    return this.#msHi !== 0;
  }

  /** The id before; false, and the last one, before 0-0. */
  decrement(): boolean {
    this.#seqLo = (this.#seqLo - 1) | 0;
    if (this.#seqLo !== -1) return true;
    this.#seqHi = (this.#seqHi - 1) | 0;
    if (this.#seqHi !== -1) return true;
    this.#msLo = (this.#msLo - 1) | 0;
    if (this.#msLo !== -1) return true;
    this.#msHi = (this.#msHi - 1) | 0;
    return this.#msHi !== -1;
  }

  /** Adds differences as a node's listpack holds them: halves of int64, whose sums wrap around. */
  add(msHi: number, msLo: number, seqHi: number, seqLo: number): void {
    const ms = this.msLo + (msLo >>> 0);
    this.#msHi = (this.#msHi + msHi + (ms >= halfRange ? 1 : 0)) | 0;
    this.#msLo = ms | 0;
    const seq = this.seqLo + (seqLo >>> 0);
    this.#seqHi = (this.#seqHi + seqHi + (seq >= halfRange ? 1 : 0)) | 0;
    this.#seqLo = seq | 0;
  }

  /** Reads 16 bytes. */
  readBytes(bytes: Uint8Array, at: number): void {
    this.set(u32(bytes, at), u32(bytes, at + 4), u32(bytes, at + 8), u32(bytes, at + 12));
  }

  /** Writes 16 bytes. */
  writeBytes(target: Uint8Array, at: number): void {
    putU32(target, at, this.msHi);
    putU32(target, at + 4, this.msLo);
    putU32(target, at + 8, this.seqHi);
    putU32(target, at + 12, this.seqLo);
  }

  /**
   * Writes the text, `ms-seq`, to `target[at…)`.
   *
   * @returns the position behind it. Requires: room for `idTextBytesMax` bytes.
   */
  writeText(target: Uint8Array, at: number): number {
    lastText.show(this);
    const { bytes, length } = lastText;
    for (let i = 0; i < length; i += 1) target[at + i] = bytes[i];
    return at + length;
  }

  /** The text, `ms-seq`. */
  toText(): string {
    const end = this.writeText(textScratch, 0);
    return String.fromCharCode(...textScratch.subarray(0, end));
  }
}

const textScratch = new Uint8Array(idTextBytesMax);

/**
 * The text of one id, kept because ids are mostly written again or followed by the next: then few of
 * its characters change.
 */
class IdText {
  readonly bytes = new Uint8Array(idTextBytesMax);
  length = 0;
  readonly #id = new StreamId();
  /** Where the sequence begins. */
  #sequenceAt = 0;

  constructor() {
    this.#rewriteMs(this.#id);
    this.#rewriteSequence(this.#id);
  }

  show(id: StreamId): void {
    const shown = this.#id;
    if (id.msLo !== shown.msLo || id.msHi !== shown.msHi) {
      this.#rewriteMs(id);
      this.#rewriteSequence(id);
    } else if (id.seqLo !== shown.seqLo || id.seqHi !== shown.seqHi) {
      const last = this.length - 1;
      const isNext = id.seqLo === shown.seqLo + 1 && id.seqHi === shown.seqHi;
      if (isNext && this.bytes[last] < nine) this.bytes[last] += 1;
      else this.#rewriteSequence(id);
    } else {
      return;
    }
    shown.copy(id);
  }

  #rewriteMs(id: StreamId): void {
    const minusAt = writeUint64(id.msHi, id.msLo, this.bytes, 0);
    this.bytes[minusAt] = minus;
    this.#sequenceAt = minusAt + 1;
  }

  #rewriteSequence(id: StreamId): void {
    this.length = writeUint64(id.seqHi, id.seqLo, this.bytes, this.#sequenceAt);
  }
}

const minus = 45;
const nine = 57;
const lastText = new IdText();

function writeUint64(hi: number, lo: number, target: Uint8Array, at: number): number {
  if (hi === 0 && lo < groupRange) return writeDecimal(lo, target, at);
  if (hi < safeHighMax) {
    // In two groups of digits that are small integers each.
    const value = hi * halfRange + lo;
    const upper = Math.floor(value / groupRange);
    const end = writeDecimal(upper, target, at) + groupDigits;
    let lower = value - upper * groupRange;
    for (let i = end - 1; i >= end - groupDigits; i -= 1) {
      const tenth = (lower / 10) | 0;
      target[i] = 48 + lower - tenth * 10;
      lower = tenth;
    }
    return end;
  }
  const text = ((BigInt(hi) << 32n) | BigInt(lo)).toString();
  for (let i = 0; i < text.length; i += 1) target[at + i] = text.charCodeAt(i);
  return at + text.length;
}

function u32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

function putU32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}
