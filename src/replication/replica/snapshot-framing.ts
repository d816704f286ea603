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
 * Finds the mark in a stream of pieces. What may be the mark's beginning is held back; as it equals
 * that beginning, only its length has to be remembered.
 *
 * Inside a piece, Horspool's search skips most bytes: a snapshot is searched through and through,
 * and this must cost little beside loading it. Where the mark may cross the edge of a piece, the
 * search of Knuth, Morris and Pratt goes byte by byte.
 */
class MarkFinder {
  readonly #mark: Uint8Array;
  /** For each beginning of the mark, how long a shorter beginning it ends with. */
  readonly #fallback = new Uint8Array(markBytes);
  /** How far the search may skip, by the byte under the mark's end. */
  readonly #skip = new Uint8Array(256).fill(markBytes);
  #matched = 0;

  constructor(mark: Uint8Array) {
    this.#mark = mark;
    for (let i = 1, length = 0; i < markBytes; i += 1) {
      while (length > 0 && mark[i] !== mark[length]) length = this.#fallback[length - 1];
      if (mark[i] === mark[length]) length += 1;
      this.#fallback[i] = length;
    }
    for (let i = 0; i < markBytes - 1; i += 1) this.#skip[mark[i]] = markBytes - 1 - i;
  }

  get isFound(): boolean {
    return this.#matched === markBytes;
  }

  /** Hands on what is certainly not the mark. Returns the position behind the last byte read. */
  feed(bytes: Uint8Array, start: number, end: number, target: FramingListener): number {
    const heldBefore = this.#matched;
    let stop = start;
    if (heldBefore > 0) stop = this.#searchBytewise(bytes, start, end, true);
    if (this.#matched === 0) stop = this.#searchInside(bytes, stop, end);
    if (!this.isFound) stop = this.#searchBytewise(bytes, stop, end, false);

    const surely = heldBefore + (stop - start) - this.#matched;
    const ofHeld = Math.min(surely, heldBefore);
    if (ofHeld > 0) target.onPayload(this.#mark, 0, ofHeld);
    if (surely > heldBefore) target.onPayload(bytes, start, start + surely - heldBefore);
    return stop;
  }

  /** Goes on until the mark is found or, if `untilRefuted`, nothing is a beginning of it any more. */
  #searchBytewise(bytes: Uint8Array, start: number, end: number, untilRefuted: boolean): number {
    const mark = this.#mark;
    let matched = this.#matched;
    let at = start;
    while (at < end && matched < markBytes) {
      const byte = bytes[at];
      while (matched > 0 && byte !== mark[matched]) matched = this.#fallback[matched - 1];
      if (byte === mark[matched]) matched += 1;
      at += 1;
      if (untilRefuted && matched === 0) break;
    }
    this.#matched = matched;
    return at;
  }

  /** Looks for a whole mark. Returns its end, or the first position where none can begin and end. */
  #searchInside(bytes: Uint8Array, start: number, end: number): number {
    const skip = this.#skip;
    const last = this.#mark[markBytes - 1];
    let under = start + markBytes - 1;
    while (under < end) {
      const byte = bytes[under];
      if (byte === last && this.#isMarkAt(bytes, under - markBytes + 1)) {
        this.#matched = markBytes;
        return under + 1;
      }
      under += skip[byte];
    }
    return under - markBytes + 1;
  }

  #isMarkAt(bytes: Uint8Array, at: number): boolean {
    for (let i = 0; i < markBytes; i += 1) if (bytes[at + i] !== this.#mark[i]) return false;
    return true;
  }
}
