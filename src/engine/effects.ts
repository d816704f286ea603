import { copyBytes } from '../base/bytes.ts';
import { decimalLength, writeDecimal } from '../base/number-text.ts';
import type { EffectBuilder } from '../commands/context.ts';
import type { Request } from '../protocol/request.ts';

/** Who receives effects: replication, in time an append-only file. */
export interface EffectSink {
  /** Whether anybody reads; without, effects need not be made. */
  readonly wantsEffects: boolean;
  /** How many bytes the history of effects has: what WAIT waits for. */
  readonly offset: number;
  /** One effect, a RESP array in `bytes[start, end)`. */
  feed(databaseIndex: number, bytes: Uint8Array, start: number, end: number): void;
  /** Effects until `endTransaction` are applied as one. */
  beginTransaction(): void;
  endTransaction(): void;
}

/** Takes an effect that nobody wants. */
export const noEffect: EffectBuilder = {
  text: () => noEffect,
  word: () => noEffect,
  bytes: () => noEffect,
  integer: () => noEffect,
};

/** What must surround one word at most: `$`, a length, two line ends. */
const wordOverhead = 24;

/**
 * The effects of one command, encoded one after the other in reused memory. It is also the builder
 * that commands write an effect with.
 */
export class EffectBuffer implements EffectBuilder {
  #bytes = new Uint8Array(4096);
  #length = 0;
  /** The request whose words `word` copies. */
  request: Request;
  /** Where each effect ends, and its database. */
  #ends: number[] = [];
  #databases: number[] = [];
  #wordsLeft = 0;
  #database = 0;

  constructor(request: Request) {
    this.request = request;
  }

  /** How many effects there are. */
  get count(): number {
    return this.#ends.length;
  }

  /** Forgets them. */
  clear(): void {
    this.#length = 0;
    this.#ends.length = 0;
    this.#databases.length = 0;
  }

  /** Starts an effect of `count` words in a database. */
  begin(databaseIndex: number, count: number): EffectBuilder {
    this.#database = databaseIndex;
    this.#wordsLeft = count;
    this.#room(wordOverhead);
    this.#head(42, count);
    return this;
  }

  text(text: string): EffectBuilder {
    this.#room(text.length + wordOverhead);
    this.#head(36, text.length);
    for (let i = 0; i < text.length; i += 1) this.#bytes[this.#length++] = text.charCodeAt(i);
    return this.#endWord();
  }

  word(i: number): EffectBuilder {
    return this.bytes(this.request.bytes, this.request.starts[i], this.request.ends[i]);
  }

  bytes(bytes: Uint8Array, start = 0, end = bytes.length): EffectBuilder {
    this.#room(end - start + wordOverhead);
    this.#head(36, end - start);
    copyBytes(bytes, start, end, this.#bytes, this.#length);
    this.#length += end - start;
    return this.#endWord();
  }

  integer(value: number): EffectBuilder {
    this.#room(2 * wordOverhead);
    this.#head(36, decimalLength(value));
    this.#length = writeDecimal(value, this.#bytes, this.#length);
    return this.#endWord();
  }

  /** Copies a whole request, as it was sent, as one effect. */
  append(databaseIndex: number, request: Request): void {
    const length = request.frameEnd - request.frameStart;
    this.#room(length);
    copyBytes(request.bytes, request.frameStart, request.frameEnd, this.#bytes, this.#length);
    this.#length += length;
    this.#ends.push(this.#length);
    this.#databases.push(databaseIndex);
  }

  /** Hands them over, as one group when there are several, and forgets them. */
  deliver(sink: EffectSink): void {
    const count = this.#ends.length;
    if (count > 1) sink.beginTransaction();
    let start = 0;
    for (let i = 0; i < count; i += 1) {
      sink.feed(this.#databases[i], this.#bytes, start, this.#ends[i]);
      start = this.#ends[i];
    }
    if (count > 1) sink.endTransaction();
    this.clear();
    if (this.#bytes.length > keptRoomMax) this.#bytes = new Uint8Array(4096);
  }

  #endWord(): EffectBuilder {
    this.#bytes[this.#length] = 13;
    this.#bytes[this.#length + 1] = 10;
    this.#length += 2;
    this.#wordsLeft -= 1;
    if (this.#wordsLeft === 0) {
      this.#ends.push(this.#length);
      this.#databases.push(this.#database);
    }
    return this;
  }

  #head(type: number, value: number): void {
    this.#bytes[this.#length] = type;
    const at = writeDecimal(value, this.#bytes, this.#length + 1);
    this.#bytes[at] = 13;
    this.#bytes[at + 1] = 10;
    this.#length = at + 2;
  }

  #room(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    let capacity = this.#bytes.length * 2;
    while (capacity < needed) capacity *= 2;
    const grown = new Uint8Array(capacity);
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** After a command with large effects the memory goes back to this. */
const keptRoomMax = 1024 * 1024;
