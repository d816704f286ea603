import type { Database } from '../database.ts';
import { wideBytesMax, wideElementsMax } from '../encoding-limits.ts';
import { first, headerBytes, skipEntry } from '../packed/listpack.ts';
import { ListpackBuilder } from '../packed/listpack-builder.ts';
import { EntryView, find } from '../packed/listpack-elements.ts';
import { hashEncodings, kindOf, valueTypes } from '../value-types.ts';
import { FieldTable } from './field-table.ts';
import { fieldCount, pairWidth, tripleWidth } from './hash-packs.ts';

const { listpack, wide, hashtable, expiringListpack, expiringHashtable } = hashEncodings;

/**
 * Builds a whole hash, field by field, and puts it under a key: for loads. It chooses the form by the
 * limits of the database. One builder serves any number of hashes, one after the other.
 */
export class HashBuilder {
  readonly #database: Database;
  /** Pairs, as long as the hash is small. */
  readonly #pairs = new ListpackBuilder();
  readonly #triples = new ListpackBuilder();
  /** Where each pair ends, and when it expires. */
  readonly #ends: number[] = [];
  readonly #expiries: number[] = [];
  #isExpiring = false;
  /** Whether something is beyond the limits of the settings. */
  #isWide = false;
  #table: FieldTable | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Starts a hash of about `expected` fields, which need not come. */
  begin(expected: number): void {
    this.discard();
    if (expected > this.#database.limits.hashEntries && expected * pairWidth > wideElementsMax) {
      this.#toTable(Math.min(expected, reservedMax));
    }
  }

  /**
   * Adds a field; `expiresAtMs` 0 means never. None of the bytes may be the builder's.
   *
   * @returns false when there is such a field already: it is left as it is.
   */
  add(
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs = 0,
  ): boolean {
    if (expiresAtMs !== 0) this.#isExpiring = true;
    if (this.#table === null) {
      const longest = Math.max(fieldEnd - fieldStart, valueEnd - valueStart);
      const pairs = this.#pairs;
      pairs.finish();
      const head = first(pairs.bytes, 0);
      if (find(pairs.bytes, head, field, fieldStart, fieldEnd, 1) !== -1) return false;
      const { limits } = this.#database;
      const fields = this.#ends.length + 1;
      const isPlain = longest <= limits.hashValueBytes && fields <= limits.hashEntries;
      this.#isWide ||= !isPlain;
      const bytes = pairs.packBytes + fieldEnd - fieldStart + valueEnd - valueStart + entryOverhead;
      if (!this.#isWide || (fields * pairWidth <= wideElementsMax && bytes <= wideBytesMax)) {
        pairs.append(field, fieldStart, fieldEnd);
        pairs.append(value, valueStart, valueEnd);
        this.#ends.push(pairs.packBytes - 1);
        this.#expiries.push(expiresAtMs);
        return true;
      }
    }
    const table = this.#table ?? this.#toTable(this.#ends.length + 1);
    if (table.find(field, fieldStart, fieldEnd) !== 0) return false;
    table.addFound(field, fieldStart, fieldEnd, value, valueStart, valueEnd, expiresAtMs);
    return true;
  }

  /**
   * Puts the hash under a key, in the place of whatever it had. `expiresAtMs` is the key's, 0 for
   * none. Returns the record. Requires: at least one field was added.
   */
  put(key: Uint8Array, keyStart: number, keyEnd: number, expiresAtMs: number): number {
    const { values, hashes } = this.#database;
    if (this.#isWide && this.#isExpiring && this.#table === null) this.#toTable(this.#ends.length);
    const table = this.#table;
    if (table !== null) {
      this.#table = null;
      const encoding = this.#isExpiring ? expiringHashtable : hashtable;
      const kind = kindOf(valueTypes.hash, encoding);
      const ref = values.putStructure(key, keyStart, keyEnd, kind, table, expiresAtMs);
      hashes.noteExpiry(ref);
      return ref;
    }
    const pack = this.#isExpiring ? this.#sortedTriples() : this.#pairs;
    const encoding = this.#isExpiring ? expiringListpack : this.#isWide ? wide : listpack;
    const end = pack.finish();
    const kind = kindOf(valueTypes.hash, encoding);
    const ref = values.put(key, keyStart, keyEnd, kind, end, expiresAtMs);
    values.bytes.set(pack.bytes.subarray(0, end), values.start);
    hashes.noteExpiry(ref);
    return ref;
  }

  /**
   * Puts a listpack that was read from a file under a key: as it is where the limits allow, as they
   * look at the number of fields only. `hasExpiries`: it holds triples, ordered by expiry. Requires: a
   * valid pack of at least one whole pair (triple), without a field twice.
   */
  putPacked(
    key: Uint8Array,
    pack: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
    hasExpiries: boolean,
    expiresAtMs: number,
  ): number {
    const { values, hashes, limits } = this.#database;
    const { bytes, start, end } = pack;
    const fields = fieldCount(bytes, start, hasExpiries ? tripleWidth : pairWidth);
    const encoding = hasExpiries ? expiringListpack : listpack;
    const kind = kindOf(valueTypes.hash, encoding);
    const ref = values.put(key, 0, key.length, kind, end - start, expiresAtMs);
    values.bytes.set(bytes.subarray(start, end), values.start);
    if (fields > limits.hashEntries) return hashes.enlarge(ref);
    hashes.noteExpiry(ref);
    return ref;
  }

  /** Gives up what was added. */
  discard(): void {
    this.#pairs.reset();
    this.#ends.length = 0;
    this.#expiries.length = 0;
    this.#isExpiring = false;
    this.#isWide = false;
    while (this.#table !== null) if (this.#table.freeSome(freedAtOnce)) this.#table = null;
  }

  #toTable(expected: number): FieldTable {
    const table = new FieldTable(this.#database.records);
    table.table.reserve(expected);
    this.#table = table;
    let at = headerBytes;
    for (let i = 0; i < this.#ends.length; i += 1) {
      const { bytes } = this.#pairs;
      field.read(bytes, at);
      value.read(bytes, skipEntry(bytes, at));
      table.set(
        field.bytes,
        field.start,
        field.end,
        value.bytes,
        value.start,
        value.end,
        this.#expiries[i],
      );
      at = this.#ends[i];
    }
    return table;
  }

  #sortedTriples(): ListpackBuilder {
    const ends = this.#ends;
    const expiries = this.#expiries.map((each) => (each === 0 ? Number.POSITIVE_INFINITY : each));
    const order = ends.map((_, i) => i);
    // Two fields without expiry compare as not-a-number, which counts as equal.
    order.sort((a, b) => expiries[a] - expiries[b] || a - b);
    const triples = this.#triples;
    triples.reset();
    for (const i of order) {
      const start = i === 0 ? headerBytes : ends[i - 1];
      triples.appendEncoded(this.#pairs.bytes, start, ends[i], pairWidth);
      triples.appendInteger(this.#expiries[i]);
    }
    return triples;
  }
}

/** Used within one call. */
const field = new EntryView();
const value = new EntryView();

/** Most bytes that two entries take beside what they hold. */
const entryOverhead = 20;
/** What a file promises is believed up to here: it may be damaged. */
const reservedMax = 1_000_000;
const freedAtOnce = 10_000;
