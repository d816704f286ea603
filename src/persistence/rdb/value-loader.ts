import { copyBytes } from '../../base/bytes.ts';
import type { Database } from '../../store/database.ts';
import * as intset from '../../store/packed/intset.ts';
import { count, first, next } from '../../store/packed/listpack.ts';
import { EntryView } from '../../store/packed/listpack-elements.ts';
import { kindOf, setEncodings, valueTypes } from '../../store/value-types.ts';
import { HashBuilder } from '../../store/values/hash-builder.ts';
import { SetBuilder } from '../../store/values/set-builder.ts';
import { DuplicateFinder } from './duplicates.ts';
import type { RdbStreamFacts, RdbValueKind, RdbValueVisitor } from './rdb-visitor.ts';

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

/** What puts values together, for one database. */
interface Builders {
  readonly database: Database;
  readonly set: SetBuilder;
  readonly hash: HashBuilder;
}

/** Puts values that are no strings together and stores them, each when it is whole. */
export class ValueLoader implements RdbValueVisitor {
  readonly #target: LoadTarget;
  #builders: Builders;
  readonly #duplicates = new DuplicateFinder();
  readonly #view = new EntryView();
  #kind: RdbValueKind = 'set';
  /** The key, as `#key[0, #keyEnd)`: it must outlive what was lent. */
  #key = new Uint8Array(256);
  #keyEnd = 0;
  #expiresAtMs = 0;
  #idleSeconds = -1;
  #frequency = -1;
  #isSkipped = false;
  #count = 0;

  constructor(target: LoadTarget) {
    this.#target = target;
    this.#builders = buildersOf(target.database);
  }

  supports(kind: RdbValueKind): boolean {
    return kind === 'set' || kind === 'hash';
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
    if (this.#keyEnd > this.#key.length) this.#key = new Uint8Array(this.#keyEnd);
    copyBytes(key, keyStart, keyEnd, this.#key, 0);
    this.#kind = kind;
    this.#expiresAtMs = expiresAtMs;
    this.#idleSeconds = idleSeconds;
    this.#frequency = frequency;
    this.#count = 0;
    const { database } = this.#target;
    if (this.#builders.database !== database) this.#builders = buildersOf(database);
    if (kind === 'set') this.#builders.set.begin(expected);
    else if (kind === 'hash') this.#builders.hash.begin(expected);
  }

  endValue(): void {
    // A packed value was stored as it came.
    if (this.#isSkipped || this.#count < 0) return;
    if (this.#count === 0) {
      this.#target.wasEmpty();
      return;
    }
    if (!this.#makeRoom()) {
      this.discard();
      return;
    }
    const { set, hash } = this.#builders;
    const key = this.#key;
    if (this.#kind === 'set') this.#stored(set.store(key, 0, this.#keyEnd, this.#expiresAtMs));
    else this.#stored(hash.put(key, 0, this.#keyEnd, this.#expiresAtMs));
  }

  /** Gives up what was gathered: the value will not become whole. */
  discard(): void {
    this.#builders.set.discard();
    this.#builders.hash.discard();
  }

  listElement(): void {}

  listNode(): void {}

  setMember(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isSkipped) return;
    this.#count += 1;
    if (!this.#builders.set.add(bytes, start, end)) this.#target.refuse('a set has a member twice');
  }

  sortedSetMember(): void {}

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
    if (!isNew) this.#target.refuse('a hash has a field twice');
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
    const isSet = this.#kind === 'set';
    if (this.#duplicates.hasDuplicate(bytes, start, isSet ? 1 : 2)) {
      this.#target.refuse(isSet ? 'a set has a member twice' : 'a hash has a field twice');
    } else if (!isSet) {
      this.#storePackedHash(bytes, start, end, false);
    } else if (count(bytes, start) <= this.#target.database.limits.setEntries) {
      this.#storeBlob(kindOf(valueTypes.set, setEncodings.listpack), bytes, start, end);
    } else {
      const view = this.#view;
      for (let at = first(bytes, start); at >= 0; at = next(bytes, at)) {
        view.read(bytes, at);
        this.setMember(view.bytes, view.start, view.end);
      }
    }
  }

  packedExpiringHash(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isSkipped) return;
    if (this.#duplicates.hasDuplicate(bytes, start, 3)) {
      this.#target.refuse('a hash has a field twice');
    } else {
      this.#storePackedHash(bytes, start, end, true);
    }
  }

  streamNode(): void {}

  streamFacts(_facts: RdbStreamFacts): void {}

  streamGroup(): void {}

  streamPending(): void {}

  streamConsumer(): void {}

  streamConsumerPending(): void {}

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

/** Instead of a count of elements: the value is in the store. */
const stored = -1;

function buildersOf(database: Database): Builders {
  return { database, set: new SetBuilder(database), hash: new HashBuilder(database) };
}
