import { copyBytes } from '../base/bytes.ts';
import { Request } from '../protocol/request.ts';

/** Numbers kept of each request before the positions of its words: frame start, end, word count. */
const headNumbers = 3;

/**
 * Requests that wait to run together, in the order in which they came: those of a transaction. The
 * frames lie one after the other in one piece of memory, so that a short request costs little more
 * than its bytes.
 */
export class RequestQueue {
  #bytes = new Uint8Array(256);
  #byteCount = 0;
  #numbers = new Int32Array(64);
  #numberCount = 0;
  #count = 0;

  /** How many requests wait. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of their frames. */
  get bytes(): number {
    return this.#byteCount;
  }

  /** Memory that is held, whether used or not. */
  get reservedBytes(): number {
    return this.#bytes.length + this.#numbers.byteLength;
  }

  /** Adds a copy of `request`. */
  add(request: Request): void {
    const { frameStart, frameEnd, count, starts, ends } = request;
    this.#roomFor(frameEnd - frameStart, headNumbers + 2 * count);
    copyBytes(request.bytes, frameStart, frameEnd, this.#bytes, this.#byteCount);
    const moved = this.#byteCount - frameStart;
    const numbers = this.#numbers;
    let at = this.#numberCount;
    numbers[at++] = this.#byteCount;
    numbers[at++] = frameEnd + moved;
    numbers[at++] = count;
    for (let i = 0; i < count; i += 1) {
      numbers[at++] = starts[i] + moved;
      numbers[at++] = ends[i] + moved;
    }
    this.#numberCount = at;
    this.#byteCount = frameEnd + moved;
    this.#count += 1;
  }

  /** All of them in order; the same object is yielded each time, filled anew. */
  *requests(): Generator<Request, void, void> {
    const request = new Request();
    request.bytes = this.#bytes;
    request.verbatim = true;
    const numbers = this.#numbers;
    let at = 0;
    while (at < this.#numberCount) {
      request.frameStart = numbers[at++];
      request.frameEnd = numbers[at++];
      request.count = numbers[at++];
      request.reserve(request.count);
      for (let i = 0; i < request.count; i += 1) {
        request.starts[i] = numbers[at++];
        request.ends[i] = numbers[at++];
      }
      yield request;
    }
  }

  #roomFor(byteCount: number, numberCount: number): void {
    const bytesNeeded = this.#byteCount + byteCount;
    if (bytesNeeded > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(bytesNeeded, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#byteCount));
      this.#bytes = grown;
    }
    const numbersNeeded = this.#numberCount + numberCount;
    if (numbersNeeded > this.#numbers.length) {
      const grown = new Int32Array(Math.max(numbersNeeded, this.#numbers.length * 2));
      grown.set(this.#numbers.subarray(0, this.#numberCount));
      this.#numbers = grown;
    }
  }
}
