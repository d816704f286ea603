import { bytesOfLatin1, latin1Of } from '../../base/bytes.ts';
import type { Database } from '../database.ts';
import { wideBytesMax, wideElementsMax } from '../encoding-limits.ts';
import { endMark, headerBytes, writeHeader } from '../packed/listpack.ts';
import { kindOf, sortedSetEncodings, valueTypes } from '../value-types.ts';
import { ScoreRun } from './score-run.ts';
import { RankedMembers } from './sorted-set-members.ts';
import { ElementEntries } from './sorted-set-pack.ts';

const { listpack, skiplist, wide } = sortedSetEncodings;

/**
 * A whole new sorted set for a load or a STORE command: members come in any order, the form follows
 * from how many there are and how long. Whoever gives up says `discard`.
 */
export class SortedSetBuilder {
  readonly #database: Database;
  readonly #entries = new ElementEntries();
  /** Scores by member, one character per byte, while the set is small. */
  readonly #small = new Map<string, number>();
  #longestBytes = 0;
  #smallBytes = headerBytes + 1;
  /** The large form, once there is one. */
  #run: ScoreRun | null = null;

  constructor(database: Database, expectedCount: number) {
    this.#database = database;
    const smallMax = Math.max(database.limits.sortedSetEntries, wideElementsMax / 2);
    if (expectedCount > smallMax) this.#enlarge(Math.min(expectedCount, reservedMax));
  }

  /** Members so far. */
  get count(): number {
    return this.#run?.members.size ?? this.#small.size;
  }

  /** Adds a member; false, and nothing is changed, when it is there already. */
  add(bytes: Uint8Array, start: number, end: number, score: number): boolean {
    if (this.#run !== null) return this.#run.addMember(bytes, start, end, score);
    const member = latin1Of(bytes, start, end);
    if (this.#small.has(member)) return false;
    this.#small.set(member, score);
    this.#longestBytes = Math.max(this.#longestBytes, end - start);
    this.#entries.measure(bytes, start, end, score, true);
    this.#smallBytes += this.#entries.bytes;
    if (!this.#fitsPlain() && !this.#fitsWide()) this.#enlarge(0);
    return true;
  }

  /** Puts the set under a key, whatever was there. Returns its record. Requires: a member at least. */
  finish(key: Uint8Array, keyStart: number, keyEnd: number, expiresAtMs: number): number {
    const { values } = this.#database;
    const run = this.#run;
    this.#run = null;
    if (run !== null) {
      run.flush();
      const kind = kindOf(valueTypes.sortedSet, skiplist);
      return values.putStructure(key, keyStart, keyEnd, kind, run.members, expiresAtMs);
    }
    const pack = this.#packed(!this.#fitsPlain());
    const kind = kindOf(valueTypes.sortedSet, this.#fitsPlain() ? listpack : wide);
    const ref = values.put(key, keyStart, keyEnd, kind, pack.length, expiresAtMs);
    values.bytes.set(pack, values.start);
    return ref;
  }

  /** Frees what was built. */
  discard(): void {
    const { structures } = this.#database.records;
    if (this.#run !== null) structures.drop(structures.add(this.#run.members));
    this.#run = null;
  }

  #fitsPlain(): boolean {
    const { sortedSetEntries, sortedSetValueBytes } = this.#database.limits;
    return this.#small.size <= sortedSetEntries && this.#longestBytes <= sortedSetValueBytes;
  }

  #fitsWide(): boolean {
    return this.#small.size * 2 <= wideElementsMax && this.#smallBytes <= wideBytesMax;
  }

  #enlarge(expectedCount: number): void {
    const members = new RankedMembers(this.#database.records);
    if (expectedCount > 0) members.table.reserve(expectedCount);
    const run = new ScoreRun(members);
    for (const [member, score] of this.#small) {
      const bytes = bytesOfLatin1(member);
      run.addMember(bytes, 0, bytes.length, score);
    }
    this.#small.clear();
    this.#run = run;
  }

  #packed(keepsSign: boolean): Uint8Array {
    // Latin-1 text sorts as its bytes do.
    const sorted = [...this.#small].sort(
      ([left, leftScore], [right, rightScore]) =>
        compare(leftScore, rightScore) || compare(left, right),
    );
    const pack = new Uint8Array(this.#smallBytes);
    let at = headerBytes;
    for (const [member, score] of sorted) {
      const bytes = bytesOfLatin1(member);
      this.#entries.measure(bytes, 0, bytes.length, score, keepsSign);
      at = this.#entries.write(pack, at, bytes, 0, bytes.length);
    }
    pack[at] = endMark;
    writeHeader(pack, 0, at + 1, sorted.length * 2);
    return pack.subarray(0, at + 1);
  }
}

/** A file may claim any count: no more than so many members get their place in advance. */
const reservedMax = 2 ** 20;

function compare<T extends number | string>(left: T, right: T): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
