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

/** The entry that a payload becomes: key, expiry (Unix ms, 0 for none) and use (-1 for not said). */
export interface DumpedEntry {
  readonly key: Uint8Array;
  readonly expiresAtMs: number;
  readonly idleSeconds: number;
  readonly frequency: number;
}

/**
 * Reads the value of a payload and tells a visitor of it. Bytes between value and footer are ignored,
 * as servers do.
 */
export class DumpReader {
  readonly #visitor: RdbVisitor;
  readonly #cursor = new RdbCursor();
  readonly #key = new StringRange();
  readonly #head = new EntryHead();

  constructor(visitor: RdbVisitor, entry: DumpedEntry) {
    this.#visitor = visitor;
    this.#key.bytes = entry.key;
    this.#key.end = entry.key.length;
    this.#head.expiresAtMs = entry.expiresAtMs;
    this.#head.idleSeconds = entry.idleSeconds;
    this.#head.frequency = entry.frequency;
  }

  /**
   * Reads `bytes[start, end)`. Until it returned null, a value may be damaged further on. Requires:
   * `dumpVersionOf` gave `version`.
   *
   * @returns null, or why it is no value.
   */
  read(bytes: Uint8Array, start: number, end: number, version: number): RdbFailure | null {
    const cursor = this.#cursor;
    const valueEnd = end - dumpFooterBytes;
    cursor.setWindow(bytes, start, valueEnd, 0);
    const magic = version >= valkeySinceVersion ? 'VALKEY' : 'REDIS';
    if (!this.#readValue(magic) && cursor.failure === null) {
      const detail = 'the payload ends too early';
      cursor.failure = { reason: 'truncated', detail, offset: valueEnd - start };
    }
    return cursor.failure;
  }

  /** For visitors: stops reading, because what was read cannot be used. */
  refuse(detail: string): void {
    this.#cursor.fail('refused', detail);
  }

  #readValue(magic: RdbMagic): boolean {
    const cursor = this.#cursor;
    const type = cursor.readByte();
    if (type < 0) return false;
    if (type === valueTypes.string) return this.#readString();
    if (typeNameOf(type, magic) === 'unknown') {
      return cursor.failItem('unknown-opcode', `there is no type ${type}`);
    }
    const layout = layoutOf(type, magic);
    const { values } = this.#visitor;
    if (layout === undefined || values?.supports(layout.kind) !== true) {
      return refuseType(cursor, this.#visitor, { type, magic }, this.#key);
    }
    const reader = new ValueReader(cursor, values);
    if (!reader.begin(layout, this.#key, this.#head)) return false;
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
    const head = this.#head;
    this.#visitor.stringEntry(
      key.bytes,
      key.start,
      key.end,
      value.bytes,
      value.start,
      value.end,
      head.expiresAtMs,
      head.idleSeconds,
      head.frequency,
    );
    return true;
  }
}
