import { assert } from '../../base/assert.ts';
import { bytesOfLatin1, copyBytes, withView } from '../../base/bytes.ts';
import { Crc64 } from './crc64.ts';
import { parseDecimal } from './decimal.ts';
import { LzfCompressor } from './lzf.ts';
import { functionsSinceVersion, lengthForms, opcodes, valueTypes } from './rdb-format.ts';

/** The versions that `RdbWriter` can write. */
export type RdbVersion = 9 | 10 | 11 | 12;

/** How an `RdbWriter` writes, and to whom. */
export interface RdbWriterOptions {
  readonly version: RdbVersion;
  /** Whether to compute the checksum; eight zero bytes say "not checked" to every reader. */
  readonly checksum: boolean;
  /** Whether to compress strings above 20 bytes where that saves at least four. */
  readonly compress: boolean;
  /** The size of the pieces handed to `sink`, but for the first ones. Requires: at least 1,024. */
  readonly chunkBytes: number;
  /** Takes the next piece of the file, `chunk[0, length)`, lent until the call returns. */
  readonly sink: (chunk: Uint8Array, length: number) => void;
}

/** A name and a value, as in `['repl-id', '0123…']`; latin-1 text. */
export type AuxField = readonly [name: string, value: string];

/** Compressing is not worth it below. */
const compressMin = 21;
/** Compressing more at once would hold up everything else: such strings are written as they are. */
const compressMax = 64 * 1024;
/** One byte and eight bytes: the longest length. */
const lengthMax = 9;
/**
 * The first pieces are small: their checksum is taken by code that has just begun. The first of a whole
 * chunk took 5 ms, the tenth 0.05 ms.
 */
const earlyChunkBytes = 4096;
const earlyBytes = 192 * 1024;
/** Everything of a string entry but the bytes of key and value: expiry, type and two lengths. */
const entryOverheadMax = 9 + 1 + 2 * lengthMax;

/**
 * Writes an RDB file, front to back, in pieces.
 *
 * Two layers: primitives (`writeType`, `writeLength`, `writeString`, …), from which the values of any
 * type are put together, and `writeStringEntry`, which writes a whole entry in one go because millions
 * of them are written a second.
 */
export class RdbWriter {
  readonly #version: RdbVersion;
  readonly #checksum: boolean;
  readonly #compressor: LzfCompressor | null;
  readonly #compressed: Uint8Array;
  readonly #chunkBytes: number;
  readonly #sink: (chunk: Uint8Array, length: number) => void;
  readonly #crc = new Crc64();

  /** One for all pieces: fresh memory for each makes the garbage collector run in the middle of it. */
  readonly #chunk: Uint8Array;
  #at = 0;
  /** A piece goes when it would grow beyond, which it may with one string. */
  #pieceBytes: number;
  #emittedBytes = 0;
  #largeRemaining = 0;

  constructor(options: RdbWriterOptions) {
    assert(options.chunkBytes >= 1024, 'a chunk has room for an entry');
    this.#version = options.version;
    this.#checksum = options.checksum;
    this.#compressor = options.compress ? new LzfCompressor() : null;
    this.#compressed = withView(new Uint8Array(options.compress ? compressMax : 0));
    this.#chunkBytes = options.chunkBytes;
    this.#sink = options.sink;
    this.#chunk = withView(new Uint8Array(options.chunkBytes));
    this.#pieceBytes = Math.min(earlyChunkBytes, options.chunkBytes);
  }

  /** The version that is written. */
  get version(): RdbVersion {
    return this.#version;
  }

  /** How many bytes were written so far, handed to the sink or not. */
  get bytesWritten(): number {
    return this.#emittedBytes + this.#at;
  }

  /** The magic word and the version, then facts about the file. */
  writeHeader(fields: readonly AuxField[]): void {
    const magic = bytesOfLatin1(`REDIS${String(this.#version).padStart(4, '0')}`);
    this.writeBytes(magic, 0, magic.length);
    for (const [name, value] of fields) this.writeAux(name, value);
  }

  /** One fact about the file. Requires: before the first entry, so that readers see it in time. */
  writeAux(name: string, value: string): void {
    this.#writeByte(opcodes.aux);
    this.#writeText(name);
    this.#writeText(value);
  }

  /** The source of a function library. Requires: version 10 or later. */
  writeFunctionLibrary(source: Uint8Array): void {
    assert(this.#version >= functionsSinceVersion, 'function libraries exist since RDB version 10');
    this.#writeByte(opcodes.functionLibrary);
    this.writeString(source, 0, source.length);
  }

  /** The entries that follow belong to database `index`; the two counts are hints for its reader. */
  selectDatabase(index: number, keys: number, expires: number): void {
    this.#writeByte(opcodes.selectDatabase);
    this.writeLength(index);
    this.#writeByte(opcodes.resize);
    this.writeLength(keys);
    this.writeLength(expires);
  }

  /**
   * A key with a string value. `expiresAtMs` is Unix time, 0 for none.
   *
   * Copies straight from the caller's arrays and allocates nothing for short pieces.
   */
  writeStringEntry(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs: number,
  ): void {
    const bytesMax = keyEnd - keyStart + valueEnd - valueStart + entryOverheadMax;
    if (bytesMax > this.#pieceBytes - this.#at) {
      if (bytesMax > this.#chunkBytes) {
        this.writeExpiry(expiresAtMs);
        this.writeType(valueTypes.string);
        this.writeString(key, keyStart, keyEnd);
        this.writeString(value, valueStart, valueEnd);
        return;
      }
      this.flush();
    }
    const chunk = this.#chunk;
    let at = this.#at;
    if (expiresAtMs !== 0) at = putExpiry(chunk, at, expiresAtMs);
    chunk[at] = valueTypes.string;
    at = this.#putString(at + 1, key, keyStart, keyEnd);
    this.#at = this.#putString(at, value, valueStart, valueEnd);
  }

  /**
   * Begins a key whose string value comes in pieces, so that a long one needs not be written in one
   * turn. `writeLargeStringPiece` must follow until `valueBytes` bytes were given.
   */
  beginLargeStringEntry(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    valueBytes: number,
    expiresAtMs: number,
  ): void {
    assert(this.#largeRemaining === 0, 'one large string is written at a time');
    this.writeExpiry(expiresAtMs);
    this.writeType(valueTypes.string);
    this.writeString(key, keyStart, keyEnd);
    this.writeLength(valueBytes);
    this.#largeRemaining = valueBytes;
  }

  /** The next bytes of the value begun before. Returns how many are still to come. */
  writeLargeStringPiece(bytes: Uint8Array, start: number, end: number): number {
    assert(end - start <= this.#largeRemaining, 'a large string is as long as was announced');
    this.writeBytes(bytes, start, end);
    this.#largeRemaining -= end - start;
    return this.#largeRemaining;
  }

  /** The end mark and the checksum; hands over the last piece. */
  end(): void {
    assert(this.#largeRemaining === 0, 'a large string is whole');
    this.#writeByte(opcodes.end);
    this.flush();
    if (this.#checksum) this.#crc.writeTo(this.#chunk, 0);
    else this.#chunk.fill(0, 0, 8);
    this.#at = 8;
    this.flush();
  }

  /** Hands over what is written so far, be the piece full or not. */
  flush(): void {
    if (this.#at === 0) return;
    const chunk = this.#chunk;
    const length = this.#at;
    if (this.#checksum) this.#crc.update(chunk, 0, length);
    this.#emittedBytes += length;
    if (this.#emittedBytes > earlyBytes) this.#pieceBytes = this.#chunkBytes;
    this.#at = 0;
    this.#sink(chunk, length);
  }

  /** When the entry that follows expires: Unix time, 0 for never. */
  writeExpiry(expiresAtMs: number): void {
    if (expiresAtMs === 0) return;
    this.#reserve(9);
    this.#at = putExpiry(this.#chunk, this.#at, expiresAtMs);
  }

  /** For how many seconds the key of the entry that follows was not used. */
  writeIdle(seconds: number): void {
    this.#writeByte(opcodes.idle);
    this.writeLength(seconds);
  }

  /** How often it was used: the counter of LFU, 0 to 255. */
  writeFrequency(frequency: number): void {
    this.#writeByte(opcodes.frequency);
    this.#writeByte(frequency);
  }

  /** The type byte that leads an entry; the key follows, then the value. */
  writeType(type: number): void {
    assert(this.#largeRemaining === 0, 'a large string is whole before the next entry');
    this.#writeByte(type);
  }

  /** A length in its shortest form. */
  writeLength(length: number): void {
    this.#reserve(lengthMax);
    this.#at = putLength(this.#chunk, this.#at, length);
  }

  /** A length of 64 bits, exactly, in its shortest form; both halves unsigned. */
  writeLength64(high: number, low: number): void {
    if (high === 0) {
      this.writeLength(low);
      return;
    }
    this.#reserve(lengthMax);
    const chunk = this.#chunk;
    const at = this.#at;
    chunk[at] = lengthForms.bits64;
    putBigEndian32(chunk, at + 1, high);
    putBigEndian32(chunk, at + 5, low);
    this.#at = at + 9;
  }

  /** Eight bytes, little endian: a moment in milliseconds, -1 for none. */
  writeInt64(value: number): void {
    this.#reserve(8);
    putInt64(this.#chunk, this.#at, value);
    this.#at += 8;
  }

  /** Eight bytes, little endian: the score of a member. */
  writeDouble(value: number): void {
    this.#reserve(8);
    doubleView.setFloat64(0, value, true);
    this.#chunk.set(doubleBytes, this.#at);
    this.#at += 8;
  }

  /** A string in its shortest form: an integer, compressed, or as it is. */
  writeString(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length + lengthMax <= this.#chunkBytes) {
      this.#reserve(length + lengthMax);
      this.#at = this.#putString(this.#at, bytes, start, end);
      return;
    }
    const compressedEnd = this.#compress(bytes, start, end);
    if (compressedEnd < 0) {
      this.writeLength(length);
      this.writeBytes(bytes, start, end);
      return;
    }
    this.#writeByte(lengthForms.lzf);
    this.writeLength(compressedEnd);
    this.writeLength(length);
    this.writeBytes(this.#compressed, 0, compressedEnd);
  }

  /** Bytes as they are, without a length. */
  writeBytes(bytes: Uint8Array, start: number, end: number): void {
    let from = start;
    while (from < end) {
      if (this.#at === this.#chunkBytes) this.flush();
      const to = Math.min(end, from + this.#chunkBytes - this.#at);
      copyBytes(bytes, from, to, this.#chunk, this.#at);
      this.#at += to - from;
      from = to;
    }
  }

  #writeByte(byte: number): void {
    this.#reserve(1);
    this.#chunk[this.#at] = byte;
    this.#at += 1;
  }

  #writeText(text: string): void {
    const bytes = bytesOfLatin1(text);
    this.writeString(bytes, 0, bytes.length);
  }

  /** Makes room for `bytes` in one piece. Requires: no more than a chunk. */
  #reserve(bytes: number): void {
    if (bytes > this.#pieceBytes - this.#at) this.flush();
  }

  /** Requires: room for the string as it is. Returns where it ends. */
  #putString(at: number, bytes: Uint8Array, start: number, end: number): number {
    const chunk = this.#chunk;
    const length = end - start;
    if (length <= 11) {
      const integer = parseDecimal(bytes, start, end);
      if (!Number.isNaN(integer)) return putInteger(chunk, at, integer);
    } else if (length >= compressMin && this.#compressor !== null) {
      const compressedEnd = this.#compress(bytes, start, end);
      if (compressedEnd >= 0) {
        chunk[at] = lengthForms.lzf;
        const sizeAt = putLength(chunk, at + 1, compressedEnd);
        const dataAt = putLength(chunk, sizeAt, length);
        copyBytes(this.#compressed, 0, compressedEnd, chunk, dataAt);
        return dataAt + compressedEnd;
      }
    }
    const dataAt = putLength(chunk, at, length);
    copyBytes(bytes, start, end, chunk, dataAt);
    return dataAt + length;
  }

  /** Compresses to `#compressed`; returns how many bytes it became, or -1 when it is not worth it. */
  #compress(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (this.#compressor === null || length < compressMin || length > compressMax) return -1;
    return this.#compressor.compress(bytes, start, end, this.#compressed, 0, length - 4);
  }
}

const doubleBytes = new Uint8Array(8);
const doubleView = new DataView(doubleBytes.buffer);

function putExpiry(target: Uint8Array, at: number, expiresAtMs: number): number {
  target[at] = opcodes.expiryMs;
  putInt64(target, at + 1, expiresAtMs);
  return at + 9;
}

/** Little endian. */
function putInt64(target: Uint8Array, at: number, value: number): void {
  // A number of 2^63 would come back negative: the last moment that the format has is just before.
  const isLast = value >= 2 ** 63;
  const low = isLast ? 0xffff_ffff : value;
  const high = isLast ? 0x7fff_ffff : Math.floor(value / 0x1_0000_0000);
  for (let i = 0; i < 4; i += 1) {
    target[at + i] = low >>> (8 * i);
    target[at + 4 + i] = high >>> (8 * i);
  }
}

function putLength(target: Uint8Array, at: number, length: number): number {
  if (length <= lengthForms.bits6Max) {
    target[at] = length;
    return at + 1;
  }
  if (length <= lengthForms.bits14Max) {
    target[at] = lengthForms.bits14 | (length >>> 8);
    target[at + 1] = length;
    return at + 2;
  }
  if (length <= 0xffff_ffff) {
    target[at] = lengthForms.bits32;
    putBigEndian32(target, at + 1, length);
    return at + 5;
  }
  target[at] = lengthForms.bits64;
  putBigEndian32(target, at + 1, Math.floor(length / 0x1_0000_0000));
  putBigEndian32(target, at + 5, length);
  return at + 9;
}

/** As lengths are. */
function putBigEndian32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}

function putInteger(target: Uint8Array, at: number, value: number): number {
  if (value >= -128 && value <= 127) {
    target[at] = lengthForms.int8;
    target[at + 1] = value;
    return at + 2;
  }
  if (value >= -32768 && value <= 32767) {
    target[at] = lengthForms.int16;
    target[at + 1] = value;
    target[at + 2] = value >>> 8;
    return at + 3;
  }
  target[at] = lengthForms.int32;
  for (let i = 0; i < 4; i += 1) target[at + 1 + i] = value >>> (8 * i);
  return at + 5;
}
