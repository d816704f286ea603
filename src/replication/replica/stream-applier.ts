import { copyBytes } from '../../base/bytes.ts';
import { Request } from '../../protocol/request.ts';
import { RequestParser } from '../../protocol/request-parser.ts';

/** What the applier works on. */
export interface ApplierTarget {
  /** Executes a request; false while the stream is inside a transaction. */
  apply(request: Request): boolean;
  /** Bytes of the stream that are applied: to the backlog and to the sub-replicas, as they came. */
  forward(bytes: Uint8Array, start: number, end: number): void;
  /** The primary asked how far we are. All that came before was forwarded. */
  acknowledge(): void;
}

const getAckBytes = 37;
const minHeldBytes = 4 * 1024;
/** Memory for held bytes that is not given back. */
const keptHeldBytes = 1024 * 1024;
const star = 42;

/**
 * Executes the primary's stream, and forwards its exact bytes as soon as they are applied: a whole
 * transaction at its EXEC. The offset therefore only ever names a state that the primary was in.
 *
 * Bytes are forwarded as they came, many requests at once, so what is not applied yet is held here:
 * the bytes of an unfinished request or transaction from earlier pieces.
 */
export class StreamApplier {
  readonly #target: ApplierTarget;
  readonly #parser = new RequestParser();
  readonly #request = new Request();
  #held = new Uint8Array(0);
  #heldBytes = 0;
  /** The piece being taken: `piece[start, end)` follows what is held. */
  #piece: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  /** How many of the bytes held and in the piece are complete requests, and how many are applied. */
  #complete = 0;
  #applied = 0;
  #isInTransaction = false;
  #isPaused = false;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  constructor(target: ApplierTarget) {
    this.#target = target;
  }

  /** Bytes received but not applied: `slave_read_repl_offset` is that much ahead. */
  get waitingBytes(): number {
    return this.#waitingBytes + this.#heldBytes;
  }

  /** Holds the stream back: bytes are taken and wait. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Goes on with what waits. Returns as `feed`. */
  resume(): string | null {
    this.#isPaused = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const bytes of waiting) {
      const problem = this.feed(bytes, 0, bytes.length);
      if (problem !== null) return problem;
    }
    return null;
  }

  /**
   * Applies `bytes[start, end)` as far as requests are complete, and keeps the rest.
   *
   * @returns null, or why this is no replication stream: then the link must be given up.
   */
  feed(bytes: Uint8Array, start: number, end: number): string | null {
    if (this.#isPaused) {
      this.#waiting.push(bytes.slice(start, end));
      this.#waitingBytes += end - start;
      return null;
    }
    this.#piece = bytes;
    this.#start = start;
    this.#end = end;
    this.#parser.feed(start === 0 ? bytes : bytes.subarray(start, end), end - start);
    const problem = this.#applyAll();
    this.#forwardApplied();
    this.#holdRest();
    return problem;
  }

  #applyAll(): string | null {
    const request = this.#request;
    for (;;) {
      const result = this.#parser.next(request);
      if (result === 'request' && request.verbatim) this.#applyOne(request);
      else if (result === 'request') return 'a request that is no array of bulk strings';
      else if (result === 'blank') this.#skipBlank(request);
      else return result === 'need-more' ? null : result.error;
    }
  }

  #applyOne(request: Request): void {
    const asksForAck = isGetAck(request);
    this.#complete += request.frameEnd - request.frameStart;
    if (!asksForAck) this.#isInTransaction = !this.#target.apply(request);
    if (this.#isInTransaction) return;
    this.#applied = this.#complete;
    if (!asksForAck) return;
    this.#forwardApplied();
    this.#target.acknowledge();
  }

  /** An empty line is no part of the stream: primaries send it to show that they are alive. */
  #skipBlank(request: Request): void {
    const length = request.frameEnd - request.frameStart;
    if (request.bytes[request.frameStart] === star || this.#isInTransaction) {
      this.#complete += length;
      if (!this.#isInTransaction) this.#applied = this.#complete;
      return;
    }
    this.#forwardApplied();
    const ofHeld = Math.min(this.#heldBytes, length);
    this.#heldBytes -= ofHeld;
    this.#start += length - ofHeld;
  }

  #forwardApplied(): void {
    const applied = this.#applied;
    if (applied === 0) return;
    // What is applied ends in the piece: had it ended before, it would have been forwarded then.
    const ofPiece = applied - this.#heldBytes;
    if (this.#heldBytes > 0) this.#target.forward(this.#held, 0, this.#heldBytes);
    this.#target.forward(this.#piece, this.#start, this.#start + ofPiece);
    this.#heldBytes = 0;
    if (this.#held.length > keptHeldBytes) this.#held = new Uint8Array(0);
    this.#start += ofPiece;
    this.#complete -= applied;
    this.#applied = 0;
  }

  #holdRest(): void {
    const needed = this.#heldBytes + this.#end - this.#start;
    if (needed > this.#held.length) {
      const grown = new Uint8Array(Math.max(needed, this.#held.length * 2, minHeldBytes));
      grown.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = grown;
    }
    copyBytes(this.#piece, this.#start, this.#end, this.#held, this.#heldBytes);
    this.#heldBytes = needed;
  }
}

function isGetAck(request: Request): boolean {
  return (
    request.frameEnd - request.frameStart === getAckBytes &&
    request.count === 3 &&
    request.is(0, 'replconf') &&
    request.is(1, 'getack')
  );
}
