/** Longest line that a primary may send before the stream. */
const maxLineBytes = 1_024;

const lineFeed = 10;
const carriageReturn = 13;

/** Collects one line at a time from bytes that arrive in any pieces. */
export class LineReader {
  #text = '';
  #line: string | null = null;
  #isTooLong = false;

  /** The line that the last `feed` completed, without its end; null when there is none yet. */
  get line(): string | null {
    return this.#line;
  }

  /** Whether a line was longer than any that belongs here: the peer speaks something else. */
  get isTooLong(): boolean {
    return this.#isTooLong;
  }

  /** Reads up to the end of a line. Returns how far: the position behind the last byte read. */
  feed(bytes: Uint8Array, start: number, end: number): number {
    this.#line = null;
    let at = start;
    while (at < end) {
      const byte = bytes[at];
      at += 1;
      if (byte === lineFeed) {
        this.#line = this.#text;
        this.#text = '';
        return at;
      }
      if (byte !== carriageReturn) this.#text += String.fromCharCode(byte);
      if (this.#text.length > maxLineBytes) {
        this.#isTooLong = true;
        return at;
      }
    }
    return at;
  }

  /** Forgets what was read of a line. */
  reset(): void {
    this.#text = '';
    this.#line = null;
    this.#isTooLong = false;
  }
}
