import type { Records } from './records.ts';
import type { ScoreTreeNodes } from './score-tree-nodes.ts';

/** What a search counts: entries before, or up to, an element, a score or a member. */
export const searchModes = {
  before: 0,
  upTo: 1,
  scoreBelow: 2,
  scoreUpTo: 3,
  memberBelow: 4,
  memberUpTo: 5,
} as const;
export type SearchMode = (typeof searchModes)[keyof typeof searchModes];

/** Searches nodes of a score tree for an element, a score or a member. */
export class ScoreSearch {
  /** The score that is looked for, where the mode asks for one. */
  score = 0;
  readonly #records: Records;
  readonly #nodes: ScoreTreeNodes;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;

  constructor(records: Records, nodes: ScoreTreeNodes) {
    this.#records = records;
    this.#nodes = nodes;
  }

  /** The member that is looked for, where the mode asks for one. */
  setMember(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  /** How many entries of a node stand before what is looked for. */
  in(node: number, mode: SearchMode): number {
    const count = this.#nodes.countOf(node);
    if (mode > searchModes.scoreUpTo) return this.#inMembers(node, 0, count, mode);
    // The view and the place are taken once: most of a search's time is spent here.
    const view = this.#nodes.viewOf(node);
    const base = this.#nodes.scoresOf(node);
    const wanted = this.score;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (view.getFloat64(base + 8 * middle, true) < wanted) low = middle + 1;
      else high = middle;
    }
    const first = low;
    if (mode === searchModes.scoreBelow || first === count) return first;
    if (view.getFloat64(base + 8 * first, true) !== wanted) return first;
    low = first + 1;
    // Mostly a score is there once.
    const isOne = low === count || view.getFloat64(base + 8 * low, true) !== wanted;
    high = isOne ? low : count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (view.getFloat64(base + 8 * middle, true) <= wanted) low = middle + 1;
      else high = middle;
    }
    return mode === searchModes.scoreUpTo ? low : this.#inMembers(node, first, low, mode);
  }

  /** The same among the entries `[from, to)` of one score, or of any: members alone decide. */
  #inMembers(node: number, from: number, to: number, mode: SearchMode): number {
    const isUpTo = mode === searchModes.upTo || mode === searchModes.memberUpTo;
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.#compareMember(this.#nodes.recordAt(node, middle));
      if (order < 0 || (isUpTo && order === 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Below, at or above 0 as the record's member is before, equal to or behind the one wanted. */
  #compareMember(record: number): number {
    const records = this.#records;
    records.locateKey(record);
    const { keyBytes, keyStart, keyEnd } = records;
    const bytes = this.#bytes;
    const start = this.#start;
    const length = this.#end - start;
    const common = Math.min(keyEnd - keyStart, length);
    for (let i = 0; i < common; i += 1) {
      const difference = keyBytes[keyStart + i] - bytes[start + i];
      if (difference !== 0) return difference;
    }
    return keyEnd - keyStart - length;
  }
}
