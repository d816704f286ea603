import { assert } from '../base/assert.ts';
import type { ByteTable } from './memory/byte-table.ts';
import type { Records } from './memory/records.ts';
import { largestCapacity } from './memory/segments.ts';
import type { TableGuard } from './memory/table-guard.ts';
import { warmRefs } from './memory/warm.ts';

/** The records of one segment as they were, until the reader has passed them. */
interface Capture {
  readonly id: number;
  readonly refs: Uint32Array;
  readonly count: number;
  /** Records that the writer dropped meanwhile. */
  readonly dropped: number[];
}

/**
 * One table at one moment, read while it goes on changing: a walk with capture before write.
 *
 * The walk captures segment after segment, and whoever is about to change a segment that was not
 * visited captures it first. A capture is a list of refs: its records stay pinned until the reader
 * has passed them. What writers captured is read first, so that what they replace is freed soon.
 */
export class TableWalk implements TableGuard {
  readonly epoch: number;
  /** Entries of the table, and those with expiry, at the beginning. */
  readonly size: number;
  readonly expiryCount: number;

  readonly #records: Records;
  readonly #table: ByteTable;
  /** Segments there were at the beginning; later ones come from splits and were captured before. */
  readonly #segmentCount: number;
  #pending: Capture[] = [];
  readonly #pendingById = new Map<number, Capture>();
  #lastCaptureId = 0;
  #segmentAt = 0;
  #current: Capture | null = null;
  #position = 0;
  /** What warming read, without meaning: an optimiser leaves reads out whose result goes nowhere. */
  warmth = 0;

  /** Requires: no other walk is over this table. */
  constructor(table: ByteTable, epoch: number) {
    assert(table.guard === null, 'one snapshot is open at a time');
    this.#records = table.records;
    this.#table = table;
    this.#segmentCount = table.segments.count;
    this.epoch = epoch;
    this.size = table.size;
    this.expiryCount = table.expiryCount;
    table.guard = this;
  }

  /**
   * The next record, 0 at the end. It stays as it is until the next call: its place is released only
   * then.
   */
  next(): number {
    for (;;) {
      const ref = this.read();
      if (ref !== 0) return ref;
      if (!this.takePending() && !this.takeSegment()) return 0;
    }
  }

  /** The next record of the capture being read; 0 at its end. */
  read(): number {
    const current = this.#current;
    if (current === null) return 0;
    if (this.#position < current.count) return current.refs[this.#position++];
    this.#current = null;
    this.#release(current);
    return 0;
  }

  /** Goes on with what a writer captured; false when there is nothing. */
  takePending(): boolean {
    const capture = this.#pending.pop();
    if (capture === undefined) return false;
    this.#begin(capture);
    return true;
  }

  /** Goes on with the next segment of the walk; false when all were visited. */
  takeSegment(): boolean {
    const { segments } = this.#table;
    while (this.#segmentAt < this.#segmentCount) {
      const segment = this.#segmentAt++;
      if (segments.epoch[segment] >= this.epoch) continue;
      segments.epoch[segment] = this.epoch;
      if (segments.size[segment] === 0) continue;
      const capture = this.#take(segment);
      segments.capture[segment] = capture.id;
      this.#begin(capture);
      return true;
    }
    return false;
  }

  /** Ends the walk, read to the end or not: nothing stays pinned. */
  close(): void {
    if (this.#current !== null) this.#release(this.#current);
    this.#current = null;
    for (const capture of this.#pending) this.#release(capture);
    this.#pending = [];
    this.#table.guard = null;
  }

  capture(_table: ByteTable, segment: number): number {
    const capture = this.#take(segment);
    this.#pending.push(capture);
    return capture.id;
  }

  isPending(capture: number): boolean {
    return this.#pendingById.has(capture);
  }

  freeLater(capture: number, ref: number): void {
    const pending = this.#pendingById.get(capture);
    assert(pending !== undefined, 'only a pending capture delays a free');
    pending.dropped.push(ref);
  }

  #begin(capture: Capture): void {
    this.#current = capture;
    this.#position = 0;
    this.warmth = warmRefs(this.#records.arena, capture.refs, capture.count);
  }

  #take(segment: number): Capture {
    const refs = sparePages.pop() ?? new Uint32Array(largestCapacity);
    const count = this.#table.segments.copyRefs(segment, refs, null);
    this.#lastCaptureId += 1;
    const capture = { id: this.#lastCaptureId, refs, count, dropped: [] };
    this.#pendingById.set(capture.id, capture);
    return capture;
  }

  #release(capture: Capture): void {
    this.#pendingById.delete(capture.id);
    for (const ref of capture.dropped) this.#records.free(ref);
    if (sparePages.length < sparePagesMax) sparePages.push(capture.refs);
  }
}

/** Pages of refs kept for the next capture, of whatever walk: about 1 MiB. */
const sparePages: Uint32Array[] = [];
const sparePagesMax = 256;
