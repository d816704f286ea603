import type { Database } from '../database.ts';
import { EntryView } from '../packed/listpack-elements.ts';
import { kindOf, streamEncodings, valueTypes } from '../value-types.ts';
import { Stream } from './stream.ts';
import { StreamBuilder } from './stream-builder.ts';
import { StreamCursor } from './stream-cursor.ts';
import { StreamId } from './stream-id.ts';

/** Takes one entry: its id, and a cursor that gives its fields and values. Lent for the call. */
export type EntryVisitor = (cursor: StreamCursor) => void;

const streamKind = kindOf(valueTypes.stream, streamEncodings.stream);

/** The streams of a database. Every one is a structure; the record of its key never changes. */
export class Streams {
  readonly #database: Database;
  readonly #cursor = new StreamCursor();
  readonly #lowest = new StreamId();
  readonly #highest = new StreamId();
  readonly #field: EntryView = new EntryView();
  readonly #value: EntryView = new EntryView();

  constructor(database: Database) {
    this.#database = database;
    this.#highest.setMax();
  }

  /** The stream of a record. Requires: the record of a stream. */
  of(ref: number): Stream {
    const structure = this.#database.values.structureOf(ref);
    if (!(structure instanceof Stream)) throw new Error('the record of a stream holds a stream');
    return structure;
  }

  /** Creates the key with an empty stream, or replaces what it had. */
  create(key: Uint8Array, keyStart: number, keyEnd: number, expiresAtMs = 0): Stream {
    const stream = new Stream(this.#database.records);
    this.put(key, keyStart, keyEnd, stream, expiresAtMs);
    return stream;
  }

  /** The same with a stream that was built. Returns its record. */
  put(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    stream: Stream,
    expiresAtMs: number,
  ): number {
    const { values } = this.#database;
    return values.putStructure(key, keyStart, keyEnd, streamKind, stream, expiresAtMs);
  }

  /** Begins to build a stream; `put` puts it under its key. */
  builder(): StreamBuilder {
    return new StreamBuilder(this.#database.records);
  }

  /** Number of live entries. */
  length(ref: number): number {
    return this.of(ref).length;
  }

  /** Visits all live entries in order. */
  forEachEntry(ref: number, visit: EntryVisitor): void {
    const cursor = this.#cursor;
    cursor.start(this.of(ref).nodes, this.#lowest, this.#highest, false);
    while (cursor.next()) visit(cursor);
  }

  /** Visits the fields and values of the entry that a cursor is on. */
  forEachPairOf(cursor: StreamCursor, visit: (field: EntryView, value: EntryView) => void): void {
    for (let left = cursor.fieldCount; left > 0; left -= 1) {
      cursor.readPair(this.#field, this.#value);
      visit(this.#field, this.#value);
    }
  }
}
