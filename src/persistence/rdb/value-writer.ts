import { assert } from '../../base/assert.ts';
import type { Records } from '../../store/memory/records.ts';
import type { Structure } from '../../store/memory/structures.ts';
import { count, first, next } from '../../store/packed/listpack.ts';
import { EntryView, integerAt } from '../../store/packed/listpack-elements.ts';
import {
  hashEncodings,
  kindOf,
  listEncodings,
  setEncodings,
  sortedSetEncodings,
  valueTypes as storedTypes,
} from '../../store/value-types.ts';
import { FieldTable } from '../../store/values/field-table.ts';
import { Quicklist } from '../../store/values/list-quicklist.ts';
import { MemberTable } from '../../store/values/member-table.ts';
import { scoreAt } from '../../store/values/sorted-set-pack.ts';
import { Stream } from '../../store/values/stream.ts';
import { StreamCapture } from '../../store/values/stream-capture.ts';
import type { UseWriter } from './entry-use.ts';
import { listNodeForms, redisValueTypes, valueTypes } from './rdb-format.ts';
import type { RdbVersion, RdbWriter } from './rdb-writer.ts';
import { StreamWriter, streamTypeOf } from './stream-writer.ts';

/** What of a record is written before its value. */
export type EntryHeadForm = 'type-only' | 'expiry-type-key';

/**
 * How the pieces of a structure are read: `live`, as they are now; or by the `snapshot` that is open,
 * as they were when it began.
 */
export type StructureReading = 'live' | 'snapshot';

/** A structure that is being written: one more piece per call, false at the end. */
type Pieces = () => boolean;

/**
 * Writes values that are no strings, in the types that the writer's version has. Large ones come in
 * pieces: `begin`, then `writeSome` until it returns false.
 */
export class ValueWriter {
  readonly #records: Records;
  readonly #writer: RdbWriter;
  readonly #version: RdbVersion;
  readonly #head: EntryHeadForm;
  readonly #reading: StructureReading;
  readonly #writeUse: UseWriter | null;
  readonly #view = new EntryView();
  readonly #streams: StreamWriter;
  #pieces: Pieces | null = null;
  #structure: Structure | null = null;
  #isCancelled = false;

  constructor(
    records: Records,
    writer: RdbWriter,
    options: { head: EntryHeadForm; reading: StructureReading; use?: UseWriter | null },
  ) {
    this.#records = records;
    this.#writer = writer;
    this.#version = writer.version;
    this.#streams = new StreamWriter(records, writer);
    this.#head = options.head;
    this.#reading = options.reading;
    this.#writeUse = options.use ?? null;
  }

  /**
   * Writes the record, or the beginning of a large one. Returns whether `writeSome` must follow, which
   * requires that the record stays as it is. Requires: it is no string.
   */
  begin(ref: number): boolean {
    const records = this.#records;
    const encoding = records.encodingOf(ref);
    switch (records.typeOf(ref)) {
      case storedTypes.set:
        this.#writeSet(ref, encoding);
        break;
      case storedTypes.hash:
        this.#writeHash(ref, encoding);
        break;
      case storedTypes.list:
        this.#writeList(ref, encoding);
        break;
      case storedTypes.sortedSet:
        this.#writeSortedSet(ref, encoding);
        break;
      case storedTypes.stream:
        this.#writeStream(ref);
        break;
      default:
        assert(false, 'every type of value can be written');
    }
    return this.#pieces !== null;
  }

  /** Writes the next pieces, about 64 or 4 KiB; false when the value is whole. */
  writeSome(): boolean {
    const pieces = this.#pieces;
    if (pieces === null) return false;
    const bytesMax = this.#writer.bytesWritten + bytesAtOnce;
    for (let i = 0; i < piecesAtOnce && this.#writer.bytesWritten < bytesMax; i += 1) {
      if (!pieces()) this.#endRead();
      // Whoever takes what is written may cancel at any moment.
      if (this.#pieces === null) return false;
    }
    return true;
  }

  /** Writes the whole record at once. */
  write(ref: number): void {
    if (!this.begin(ref)) return;
    while (this.writeSome());
  }

  /** Writes no more: the value that was begun is given up. */
  cancel(): void {
    this.#isCancelled = true;
    this.#endRead();
  }

  #endRead(): void {
    const structure = this.#structure;
    if (structure !== null && this.#reading === 'snapshot') {
      this.#records.structures.endRead(structure);
    }
    this.#structure = null;
    this.#pieces = null;
  }

  #writeSet(ref: number, encoding: number): void {
    if (encoding === setEncodings.intset) {
      this.#writeBlob(ref, valueTypes.setIntset);
    } else if (encoding === setEncodings.listpack && this.#version >= listpackSetsSince) {
      this.#writeBlob(ref, valueTypes.setListpack);
    } else if (encoding === setEncodings.hashtable) {
      this.#writeTable(ref, valueTypes.set, () => this.#writeKeyOfLocated());
    } else {
      this.#writeElements(ref, valueTypes.set, 1);
    }
  }

  #writeHash(ref: number, encoding: number): void {
    switch (encoding) {
      case hashEncodings.listpack:
        if (this.#version >= listpacksSince) this.#writeBlob(ref, valueTypes.hashListpack);
        else this.#writeElements(ref, valueTypes.hash, 2);
        break;
      case hashEncodings.wide:
        this.#writeElements(ref, valueTypes.hash, 2);
        break;
      case hashEncodings.hashtable:
        this.#writeTable(ref, valueTypes.hash, (field) => this.#writeField(field));
        break;
      case hashEncodings.expiringListpack:
        this.#writeExpiringPack(ref);
        break;
      default:
        this.#writeExpiringTable(ref);
    }
  }

  #writeList(ref: number, encoding: number): void {
    const isPacked = this.#version >= listpacksSince;
    const type = isPacked ? valueTypes.quicklist : valueTypes.list;
    if (encoding === listEncodings.listpack) {
      if (!isPacked) {
        this.#writeElements(ref, type, 1);
        return;
      }
      this.#writeHead(ref, type);
      this.#writer.writeLength(1);
      this.#writer.writeLength(listNodeForms.packed);
      this.#writeLocatedValue(ref);
      return;
    }
    const list = this.#structureOf(ref);
    assert(list instanceof Quicklist, 'a large list is a directory of nodes');
    this.#writeHead(ref, type);
    this.#beginRead(list, () => {
      const isLive = this.#reading === 'live';
      const nodes = isLive ? list.directory.refs() : list.capturedNodes;
      const length = isLive ? list.length : list.capturedLength;
      this.#writer.writeLength(isPacked ? nodes.length : length);
      let at = 0;
      return () => {
        if (at === nodes.length) return false;
        this.#writeListNode(nodes[at], list.nodes.isPlain(nodes[at]), isPacked);
        at += 1;
        return true;
      };
    });
  }

  #writeListNode(node: number, isPlain: boolean, isPacked: boolean): void {
    const { plain, packed } = listNodeForms;
    if (isPacked) this.#writer.writeLength(isPlain ? plain : packed);
    if (isPacked || isPlain) this.#writeLocatedValue(node);
    else this.#writePackElements(node);
  }

  #writeSortedSet(ref: number, encoding: number): void {
    if (encoding === sortedSetEncodings.skiplist) {
      this.#writeTable(ref, valueTypes.sortedSet, (member) => {
        this.#writeKeyOfLocated();
        // A score lies in its record as it stands in a file.
        this.#records.locateValue(member);
        const { valueBytes, valueStart, valueEnd } = this.#records;
        this.#writer.writeBytes(valueBytes, valueStart, valueEnd);
      });
    } else if (encoding === sortedSetEncodings.listpack && this.#version >= listpacksSince) {
      this.#writeBlob(ref, valueTypes.sortedSetListpack);
    } else {
      this.#writeScoredElements(ref);
    }
  }

  /** Members and scores of a listpack one by one. */
  #writeScoredElements(ref: number): void {
    const records = this.#records;
    const writer = this.#writer;
    this.#writeHead(ref, valueTypes.sortedSet);
    records.locateValue(ref);
    const { valueBytes: bytes, valueStart: start } = records;
    const view = this.#view;
    writer.writeLength(count(bytes, start) / 2);
    for (let at = first(bytes, start); at >= 0; at = next(bytes, at)) {
      view.read(bytes, at);
      writer.writeString(view.bytes, view.start, view.end);
      at = next(bytes, at);
      writer.writeDouble(scoreAt(bytes, at));
    }
  }

  #writeStream(ref: number): void {
    const stream = this.#structureOf(ref);
    assert(stream instanceof Stream, 'the record of a stream holds a stream');
    this.#writeHead(ref, streamTypeOf(this.#version));
    this.#beginRead(stream, () => {
      const capture = this.#reading === 'live' ? new StreamCapture(stream) : stream.captured;
      const pieces = this.#streams.write(capture);
      return () => pieces.next().done !== true;
    });
  }

  #writeExpiringPack(ref: number): void {
    const records = this.#records;
    this.#assertExpiries();
    this.#writeHead(ref, redisValueTypes.expiringHashListpack);
    records.locateValue(ref);
    const { valueBytes: bytes, valueStart: start, valueEnd: end } = records;
    // The triples are in the order of their expiries.
    const earliest = integerAt(bytes, next(bytes, next(bytes, first(bytes, start))));
    this.#writer.writeInt64(earliest);
    this.#writer.writeString(bytes, start, end);
  }

  #writeExpiringTable(ref: number): void {
    this.#assertExpiries();
    const table = this.#structureOf(ref);
    assert(table instanceof FieldTable, 'a large hash is a table of fields');
    // What a snapshot reads may hold earlier expiries than the table holds now.
    const isLive = this.#reading === 'live' && Number.isFinite(table.earliestMs);
    const base = isLive ? table.earliestMs : 0;
    const writer = this.#writer;
    this.#writeHead(ref, redisValueTypes.expiringHash);
    writer.writeInt64(base);
    this.#beginTable(table, (field) => {
      const expiresAtMs = this.#records.expiresAtMs(field);
      writer.writeLength(expiresAtMs === 0 ? 0 : expiresAtMs - base + 1);
      this.#writeField(field);
    });
  }

  #assertExpiries(): void {
    assert(this.#version >= fieldExpirySince, 'fields that expire exist since RDB version 12');
  }

  /** The packed value as it is. */
  #writeBlob(ref: number, type: number): void {
    this.#writeHead(ref, type);
    this.#writeLocatedValue(ref);
  }

  #writeLocatedValue(ref: number): void {
    const records = this.#records;
    records.locateValue(ref);
    this.#writer.writeString(records.valueBytes, records.valueStart, records.valueEnd);
  }

  /** The elements of a listpack one by one, `group` of them for each that is counted. */
  #writeElements(ref: number, type: number, group: number): void {
    const records = this.#records;
    this.#writeHead(ref, type);
    records.locateValue(ref);
    this.#writer.writeLength(count(records.valueBytes, records.valueStart) / group);
    this.#writePackElements(ref);
  }

  #writePackElements(ref: number): void {
    const records = this.#records;
    records.locateValue(ref);
    const { valueBytes: bytes, valueStart: start } = records;
    const view = this.#view;
    for (let at = first(bytes, start); at >= 0; at = next(bytes, at)) {
      view.read(bytes, at);
      this.#writer.writeString(view.bytes, view.start, view.end);
    }
  }

  #writeTable(ref: number, type: number, writeMember: (member: number) => void): void {
    const table = this.#structureOf(ref);
    assert(table instanceof MemberTable, 'a large set or hash is a table');
    this.#writeHead(ref, type);
    this.#beginTable(table, writeMember);
  }

  /** The number of members, and then each of them in its turn. */
  #beginTable(table: MemberTable, writeMember: (member: number) => void): void {
    const records = this.#records;
    const giveMember = (member: number) => {
      records.locateKey(member);
      writeMember(member);
    };
    if (this.#reading === 'live') {
      this.#writer.writeLength(table.size);
      table.table.forEach(giveMember);
      return;
    }
    this.#beginRead(table, () => {
      const { walk } = table;
      this.#writer.writeLength(walk.size);
      return () => {
        const member = walk.next();
        if (member !== 0) giveMember(member);
        return member !== 0;
      };
    });
  }

  /** Begins to write a structure: `start` writes what comes first, and gives the pieces. */
  #beginRead(structure: Structure, start: () => Pieces): void {
    // Whoever takes what is written may have cancelled while the key was written.
    if (this.#isCancelled) return;
    if (this.#reading === 'snapshot') this.#records.structures.beginRead(structure);
    this.#structure = structure;
    const pieces = start();
    if (!this.#isCancelled) this.#pieces = pieces;
  }

  #writeKeyOfLocated(): void {
    const { keyBytes, keyStart, keyEnd } = this.#records;
    this.#writer.writeString(keyBytes, keyStart, keyEnd);
  }

  /** A field and its value. Requires: its key is located. */
  #writeField(field: number): void {
    const records = this.#records;
    this.#writeKeyOfLocated();
    records.locateValue(field);
    this.#writer.writeString(records.valueBytes, records.valueStart, records.valueEnd);
  }

  #structureOf(ref: number): Structure {
    const { structures } = this.#records;
    return structures.at(this.#records.structureIdOf(ref));
  }

  #writeHead(ref: number, type: number): void {
    const records = this.#records;
    const writer = this.#writer;
    if (this.#head === 'type-only') {
      writer.writeType(type);
      return;
    }
    writer.writeExpiry(records.expiresAtMs(ref));
    this.#writeUse?.(ref);
    writer.writeType(type);
    records.locateKey(ref);
    this.#writeKeyOfLocated();
  }
}

/** The lowest version that has a type for every value that is kept in `records`. */
export function lowestVersionOf(records: Records): RdbVersion {
  const { countByKind } = records;
  const { expiringListpack, expiringHashtable } = hashEncodings;
  const expiring = [expiringListpack, expiringHashtable].map((encoding) =>
    kindOf(storedTypes.hash, encoding),
  );
  if (expiring.some((kind) => countByKind[kind] > 0)) return fieldExpirySince;
  return countByKind.some((count) => count > 0) ? listpacksSince : 9;
}

const piecesAtOnce = 64;
/** Few nodes of a list or a stream: one is compressed in some 40 µs, at first in 200. */
const bytesAtOnce = 4096;
/** Versions of RDB since which a form exists. */
const listpacksSince = 10;
const listpackSetsSince = 11;
const fieldExpirySince = 12;
