import { copyBytes, withView } from '../base/bytes.ts';
import { writeDecimal } from '../base/number-text.ts';

/** The protocol that a session speaks: RESP2 until `HELLO 3`. */
export type RespVersion = 2 | 3;

const firstCapacity = 64 * 1024;
const encoder = new TextEncoder();
const ok = encoder.encode('+OK\r\n');
const nil2 = encoder.encode('$-1\r\n');
const nil3 = encoder.encode('_\r\n');
const nilArray2 = encoder.encode('*-1\r\n');

/** Most bytes that a head (type, number, CRLF) takes. */
const headBytes = 24;

/**
 * Writes replies in RESP2 or RESP3 into one growing buffer, which the caller sends and empties. One
 * writer serves many sessions, one at a time: `version` and `muted` are set before each command.
 */
export class ReplyWriter {
  /** What was written is `bytes[0, length)`. */
  bytes: Uint8Array = withView(new Uint8Array(firstCapacity));
  length = 0;
  version: RespVersion = 2;
  /** Nothing is written while this is set: `CLIENT REPLY OFF`, and commands of our primary. */
  muted = false;
  /** How many error replies were written since the caller last set this to 0. */
  errorCount = 0;
  /** Text of the last error reply. */
  lastError = '';

  /** Forgets what was written; keeps the memory unless it grew beyond `keepBytes`. */
  clear(keepBytes = 1024 * 1024): void {
    this.length = 0;
    if (this.bytes.length > keepBytes) this.bytes = withView(new Uint8Array(firstCapacity));
  }

  /** Takes back what was written from `length` on. */
  truncate(length: number): void {
    if (length < this.length) this.length = length;
  }

  /** Takes the memory away, because a connection still reads from it. */
  detach(): void {
    this.length = 0;
    this.bytes = withView(new Uint8Array(firstCapacity));
  }

  /** `+OK` */
  ok(): void {
    this.raw(ok);
  }

  /** A simple string. Requires: ASCII without line ends. */
  simple(text: string): void {
    this.#line(43, text);
  }

  /** An error: code, space and text (latin-1). Line ends in it become spaces, as in Redis. */
  error(text: string): void {
    this.errorCount += 1;
    this.lastError = text;
    this.#line(45, text.replace(/[\r\n]/g, ' '));
  }

  /** An integer. Requires: a safe integer; larger ones go through `bigInteger`. */
  integer(value: number): void {
    this.#head(58, value);
  }

  /** An integer of 64 bits. */
  bigInteger(value: bigint): void {
    this.#line(58, value.toString());
  }

  /** A bulk string: `bytes[start, end)`. */
  bulk(bytes: Uint8Array, start = 0, end = bytes.length): void {
    if (this.muted) return;
    const length = end - start;
    this.#room(length + headBytes);
    const target = this.bytes;
    target[this.length] = 36;
    let at = writeDecimal(length, target, this.length + 1);
    target[at] = 13;
    target[at + 1] = 10;
    at += 2;
    copyBytes(bytes, start, end, target, at);
    at += length;
    target[at] = 13;
    target[at + 1] = 10;
    this.length = at + 2;
  }

  /** A bulk string of UTF-8 text. */
  bulkText(text: string): void {
    this.bulk(encoder.encode(text));
  }

  /** A bulk string of latin-1 text: one byte per character. */
  bulkLatin1(text: string): void {
    if (this.muted) return;
    this.#head(36, text.length);
    this.#room(text.length + 2);
    for (let i = 0; i < text.length; i += 1) this.bytes[this.length++] = text.charCodeAt(i);
    this.#crlf();
  }

  /** A bulk string that shows an integer in decimal. */
  bulkInteger(value: number): void {
    this.bulkLatin1(String(value));
  }

  /** The null: of a bulk string in RESP2, the one null of RESP3. */
  nil(): void {
    this.raw(this.version === 3 ? nil3 : nil2);
  }

  /** The null array of RESP2, the one null of RESP3. */
  nilArray(): void {
    this.raw(this.version === 3 ? nil3 : nilArray2);
  }

  /** Head of an array: `count` elements follow. */
  array(count: number): void {
    this.#head(42, count);
  }

  /** Head of a map: `count` pairs follow. In RESP2 a flat array. */
  map(count: number): void {
    if (this.version === 3) this.#head(37, count);
    else this.#head(42, count * 2);
  }

  /** Head of a set: `count` elements follow. In RESP2 an array. */
  set(count: number): void {
    this.#head(this.version === 3 ? 126 : 42, count);
  }

  /** Head of a push: `count` elements follow. In RESP2 an array. */
  push(count: number): void {
    this.#head(this.version === 3 ? 62 : 42, count);
  }

  /** A double, already in Redis' text form; in RESP2 a bulk string. */
  double(text: string): void {
    if (this.version === 3) this.#line(44, text);
    else this.bulkLatin1(text);
  }

  /** A boolean; in RESP2 the integer 1 or 0. */
  boolean(value: boolean): void {
    if (this.version === 3) this.#line(35, value ? 't' : 'f');
    else this.integer(value ? 1 : 0);
  }

  /** A big number; in RESP2 a bulk string. */
  bigNumber(text: string): void {
    if (this.version === 3) this.#line(40, text);
    else this.bulkLatin1(text);
  }

  /** Text with a three-letter format; in RESP2 a bulk string. */
  verbatim(text: string, format: 'txt' | 'mkd' = 'txt'): void {
    if (this.version !== 3) {
      this.bulkText(text);
      return;
    }
    const bytes = encoder.encode(text);
    this.#head(61, bytes.length + 4);
    this.raw(encoder.encode(`${format}:`));
    this.raw(bytes);
    this.#crlf();
  }

  /** Head of an attribute of RESP3: `count` pairs follow, then the reply itself. */
  attribute(count: number): void {
    if (this.version === 3) this.#head(124, count);
  }

  /** Bytes that are a reply, or a part of one, already. */
  raw(bytes: Uint8Array, start = 0, end = bytes.length): void {
    if (this.muted) return;
    this.#room(end - start);
    copyBytes(bytes, start, end, this.bytes, this.length);
    this.length += end - start;
  }

  #head(type: number, value: number): void {
    if (this.muted) return;
    this.#room(headBytes);
    this.bytes[this.length] = type;
    this.length = writeDecimal(value, this.bytes, this.length + 1);
    this.#crlf();
  }

  #line(type: number, text: string): void {
    if (this.muted) return;
    this.#room(text.length + 3);
    this.bytes[this.length++] = type;
    for (let i = 0; i < text.length; i += 1) this.bytes[this.length++] = text.charCodeAt(i);
    this.#crlf();
  }

  #crlf(): void {
    this.#room(2);
    this.bytes[this.length] = 13;
    this.bytes[this.length + 1] = 10;
    this.length += 2;
  }

  #room(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    let capacity = this.bytes.length * 2;
    while (capacity < needed) capacity *= 2;
    const grown = withView(new Uint8Array(capacity));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
