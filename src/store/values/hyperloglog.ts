import { putUint32, uint32At } from '../../base/bytes.ts';
import { MurmurHash } from '../../base/murmur-hash.ts';

/**
 * HyperLogLog: how many different elements were seen, within about 0.8 %, in at most 12 KiB. The
 * layout is Redis's: a string, so that it can be read, stored, dumped and sent like one.
 *
 *   0        4          5           8                          16
 *   | "HYLL" | encoding | 3 × zero  | cardinality, 64 bits LE   | registers …
 *
 * An element's hash chooses one of 16,384 registers, which keeps the longest run of zero bits that the
 * rest of such a hash ended in. **Dense**: 6 bits a register. **Sparse**: runs of equal registers, see
 * `hyperloglog-sparse.ts`. The highest bit of the cardinality says that it is out of date.
 */

/** How many registers there are. */
export const registerCount = 16384;
/** Bytes before the registers. */
export const headerBytes = 16;
/** Bytes of a whole dense value. */
export const denseBytes = headerBytes + (registerCount * 6) / 8;
/** What the byte of the encoding holds. */
export const hyperLogLogEncodings = { dense: 0, sparse: 1 } as const;

const magic = [72, 89, 76, 76];
const encodingAt = 4;
const cardinalityAt = 8;
const staleAt = 15;
const staleBit = 0x80;
const hashSeed = 0xadc83b19;
const indexBits = 14;
/** Hash bits that are not the index; a run that is longer than those ends here. */
const runBits = 64 - indexBits;

/** Whether `bytes[start, end)` begins like a HyperLogLog and has a possible length. */
export function isHyperLogLog(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < headerBytes) return false;
  for (let i = 0; i < magic.length; i += 1) if (bytes[start + i] !== magic[i]) return false;
  const encoding = bytes[start + encodingAt];
  if (encoding === hyperLogLogEncodings.dense) return end - start === denseBytes;
  return encoding === hyperLogLogEncodings.sparse;
}

/** Whether the value at `start` is sparse. */
export function isSparse(bytes: Uint8Array, start: number): boolean {
  return bytes[start + encodingAt] === hyperLogLogEncodings.sparse;
}

/** Writes a header: the magic, the encoding, and a cardinality of 0 that is up to date. */
export function writeHeader(target: Uint8Array, start: number, encoding: number): void {
  target.fill(0, start, start + headerBytes);
  for (let i = 0; i < magic.length; i += 1) target[start + i] = magic[i];
  writeEncoding(target, start, encoding);
}

/** Changes the layout that a header speaks of. */
export function writeEncoding(target: Uint8Array, start: number, encoding: number): void {
  target[start + encodingAt] = encoding;
}

/** Whether the stored cardinality is that of the registers. */
export function isCardinalityFresh(bytes: Uint8Array, start: number): boolean {
  return (bytes[start + staleAt] & staleBit) === 0;
}

/** Notes that the registers changed since the cardinality was stored. */
export function markCardinalityStale(bytes: Uint8Array, start: number): void {
  bytes[start + staleAt] |= staleBit;
}

/** The stored cardinality, exact. Requires: a fresh one. */
export function readCardinality(bytes: Uint8Array, start: number): number | bigint {
  const low = uint32At(bytes, start + cardinalityAt);
  const high = uint32At(bytes, start + cardinalityAt + 4);
  const value = high * 0x100000000 + low;
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low);
}

/** Stores a cardinality; one beyond 63 bits is kept as 2^63, which is stale by its highest bit. */
export function writeCardinality(bytes: Uint8Array, start: number, cardinality: number): void {
  const fits = cardinality < 2 ** 63;
  putUint32(bytes, start + cardinalityAt, fits ? cardinality % 0x100000000 : 0);
  const high = fits ? Math.floor(cardinality / 0x100000000) : 0x80000000;
  putUint32(bytes, start + cardinalityAt + 4, high);
}

/** Which register an element belongs to, and what that register must at least hold. */
export class ElementHash {
  /** 0 to 16,383. */
  register = 0;
  /** 1 to 51. */
  run = 0;
  readonly #hash = new MurmurHash();

  /** Hashes the element `bytes[start, end)`. */
  compute(bytes: Uint8Array, start: number, end: number): void {
    const hash = this.#hash;
    hash.compute(bytes, start, end, hashSeed);
    this.register = hash.low & (registerCount - 1);
    const low = (hash.low >>> indexBits) | (hash.high << (32 - indexBits));
    const high = (hash.high >>> indexBits) | (1 << (runBits - 32));
    this.run = low === 0 ? 33 + trailingZeros(high) : 1 + trailingZeros(low);
  }
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** A register of the dense value at `start`. */
export function denseRegister(bytes: Uint8Array, start: number, register: number): number {
  const bit = register * 6;
  const at = start + headerBytes + (bit >>> 3);
  const shift = bit & 7;
  // The last register ends with the last byte: what lies behind is not looked at.
  const next = shift > 2 ? bytes[at + 1] : 0;
  return ((bytes[at] >>> shift) | (next << (8 - shift))) & 63;
}

/** Sets a register of the dense value at `start`. */
export function setDenseRegister(
  bytes: Uint8Array,
  start: number,
  register: number,
  value: number,
): void {
  const bit = register * 6;
  const at = start + headerBytes + (bit >>> 3);
  const shift = bit & 7;
  bytes[at] = (bytes[at] & ~(63 << shift)) | (value << shift);
  if (shift <= 2) return;
  const rest = 8 - shift;
  bytes[at + 1] = (bytes[at + 1] & ~(63 >>> rest)) | (value >>> rest);
}
