import { latin1Of } from '../../base/bytes.ts';
import { Carry } from './carry.ts';
import { Crc64, crcHexOf } from './crc64.ts';
import { RdbCursor, StringRange } from './rdb-cursor.ts';
import {
  checksumSinceVersion,
  moduleOpcodes,
  opcodes,
  type RdbMagic,
  stringBytesMax,
  typeNameOf,
  valueTypes,
} from './rdb-format.ts';
import type { RdbFailure, RdbStatus, RdbVisitor } from './rdb-visitor.ts';

/** What a reader may be told. */
export interface RdbReaderOptions {
  /** Whether to compare the checksum at the end. It costs about a nanosecond a byte. */
  readonly verifyChecksum: boolean;
  /** Longer strings are refused before any memory is taken for them. Default 512 MiB. */
  readonly stringMax?: number;
}

/** What the next item is. Its length is bounded by `stringMax`, that of an entry by twice that. */
type Stage = 'header' | 'items' | 'module-aux' | 'checksum' | 'done' | 'failed';

/**
 * Reads an RDB file that arrives in pieces cut anywhere, and tells a visitor what is in it.
 *
 * The file is a list of items (an opcode with its fields, or a key with its value). Items that lie
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
  #expiresAtMs = 0;
  #idleSeconds = -1;
  #frequency = -1;

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
      case 'module-aux':
        return this.#readModuleValue();
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
        this.#frequency = cursor.readByte();
        return this.#frequency >= 0;
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
        // The module's id; its values follow one by one.
        if (cursor.readLength() < 0) return false;
        this.#stage = 'module-aux';
        return true;
      case opcodes.functionLibrary:
        if (!cursor.readString(this.#value)) return false;
        this.#visitor.functionLibrary(this.#value.copy());
        return true;
      case opcodes.functionPreRelease:
        cursor.fail('unknown-opcode', 'functions of a pre-release of Redis 7.0 cannot be read');
        return false;
      default:
        return this.#readOtherType(opcode);
    }
  }

  #readStringEntry(): boolean {
    const cursor = this.#cursor;
    const key = this.#key;
    const value = this.#value;
    if (!cursor.readString(key) || !cursor.readString(value)) return false;
    this.#visitor.stringEntry(
      key.bytes,
      key.start,
      key.end,
      value.bytes,
      value.start,
      value.end,
      this.#expiresAtMs,
      this.#idleSeconds,
      this.#frequency,
    );
    this.#expiresAtMs = 0;
    this.#idleSeconds = -1;
    this.#frequency = -1;
    return true;
  }

  /** A value of another type: its key is read to name it, then reading ends. */
  #readOtherType(type: number): boolean {
    const cursor = this.#cursor;
    const name = typeNameOf(type, this.#magic);
    if (name === 'unknown') {
      cursor.at -= 1;
      cursor.fail('unknown-opcode', `byte ${type} is no type and no opcode that is known`);
      return false;
    }
    if (!cursor.readString(this.#key)) return false;
    const key = this.#key.copy();
    cursor.at = cursor.itemStart;
    this.#visitor.unsupportedType(type, name, key);
    const detail = `key "${printable(key)}" has type ${type}, ${name}, which is not supported`;
    cursor.fail('unsupported-type', detail);
    return false;
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
    this.#expiresAtMs = expiresAtMs === -1 ? 0 : Math.max(expiresAtMs, 1);
  }

  #readIdle(): boolean {
    this.#idleSeconds = this.#cursor.readLength();
    return this.#idleSeconds >= 0;
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

  /** One value of a module's data. Modules do not exist here: their data is passed over. */
  #readModuleValue(): boolean {
    const cursor = this.#cursor;
    const opcode = cursor.readLength();
    switch (opcode) {
      case -1:
        return false;
      case moduleOpcodes.end:
        this.#stage = 'items';
        return true;
      case moduleOpcodes.signed:
      case moduleOpcodes.unsigned:
        return cursor.readLength() >= 0;
      case moduleOpcodes.float:
        return cursor.skip(4);
      case moduleOpcodes.double:
        return cursor.skip(8);
      case moduleOpcodes.string:
        return cursor.readString(this.#value);
      default:
        cursor.fail('bad-module-data', `module data cannot hold opcode ${opcode}`);
        return false;
    }
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

/** A key for a log line: whatever is not plain ASCII as `\xHH`, and not the whole of a long one. */
function printable(key: Uint8Array): string {
  const shownBytes = 128;
  const text = latin1Of(key, 0, Math.min(key.length, shownBytes)).replace(
    /[^\x20-\x7e]|["\\]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return key.length > shownBytes ? `${text}…` : text;
}
