import type { RdbMagic } from './rdb-format.ts';

/**
 * Who is told what an RDB file holds, in the order of the file.
 *
 * Byte ranges are lent: they are overwritten when the call returns, so whoever keeps them copies.
 */
export interface RdbVisitor {
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

/** Why a file was not read to its end. */
export type RdbFailureReason =
  | 'bad-magic'
  | 'unsupported-version'
  | 'unknown-opcode'
  | 'unsupported-type'
  | 'bad-length'
  | 'string-too-long'
  | 'bad-compression'
  | 'bad-module-data'
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
