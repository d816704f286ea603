import { endMark, headerBytes, skipEntries, skipEntry } from '../../store/packed/listpack.ts';
import { integerAt, isIntegerEntry } from '../../store/packed/listpack-elements.ts';

/**
 * The listpack of a stream's node: how many entries live, how many are deleted, how many fields most
 * entries share, the names of these, 0. Then the entries: flags, difference of the milliseconds and
 * of the sequence to the node's id, the fields and values (values only, where the names are shared),
 * and how many elements all this took.
 */

const deletedFlag = 1;
const sameFieldsFlag = 2;

/** A walk over elements of a listpack that is known to be well formed. */
class Elements {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#at = start + headerBytes;
  }

  get isAtEnd(): boolean {
    return this.#bytes[this.#at] === endMark;
  }

  /** The next element, a count. NaN when it is none, or there is no next element. */
  count(): number {
    if (this.isAtEnd) return Number.NaN;
    const value = integerAt(this.#bytes, this.#at);
    this.#at = skipEntry(this.#bytes, this.#at);
    return value >= 0 ? value : Number.NaN;
  }

  /** Whether the next element is there and an integer. Passes over it. */
  integer(): boolean {
    if (this.isAtEnd || !isIntegerEntry(this.#bytes, this.#at)) return false;
    this.#at = skipEntry(this.#bytes, this.#at);
    return true;
  }

  /** Passes over `count` elements; false when there are fewer. */
  skipElements(count: number): boolean {
    // A claim of more than there are bytes ends at the end mark.
    const before = this.#at;
    this.#at = skipEntries(this.#bytes, before, Math.max(count - 1, 0));
    if (count === 0) return true;
    if (this.isAtEnd) return false;
    this.#at = skipEntry(this.#bytes, this.#at);
    return true;
  }
}

/**
 * What is wrong with the listpack `bytes[start, …)` as a node of a stream, or null. Requires: it is a
 * well-formed listpack.
 */
export function validateStreamNode(bytes: Uint8Array, start: number): string | null {
  const elements = new Elements(bytes, start);
  const live = elements.count();
  const deleted = elements.count();
  const shared = elements.count();
  const isHeadWhole = elements.skipElements(shared) && elements.count() === 0;
  if (!(live >= 0 && deleted >= 0 && shared >= 0 && isHeadWhole)) {
    return 'the head of a stream node is damaged';
  }
  let liveSeen = 0;
  let deletedSeen = 0;
  while (!elements.isAtEnd) {
    const flags = skipStreamEntry(elements, shared);
    if (flags < 0) return 'an entry of a stream node is damaged';
    if ((flags & deletedFlag) !== 0) deletedSeen += 1;
    else liveSeen += 1;
  }
  const isCounted = live === liveSeen && deleted === deletedSeen;
  return isCounted ? null : 'a stream node has another number of entries than it says';
}

/** Passes over one entry and returns its flags, -1 when it is damaged. */
function skipStreamEntry(elements: Elements, shared: number): number {
  const flags = elements.count();
  if (!(flags <= (deletedFlag | sameFieldsFlag))) return -1;
  if (!elements.integer() || !elements.integer()) return -1;
  const hasShared = (flags & sameFieldsFlag) !== 0;
  const fields = hasShared ? shared : elements.count();
  if (!(fields >= 0) || !elements.skipElements(hasShared ? fields : fields * 2)) return -1;
  const took = hasShared ? fields + 3 : fields * 2 + 4;
  return elements.count() === took ? flags : -1;
}
