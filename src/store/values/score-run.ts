import { warmRefs } from '../memory/warm.ts';
import type { RankedMembers } from './sorted-set-members.ts';

/**
 * Members of a sorted set that are in its table and not yet in its order. They go in together, sorted
 * by score: then each finds its node of the tree in the processor's caches, where members in the order
 * of a file would wait for memory at every step (`npm run bench -- files`).
 */
export class ScoreRun {
  readonly members: RankedMembers;
  readonly #runMax: number;
  /** What warming read, without meaning: an optimiser leaves reads out whose result goes nowhere. */
  warmth = 0;
  #count = 0;
  #scores = new Float64Array(firstRoom);
  #records = new Uint32Array(firstRoom);

  /** `runMax`: how many members go in together; a power of two, at least 1024. */
  constructor(members: RankedMembers, runMax = runMaxDefault) {
    this.members = members;
    this.#runMax = runMax;
  }

  /** Adds a member; false, and nothing is changed, when it is there already. */
  addMember(bytes: Uint8Array, start: number, end: number, score: number): boolean {
    const { members } = this;
    if (members.find(bytes, start, end) !== 0) return false;
    this.add(score, members.addUnordered(bytes, start, end, score));
    return true;
  }

  /** Adds the record of a member that is in the table. */
  add(score: number, record: number): void {
    this.#scores[this.#count] = score;
    this.#records[this.#count] = record;
    this.#count += 1;
    if (this.#count === this.#runMax) this.flush();
    else if (this.#count === this.#scores.length) this.#grow();
  }

  /** Puts all members where they belong: to be called behind the last one. */
  flush(): void {
    const count = this.#count;
    this.#count = 0;
    const scores = this.#scores;
    const records = this.#records;
    sortByScore(scores, records, count);
    const { order } = this.members;
    const isFirstRun = order.size === 0;
    let before = Number.NaN;
    for (let i = 0; i < count; i += 1) {
      if (!isFirstRun && i % warmedAtOnce === 0) this.#warm(records, i, count);
      const score = scores[i];
      const record = records[i];
      // A score that nobody has yet decides alone: the member need not be looked at.
      if (isFirstRun && score !== before) order.append(score, record);
      else this.#insertAmongEquals(score, record);
      before = score;
    }
  }

  /** Among the scores of earlier runs there may be equals: members will be looked at. */
  #warm(refs: Uint32Array, from: number, count: number): void {
    const { arena } = this.members.records;
    const some = refs.subarray(from, Math.min(count, from + warmedAtOnce));
    this.warmth = warmRefs(arena, some, some.length);
  }

  #insertAmongEquals(score: number, record: number): void {
    const { order, records } = this.members;
    records.locateKey(record);
    const { keyBytes, keyStart, keyEnd } = records;
    order.insert(score, record, keyBytes, keyStart, keyEnd);
  }

  #grow(): void {
    const { length } = this.#scores;
    const scores = new Float64Array(length * 2);
    scores.set(this.#scores);
    this.#scores = scores;
    const records = new Uint32Array(length * 2);
    records.set(this.#records);
    this.#records = records;
  }
}

/** What is sorted: scores as numbers of 64 bits without a sign, in halves, each with its record. */
interface Keyed {
  readonly lows: Uint32Array;
  readonly highs: Uint32Array;
  readonly records: Uint32Array;
}

function newKeyed(count: number): Keyed {
  return {
    lows: new Uint32Array(count),
    highs: new Uint32Array(count),
    records: new Uint32Array(count),
  };
}

/** Sorts the first `count` records by their scores, both arrays alike. */
function sortByScore(scores: Float64Array, records: Uint32Array, count: number): void {
  let from = newKeyed(count);
  let to = newKeyed(count);
  const words = new Uint32Array(scores.buffer);
  for (let i = 0; i < count; i += 1) {
    const high = words[2 * i + 1];
    // Without the sign of the score the numbers are in its order, or, below zero, in the reverse.
    const flip = high >>> 31 === 1 ? 0xffff_ffff : 0;
    from.lows[i] = words[2 * i] ^ flip;
    from.highs[i] = high ^ (flip | 0x8000_0000);
    from.records[i] = records[i];
  }
  // Digit by digit, the lowest first: each pass keeps what the one before did among equals.
  for (let shift = 0; shift < 64; shift += digitBits) {
    if (!sortByDigit(from, to, shift < 32 ? from.lows : from.highs, shift & 31)) continue;
    const sorted = to;
    to = from;
    from = sorted;
  }
  for (let i = 0; i < count; i += 1) {
    const high = from.highs[i];
    const flip = high >>> 31 === 1 ? 0 : 0xffff_ffff;
    words[2 * i] = from.lows[i] ^ flip;
    words[2 * i + 1] = high ^ (flip | 0x8000_0000);
    records[i] = from.records[i];
  }
}

/** Sorts by one digit, of these halves; false, and nothing is done, where all have the same. */
function sortByDigit(from: Keyed, to: Keyed, halves: Uint32Array, shift: number): boolean {
  const count = halves.length;
  const ends = new Int32Array(digitMask + 1);
  for (let i = 0; i < count; i += 1) ends[(halves[i] >>> shift) & digitMask] += 1;
  if (count === 0 || ends[(halves[0] >>> shift) & digitMask] === count) return false;
  let before = 0;
  for (let digit = 0; digit <= digitMask; digit += 1) {
    const own = ends[digit];
    ends[digit] = before;
    before += own;
  }
  for (let i = 0; i < count; i += 1) {
    const digit = (halves[i] >>> shift) & digitMask;
    const at = ends[digit];
    ends[digit] = at + 1;
    to.lows[at] = from.lows[i];
    to.highs[at] = from.highs[i];
    to.records[at] = from.records[i];
  }
  return true;
}

/**
 * Members that go in together: a tenth of a second of work, and 36 MB for as long as it takes. What is
 * more than the first run finds its way among those that are there, which takes several times as long.
 */
const runMaxDefault = 1 << 20;
const warmedAtOnce = 512;
/** A power of two, as the number of a run is. */
const firstRoom = 1024;
const digitBits = 8;
const digitMask = 255;
