import type { Database } from '../database.ts';
import { emptyBytes, headerBytes } from '../packed/listpack.ts';
import { ListpackBuilder } from '../packed/listpack-builder.ts';
import { kindOf, listEncodings, valueTypes } from '../value-types.ts';
import { allowsInsert, nodeBytesMax, nodeEntriesMax, nodeSizeOf } from './list-limits.ts';
import { Quicklist } from './list-quicklist.ts';

/**
 * Builds a whole list from its elements, or from the nodes of a dump, and puts it under a key: for
 * loading, RESTORE, SORT … STORE. One builder makes one list after the other.
 */
export class ListBuilder {
  readonly #database: Database;
  /** The last node as far as it is. */
  readonly #last = new ListpackBuilder();
  /** It came whole, and takes no more. */
  #isWhole = false;
  #large: Quicklist | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Elements so far. */
  get length(): number {
    return this.#last.count + (this.#large?.length ?? 0);
  }

  /** Adds an element to the tail. */
  append(bytes: Uint8Array, start: number, end: number): void {
    const { limits } = this.#database;
    const length = end - start;
    if (length >= limits.listPlainBytes) {
      this.appendPlain(bytes, start, end);
      return;
    }
    const last = this.#last;
    const size = nodeSizeOf(limits.listNodeSize);
    const hasRoom =
      last.count === 0 ||
      (!this.#isWhole && allowsInsert(size, last.packBytes, last.count, length));
    if (!hasRoom) this.#flush();
    last.append(bytes, start, end);
  }

  /**
   * Adds a node as it is: a well-formed listpack `bytes[start, end)` of `count` elements. An empty
   * one is left out.
   */
  appendPack(bytes: Uint8Array, start: number, end: number, count: number): void {
    if (end - start <= emptyBytes) return;
    this.#flush();
    this.#last.appendEncoded(bytes, start + headerBytes, end - 1, count);
    this.#isWhole = true;
  }

  /** Adds an element that has a node for itself. */
  appendPlain(bytes: Uint8Array, start: number, end: number): void {
    this.#flush();
    this.#toLarge().appendNode(bytes, start, end, 1, true);
  }

  /**
   * Puts the list under a key, whatever that had, and begins anew. `expiresAtMs` 0 for none.
   * Requires: it is not empty.
   */
  put(key: Uint8Array, keyStart: number, keyEnd: number, expiresAtMs: number): number {
    const { limits, values } = this.#database;
    const last = this.#last;
    const size = limits.listNodeSize;
    if (
      this.#large === null &&
      last.packBytes <= nodeBytesMax(size) &&
      last.count <= nodeEntriesMax(size)
    ) {
      const length = last.finish();
      const ref = values.put(key, keyStart, keyEnd, packedKind, length, expiresAtMs);
      values.bytes.set(last.bytes.subarray(0, length), values.start);
      this.reset();
      return ref;
    }
    this.#flush();
    const large = this.#toLarge();
    this.#large = null;
    return values.putStructure(key, keyStart, keyEnd, largeKind, large, expiresAtMs);
  }

  /** Gives up what was built. */
  reset(): void {
    while (this.#large?.freeSome(1000) === false);
    this.#large = null;
    this.#last.reset();
    this.#isWhole = false;
  }

  #flush(): void {
    const last = this.#last;
    if (last.count > 0) {
      const { count } = last;
      this.#toLarge().appendNode(last.bytes, 0, last.finish(), count, false);
    }
    last.reset();
    this.#isWhole = false;
  }

  #toLarge(): Quicklist {
    const { limits, records } = this.#database;
    this.#large ??= new Quicklist(records, limits);
    return this.#large;
  }
}

const packedKind = kindOf(valueTypes.list, listEncodings.listpack);
const largeKind = kindOf(valueTypes.list, listEncodings.quicklist);
