/**
 * LZF, the compression of strings inside RDB files.
 *
 * A stream of items, each led by a control byte c. c < 32: c + 1 literal bytes follow. Otherwise a
 * copy of earlier output: its length is (c >> 5) + 2, where 7 in the upper bits means that one more
 * byte is added to the length; its distance is ((c & 31) << 8 | next byte) + 1, and it may overlap
 * what it produces.
 */
import { viewOf } from '../../base/bytes.ts';

const hashBits = 14;
const distanceMax = 8192;
const copyMax = 264;
const literalsMax = 32;
const positionsMax = 1 << 30;

/** One byte of three copies the longest match: no stream can say more than this per byte. */
const expansionMax = copyMax / 3;

/** Whether `compressedBytes` of LZF could possibly hold `originalBytes`: a lying length cannot. */
export function isPossibleLzfExpansion(compressedBytes: number, originalBytes: number): boolean {
  return originalBytes <= compressedBytes * expansionMax;
}

/** Compresses, and keeps its table of recent triplets from call to call to save clearing it. */
export class LzfCompressor {
  readonly #table = new Int32Array(1 << hashBits);
  /** Positions are stored as `#epoch + index`: whatever is below belongs to an earlier call. */
  #epoch = 1;

  /**
   * Compresses `source[start, end)` to `target[at, limit)`. The same input always gives the same
   * output.
   *
   * @returns where the output ends, or -1 when it does not fit.
   */
  compress(
    source: Uint8Array,
    start: number,
    end: number,
    target: Uint8Array,
    at: number,
    limit: number,
  ): number {
    const length = end - start;
    if (length === 0 || limit - at < 2) return -1;
    if (this.#epoch + length > positionsMax) {
      this.#table.fill(0);
      this.#epoch = 1;
    }
    const table = this.#table;
    const shift = this.#epoch - start;
    this.#epoch += length;

    let from = start;
    // The control byte of a run of literals stands before it, so its place is kept free.
    let control = at;
    let out = at + 1;
    while (from + 2 < end) {
      const slot = slotOf(source, from);
      const match = table[slot] - shift;
      table[slot] = from + shift;
      if (match < start || from - match > distanceMax || !startsAlike(source, match, from)) {
        if (out >= limit) return -1;
        target[out] = source[from];
        out += 1;
        from += 1;
        if (out - control > literalsMax) {
          target[control] = literalsMax - 1;
          control = out;
          out += 1;
        }
        continue;
      }
      const copied = matchLength(source, match, from, end);
      if (out + 3 > limit) return -1;
      const literals = out - control - 1;
      if (literals === 0) out = control;
      else target[control] = literals - 1;
      out = writeCopy(target, out, copied, from - match - 1);
      // A position inside the match makes the next match likelier to be found.
      const inside = from + copied - 2;
      if (inside + 2 < end) table[slotOf(source, inside)] = inside + shift;
      from += copied;
      control = out;
      out += 1;
    }
    return finishLiterals({ source, from, end, target, control, out, limit });
  }
}

function slotOf(source: Uint8Array, at: number): number {
  const triplet = (source[at] << 16) | (source[at + 1] << 8) | source[at + 2];
  return Math.imul(triplet, 0x9e3779b1) >>> (32 - hashBits);
}

function startsAlike(source: Uint8Array, left: number, right: number): boolean {
  return (
    source[left] === source[right] &&
    source[left + 1] === source[right + 1] &&
    source[left + 2] === source[right + 2]
  );
}

function matchLength(source: Uint8Array, match: number, from: number, end: number): number {
  const max = Math.min(copyMax, end - from);
  let length = 3;
  while (length < max && source[match + length] === source[from + length]) length += 1;
  return length;
}

function writeCopy(target: Uint8Array, at: number, length: number, distance: number): number {
  const size = length - 2;
  let out = at;
  if (size < 7) {
    target[out] = (size << 5) | (distance >>> 8);
  } else {
    target[out] = (7 << 5) | (distance >>> 8);
    out += 1;
    target[out] = size - 7;
  }
  target[out + 1] = distance & 255;
  return out + 2;
}

interface OpenLiterals {
  readonly source: Uint8Array;
  readonly from: number;
  readonly end: number;
  readonly target: Uint8Array;
  readonly control: number;
  readonly out: number;
  readonly limit: number;
}

/** The last bytes, too few for a match, and the control byte of the last run. */
function finishLiterals(open: OpenLiterals): number {
  const { source, end, target, limit } = open;
  let { control, out } = open;
  for (let from = open.from; from < end; from += 1) {
    if (out >= limit) return -1;
    target[out] = source[from];
    out += 1;
    if (out - control > literalsMax) {
      target[control] = literalsMax - 1;
      control = out;
      out += 1;
    }
  }
  const literals = out - control - 1;
  if (literals === 0) return control;
  target[control] = literals - 1;
  return out;
}

/**
 * Decompresses `source[start, end)` to `target[at, limit)`. Never reads or writes outside of them,
 * whatever the input says. Copies four bytes at a time, and up to three too many, where there is room:
 * what follows overwrites them.
 *
 * @returns true when the input was sound and filled the target exactly.
 */
export function lzfDecompress(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  limit: number,
): boolean {
  const given = viewOf(source);
  const to = viewOf(target);
  let from = start;
  let out = at;
  while (from < end) {
    const control = source[from];
    from += 1;
    if (control < 32) {
      const literals = control + 1;
      if (from + literals > end || out + literals > limit) return false;
      if (from + literals + 3 <= end && out + literals + 3 <= limit) {
        for (let i = 0; i < literals; i += 4) to.setInt32(out + i, given.getInt32(from + i));
      } else {
        for (let i = 0; i < literals; i += 1) target[out + i] = source[from + i];
      }
      from += literals;
      out += literals;
      continue;
    }
    let length = (control >>> 5) + 2;
    if (length === 9) {
      if (from >= end) return false;
      length += source[from];
      from += 1;
    }
    if (from >= end) return false;
    const origin = out - (((control & 31) << 8) | source[from]) - 1;
    from += 1;
    if (origin < at || out + length > limit) return false;
    if (out - origin >= 4 && out + length + 3 <= limit) {
      for (let i = 0; i < length; i += 4) to.setInt32(out + i, to.getInt32(origin + i));
    } else {
      for (let i = 0; i < length; i += 1) target[out + i] = target[origin + i];
    }
    out += length;
  }
  return out === limit;
}
