import { assert } from '../base/assert.ts';
import { copyBytes } from '../base/bytes.ts';
import type { ReplicationOffset } from './position.ts';
import type { BacklogWindow } from './psync.ts';

const minBlockBytes = 4 * 1024;
const maxBlockBytes = 64 * 1024;
/** A block is at most this part of the backlog, so that dropping one costs little of the past. */
const blocksPerBacklog = 16;
/** Blocks kept for reuse: enough for the turns in which as many are dropped as are begun. */
const maxSpareBlocks = 8;

/** A piece of the stream. Bytes below `used` never change while somebody holds the block. */
interface LogBlock {
  readonly bytes: Uint8Array;
  /** How many bytes of the history come before this block. */
  start: ReplicationOffset;
  used: number;
  /** How many readers may still need this block or wait for its bytes to be taken. */
  holders: number;
  next: LogBlock | null;
}

/**
 * The replication stream in memory: a list of shared blocks, from the oldest byte that somebody may
 * still ask for to the newest. The backlog and each replica are readers of the same bytes, so one
 * replica costs as much memory as sixty.
 *
 * A block is dropped when no reader holds it and the backlog is long enough without it. A slow
 * reader therefore makes the backlog longer than its size; what is there can be asked for.
 */
export class ReplicationLog {
  /** Bytes of the history so far: `master_repl_offset`. */
  offset: ReplicationOffset = 0;

  #backlogBytes: number;
  #head: LogBlock | null = null;
  #tail: LogBlock | null = null;
  #spare: LogBlock[] = [];

  constructor(backlogBytes: number) {
    this.#backlogBytes = backlogBytes;
  }

  /** Whether there is a backlog. Without one nothing is appended and nobody reads. */
  get active(): boolean {
    return this.#tail !== null;
  }

  /** The size that was asked for; `window.length` is what there is. */
  get backlogBytes(): number {
    return this.#backlogBytes;
  }

  /** What a partial sync may ask for; null without a backlog. */
  get window(): BacklogWindow | null {
    const head = this.#head;
    return head === null ? null : { firstByte: head.start + 1, length: this.offset - head.start };
  }

  /** Memory of all blocks. */
  get heldBytes(): number {
    let bytes = 0;
    for (let block = this.#head; block !== null; block = block.next) bytes += block.bytes.length;
    return bytes;
  }

  /** Begins a backlog at the offset reached. Harmless when there is one. */
  create(): void {
    if (this.#tail === null) this.#begin();
  }

  /** Begins again, empty, at `offset`: after a full sync. Readers of the old stream read no more. */
  restartAt(offset: ReplicationOffset): void {
    this.offset = offset;
    this.#begin();
  }

  /** Forgets the past. The offset stays. */
  free(): void {
    this.#head = null;
    this.#tail = null;
    this.#spare = [];
  }

  /** Takes another size: a shorter backlog is cut at once, a longer one fills as writes come. */
  resize(backlogBytes: number): void {
    this.#backlogBytes = backlogBytes;
    this.#spare = [];
    this.#trim();
  }

  /** Adds `bytes[start, end)` to the stream. Requires: `active`. */
  append(bytes: Uint8Array, start: number, end: number): void {
    const tail = this.#tail;
    const length = end - start;
    if (tail === null || tail.used + length > tail.bytes.length) {
      this.#appendAcross(bytes, start, end);
      return;
    }
    copyBytes(bytes, start, end, tail.bytes, tail.used);
    tail.used += length;
    this.offset += length;
  }

  /** A reader whose first byte is the one after `offset`. Requires: the window holds it. */
  readerAt(offset: ReplicationOffset): LogReader {
    let block = this.#head;
    while (block !== null && block.next !== null && offset >= block.next.start) block = block.next;
    assert(block !== null && offset >= block.start, 'a reader begins inside the backlog');
    return new LogReader(this, block, offset - block.start, () => this.#trim());
  }

  #begin(): void {
    const block = this.#newBlock();
    this.#head = block;
    this.#tail = block;
  }

  #appendAcross(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end) {
      let tail = this.#tail;
      assert(tail !== null, 'nothing is appended without a backlog');
      if (tail.used === tail.bytes.length) {
        const block = this.#newBlock();
        tail.next = block;
        this.#tail = block;
        tail = block;
      }
      const length = Math.min(end - at, tail.bytes.length - tail.used);
      copyBytes(bytes, at, at + length, tail.bytes, tail.used);
      tail.used += length;
      this.offset += length;
      at += length;
    }
    this.#trim();
  }

  #newBlock(): LogBlock {
    const spare = this.#spare.pop();
    if (spare !== undefined) {
      spare.start = this.offset;
      spare.used = 0;
      spare.next = null;
      return spare;
    }
    return {
      bytes: new Uint8Array(this.#blockBytes()),
      start: this.offset,
      used: 0,
      holders: 0,
      next: null,
    };
  }

  #blockBytes(): number {
    const part = Math.floor(this.#backlogBytes / blocksPerBacklog);
    return Math.min(Math.max(part, minBlockBytes), maxBlockBytes);
  }

  #trim(): void {
    let head = this.#head;
    while (head !== null && head.next !== null && head.holders === 0) {
      if (this.offset - head.next.start < this.#backlogBytes) break;
      const isUsable = head.bytes.length === this.#blockBytes();
      if (isUsable && this.#spare.length < maxSpareBlocks) this.#spare.push(head);
      head = head.next;
    }
    this.#head = head;
  }
}

/**
 * One reader of the stream. It hands out stretches of the shared blocks, to be written without a
 * copy, and holds every block from the first byte that may not have been taken yet.
 */
export class LogReader {
  readonly #log: ReplicationLog;
  readonly #onReleased: () => void;
  #block: LogBlock;
  #at: number;
  #held: LogBlock | null;

  /** Made by `ReplicationLog.readerAt`. */
  constructor(log: ReplicationLog, block: LogBlock, at: number, onReleased: () => void) {
    this.#log = log;
    this.#onReleased = onReleased;
    this.#block = block;
    this.#at = at;
    this.#held = block;
    block.holders += 1;
  }

  /** How many bytes of the history were handed out or skipped. */
  get offset(): ReplicationOffset {
    return this.#block.start + this.#at;
  }

  /** Bytes of the stream from the first block held to the end: what this reader costs at most. */
  get heldBytes(): number {
    return this.#held === null ? 0 : this.#log.offset - this.#held.start;
  }

  /** The next unread stretch, valid until `release`; null when all was read. */
  next(): Uint8Array | null {
    let block = this.#block;
    while (this.#at === block.used && block.next !== null) {
      block = block.next;
      this.#block = block;
      this.#at = 0;
    }
    if (this.#at === block.used) return null;
    const stretch = block.bytes.subarray(this.#at, block.used);
    this.#at = block.used;
    return stretch;
  }

  /** Everything handed out so far was taken: the blocks before this one are needed no more. */
  release(): void {
    const held = this.#held;
    if (held === null || held === this.#block) return;
    held.holders -= 1;
    this.#held = this.#block;
    this.#block.holders += 1;
    this.#onReleased();
  }

  /** Lets go of everything. The reader must not be used afterwards. */
  close(): void {
    if (this.#held === null) return;
    this.#held.holders -= 1;
    this.#held = null;
    this.#onReleased();
  }
}
