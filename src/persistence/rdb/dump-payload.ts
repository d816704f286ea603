import { Crc64 } from './crc64.ts';
import { RdbCursor, StringRange } from './rdb-cursor.ts';
import { type RdbMagic, typeNameOf, valueTypes } from './rdb-format.ts';
import type { RdbFailure, RdbVisitor } from './rdb-visitor.ts';
import { refuseType } from './unsupported-type.ts';
import { layoutOf } from './value-layouts.ts';
import { EntryHead, ValueReader } from './value-reader.ts';

/**
 * What DUMP gives and RESTORE takes: the type and the value as in an RDB file, then the version (two
 * bytes) and the checksum of all before it (eight), both little endian.
 */
export const dumpFooterBytes = 10;

/** Versions from here on are those of Valkey. */
const valkeySinceVersion = 80;

/**
 * Writes the footer behind the value `bytes[start, end)`.
 *
 * @returns where it ends. Requires: room for `dumpFooterBytes`.
 */
export function writeDumpFooter(
  bytes: Uint8Array,
  start: number,
  end: number,
  version: number,
): number {
  bytes[end] = version;
  bytes[end + 1] = version >>> 8;
  const crc = new Crc64();
  crc.update(bytes, start, end + 2);
  crc.writeTo(bytes, end + 2);
  return end + dumpFooterBytes;
}

/** The RDB version of the payload `bytes[start, end)`, or -1 when it is too short or damaged. */
export function dumpVersionOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < dumpFooterBytes) return -1;
  const versionAt = end - dumpFooterBytes;
  const crc = new Crc64();
  crc.update(bytes, start, versionAt + 2);
  const sum = new Uint8Array(8);
  crc.writeTo(sum, 0);
  for (let i = 0; i < 8; i += 1) if (sum[i] !== bytes[versionAt + 2 + i]) return -1;
  return bytes[versionAt] | (bytes[versionAt + 1] << 8);
}

/**
 * Reads the value of the payload `bytes[start, end)` and tells `visitor` of it: under an empty key,
 * without expiry. Bytes between value and footer are ignored, as servers do. Until it returned null,
 * the value may be damaged further on. Requires: `dumpVersionOf` gave `version`.
 *
 * @returns null, or why it is no value.
 */
export function readDumpValue(
  bytes: Uint8Array,
  start: number,
  end: number,
  version: number,
  visitor: RdbVisitor,
): RdbFailure | null {
  const reader = new DumpReader(visitor, version >= valkeySinceVersion ? 'VALKEY' : 'REDIS');
  return reader.read(bytes, start, end - dumpFooterBytes);
}

class DumpReader {
  readonly #visitor: RdbVisitor;
  readonly #magic: RdbMagic;
  readonly #cursor = new RdbCursor();
  readonly #key = new StringRange();

  constructor(visitor: RdbVisitor, magic: RdbMagic) {
    this.#visitor = visitor;
    this.#magic = magic;
  }

  read(bytes: Uint8Array, start: number, end: number): RdbFailure | null {
    const cursor = this.#cursor;
    cursor.setWindow(bytes, start, end, 0);
    if (!this.#readValue() && cursor.failure === null) {
      const detail = 'the payload ends too early';
      cursor.failure = { reason: 'truncated', detail, offset: end - start };
    }
    return cursor.failure;
  }

  #readValue(): boolean {
    const cursor = this.#cursor;
    const type = cursor.readByte();
    if (type < 0) return false;
    if (type === valueTypes.string) return this.#readString();
    const magic = this.#magic;
    if (typeNameOf(type, magic) === 'unknown') {
      return cursor.failItem('unknown-opcode', `there is no type ${type}`);
    }
    const layout = layoutOf(type, magic);
    const { values } = this.#visitor;
    if (layout === undefined || values?.supports(layout.kind) !== true) {
      return refuseType(cursor, this.#visitor, { type, magic }, this.#key);
    }
    const reader = new ValueReader(cursor, values);
    if (!reader.begin(layout, this.#key, new EntryHead())) return false;
    while (reader.isOpen && cursor.failure === null) {
      cursor.itemStart = cursor.at;
      if (!reader.step()) return false;
    }
    return cursor.failure === null;
  }

  #readString(): boolean {
    const value = new StringRange();
    if (!this.#cursor.readString(value)) return false;
    const key = this.#key;
    const { bytes, start, end } = value;
    this.#visitor.stringEntry(key.bytes, key.start, key.end, bytes, start, end, 0, -1, -1);
    return true;
  }
}
