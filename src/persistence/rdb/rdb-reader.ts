import { latin1Of } from '../../base/bytes.ts';
import { Carry } from './carry.ts';
import { Crc64, crcHexOf } from './crc64.ts';
import { RdbCursor, StringRange } from './rdb-cursor.ts';
import {
  checksumSinceVersion,
  opcodes,
  type RdbMagic,
  stringBytesMax,
  typeNameOf,
  valueTypes,
} from './rdb-format.ts';
import type { RdbFailure, RdbStatus, RdbVisitor } from './rdb-visitor.ts';
import { refuseModuleAux, refuseType } from './unsupported-type.ts';
import { layoutOf } from './value-layouts.ts';
import { EntryHead, ValueReader } from './value-reader.ts';

/** What a reader may be told. */
export interface RdbReaderOptions {
  /** Whether to compare the checksum at the end. It costs about a nanosecond a byte. */
  readonly verifyChecksum: boolean;
  /** Longer strings are refused before any memory is taken for them. Default 512 MiB. */
  readonly stringMax?: number;
}

/** What the next item is. Its length is bounded by about twice `stringMax`. */
type Stage = 'header' | 'items' | 'value' | 'checksum' | 'done' | 'failed';

/**
 * Reads an RDB file that arrives in pieces cut anywhere, and tells a visitor what is in it.
 *
 * The file is a list of items (an opcode with its fields, a key with its value, or one piece of a
 * value that has many). Items that lie
 * whole in the fed piece are read in place. One that is cut off is carried: exactly the bytes that it
 * needs are gathered, and it is read from there.
 */
export class RdbReader {
  readonly #visitor: RdbVisitor;
  readonly #verifyChecksum: boolean;
  readonly #cursor: RdbCursor;
  readonly #key = new StringRange();
  readonly #value = new StringRange();
  readonly #crc = new Crc64();

  #stage: Stage = 'header';
  #version = 0;
  #magic: RdbMagic = 'REDIS';
  readonly #head = new EntryHead();
  readonly #values: ValueReader | null;

  readonly #carry = new Carry();
  /** How many bytes of the file were read as whole items. */
  #consumed = 0;
  /** The piece that is being fed, and how many bytes of the file came before it. */
  #fed: Uint8Array = new Uint8Array(0);
  #fedStart = 0;
  #fedBefore = 0;
  /** The checksum covers everything up to the end opcode: false once that was read. */
  #isSumming: boolean;

  constructor(visitor: RdbVisitor, options: RdbReaderOptions) {
    this.#visitor = visitor;
    this.#verifyChecksum = options.verifyChecksum;
    this.#isSumming = options.verifyChecksum;
    this.#cursor = new RdbCursor(options.stringMax ?? stringBytesMax);
    const { values } = visitor;
    this.#values = values === undefined ? null : new ValueReader(this.#cursor, values);
  }

  /** How many bytes of the file were understood so far; after `done`, its exact length. */
  get consumedBytes(): number {
    return this.#consumed;
  }

  /** After `done`: the index, in the array that was fed last, of the first byte after the file. */
  get endIndex(): number {
    return this.#fedStart + this.#consumed - this.#fedBefore;
  }

  /** What went wrong; null unless the status is `failed`. */
  get failure(): RdbFailure | null {
    return this.#cursor.failure;
  }

  /** Takes the next bytes of the file. After `done` or `failed` further bytes are ignored. */
  feed(bytes: Uint8Array, start: number, end: number): RdbStatus {
    if (this.#isOver()) return this.#status();
    this.#fed = bytes;
    this.#fedStart = start;
    const cursor = this.#cursor;
    const at = this.#finishCarried(bytes, start, end);
    if (at < end && !this.#isOver()) {
      cursor.setWindow(bytes, at, end, this.#consumed);
      const isWhole = this.#readItems();
      if (!isWhole && !this.#isOver())
        this.#carry.take(bytes, cursor.itemStart, end, cursor.needed);
    }
    if (this.#isSumming) this.#crc.update(bytes, start, end);
    if (!this.#isOver()) this.#fedBefore += end - start;
    return this.#status();
  }

  /** Says that no more bytes will come: a file that is not whole has failed. */
  finish(): RdbStatus {
    if (!this.#isOver()) {
      const offset = this.#consumed + this.#carry.length;
      this.#cursor.failure = { reason: 'truncated', detail: 'the file ends too early', offset };
      this.#stage = 'failed';
    }
    return this.#status();
  }

  /** For visitors: stops reading, because what was read cannot be used. */
  refuse(detail: string): void {
    this.#cursor.fail('refused', detail);
  }

  #isOver(): boolean {
    return this.#stage === 'done' || this.#stage === 'failed';
  }

  #status(): RdbStatus {
    return this.#stage === 'done' || this.#stage === 'failed' ? this.#stage : 'more';
  }

  /** Gathers and reads the item that earlier pieces began; returns where this piece goes on. */
  #finishCarried(bytes: Uint8Array, start: number, end: number): number {
    const cursor = this.#cursor;
    const carry = this.#carry;
    let at = start;
    while (carry.length > 0 && at < end) {
      at = carry.take(bytes, at, end, cursor.needed);
      if (carry.length < cursor.needed) break;
      cursor.setWindow(carry.bytes, 0, carry.length, this.#consumed);
      const isWhole = this.#readItems();
      if (this.#isOver()) break;
      if (isWhole) carry.clear();
    }
    return at;
  }

  /**
   * Reads whole items from the window, up to its end or to the end of the file.
   *
   * @returns false when the last one is cut off or wrong; `cursor.itemStart` is where it begins.
   */
  #readItems(): boolean {
    const cursor = this.#cursor;
    while (cursor.at < cursor.end && this.#stage !== 'done') {
      cursor.itemStart = cursor.at;
      const isRead = this.#readItem();
      if (cursor.failure !== null) {
        this.#stage = 'failed';
        return false;
      }
      if (!isRead) return false;
      this.#consumed = cursor.offset;
    }
    return true;
  }

  #readItem(): boolean {
    switch (this.#stage) {
      case 'items':
        return this.#readOpcode();
      case 'header':
        return this.#readHeader();
      case 'value':
        return this.#readPiece();
      case 'checksum':
        return this.#readChecksum();
      default:
        return false;
    }
  }

  #readHeader(): boolean {
    const cursor = this.#cursor;
    if (!cursor.has(9)) return false;
    const text = latin1Of(cursor.bytes, cursor.at, cursor.at + 9);
    const match = /^(REDIS|VALKEY)(\d{3,4})$/.exec(text);
    if (match === null) {
      cursor.fail('bad-magic', 'this is not an RDB file');
      return false;
    }
    this.#magic = match[1] === 'VALKEY' ? 'VALKEY' : 'REDIS';
    this.#version = Number(match[2]);
    if (this.#version < 1) {
      cursor.fail('unsupported-version', `no RDB version ${this.#version} exists`);
      return false;
    }
    cursor.at += 9;
    this.#stage = 'items';
    this.#visitor.header(this.#version, this.#magic);
    return true;
  }

  #readOpcode(): boolean {
    const cursor = this.#cursor;
    const opcode = cursor.bytes[cursor.at];
    cursor.at += 1;
    if (opcode === valueTypes.string) return this.#readStringEntry();
    switch (opcode) {
      case opcodes.expiryMs:
        return this.#readExpiryMs();
      case opcodes.expirySeconds:
        return this.#readExpirySeconds();
      case opcodes.idle:
        return this.#readIdle();
      case opcodes.frequency:
        this.#head.frequency = cursor.readByte();
        return this.#head.frequency >= 0;
      case opcodes.end:
        return this.#readEnd();
      default:
        return this.#readRareOpcode(opcode);
    }
  }

  #readRareOpcode(opcode: number): boolean {
    const cursor = this.#cursor;
    switch (opcode) {
      case opcodes.aux:
        return this.#readAux();
      case opcodes.selectDatabase:
        return this.#readSelect();
      case opcodes.resize:
        return this.#readResize();
      case opcodes.slotInfo:
        return cursor.readLength() >= 0 && cursor.readLength() >= 0 && cursor.readLength() >= 0;
      case opcodes.moduleAux:
        return refuseModuleAux(cursor);
      case opcodes.functionLibrary:
        if (!cursor.readString(this.#value)) return false;
        this.#visitor.functionLibrary(this.#value.copy());
        return true;
      case opcodes.functionPreRelease:
        cursor.fail('unknown-opcode', 'functions of a pre-release of Redis 7.0 cannot be read');
        return false;
      default:
        return this.#readValue(opcode);
    }
  }

  #readStringEntry(): boolean {
    const cursor = this.#cursor;
    const key = this.#key;
    const value = this.#value;
    const head = this.#head;
    if (!cursor.readString(key) || !cursor.readString(value)) return false;
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
    head.clear();
    return true;
  }

  /** A value of another type: all of it, or what stands before its pieces. */
  #readValue(type: number): boolean {
    const cursor = this.#cursor;
    const key = this.#key;
    const magic = this.#magic;
    if (typeNameOf(type, magic) === 'unknown') {
      const detail = `byte ${type} is no type and no opcode that is known`;
      return cursor.failItem('unknown-opcode', detail);
    }
    if (!cursor.readString(key)) return false;
    const layout = layoutOf(type, magic);
    const values = this.#values;
    if (layout === undefined || this.#visitor.values?.supports(layout.kind) !== true) {
      return refuseType(cursor, this.#visitor, { type, magic }, key);
    }
    if (values === null || !values.begin(layout, key, this.#head)) return false;
    this.#head.clear();
    if (values.isOpen) this.#stage = 'value';
    return true;
  }

  /** One piece of the value that was begun. */
  #readPiece(): boolean {
    const values = this.#values;
    if (values === null || !values.step()) return false;
    if (!values.isOpen) this.#stage = 'items';
    return true;
  }

  #readExpiryMs(): boolean {
    if (!this.#cursor.has(8)) return false;
    this.#setExpiry(this.#cursor.readInt64());
    return true;
  }

  #readExpirySeconds(): boolean {
    if (!this.#cursor.has(4)) return false;
    const seconds = this.#cursor.readInt32();
    this.#setExpiry(seconds === -1 ? -1 : seconds * 1000);
    return true;
  }

  /** -1 stands for no expiry in the file; every other moment before 1970 is past all the same. */
  #setExpiry(expiresAtMs: number): void {
    this.#head.expiresAtMs = expiresAtMs === -1 ? 0 : Math.max(expiresAtMs, 1);
  }

  #readIdle(): boolean {
    this.#head.idleSeconds = this.#cursor.readLength();
    return this.#head.idleSeconds >= 0;
  }

  #readAux(): boolean {
    const cursor = this.#cursor;
    if (!cursor.readString(this.#key) || !cursor.readString(this.#value)) return false;
    this.#visitor.aux(textOf(this.#key), textOf(this.#value));
    return true;
  }

  #readSelect(): boolean {
    const index = this.#cursor.readLength();
    if (index < 0) return false;
    this.#visitor.selectDatabase(index);
    return true;
  }

  #readResize(): boolean {
    const keys = this.#cursor.readLength();
    if (keys < 0) return false;
    const expires = this.#cursor.readLength();
    if (expires < 0) return false;
    this.#visitor.resize(keys, expires);
    return true;
  }

  /** The end opcode is a whole item, so it is never carried: it stands in the piece being fed. */
  #readEnd(): true {
    const end = this.#fedStart + this.#cursor.offset - this.#fedBefore;
    if (this.#isSumming) this.#crc.update(this.#fed, this.#fedStart, end);
    this.#isSumming = false;
    this.#stage = this.#version < checksumSinceVersion ? 'done' : 'checksum';
    return true;
  }

  /** Eight zero bytes mean that the writer did not compute one. */
  #readChecksum(): boolean {
    const cursor = this.#cursor;
    if (!cursor.has(8)) return false;
    const low = cursor.readInt32() >>> 0;
    const high = cursor.readInt32() >>> 0;
    const isEqual = low === this.#crc.low && high === this.#crc.high;
    if (this.#verifyChecksum && !isEqual && (low !== 0 || high !== 0)) {
      const detail = `the checksum is ${crcHexOf(high, low)} but the bytes give ${this.#crc.toHex()}`;
      cursor.fail('bad-checksum', detail);
      return false;
    }
    this.#stage = 'done';
    return true;
  }
}

function textOf(range: StringRange): string {
  return latin1Of(range.bytes, range.start, range.end);
}
