import type { Stream } from './stream.ts';
import type { FrozenGroup } from './stream-capture.ts';
import { StreamId } from './stream-id.ts';
import { copyOf, placeOf } from './stream-names.ts';
import { SortedIds } from './stream-sorted-ids.ts';

/** Who reads for a group. Times in Unix ms. */
export class StreamConsumer {
  readonly name: Uint8Array;
  /** Its place in the group's pending entries. */
  readonly number: number;
  /** When it last asked for anything. */
  seenAtMs: number;
  /** When it last got an entry; -1 for never. */
  activeAtMs = -1;
  /** The ids of what is pending for it. */
  readonly pending: SortedIds;

  constructor(name: Uint8Array, number: number, seenAtMs: number, pending: SortedIds) {
    this.name = name;
    this.number = number;
    this.seenAtMs = seenAtMs;
    this.pending = pending;
  }
}

/**
 * A group of consumers, and the entries that they were given and have not acknowledged.
 *
 * `findPending` sets the place in `pending`; the `…Pending` operations act on it. What a snapshot
 * still needs is kept by every operation here.
 */
export class StreamGroup {
  readonly name: Uint8Array;
  /** The last entry that was given out. */
  readonly lastId = new StreamId();
  /** How many entries the group has read; -1 when that is not known. */
  entriesRead: number;
  /** In the order of their names' bytes. */
  readonly consumers: StreamConsumer[] = [];
  /** Ids with the number of the consumer, the time of delivery and how often it was delivered. */
  readonly pending: SortedIds;
  readonly #stream: Stream;
  readonly #byNumber: (StreamConsumer | null)[] = [];

  constructor(stream: Stream, name: Uint8Array, lastId: StreamId, entriesRead: number) {
    this.#stream = stream;
    this.name = name;
    this.lastId.copy(lastId);
    this.entriesRead = entriesRead;
    this.pending = new SortedIds(stream, { hasNumber: true, hasDelivery: true });
  }

  /** To be called before any change that is not made by an operation of this class. */
  beforeChange(): void {
    this.#stream.beforeChange();
    if (this.#stream.capturedEpoch !== 0) this.#stream.keepFrozen(this, () => this.freeze());
  }

  setProgress(lastId: StreamId, entriesRead: number): void {
    this.beforeChange();
    this.lastId.copy(lastId);
    this.entriesRead = entriesRead;
  }

  /** The consumer of that name; null when there is none. */
  consumer(name: Uint8Array, start: number, end: number): StreamConsumer | null {
    const at = placeOf(this.consumers, name, start, end);
    return at >= 0 ? this.consumers[at] : null;
  }

  /** Adds a consumer; null when the name is taken. */
  addConsumer(
    name: Uint8Array,
    start: number,
    end: number,
    seenAtMs: number,
  ): StreamConsumer | null {
    const at = placeOf(this.consumers, name, start, end);
    if (at >= 0) return null;
    this.beforeChange();
    let number = this.#byNumber.indexOf(null);
    if (number < 0) number = this.#byNumber.length;
    const consumer = new StreamConsumer(
      copyOf(name, start, end),
      number,
      seenAtMs,
      this.#newIndex(this.#stream),
    );
    this.#byNumber[number] = consumer;
    this.consumers.splice(-at - 1, 0, consumer);
    return consumer;
  }

  /** Removes a consumer with what is pending for it. */
  removeConsumer(consumer: StreamConsumer): void {
    this.beforeChange();
    for (const chunk of consumer.pending.chunks) {
      for (let i = 0; i < chunk.count; i += 1) {
        chunk.readId(i, id);
        if (this.pending.find(id)) this.pending.removeFound();
      }
    }
    this.#byNumber[consumer.number] = null;
    this.consumers.splice(this.consumers.indexOf(consumer), 1);
  }

  /** Notes that a consumer asked for something, or (`isActive`) got something. */
  noteUse(consumer: StreamConsumer, nowMs: number, isActive: boolean): void {
    this.beforeChange();
    if (isActive) consumer.activeAtMs = nowMs;
    else consumer.seenAtMs = nowMs;
  }

  /** Goes to the pending entry with this id; says whether there is one. */
  findPending(entryId: StreamId): boolean {
    return this.pending.find(entryId);
  }

  /** The consumer that owns the pending entry at the place. */
  get pendingOwner(): StreamConsumer {
    return this.ownerOf(this.pending.chunk.numberAt(this.pending.index));
  }

  /** The consumer with this number. */
  ownerOf(number: number): StreamConsumer {
    const owner = this.#byNumber[number];
    if (owner === null || owner === undefined) throw new Error('pending entries have an owner');
    return owner;
  }

  /** Adds the pending entry that `findPending` just missed. */
  insertPending(entryId: StreamId, owner: StreamConsumer, timeMs: number, count: number): void {
    this.beforeChange();
    const { pending } = this;
    const chunk = pending.insertFound(entryId);
    chunk.setNumber(pending.index, owner.number);
    chunk.setDelivery(pending.index, timeMs, count);
    addTo(owner.pending, entryId);
  }

  /** Gives the found pending entry to a consumer, its own or another. */
  changePending(entryId: StreamId, owner: StreamConsumer, timeMs: number, count: number): void {
    this.beforeChange();
    const { pending } = this;
    const before = this.pendingOwner;
    if (before !== owner) {
      removeFrom(before.pending, entryId);
      addTo(owner.pending, entryId);
    }
    const chunk = pending.writableFound();
    chunk.setNumber(pending.index, owner.number);
    chunk.setDelivery(pending.index, timeMs, count);
  }

  /** Removes the found pending entry. */
  removePending(entryId: StreamId): void {
    this.beforeChange();
    removeFrom(this.pendingOwner.pending, entryId);
    this.pending.removeFound();
  }

  /** Loading only: adds a pending entry whose owner is not known yet; false when it is there. */
  loadPending(entryId: StreamId, timeMs: number, count: number): boolean {
    const { pending } = this;
    if (pending.find(entryId)) return false;
    const chunk = pending.insertFound(entryId);
    chunk.setNumber(pending.index, unowned);
    chunk.setDelivery(pending.index, timeMs, count);
    return true;
  }

  /** Loading only: gives a pending entry to its owner; false when there is none, or it has one. */
  loadOwner(entryId: StreamId, owner: StreamConsumer): boolean {
    const { pending } = this;
    if (!pending.find(entryId)) return false;
    if (pending.chunk.numberAt(pending.index) !== unowned) return false;
    pending.chunk.setNumber(pending.index, owner.number);
    addTo(owner.pending, entryId);
    return true;
  }

  /** Loading only: whether every pending entry has its owner. */
  get isWhollyOwned(): boolean {
    let owned = 0;
    for (const consumer of this.consumers) owned += consumer.pending.size;
    return owned === this.pending.size;
  }

  get memoryBytes(): number {
    let bytes = groupBytes + this.name.length + this.pending.memoryBytes;
    for (const { name, pending } of this.consumers) {
      bytes += consumerBytes + name.length + pending.memoryBytes;
    }
    return bytes;
  }

  /** What it is now, for a snapshot; whose chunks are copied before they change. */
  freeze(): FrozenGroup {
    const lastId = new StreamId();
    lastId.copy(this.lastId);
    return {
      name: this.name,
      lastId,
      entriesRead: this.entriesRead,
      pendingCount: this.pending.size,
      pending: this.pending.chunks.slice(),
      consumers: this.consumers.map(({ name, seenAtMs, activeAtMs, pending }) => ({
        name,
        seenAtMs,
        activeAtMs,
        pendingCount: pending.size,
        pending: pending.chunks.slice(),
      })),
    };
  }

  /** A copy that belongs to another stream. */
  cloneFor(stream: Stream): StreamGroup {
    const copy = new StreamGroup(stream, this.name, this.lastId, this.entriesRead);
    copy.pending.copyFrom(this.pending);
    for (const each of this.consumers) {
      const pending = this.#newIndex(stream);
      pending.copyFrom(each.pending);
      const consumer = new StreamConsumer(each.name, each.number, each.seenAtMs, pending);
      consumer.activeAtMs = each.activeAtMs;
      copy.consumers.push(consumer);
    }
    copy.#byNumber.push(...this.#byNumber.map(() => null));
    for (const each of copy.consumers) copy.#byNumber[each.number] = each;
    return copy;
  }

  #newIndex(stream: Stream): SortedIds {
    return new SortedIds(stream, { hasNumber: false, hasDelivery: false });
  }
}

function addTo(index: SortedIds, entryId: StreamId): void {
  if (!index.find(entryId)) index.insertFound(entryId);
}

function removeFrom(index: SortedIds, entryId: StreamId): void {
  if (index.find(entryId)) index.removeFound();
}

/** Filled and used within one call. */
const id = new StreamId();
/** No consumer has this number. */
const unowned = 0xffff_ffff;
const groupBytes = 400;
const consumerBytes = 300;
