import { copyBytes, withView } from '../../base/bytes.ts';
import type { Database } from '../../store/database.ts';
import * as intset from '../../store/packed/intset.ts';
import { count, first, next } from '../../store/packed/listpack.ts';
import { EntryView } from '../../store/packed/listpack-elements.ts';
import { kindOf, setEncodings, sortedSetEncodings, valueTypes } from '../../store/value-types.ts';
import { scoreAt } from '../../store/values/sorted-set-pack.ts';
import { DuplicateFinder } from './duplicates.ts';
import type { RdbStreamFacts, RdbValueKind, RdbValueVisitor } from './rdb-visitor.ts';
import { ValueBuilders } from './value-builders.ts';

/** Where values are loaded to, and what becomes of their keys. */
export interface LoadTarget {
  /** The database of the entries that come now. */
  readonly database: Database;
  /** Whether a key with this expiry (Unix ms, 0 for none) is left out; notes it then. */
  dropsExpired(expiresAtMs: number, key: Uint8Array, start: number, end: number): boolean;
  /** Makes the key free for a new value; false, and the load fails, where it must be free already. */
  makeRoom(key: Uint8Array, start: number, end: number): boolean;
  /** A key was stored; what the file says of its use comes with it, -1 where it says nothing. */
  stored(ref: number, idleSeconds: number, frequency: number): void;
  /** A value without any element: it is no key. */
  wasEmpty(): void;
  /** The load fails. */
  refuse(detail: string): void;
}

/** Puts values that are no strings together and stores them, each when it is whole. */
export class ValueLoader implements RdbValueVisitor {
  readonly #target: LoadTarget;
  #builders: ValueBuilders;
  readonly #duplicates = new DuplicateFinder();
  readonly #view = new EntryView();
  #kind: RdbValueKind = 'set';
  /** The key, as `#key[0, #keyEnd)`: it must outlive what was lent. */
  #key: Uint8Array = withView(new Uint8Array(256));
  #keyEnd = 0;
  #expiresAtMs = 0;
  #idleSeconds = -1;
  #frequency = -1;
  #isSkipped = false;
  #count = 0;

  constructor(target: LoadTarget) {
    this.#target = target;
    this.#builders = new ValueBuilders(target.database);
  }

  supports(): boolean {
    return true;
  }

  beginValue(
    kind: RdbValueKind,
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    expected: number,
    expiresAtMs: number,
    idleSeconds: number,
    frequency: number,
  ): void {
    this.#isSkipped = this.#target.dropsExpired(expiresAtMs, key, keyStart, keyEnd);
    if (this.#isSkipped) return;
    this.#keyEnd = keyEnd - keyStart;
    if (this.#keyEnd > this.#key.length) this.#key = withView(new Uint8Array(this.#keyEnd));
    copyBytes(key, keyStart, keyEnd, this.#key, 0);
    this.#kind = kind;
    this.#expiresAtMs = expiresAtMs;
    this.#idleSeconds = idleSeconds;
    this.#frequency = frequency;
    this.#count = 0;
    const { database } = this.#target;
    if (this.#builders.database !== database) this.#builders = new ValueBuilders(database);
    this.#builders.begin(kind, expected);
  }

  endValue(): void {
    // A packed value was stored as it came.
    if (this.#isSkipped || this.#count < 0) return;
    const builders = this.#builders;
    const problem = builders.problemOf(this.#kind);
    if (problem !== null) this.#target.refuse(problem);
    else if (this.#count === 0 && this.#kind !== 'stream') this.#target.wasEmpty();
    else if (this.#makeRoom()) {
      this.#stored(builders.store(this.#kind, this.#key, this.#keyEnd, this.#expiresAtMs));
    }
  }

  /** Gives up what was gathered: the value will not become whole. */
  discard(): void {
    this.#builders.discard();
  }

  listElement(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isSkipped) return;
    this.#count += 1;
    this.#builders.list.append(bytes, start, end);
  }

  listNode(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isSkipped) return;
    const elements = count(bytes, start);
    this.#count += elements;
    this.#builders.list.appendPack(bytes, start, end, elements);
  }

  setMember(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isSkipped) return;
    this.#count += 1;
    if (!this.#builders.set.add(bytes, start, end)) this.#target.refuse(twiceOf.set);
  }

  sortedSetMember(bytes: Uint8Array, start: number, end: number, score: number): void {
    if (this.#isSkipped) return;
    this.#count += 1;
    const isNew = this.#builders.sortedSet?.add(bytes, start, end, score);
    if (isNew !== true) this.#target.refuse(twiceOf.sortedSet);
  }

  hashField(
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs: number,
  ): void {
    if (this.#isSkipped) return;
    this.#count += 1;
    const isNew = this.#builders.hash.add(
      field,
      fieldStart,
      fieldEnd,
      value,
      valueStart,
      valueEnd,
      expiresAtMs,
    );
    if (!isNew) this.#target.refuse(twiceOf.hash);
  }

  packedIntset(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isSkipped) return;
    const members = intset.count(bytes, start);
    const { limits } = this.#target.database;
    if (members <= limits.setIntegers) {
      this.#storeBlob(kindOf(valueTypes.set, setEncodings.intset), bytes, start, end);
      return;
    }
    const view = this.#view;
    for (let i = 0; i < members; i += 1) {
      intset.showAt(bytes, start, i, view);
      this.setMember(view.bytes, view.start, view.end);
    }
  }

  packedListpack(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isSkipped) return;
    const kind = this.#kind === 'set' || this.#kind === 'hash' ? this.#kind : 'sortedSet';
    if (this.#duplicates.hasDuplicate(bytes, start, kind === 'set' ? 1 : 2)) {
      this.#target.refuse(twiceOf[kind]);
    } else if (kind === 'hash') {
      this.#storePackedHash(bytes, start, end, false);
    } else if (kind === 'set') {
      this.#takePackedSet(bytes, start, end);
    } else {
      this.#takePackedSortedSet(bytes, start, end);
    }
  }

  packedExpiringHash(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isSkipped) return;
    if (this.#duplicates.hasDuplicate(bytes, start, 3)) this.#target.refuse(twiceOf.hash);
    else this.#storePackedHash(bytes, start, end, true);
  }

  streamNode(id: Uint8Array, idAt: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.#isSkipped) return;
    this.#builders.stream?.addNode(id, idAt, bytes, start, end);
  }

  streamFacts(facts: RdbStreamFacts): void {
    if (this.#isSkipped) return;
    this.#builders.stream?.setFacts(facts);
  }

  streamGroup(
    name: Uint8Array,
    start: number,
    end: number,
    lastId: Uint8Array,
    entriesRead: number,
  ): void {
    if (this.#isSkipped) return;
    this.#heed(this.#builders.stream?.addGroup(name, start, end, lastId, entriesRead));
  }

  streamPending(id: Uint8Array, idAt: number, deliveredAtMs: number, deliveries: number): void {
    if (this.#isSkipped) return;
    this.#heed(this.#builders.stream?.addPending(id, idAt, deliveredAtMs, deliveries));
  }

  streamConsumer(
    name: Uint8Array,
    start: number,
    end: number,
    seenAtMs: number,
    activeAtMs: number,
  ): void {
    if (this.#isSkipped) return;
    this.#heed(this.#builders.stream?.addConsumer(name, start, end, seenAtMs, activeAtMs));
  }

  streamConsumerPending(id: Uint8Array, idAt: number): void {
    if (this.#isSkipped) return;
    this.#heed(this.#builders.stream?.addConsumerPending(id, idAt));
  }

  /** Fails when something is wrong. */
  #heed(problem: string | null | undefined): void {
    if (typeof problem === 'string') this.#target.refuse(problem);
  }

  #takePackedSet(bytes: Uint8Array, start: number, end: number): void {
    if (count(bytes, start) <= this.#target.database.limits.setEntries) {
      this.#storeBlob(kindOf(valueTypes.set, setEncodings.listpack), bytes, start, end);
      return;
    }
    const view = this.#view;
    for (let at = first(bytes, start); at >= 0; at = next(bytes, at)) {
      view.read(bytes, at);
      this.setMember(view.bytes, view.start, view.end);
    }
  }

  #takePackedSortedSet(bytes: Uint8Array, start: number, end: number): void {
    const { sortedSetEntries } = this.#target.database.limits;
    if (count(bytes, start) <= sortedSetEntries * 2 && isInOrder(bytes, start)) {
      const kind = kindOf(valueTypes.sortedSet, sortedSetEncodings.listpack);
      this.#storeBlob(kind, bytes, start, end);
      return;
    }
    const view = this.#view;
    for (let at = first(bytes, start); at >= 0; at = next(bytes, at)) {
      view.read(bytes, at);
      at = next(bytes, at);
      this.sortedSetMember(view.bytes, view.start, view.end, scoreAt(bytes, at));
    }
  }

  #makeRoom(): boolean {
    return this.#target.makeRoom(this.#key, 0, this.#keyEnd);
  }

  #stored(ref: number): void {
    this.#count = stored;
    this.#target.stored(ref, this.#idleSeconds, this.#frequency);
  }

  /** Stores a packed value as it stands in the file. */
  #storeBlob(kind: number, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#makeRoom()) return;
    const { values } = this.#target.database;
    const ref = values.put(this.#key, 0, this.#keyEnd, kind, end - start, this.#expiresAtMs);
    copyBytes(bytes, start, end, values.bytes, values.start);
    this.#stored(ref);
  }

  #storePackedHash(bytes: Uint8Array, start: number, end: number, hasExpiries: boolean): void {
    if (!this.#makeRoom()) return;
    const key = this.#key.subarray(0, this.#keyEnd);
    const pack = { bytes, start, end };
    const ref = this.#builders.hash.putPacked(key, pack, hasExpiries, this.#expiresAtMs);
    this.#stored(ref);
  }
}

/** Whether scores never fall. Requires: a sound pack of members and scores. */
function isInOrder(bytes: Uint8Array, start: number): boolean {
  let before = Number.NEGATIVE_INFINITY;
  for (let at = first(bytes, start); at >= 0; at = next(bytes, at)) {
    at = next(bytes, at);
    const score = scoreAt(bytes, at);
    if (!(score >= before)) return false;
    before = score;
  }
  return true;
}

/** Instead of a count of elements: the value is in the store. */
const stored = -1;

const twiceOf = {
  set: 'a set has a member twice',
  sortedSet: 'a sorted set has a member twice',
  hash: 'a hash has a field twice',
} as const;
