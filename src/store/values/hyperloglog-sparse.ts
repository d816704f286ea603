import { headerBytes, registerCount } from './hyperloglog.ts';

/**
 * The sparse layout: registers as runs, one or two bytes each, in the order of the registers.
 *
 *   00llllll            l + 1 registers that hold 0
 *   01llllll llllllll   the same for up to 16,384 registers
 *   1vvvvvll            l + 1 registers that hold v + 1
 *
 * Bytes may come from a client, who may have written anything: every step checks its bounds.
 */

/** Largest value that a run can hold; a larger one needs the dense layout. */
export const sparseValueMax = 32;
const valueRunMax = 4;
const shortZerosMax = 64;
const longMark = 0x40;
const valueMark = 0x80;

/** How many runs behind a change are looked at for neighbours that could be one. */
const mergeReach = 5;

/** A run of equal registers, as `readRun` and `findRun` found it. */
export class SparseRun {
  /** The run is `bytes[at, next)`. */
  at = 0;
  next = 0;
  /** Where the run before it begins; −1 for the first. */
  previous = -1;
  /** Its first register, and how many it has. */
  first = 0;
  count = 0;
  /** What they hold. */
  value = 0;
  /** Whether it is of the two-byte form. */
  isLong = false;
}

/** Reads the run at `at`; a second byte that is missing counts as 0. Sets neither order nor place. */
export function readRun(run: SparseRun, bytes: Uint8Array, at: number, end: number): void {
  const byte = bytes[at];
  run.at = at;
  run.isLong = (byte & (valueMark | longMark)) === longMark;
  run.next = at + (run.isLong ? 2 : 1);
  if ((byte & valueMark) !== 0) {
    run.value = ((byte >>> 2) & 31) + 1;
    run.count = (byte & 3) + 1;
    return;
  }
  run.value = 0;
  if (!run.isLong) run.count = (byte & 63) + 1;
  else run.count = (((byte & 63) << 8) | (at + 1 < end ? bytes[at + 1] : 0)) + 1;
}

/** Finds the run of a register in the value `bytes[start, end)`; false when the value is damaged. */
export function findRun(
  run: SparseRun,
  bytes: Uint8Array,
  start: number,
  end: number,
  register: number,
): boolean {
  let at = start + headerBytes;
  run.previous = -1;
  run.first = 0;
  while (at < end) {
    readRun(run, bytes, at, end);
    if (register < run.first + run.count) return run.next <= end;
    run.previous = at;
    run.first += run.count;
    at = run.next;
  }
  return false;
}

/** The runs that take the place of one, and how many bytes of `bytes` they are. */
export class RunReplacement {
  readonly bytes = new Uint8Array(5);
  length = 0;

  /** `run`, with one of its registers set to `value`. */
  plan(run: SparseRun, register: number, value: number): void {
    this.length = 0;
    const last = run.first + run.count - 1;
    this.#add(run.value, register - run.first);
    this.#add(value, 1);
    this.#add(run.value, last - register);
  }

  #add(value: number, count: number): void {
    if (count === 0) return;
    if (value > 0) {
      this.bytes[this.length++] = valueMark | ((value - 1) << 2) | (count - 1);
    } else if (count <= shortZerosMax) {
      this.bytes[this.length++] = count - 1;
    } else {
      this.bytes[this.length++] = longMark | ((count - 1) >>> 8);
      this.bytes[this.length++] = (count - 1) & 0xff;
    }
  }
}

/**
 * Joins neighbours of equal value among the few runs from `from` on; what follows them moves up.
 *
 * @returns the new end of the value.
 */
export function mergeRuns(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  let stop = end;
  for (let seen = 0; seen < mergeReach && at < stop; seen += 1) {
    const byte = bytes[at];
    if ((byte & valueMark) === 0) {
      at += (byte & longMark) !== 0 ? 2 : 1;
      continue;
    }
    const next = bytes[at + 1];
    if (at + 1 < stop && ((byte ^ next) & 0xfc) === 0) {
      const count = (byte & 3) + (next & 3) + 2;
      if (count <= valueRunMax) {
        bytes[at + 1] = (byte & 0xfc) | (count - 1);
        bytes.copyWithin(at, at + 1, stop);
        stop -= 1;
        continue;
      }
    }
    at += 1;
  }
  return stop;
}

/** Bytes of a sparse value that has seen nothing. */
export const emptySparseBytes = headerBytes + 2;

/** Writes the registers of a value that has seen nothing to the end of its header. */
export function writeEmptyRuns(target: Uint8Array, start: number): void {
  target[start + headerBytes] = longMark | ((registerCount - 1) >>> 8);
  target[start + headerBytes + 1] = (registerCount - 1) & 0xff;
}
