import { bytesOfLatin1 } from '../../base/bytes.ts';
import { LineReader } from './line-reader.ts';

const markBytes = 40;
/** No snapshot is longer: the largest length that a number holds exactly. */
const lengthPattern = /^\$(\d{1,15})$/;
const markPattern = /^\$EOF:(.{40})$/;

/** Who takes what a frame carries. */
export interface FramingListener {
  /** The frame begins; `length` is null when a mark ends it. */
  onBegin(length: number | null): void;
  /** Bytes of the snapshot; the memory is only lent. */
  onPayload(bytes: Uint8Array, start: number, end: number): void;
  /** The snapshot is complete. What follows belongs to the stream. */
  onEnd(): void;
  onFailure(reason: string): void;
}

type Phase =
  | { readonly name: 'head' }
  | { readonly name: 'counted'; left: number }
  | { readonly name: 'marked'; readonly mark: MarkFinder }
  | { readonly name: 'over' };

/**
 * Takes the frame off a snapshot: empty lines while the primary prepares it, then `$<length>` and
 * so many bytes, or `$EOF:<mark>` and bytes up to the same mark. Pieces may be split anywhere, in
 * the mark too.
 */
export class SnapshotFraming {
  readonly #listener: FramingListener;
  readonly #lines = new LineReader();
  #phase: Phase = { name: 'head' };

  constructor(listener: FramingListener) {
    this.#listener = listener;
  }

  /** Whether the frame has ended, well or not. */
  get isOver(): boolean {
    return this.#phase.name === 'over';
  }

  /** Takes bytes up to the frame's end. Returns the position behind the last one taken. */
  feed(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.#phase.name !== 'over') at = this.#feedPhase(bytes, at, end);
    return at;
  }

  /** Gives up: nothing is reported any more. */
  stop(): void {
    this.#phase = { name: 'over' };
  }

  #feedPhase(bytes: Uint8Array, start: number, end: number): number {
    const phase = this.#phase;
    switch (phase.name) {
      case 'head':
        return this.#feedHead(bytes, start, end);
      case 'counted': {
        const stop = Math.min(end, start + phase.left);
        phase.left -= stop - start;
        this.#listener.onPayload(bytes, start, stop);
        if (phase.left === 0) this.#end();
        return stop;
      }
      case 'marked': {
        const stop = phase.mark.feed(bytes, start, end, this.#listener);
        if (phase.mark.isFound) this.#end();
        return stop;
      }
      case 'over':
        return start;
    }
  }

  #feedHead(bytes: Uint8Array, start: number, end: number): number {
    const at = this.#lines.feed(bytes, start, end);
    const { line } = this.#lines;
    if (this.#lines.isTooLong) this.#fail('a line without an end came in place of the snapshot');
    else if (line !== null && line !== '') this.#begin(line);
    return at;
  }

  #begin(line: string): void {
    const counted = lengthPattern.exec(line);
    const marked = markPattern.exec(line);
    if (counted !== null) {
      const left = Number(counted[1]);
      this.#phase = { name: 'counted', left };
      this.#listener.onBegin(left);
      if (left === 0) this.#end();
    } else if (marked !== null) {
      this.#phase = { name: 'marked', mark: new MarkFinder(bytesOfLatin1(marked[1])) };
      this.#listener.onBegin(null);
    } else if (line.startsWith('-')) {
      this.#fail(`MASTER aborted replication with an error: ${line.slice(1)}`);
    } else {
      this.#fail(`Bad protocol from MASTER, the first byte is not '$' (we received '${line}')`);
    }
  }

  #end(): void {
    // The listener may have given up while it took the last bytes.
    if (this.#phase.name === 'over') return;
    this.#phase = { name: 'over' };
    this.#listener.onEnd();
  }

  #fail(reason: string): void {
    this.#phase = { name: 'over' };
    this.#listener.onFailure(reason);
  }
}

/**
 * Finds the mark in a stream of pieces (Knuth, Morris and Pratt). What may be the mark's beginning
 * is held back; as it equals that beginning, only its length has to be remembered.
 */
class MarkFinder {
  readonly #mark: Uint8Array;
  /** For each beginning of the mark, how long a shorter beginning it ends with. */
  readonly #fallback = new Uint8Array(markBytes);
  #matched = 0;

  constructor(mark: Uint8Array) {
    this.#mark = mark;
    for (let i = 1, length = 0; i < markBytes; i += 1) {
      while (length > 0 && mark[i] !== mark[length]) length = this.#fallback[length - 1];
      if (mark[i] === mark[length]) length += 1;
      this.#fallback[i] = length;
    }
  }

  get isFound(): boolean {
    return this.#matched === markBytes;
  }

  /** Hands on what is certainly not the mark. Returns the position behind the last byte read. */
  feed(bytes: Uint8Array, start: number, end: number, target: FramingListener): number {
    const heldBefore = this.#matched;
    const stop = this.#search(bytes, start, end);
    const surely = heldBefore + (stop - start) - this.#matched;
    const ofHeld = Math.min(surely, heldBefore);
    if (ofHeld > 0) target.onPayload(this.#mark, 0, ofHeld);
    if (surely > heldBefore) target.onPayload(bytes, start, start + surely - heldBefore);
    return stop;
  }

  #search(bytes: Uint8Array, start: number, end: number): number {
    const mark = this.#mark;
    const first = mark[0];
    const piece = end === bytes.length ? bytes : bytes.subarray(0, end);
    let matched = this.#matched;
    let at = start;
    while (at < end && matched < markBytes) {
      if (matched === 0) {
        // The engine's own search is many times faster than this loop.
        const found = piece.indexOf(first, at);
        if (found === -1) {
          at = end;
          break;
        }
        at = found + 1;
        matched = 1;
        continue;
      }
      const byte = bytes[at];
      while (matched > 0 && byte !== mark[matched]) matched = this.#fallback[matched - 1];
      if (byte === mark[matched]) matched += 1;
      at += 1;
    }
    this.#matched = matched;
    return at;
  }
}
