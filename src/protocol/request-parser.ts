import { parseSafeInteger } from '../base/number-text.ts';
import { giveRoomBack, newRoom, takeRoom } from './frame-room.ts';
import { splitInlineWords } from './inline-words.ts';
import {
  lineBytesMax,
  requestWordsMax,
  unauthenticatedBulkBytesMax,
  unauthenticatedWordsMax,
} from './limits.ts';
import { Request } from './request.ts';

/**
 * What `RequestParser.next` found: a request; a frame without words (an empty line, an empty array);
 * nothing complete; or text that is no request, after which the connection cannot go on.
 */
export type ParseResult = 'request' | 'blank' | 'need-more' | { readonly error: string };

/** Bounds that a connection sets for its own parser. */
export interface ParserLimits {
  /** `proto-max-bulk-len`. */
  maxBulkBytes: number;
  /** Whether the client has yet to authenticate: then only little is taken from it. */
  isUnauthenticated: boolean;
}

/**
 * Finds requests in a stream of bytes that arrives in pieces of any size. Complete frames are read
 * where they lie, in the caller's memory; only an unfinished frame is kept, in the parser's own.
 *
 *   parser.feed(bytes, length);
 *   while (parser.next(request) === 'request') run(request);
 *
 * Requests stay valid until `feed` is called, so that several may be read ahead of running them.
 *
 * `next` must be called until it returns `need-more` or an error before `feed` is called again.
 */
export class RequestParser {
  readonly limits: ParserLimits;
  #bytes: Uint8Array = nothing;
  #at = 0;
  #end = 0;
  /** What was fed last, whatever became of it since. */
  #fed: Uint8Array = nothing;
  #fedEnd = 0;
  /** An unfinished frame, at the start of memory that belongs to the parser. */
  #kept: Uint8Array = nothing;
  #keptBytes = 0;
  /** Memory of the parser's that it needs no more, but requests that were read ahead lie in it. */
  #left: Uint8Array = nothing;
  /** What an unfinished frame lay in before the rest of it came, for the next one. */
  #small: Uint8Array = nothing;
  /** Words of the unfinished frame that are known: positions relative to the frame. */
  #partial: Request | null = null;
  #partialAt = 0;
  #partialCount = 0;

  constructor(limits: ParserLimits = { maxBulkBytes: defaultBulkMax, isUnauthenticated: false }) {
    this.limits = limits;
  }

  /** Bytes of an unfinished frame that are kept here. */
  get bufferedBytes(): number {
    return this.#keptBytes;
  }

  /** Memory held for unfinished frames. */
  get reservedBytes(): number {
    return this.#kept.length + this.#small.length;
  }

  /** The next piece of the stream: `bytes[0, length)`, read before the next call. */
  feed(bytes: Uint8Array, length: number): void {
    if (this.#keptBytes === 0) this.#begin(bytes, length);
    else this.#join(bytes, length);
    this.#fed = this.#bytes;
    this.#fedEnd = this.#end;
  }

  #begin(bytes: Uint8Array, length: number): void {
    this.#bytes = bytes;
    this.#at = 0;
    this.#end = length;
  }

  /** Puts the rest of a frame behind its beginning. */
  #join(bytes: Uint8Array, length: number): void {
    const needed = this.#keptBytes + length;
    if (needed > this.#kept.length) this.#growKept(needed);
    if (length > 0) this.#kept.set(bytes.subarray(0, length), this.#keptBytes);
    this.#bytes = this.#kept;
    this.#at = 0;
    this.#end = needed;
    this.#keptBytes = 0;
  }

  /** Fills `request` with the next one. Its words stay valid until `feed` is called. */
  next(request: Request): ParseResult {
    if (this.#at >= this.#end) {
      this.#settle();
      return 'need-more';
    }
    request.fedAt = this.#at;
    return this.#bytes[this.#at] === star ? this.#nextArray(request) : this.#nextInline(request);
  }

  /**
   * Takes a request back, and all that `next` returned after it: it will be the next one. Requires:
   * no `feed` and no `release` since.
   */
  unread(request: Request): void {
    this.#bytes = this.#fed;
    this.#at = request.fedAt;
    this.#end = this.#fedEnd;
    // The unfinished frame that may have been kept lies in what was fed, too.
    this.#keptBytes = 0;
    this.#partialCount = 0;
    this.#partial = null;
  }

  /**
   * Keeps what was fed and not yet read, so that the caller's memory is free: requests have to wait.
   * Requires: no frame is read in part. `feed` with no bytes goes on.
   */
  suspend(): void {
    if (this.#at < this.#end) this.#keep(this.#at);
    this.release();
  }

  /** No request will be taken back: memory that an unusually large one needed is given back. */
  release(): void {
    this.#fed = nothing;
    giveRoomBack(this.#left);
    this.#left = nothing;
  }

  #nextArray(request: Request): ParseResult {
    const frame = this.#at;
    const bytes = this.#bytes;
    const end = this.#end;
    let at = frame;
    let count = 0;
    let word = 0;
    if (this.#partial === null) {
      const lineEnd = findReturn(bytes, frame + 1, end);
      if (lineEnd < 0 || lineEnd + 1 >= end) {
        if (lineEnd < 0 && end - frame > lineBytesMax) return error('too big mbulk count string');
        return this.#keep(frame);
      }
      count = parseSafeInteger(bytes, frame + 1, lineEnd);
      if (Number.isNaN(count) || count > requestWordsMax) return error('invalid multibulk length');
      if (count > unauthenticatedWordsMax && this.limits.isUnauthenticated) {
        return error('unauthenticated multibulk length');
      }
      at = lineEnd + 2;
      if (count <= 0) return this.#blank(request, frame, at);
      request.reserve(Math.min(count, reservedWords));
    } else {
      count = this.#partial.count;
      at = frame + this.#partialAt;
      word = this.#restore(request, this.#partial);
    }
    for (; word < count; word += 1) {
      // The head of a bulk string: `$`, digits, CRLF. Short lengths are read on the spot.
      let length = -1;
      let body = at + 4;
      if (body <= end && bytes[at] === dollar) {
        const digit = bytes[at + 1] - 48;
        if (bytes[at + 2] === carriageReturn && digit >= 0 && digit <= 9) {
          length = digit;
        } else if (bytes[at + 3] === carriageReturn && body < end && digit >= 1 && digit <= 9) {
          const second = bytes[at + 2] - 48;
          if (second >= 0 && second <= 9) {
            length = digit * 10 + second;
            body += 1;
          }
        }
      }
      if (length < 0) {
        if (at >= end) return this.#keepPartial(request, frame, at, word, count);
        if (bytes[at] !== dollar) {
          return error(`expected '$', got '${String.fromCharCode(bytes[at])}'`);
        }
        const lineEnd = findReturn(bytes, at + 1, end);
        if (lineEnd < 0 || lineEnd + 1 >= end) {
          if (lineEnd < 0 && end - at > lineBytesMax) return error('too big bulk count string');
          return this.#keepPartial(request, frame, at, word, count);
        }
        length = parseSafeInteger(bytes, at + 1, lineEnd);
        if (!(length >= 0 && length <= this.limits.maxBulkBytes)) {
          return error('invalid bulk length');
        }
        if (length > unauthenticatedBulkBytesMax && this.limits.isUnauthenticated) {
          return error('unauthenticated bulk length');
        }
        body = lineEnd + 2;
      }
      const next = body + length + 2;
      if (next > end) return this.#keepPartial(request, frame, at, word, count);
      if (word >= request.starts.length) growWords(request, word);
      request.starts[word] = body;
      request.ends[word] = body + length;
      at = next;
    }
    if (this.#partial !== null) this.#forgetPartial();
    request.bytes = bytes;
    request.count = count;
    request.frameStart = frame;
    request.frameEnd = at;
    request.verbatim = true;
    this.#at = at;
    return 'request';
  }

  #nextInline(request: Request): ParseResult {
    const frame = this.#at;
    const bytes = this.#bytes;
    const lineEnd = bytes.subarray(0, this.#end).indexOf(lineFeed, frame);
    if (lineEnd < 0) {
      if (this.#end - frame > lineBytesMax) return error('too big inline request');
      return this.#keep(frame);
    }
    const hasReturn = lineEnd > frame && bytes[lineEnd - 1] === carriageReturn;
    if (lineEnd === frame + pingLine.length && hasReturn && isPing(bytes, frame)) {
      return this.#ping(request, lineEnd + 1);
    }
    const words = splitInlineWords(bytes, frame, hasReturn ? lineEnd - 1 : lineEnd);
    if (words === null) return error('unbalanced quotes in request');
    if (words.length === 0) return this.#blank(request, frame, lineEnd + 1);
    const made = Request.of(...words);
    request.bytes = made.bytes;
    request.starts = made.starts;
    request.ends = made.ends;
    request.count = made.count;
    request.frameStart = made.frameStart;
    request.frameEnd = made.frameEnd;
    request.verbatim = false;
    this.#at = lineEnd + 1;
    return 'request';
  }

  /** What balancers ask all day long takes no memory. */
  #ping(request: Request, next: number): ParseResult {
    request.bytes = pingFrame;
    request.count = 1;
    request.starts[0] = pingWordStart;
    request.ends[0] = pingWordStart + 4;
    request.frameStart = 0;
    request.frameEnd = pingFrame.length;
    request.verbatim = false;
    this.#at = next;
    return 'request';
  }

  #blank(request: Request, frame: number, end: number): ParseResult {
    request.bytes = this.#bytes;
    request.count = 0;
    request.frameStart = frame;
    request.frameEnd = end;
    request.verbatim = true;
    this.#at = end;
    return 'blank';
  }

  /** Keeps `[frame, end)` for the next piece. */
  #keep(frame: number): ParseResult {
    const length = this.#end - frame;
    if (this.#bytes !== this.#kept || frame > 0) {
      // Not moved in place: requests that were read ahead still lie there.
      const isOwn = this.#bytes === this.#kept;
      if (isOwn) this.#left = this.#kept;
      if (isOwn || length > this.#kept.length) this.#kept = this.#takeSmall(length);
      this.#kept.set(this.#bytes.subarray(frame, this.#end));
    }
    this.#keptBytes = length;
    this.#at = 0;
    this.#end = 0;
    this.#bytes = nothing;
    return 'need-more';
  }

  /** The same, and notes the words found so far, so that they are not looked for again. */
  #keepPartial(
    request: Request,
    frame: number,
    at: number,
    word: number,
    count: number,
  ): ParseResult {
    const partial = this.#partial ?? new Request();
    partial.count = count;
    if (frame > 0) {
      for (let i = this.#partialCount; i < word; i += 1) {
        request.starts[i] -= frame;
        request.ends[i] -= frame;
      }
    }
    exchangeWords(partial, request);
    this.#partial = partial;
    this.#partialAt = at - frame;
    this.#partialCount = word;
    return this.#keep(frame);
  }

  /** Gives `request` the known words. A frame that goes on lies at the start of the memory. */
  #restore(request: Request, partial: Request): number {
    exchangeWords(partial, request);
    return this.#partialCount;
  }

  #forgetPartial(): void {
    this.#partial = null;
    this.#partialCount = 0;
  }

  /** Everything was read: memory that an unusually large frame needed is given back. */
  #settle(): void {
    this.#bytes = nothing;
    this.#at = 0;
    this.#end = 0;
    if (this.#kept.length <= keptRoomMax) return;
    this.#left = this.#kept;
    this.#kept = nothing;
  }

  #growKept(needed: number): void {
    const grown = takeRoom(needed);
    grown.set(this.#kept.subarray(0, this.#keptBytes));
    if (this.#kept.length <= smallRoomMax) this.#small = this.#kept;
    this.#kept = grown;
  }

  #takeSmall(length: number): Uint8Array {
    const small = this.#small;
    this.#small = nothing;
    return length <= small.length ? small : newRoom(length);
  }
}

const nothing = new Uint8Array(0);
const star = 42;
const dollar = 36;
const carriageReturn = 13;
const lineFeed = 10;
const defaultBulkMax = 512 * 1024 * 1024;
/** Words for which room is made on the client's word alone. */
const reservedWords = 1024;
/** A parser that is at rest keeps no more than this. */
const keptRoomMax = 64 * 1024;

/** What an unfinished frame is kept in for the next one, at most. */
const smallRoomMax = 4096;

function growWords(request: Request, known: number): void {
  const starts = request.starts;
  const ends = request.ends;
  request.starts = new Int32Array(starts.length * 2);
  request.ends = new Int32Array(ends.length * 2);
  request.starts.set(starts.subarray(0, known));
  request.ends.set(ends.subarray(0, known));
}

/** Not copied: a request of a million words arrives in hundreds of pieces. */
function exchangeWords(left: Request, right: Request): void {
  const { starts, ends } = left;
  left.starts = right.starts;
  left.ends = right.ends;
  right.starts = starts;
  right.ends = ends;
}

function findReturn(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at += 1) if (bytes[at] === carriageReturn) return at;
  return -1;
}

function error(text: string): ParseResult {
  return { error: `Protocol error: ${text}` };
}

/** `PING` and the return behind it; the line feed is found apart. */
const pingLine = Uint8Array.of(80, 73, 78, 71, 13);
const pingFrame = Uint8Array.of(42, 49, 13, 10, 36, 52, 13, 10, 80, 73, 78, 71, 13, 10);
const pingWordStart = 8;

function isPing(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < pingLine.length; i += 1) if (bytes[at + i] !== pingLine[i]) return false;
  return true;
}
