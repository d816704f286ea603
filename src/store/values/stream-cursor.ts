import type { Records } from '../memory/records.ts';
import { last, previous, skipEntries, skipEntry } from '../packed/listpack.ts';
import { type EntryView, integerAt } from '../packed/listpack-elements.ts';
import { StreamId } from './stream-id.ts';
import {
  addDelta,
  deletedFlag,
  isAtEnd,
  NodeHead,
  sameFieldsFlag,
  stepBack,
} from './stream-node.ts';
import type { StreamNodes } from './stream-nodes.ts';
import type { IdChunk } from './stream-sorted-ids.ts';

/**
 * A walk over the entries of a stream between two ids, both included, in either direction. Make one,
 * and `start` it again and again. It reads the store's memory in place: whoever changes the stream
 * meanwhile starts anew.
 */
export class StreamCursor {
  /** The entry that `next` found. */
  readonly id = new StreamId();
  fieldCount = 0;
  /** Whether deleted entries are shown, too. */
  showsDeleted = false;
  isDeleted = false;
  /** Where the entry begins in its node, and which node that is. */
  entryAt = 0;
  chunkIndex = 0;
  index = 0;

  #records: Records | null = null;
  #chunks: readonly IdChunk[] = [];
  readonly #from = new StreamId();
  readonly #to = new StreamId();
  #isReverse = false;
  #isInNode = false;
  readonly #nodeId = new StreamId();
  readonly #head = new NodeHead();
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #entriesAt = 0;
  /** Going forward: the next entry. Going back: the entry found last, or the end. */
  #at = 0;
  /** The next field or value of the entry, and how many elements of it are left. */
  #pairAt = 0;
  #elementsLeft = 0;
  #sharedAt = 0;
  #hasShared = false;

  /** Goes before the first entry that lies between `from` and `to`, or behind the last one. */
  start(nodes: StreamNodes, from: StreamId, to: StreamId, isReverse: boolean): void {
    const { ids } = nodes;
    this.#from.copy(from);
    this.#to.copy(to);
    this.#isReverse = isReverse;
    this.#isInNode = false;
    this.#records = nodes.records;
    this.#chunks = ids.chunks;
    this.#elementsLeft = 0;
    if (!ids.findBefore(isReverse ? to : from)) {
      // All entries come after: forward from the first, back there is none.
      if (isReverse) ids.chunkIndex = -1;
      else ids.first();
    }
    this.chunkIndex = ids.chunkIndex;
    this.index = ids.index;
  }

  /** Goes to the next entry; false when there is none. */
  next(): boolean {
    for (;;) {
      if (!this.#isInNode && !this.#openNode()) return false;
      const found = this.#isReverse ? this.#stepBack() : this.#stepForward();
      if (!found) {
        this.#leaveNode();
        continue;
      }
      if (this.isDeleted && !this.showsDeleted) continue;
      if (this.id.compare(this.#from) < 0) {
        if (this.#isReverse) return false;
        continue;
      }
      if (this.id.compare(this.#to) > 0) {
        if (!this.#isReverse) return false;
        continue;
      }
      return true;
    }
  }

  /** Reads the next field and value of the entry. Requires: called at most `fieldCount` times. */
  readPair(field: EntryView, value: EntryView): void {
    const bytes = this.#bytes;
    if (this.#hasShared) {
      field.read(bytes, this.#sharedAt);
      this.#sharedAt = skipEntry(bytes, this.#sharedAt);
      this.#elementsLeft -= 1;
    } else {
      field.read(bytes, this.#pairAt);
      this.#pairAt = skipEntry(bytes, this.#pairAt);
      this.#elementsLeft -= 2;
    }
    value.read(bytes, this.#pairAt);
    this.#pairAt = skipEntry(bytes, this.#pairAt);
  }

  #openNode(): boolean {
    const records = this.#records;
    const chunk = this.#chunks[this.chunkIndex];
    if (chunk === undefined || records === null) return false;
    chunk.readId(this.index, this.#nodeId);
    records.locateValue(chunk.numberAt(this.index));
    this.#bytes = records.valueBytes;
    this.#start = records.valueStart;
    this.#end = records.valueEnd;
    this.#head.read(this.#bytes, this.#start);
    this.#entriesAt = this.#head.entriesAt(this.#bytes);
    this.#at = this.#isReverse ? this.#end - 1 : this.#entriesAt;
    this.#elementsLeft = 0;
    this.#pairAt = this.#at;
    this.#isInNode = true;
    return true;
  }

  #leaveNode(): void {
    this.#isInNode = false;
    if (this.#isReverse) {
      this.index -= 1;
      if (this.index >= 0) return;
      this.chunkIndex -= 1;
      if (this.chunkIndex >= 0) this.index = this.#chunks[this.chunkIndex].count - 1;
      return;
    }
    this.index += 1;
    if (this.index < this.#chunks[this.chunkIndex].count) return;
    this.chunkIndex += 1;
    this.index = 0;
  }

  #stepForward(): boolean {
    if (this.#elementsLeft > 0) {
      this.#at = skipEntries(this.#bytes, this.#pairAt, this.#elementsLeft);
    } else {
      this.#at = this.#pairAt;
    }
    if (isAtEnd(this.#bytes, this.#at)) return false;
    this.#readEntry(this.#at);
    return true;
  }

  #stepBack(): boolean {
    const before =
      this.#at === this.#end - 1
        ? last(this.#bytes, this.#start, this.#end)
        : previous(this.#bytes, this.#start, this.#at);
    if (before < this.#entriesAt) return false;
    this.#at = stepBack(this.#bytes, this.#start, before);
    if (this.#at < this.#entriesAt) return false;
    this.#readEntry(this.#at);
    return true;
  }

  #readEntry(at: number): void {
    const bytes = this.#bytes;
    const flags = integerAt(bytes, at);
    this.entryAt = at - this.#start;
    this.isDeleted = (flags & deletedFlag) !== 0;
    this.id.copy(this.#nodeId);
    let pairAt = addDelta(bytes, skipEntry(bytes, at), this.id);
    this.#hasShared = (flags & sameFieldsFlag) !== 0;
    if (this.#hasShared) {
      this.fieldCount = this.#head.fieldCount;
      this.#sharedAt = this.#head.fieldsAt;
      this.#elementsLeft = this.fieldCount + 1;
    } else {
      this.fieldCount = integerAt(bytes, pairAt);
      pairAt = skipEntry(bytes, pairAt);
      this.#elementsLeft = this.fieldCount * 2 + 1;
    }
    this.#pairAt = pairAt;
  }
}
