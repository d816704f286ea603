import { assert } from '../../base/assert.ts';
import type { Database } from '../../store/database.ts';
import type { Keyspace } from '../../store/keyspace.ts';
import { accessOfUse } from './entry-use.ts';
import { RdbReader } from './rdb-reader.ts';
import type { RdbFailure, RdbStatus, RdbVisitor } from './rdb-visitor.ts';
import { type LoadTarget, ValueLoader } from './value-loader.ts';

/** The aux field that carries the primary's hash key to a replica that asked for it. */
export const hashKeyField = 'headwater-hash';

/** How a data set is loaded. */
export interface LoaderOptions {
  readonly verifyChecksum: boolean;
  /** Keys whose time has come by then (Unix ms) are left out; null keeps them, as a replica must. */
  readonly dropExpiredAtMs: number | null;
  /** Hears of each key that is left out: `key[start, end)`. */
  readonly onExpired?: (databaseIndex: number, key: Uint8Array, start: number, end: number) => void;
  /** Whether a key of the file takes the place of one that is there; otherwise that is a failure. */
  readonly replacesKeys?: boolean;
}

/** Reads an RDB stream into a keyspace. Requires: it is empty, or keys are replaced. */
export class DataSetLoader implements RdbVisitor, LoadTarget {
  readonly values: ValueLoader;
  /** What the file says about itself. */
  readonly facts = new Map<string, string>();
  readonly functions: Uint8Array[] = [];
  keysLoaded = 0;
  keysExpired = 0;
  /** Values without elements, which are left out. */
  keysEmpty = 0;
  readonly #keyspace: Keyspace;
  readonly #options: LoaderOptions;
  readonly #reader: RdbReader;
  #database: Database;
  /** Whether keys come in the order in which they are kept. */
  #isInOrder = false;
  #fed: Uint8Array = new Uint8Array(0);
  /** Entries that lie in `#fed` and are not inserted yet. */
  #queuedCount = 0;
  readonly #keyStarts = new Int32Array(queueMax);
  readonly #keyEnds = new Int32Array(queueMax);
  readonly #valueStarts = new Int32Array(queueMax);
  readonly #valueEnds = new Int32Array(queueMax);
  readonly #expiries = new Float64Array(queueMax);
  readonly #accesses = new Int32Array(queueMax);

  constructor(keyspace: Keyspace, options: LoaderOptions) {
    this.#keyspace = keyspace;
    this.#options = options;
    this.#database = keyspace.databases[0];
    this.values = new ValueLoader(this);
    this.#reader = new RdbReader(this, { verifyChecksum: options.verifyChecksum });
  }

  /** The next bytes of the stream; see `RdbReader.feed`. */
  feed(bytes: Uint8Array, start: number, end: number): RdbStatus {
    this.#fed = bytes;
    const status = this.#reader.feed(bytes, start, end);
    this.#insertQueued();
    if (this.#reader.failure === null) return status;
    this.values.discard();
    return 'failed';
  }

  /** Says that no more bytes come. Returns why the file is not whole, in one sentence. */
  finish(): string {
    this.#reader.finish();
    this.values.discard();
    return this.failureText;
  }

  /** After `done`: index in the array fed last of the first byte behind the file. */
  get endIndex(): number {
    return this.#reader.endIndex;
  }

  get consumedBytes(): number {
    return this.#reader.consumedBytes;
  }

  /** What went wrong; null unless the status was `failed`. */
  get failure(): RdbFailure | null {
    return this.#reader.failure;
  }

  /** The failure in one sentence. Requires: the status was `failed`. */
  get failureText(): string {
    const { failure } = this;
    assert(failure !== null, 'a failed load says why');
    return `${failure.detail} (at byte ${failure.offset} of the RDB)`;
  }

  header(): void {
    // Every version that the reader accepts is read the same way here.
  }

  aux(name: string, value: string): void {
    if (name === hashKeyField) this.#isInOrder = this.#keyspace.adoptHashKey(value);
    else if (this.facts.size < factsMax) this.facts.set(name, value);
  }

  selectDatabase(index: number): void {
    const database = this.#keyspace.databases[index];
    if (database === undefined) {
      const count = this.#keyspace.databases.length;
      this.refuse(`database ${index} is used, but this server has ${count} databases`);
      return;
    }
    this.#insertQueued();
    this.#database = database;
  }

  resize(keys: number): void {
    this.#database.table.reserve(Math.min(keys, reservedKeysMax));
  }

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
  ): void {
    if (this.dropsExpired(expiresAtMs, key, keyStart, keyEnd)) return;
    const hasUse = idleSeconds >= 0 || frequency >= 0;
    const access = hasUse ? accessOfUse(this.#keyspace.access, idleSeconds, frequency) : -1;
    if (this.#isInOrder || key !== this.#fed || value !== this.#fed) {
      // What lies beside the last key needs no warming; the reader's own memory is used again.
      this.#insertQueued();
      this.#insert(key, keyStart, keyEnd, value, valueStart, valueEnd, expiresAtMs, access);
      return;
    }
    const at = this.#queuedCount;
    this.#keyStarts[at] = keyStart;
    this.#keyEnds[at] = keyEnd;
    this.#valueStarts[at] = valueStart;
    this.#valueEnds[at] = valueEnd;
    this.#expiries[at] = expiresAtMs;
    this.#accesses[at] = access;
    this.#queuedCount = at + 1;
    if (this.#queuedCount === queueMax) this.#insertQueued();
  }

  functionLibrary(source: Uint8Array): void {
    this.functions.push(source);
  }

  unsupportedType(): void {
    // The reader stops with a failure that names type and key.
  }

  /** Where the entries go that come now. */
  get database(): Database {
    return this.#database;
  }

  dropsExpired(expiresAtMs: number, key: Uint8Array, start: number, end: number): boolean {
    const { dropExpiredAtMs } = this.#options;
    if (dropExpiredAtMs === null || expiresAtMs === 0 || expiresAtMs > dropExpiredAtMs) {
      return false;
    }
    this.keysExpired += 1;
    this.#options.onExpired?.(this.#database.index, key, start, end);
    return true;
  }

  makeRoom(key: Uint8Array, start: number, end: number): boolean {
    const database = this.#database;
    if (this.#options.replacesKeys === true) database.delete(key, start, end);
    if (database.find(key, start, end) === 0) return true;
    this.refuse(`a key of database ${database.index} is there twice`);
    return false;
  }

  stored(ref: number, idleSeconds: number, frequency: number): void {
    if (idleSeconds >= 0 || frequency >= 0) {
      const access = accessOfUse(this.#keyspace.access, idleSeconds, frequency);
      if (access >= 0) this.#keyspace.records.setAccess(ref, access);
    }
    this.keysLoaded += 1;
  }

  wasEmpty(): void {
    this.keysEmpty += 1;
  }

  refuse(detail: string): void {
    this.#reader.refuse(detail);
  }

  /** Entries of one piece go in together: what their look-ups read is fetched at once. */
  #insertQueued(): void {
    const count = this.#queuedCount;
    if (count === 0) return;
    this.#queuedCount = 0;
    const bytes = this.#fed;
    const { hints } = this.#keyspace.records;
    for (let i = 0; i < count; i += 1) hints.add(bytes, this.#keyStarts[i], this.#keyEnds[i]);
    this.#database.table.warm(hints.hashes, hints.count);
    for (let i = 0; i < count; i += 1) {
      this.#insert(
        bytes,
        this.#keyStarts[i],
        this.#keyEnds[i],
        bytes,
        this.#valueStarts[i],
        this.#valueEnds[i],
        this.#expiries[i],
        this.#accesses[i],
      );
    }
    hints.clear();
  }

  #insert(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs: number,
    access: number,
  ): void {
    if (!this.makeRoom(key, keyStart, keyEnd)) return;
    const ref = this.#database.addMissing(
      key,
      keyStart,
      keyEnd,
      value,
      valueStart,
      valueEnd,
      expiresAtMs,
    );
    if (access >= 0) this.#keyspace.records.setAccess(ref, access);
    this.keysLoaded += 1;
  }
}

/** Entries that are inserted together. */
const queueMax = 128;
/** A hint may lie: room is made ahead for no more keys than this. */
const reservedKeysMax = 64 * 1024 * 1024;
/** Facts of one file that are kept. */
const factsMax = 256;
