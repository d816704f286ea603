import { copyBytes, latin1Of } from '../base/bytes.ts';

/** A stretch of bytes in somebody else's memory, valid until that memory changes. */
export interface ByteRange {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const firstWords = 32;

/**
 * One request as its words lie in the buffer that received it. A parser fills the same object again
 * and again: nothing here outlives the command, and a command that must keep bytes copies them.
 */
export class Request {
  /** The memory in which all words lie. */
  bytes: Uint8Array = new Uint8Array(0);
  /** How many words there are, the command's name included. */
  count = 0;
  /** Word `i` is `bytes[starts[i], ends[i])`. */
  starts = new Int32Array(firstWords);
  ends = new Int32Array(firstWords);
  /** The whole frame is `bytes[frameStart, frameEnd)`. */
  frameStart = 0;
  frameEnd = 0;
  /** Where the frame began in what the parser was fed, to take it back. */
  fedAt = 0;
  /** Whether the frame is an array of bulk strings, which may be propagated as it stands. */
  verbatim = false;

  /** Makes room for `count` words, keeping none. */
  reserve(count: number): void {
    if (count <= this.starts.length) return;
    let room = this.starts.length;
    while (room < count) room *= 2;
    this.starts = new Int32Array(room);
    this.ends = new Int32Array(room);
  }

  /** Length of word `i` in bytes. */
  lengthOf(i: number): number {
    return this.ends[i] - this.starts[i];
  }

  /** Word `i` without a copy. Valid as long as the request is. */
  word(i: number): Uint8Array {
    return this.bytes.subarray(this.starts[i], this.ends[i]);
  }

  /** A copy of word `i`, to keep. */
  copyOf(i: number): Uint8Array {
    const copy = new Uint8Array(this.ends[i] - this.starts[i]);
    copyBytes(this.bytes, this.starts[i], this.ends[i], copy, 0);
    return copy;
  }

  /** Word `i`, one character per byte. */
  text(i: number): string {
    return latin1Of(this.bytes, this.starts[i], this.ends[i]);
  }

  /** Whether word `i` is `lowerCase`, in letters of either case. Requires: `lowerCase` is ASCII. */
  is(i: number, lowerCase: string): boolean {
    const start = this.starts[i];
    if (this.ends[i] - start !== lowerCase.length) return false;
    for (let at = 0; at < lowerCase.length; at += 1) {
      let byte = this.bytes[start + at];
      if (byte >= 65 && byte <= 90) byte += 32;
      if (byte !== lowerCase.charCodeAt(at)) return false;
    }
    return true;
  }

  /** Fills this request with `words`, encoded as a client would send them: for requests made here. */
  static of(...words: readonly (string | Uint8Array)[]): Request {
    const request = new Request();
    const encoder = new TextEncoder();
    const parts = words.map((word) => (typeof word === 'string' ? encoder.encode(word) : word));
    const heads = parts.map((part) => encoder.encode(`$${part.length}\r\n`));
    const first = encoder.encode(`*${parts.length}\r\n`);
    const length = parts.reduce((sum, part, i) => sum + part.length + heads[i].length + 2, 0);
    request.bytes = new Uint8Array(first.length + length);
    request.bytes.set(first);
    request.reserve(parts.length);
    let at = first.length;
    for (const [i, part] of parts.entries()) {
      request.bytes.set(heads[i], at);
      at += heads[i].length;
      request.starts[i] = at;
      request.bytes.set(part, at);
      at += part.length;
      request.ends[i] = at;
      request.bytes[at] = 13;
      request.bytes[at + 1] = 10;
      at += 2;
    }
    request.count = parts.length;
    request.frameEnd = at;
    request.verbatim = true;
    return request;
  }
}
