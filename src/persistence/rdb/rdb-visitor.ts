import type { RdbMagic } from './rdb-format.ts';

/** What kind of value a visitor is about to hear of. Strings come by `stringEntry`. */
export type RdbValueKind = 'list' | 'set' | 'sortedSet' | 'hash' | 'stream';

/** Facts of a stream beside its nodes. The arrays are lent: 16 bytes each, as in `streamNode`. */
export interface RdbStreamFacts {
  /** How many entries it has. It may lie: the nodes are what is there. */
  readonly length: number;
  readonly lastId: Uint8Array;
  /** Null where an old file does not tell: it is then the first entry of the first node. */
  readonly firstId: Uint8Array | null;
  /** All zero where an old file does not tell. */
  readonly maxDeletedId: Uint8Array;
  /** Where an old file does not tell: `length`. */
  readonly entriesAdded: number;
}

/**
 * Who is told what an RDB file holds, in the order of the file.
 *
 * Byte ranges are lent: they are overwritten when the call returns, so whoever keeps them copies.
 */
export interface RdbVisitor {
  /** Who is told of values that are no strings. Without it, they are refused as unsupported. */
  readonly values?: RdbValueVisitor;
  /** The first nine bytes were understood. */
  header(version: number, magic: RdbMagic): void;
  /** A fact about the file (`redis-ver`, `repl-id`, …); both as latin-1 text. Unknown names are normal. */
  aux(name: string, value: string): void;
  /** The entries that follow belong to database `index`. */
  selectDatabase(index: number): void;
  /** A hint: how many entries this database has, and how many of them expire. It may lie. */
  resize(keys: number, expires: number): void;
  /**
   * A key with a string value.
   *
   * `expiresAtMs` is Unix time, 0 when the key has none (a moment before 1970 comes as 1).
   * `idleSeconds` and `frequency` are what the writer knew of the key's use, -1 when it said nothing.
   */
  stringEntry(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs: number,
    idleSeconds: number,
    frequency: number,
  ): void;
  /** The source of a function library. The array is a copy. */
  functionLibrary(source: Uint8Array): void;
  /**
   * A value that cannot be read; the reader stops after this call with `unsupported-type`.
   * `key` is a copy.
   */
  unsupportedType(type: number, typeName: string, key: Uint8Array): void;
}

/**
 * Who is told of the values that are no strings: `beginValue`, then the content piece by piece, then
 * `endValue`. Nothing else comes in between. Byte ranges are lent, as in `RdbVisitor`.
 *
 * Packed blobs are well formed: they were checked in depth before. What is not checked: whether an
 * element or field comes twice, and the order of sorted sets. A value other than a stream may end
 * without any content: real files hold such, and they are no keys.
 */
export interface RdbValueVisitor {
  /** Whether values of this kind are wanted; those that are not end the reading as unsupported. */
  supports(kind: RdbValueKind): boolean;
  /**
   * A key with a value of another kind begins. `count` is how many pieces the file claims (elements,
   * pairs or nodes), 0 where it does not say: a hint that may lie. The rest as in `stringEntry`.
   */
  beginValue(
    kind: RdbValueKind,
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    count: number,
    expiresAtMs: number,
    idleSeconds: number,
    frequency: number,
  ): void;
  /** The value begun last is whole. */
  endValue(): void;

  /** The next element of a list. */
  listElement(bytes: Uint8Array, start: number, end: number): void;
  /** The next elements of a list: a listpack that is not empty. */
  listNode(bytes: Uint8Array, start: number, end: number): void;
  /** A member of a set. */
  setMember(bytes: Uint8Array, start: number, end: number): void;
  /** A member of a sorted set; its score is no NaN. */
  sortedSetMember(bytes: Uint8Array, start: number, end: number, score: number): void;
  /** A field of a hash; `expiresAtMs` is Unix time, 0 for never. */
  hashField(
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs: number,
  ): void;
  /** The whole value as one intset: a set. Not empty. */
  packedIntset(bytes: Uint8Array, start: number, end: number): void;
  /**
   * The whole value as one listpack, not empty: a set's members, a hash's fields and values by turns,
   * or a sorted set's members and scores by turns.
   */
  packedListpack(bytes: Uint8Array, start: number, end: number): void;
  /**
   * The whole hash as one listpack, not empty, of field, value and expiry by turns: Unix ms, 0 for
   * never. Sorted by expiry, fields without one last.
   */
  packedExpiringHash(bytes: Uint8Array, start: number, end: number): void;

  /**
   * The next node of a stream: its first id is `id[idAt, idAt + 16)`, eight bytes of milliseconds and
   * eight of sequence, big endian. Ids grow from node to node.
   */
  streamNode(id: Uint8Array, idAt: number, bytes: Uint8Array, start: number, end: number): void;
  /** Comes once, behind all nodes. */
  streamFacts(facts: RdbStreamFacts): void;
  /** A group begins; `lastId` has 16 bytes, `entriesRead` is -1 when it is not known. */
  streamGroup(
    name: Uint8Array,
    start: number,
    end: number,
    lastId: Uint8Array,
    entriesRead: number,
  ): void;
  /** A pending entry of the group begun last. Who owns it comes by `streamConsumerPending`. */
  streamPending(id: Uint8Array, idAt: number, deliveredAtMs: number, deliveryCount: number): void;
  /** A consumer of the group begun last; `activeAtMs` is -1 when it never got an entry. */
  streamConsumer(
    name: Uint8Array,
    start: number,
    end: number,
    seenAtMs: number,
    activeAtMs: number,
  ): void;
  /** An entry pending for the consumer begun last. Whether the group has it is not checked. */
  streamConsumerPending(id: Uint8Array, idAt: number): void;
}

/** Why a file was not read to its end. */
export type RdbFailureReason =
  | 'bad-magic'
  | 'unsupported-version'
  | 'unknown-opcode'
  | 'unsupported-type'
  | 'bad-length'
  | 'string-too-long'
  | 'bad-compression'
  | 'bad-value'
  | 'bad-checksum'
  | 'truncated'
  | 'refused';

/** The reason, a sentence for the log, and how many bytes of the file come before the trouble. */
export interface RdbFailure {
  readonly reason: RdbFailureReason;
  readonly detail: string;
  readonly offset: number;
}

/**
 * How reading stands: `more` bytes are wanted; `done`, the file was whole; `failed`, see `failure`.
 */
export type RdbStatus = 'more' | 'done' | 'failed';
