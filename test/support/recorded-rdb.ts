import { latin1Of } from '../../src/base/bytes.ts';
import { RdbReader } from '../../src/persistence/rdb/rdb-reader.ts';
import type { RdbFailure, RdbStatus, RdbVisitor } from '../../src/persistence/rdb/rdb-visitor.ts';
import { RecordedValues } from './recorded-values.ts';

/** One entry as a test compares it; key and value as latin-1 text. */
export interface RecordedEntry {
  readonly database: number;
  readonly key: string;
  readonly value: string;
  readonly expiresAtMs: number;
  readonly idleSeconds: number;
  readonly frequency: number;
}

/** Keeps all that a reader tells. */
export class RecordingVisitor implements RdbVisitor {
  version = 0;
  magic = '';
  readonly auxFields: [string, string][] = [];
  readonly databases: number[] = [];
  readonly hints: [number, number][] = [];
  readonly entries: RecordedEntry[] = [];
  readonly functions: string[] = [];
  readonly unsupported: { type: number; name: string; key: string }[] = [];
  readonly values: RecordedValues = new RecordedValues(() => this.databases.at(-1) ?? 0);

  header(version: number, magic: string): void {
    this.version = version;
    this.magic = magic;
  }

  aux(name: string, value: string): void {
    this.auxFields.push([name, value]);
  }

  selectDatabase(index: number): void {
    this.databases.push(index);
  }

  resize(keys: number, expires: number): void {
    this.hints.push([keys, expires]);
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
    this.entries.push({
      database: this.databases.at(-1) ?? 0,
      key: latin1Of(key, keyStart, keyEnd),
      value: latin1Of(value, valueStart, valueEnd),
      expiresAtMs,
      idleSeconds,
      frequency,
    });
  }

  functionLibrary(source: Uint8Array): void {
    this.functions.push(latin1Of(source));
  }

  unsupportedType(type: number, name: string, key: Uint8Array): void {
    this.unsupported.push({ type, name, key: latin1Of(key) });
  }

  /** The value of the aux field `name`. */
  auxOf(name: string): string | undefined {
    return this.auxFields.find((field) => field[0] === name)?.[1];
  }
}

/** What came of reading a file. */
export interface ReadRdb {
  readonly status: RdbStatus;
  readonly failure: RdbFailure | null;
  readonly seen: RecordingVisitor;
  readonly consumedBytes: number;
}

/** Reads `bytes` in pieces of the sizes that `nextPiece` gives, the checksum included. */
export function readRdb(
  bytes: Uint8Array,
  nextPiece: () => number = () => bytes.length,
  stringMax?: number,
): ReadRdb {
  const seen = new RecordingVisitor();
  const options = stringMax === undefined ? {} : { stringMax };
  const reader = new RdbReader(seen, { verifyChecksum: true, ...options });
  let status: RdbStatus = 'more';
  for (let at = 0; at < bytes.length && status === 'more'; ) {
    const end = Math.min(bytes.length, at + Math.max(1, nextPiece()));
    // A piece of its own, between bytes that must not be read: offsets into it have to be right.
    const piece = new Uint8Array(end - at + 7).fill(0xee);
    piece.set(bytes.subarray(at, end), 3);
    status = reader.feed(piece, 3, 3 + end - at);
    at = end;
  }
  status = reader.finish();
  return { status, failure: reader.failure, seen, consumedBytes: reader.consumedBytes };
}
