import { denseBytes, headerBytes, isSparse, registerCount } from './hyperloglog.ts';
import { readRun, SparseRun } from './hyperloglog-sparse.ts';

/** All registers of a value at once: the largest of several, and how often each number occurs. */

/** Registers, one byte each. */
export type Registers = Uint8Array;

/** As many registers as there are, all 0. */
export function newRegisters(): Registers {
  return new Uint8Array(registerCount);
}

const run = new SparseRun();

/**
 * Raises `registers` to those of the value `bytes[start, end)`.
 *
 * @returns false when the value is damaged; `registers` may have been raised in part. Requires:
 * `isHyperLogLog`.
 */
export function raiseRegisters(
  registers: Registers,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (isSparse(bytes, start)) return raiseBySparse(registers, bytes, start, end);
  let at = start + headerBytes;
  for (let i = 0; i < registerCount; i += 4, at += 3) {
    const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
    raise(registers, i, word & 63);
    raise(registers, i + 1, (word >>> 6) & 63);
    raise(registers, i + 2, (word >>> 12) & 63);
    raise(registers, i + 3, word >>> 18);
  }
  return true;
}

function raise(registers: Registers, register: number, value: number): void {
  if (registers[register] < value) registers[register] = value;
}

function raiseBySparse(
  registers: Registers,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  let register = 0;
  for (let at = start + headerBytes; at < end; at = run.next) {
    readRun(run, bytes, at, end);
    const next = register + run.count;
    if (next > registerCount) return false;
    if (run.value > 0) for (let i = register; i < next; i += 1) raise(registers, i, run.value);
    register = next;
  }
  return register === registerCount;
}

/** Writes a dense value's registers behind its header. Requires: room for `denseBytes`. */
export function writeDenseRegisters(target: Uint8Array, start: number, registers: Registers): void {
  let at = start + headerBytes;
  for (let i = 0; i < registerCount; i += 4, at += 3) {
    const word =
      registers[i] | (registers[i + 1] << 6) | (registers[i + 2] << 12) | (registers[i + 3] << 18);
    target[at] = word;
    target[at + 1] = word >>> 8;
    target[at + 2] = word >>> 16;
  }
}

/** How often each number occurs among the registers; 6 bits give 64 numbers. */
export class Histogram {
  readonly counts = new Int32Array(64);

  /** Counts registers that lie one in a byte. */
  countRegisters(registers: Registers): void {
    this.counts.fill(0);
    for (let i = 0; i < registerCount; i += 1) this.counts[registers[i]] += 1;
  }

  /** Counts those of a value; false when it is damaged. Requires: `isHyperLogLog`. */
  countValue(bytes: Uint8Array, start: number, end: number): boolean {
    this.counts.fill(0);
    if (isSparse(bytes, start)) return this.#countSparse(bytes, start, end);
    const { counts } = this;
    for (let at = start + headerBytes; at < start + denseBytes; at += 3) {
      const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
      counts[word & 63] += 1;
      counts[(word >>> 6) & 63] += 1;
      counts[(word >>> 12) & 63] += 1;
      counts[word >>> 18] += 1;
    }
    return true;
  }

  #countSparse(bytes: Uint8Array, start: number, end: number): boolean {
    let register = 0;
    for (let at = start + headerBytes; at < end; at = run.next) {
      readRun(run, bytes, at, end);
      this.counts[run.value] += run.count;
      register += run.count;
    }
    return register === registerCount;
  }
}

const maxRun = 50;
/** 1 / (2 ln 2): what the mean of infinitely many registers is off by. */
const bias = 0.7213475204444817;

/**
 * The cardinality that a histogram speaks for, by Otmar Ertl's improved estimator ("New cardinality
 * estimation algorithms for HyperLogLog sketches", 2017): no tables, no thresholds. May be infinite
 * for registers that no real elements can have made.
 */
export function estimateCardinality({ counts }: Histogram): number {
  let sum = registerCount * tau((registerCount - counts[maxRun + 1]) / registerCount);
  for (let run = maxRun; run >= 1; run -= 1) sum = (sum + counts[run]) * 0.5;
  sum += registerCount * sigma(counts[0] / registerCount);
  return Math.round((bias * registerCount * registerCount) / sum);
}

/** What registers that are full add. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let sum = 1 - x;
  for (;;) {
    x = Math.sqrt(x);
    y *= 0.5;
    const before = sum;
    sum -= (1 - x) * (1 - x) * y;
    if (sum === before) return sum / 3;
  }
}

/** What registers that are still 0 add. */
function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let x = share;
  let y = 1;
  let sum = share;
  for (;;) {
    x *= x;
    const before = sum;
    sum += x * y;
    y += y;
    if (sum === before) return sum;
  }
}
