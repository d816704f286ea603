import { copyBytes } from '../../base/bytes.ts';
import {
  createFloating,
  floatingOrigin,
  floatingRoom,
  stateExtent,
} from '../memory/floating-records.ts';
import type { Records } from '../memory/records.ts';
import { emptyBytes, endMark, headerBytes, writeHeader } from '../packed/listpack.ts';
import { encodedLength, writeEntry } from '../packed/listpack-encoding.ts';

/**
 * The nodes of one large list: records without a key, whose value is a listpack, or, in a **plain**
 * node, one element as it is. The bits of the access clock hold the snapshot that was open when a
 * node was made: what is older than a capture stays as it is until the release.
 */
export class ListNodes {
  /** Where the node last located, made or edited lies. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  readonly records: Records;
  /** That node: nothing but this object moves or frees it. 0 when it is gone. */
  #here = 0;
  #isPlainHere = false;
  /** The bytes in which it may float begin here … */
  #originHere = 0;
  /** … and are so many; 0 when it cannot. */
  #roomHere = 0;
  /** What a node that grows is given room for at most. */
  readonly #roomMax: number;
  /** Mark of nodes made since the capture; -1 while nothing is captured. */
  #freshMark = -1;
  #dropped: number[] = [];

  /** `roomMax`: bytes of a full node. */
  constructor(records: Records, roomMax: number) {
    this.records = records;
    this.#roomMax = roomMax;
  }

  /** Finds where a node's bytes lie. */
  locate(ref: number): void {
    if (ref === this.#here) return;
    this.records.locateValue(ref);
    this.#takePlace(ref);
  }

  /** Whether a node is one element as it is. */
  isPlain(ref: number): boolean {
    return ref === this.#here ? this.#isPlainHere : this.records.encodingOf(ref) === plainCode;
  }

  /**
   * A node of `length` bytes, yet to be written, with room for `room`, which is kept before it where it
   * grows at its head.
   */
  create(length: number, isPlain: boolean, room = length, growsAtHead = false): number {
    const mark = this.#freshMark < 0 ? 0 : this.#freshMark;
    const word = ((isPlain ? plainCode : 0) << 3) | (mark << 8);
    const ref = createFloating(this.records, word, length, room, growsAtHead);
    this.#takePlace(ref);
    return ref;
  }

  /** A node that is a copy of `source[start, end)`. */
  createCopy(source: Uint8Array, start: number, end: number, isPlain: boolean): number {
    const ref = this.create(end - start, isPlain);
    copyBytes(source, start, end, this.bytes, this.start);
    return ref;
  }

  /** A node of one element. */
  createSingle(element: Uint8Array, start: number, end: number): number {
    const length = emptyBytes + encodedLength(element, start, end);
    const ref = this.create(length, false);
    writeHeader(this.bytes, this.start, length, 1);
    const stop = writeEntry(this.bytes, this.start + headerBytes, element, start, end);
    this.bytes[stop] = endMark;
    return ref;
  }

  /** A node of the entries `source[start, end)`. */
  createPart(source: Uint8Array, start: number, end: number, count: number): number {
    const length = emptyBytes + end - start;
    const ref = this.create(length, false);
    writeHeader(this.bytes, this.start, length, count);
    copyBytes(source, start, end, this.bytes, this.start + headerBytes);
    this.bytes[this.end - 1] = endMark;
    return ref;
  }

  /**
   * Takes `removed` bytes at offset `at` out and makes room for `added`, whose content is
   * undefined. Returns the ref that takes the old one's place, and locates it.
   */
  splice(ref: number, at: number, removed: number, added: number): number {
    this.locate(ref);
    return this.spliceLocated(ref, at, removed, added);
  }

  /** The same for the node that was located last. */
  spliceLocated(ref: number, at: number, removed: number, added: number): number {
    const { start, end } = this;
    const length = end - start - removed + added;
    const isHeadShorter = at * 2 < end - start - removed;
    // A node that is popped empty is given back when half of it is gone, not bit by bit.
    const fits = length <= this.#roomHere && (added >= removed || length * 2 >= this.#roomHere);
    if (fits && !this.#isPinned(ref)) {
      const headroom = start - this.#originHere;
      const isHeadFree = headroom + removed >= added;
      const isTailFree = headroom + length <= this.#roomHere;
      if (isHeadShorter ? isHeadFree : !isTailFree && isHeadFree) {
        this.start = start + removed - added;
        move(this.bytes, start, start + at, this.start);
      } else if (isTailFree) {
        this.end = start + length;
        move(this.bytes, start + at + removed, end, start + at + added);
      } else {
        return this.#moveApart(ref, at, removed, added, isHeadShorter);
      }
      stateExtent(this.bytes, ref, this.start, this.end);
      return ref;
    }
    return this.#moveApart(ref, at, removed, added, isHeadShorter);
  }

  /** Makes a copy with the change, with room to go on where it grew, in the node's place. */
  #moveApart(
    ref: number,
    at: number,
    removed: number,
    added: number,
    growsAtHead: boolean,
  ): number {
    const { bytes: source, start, end } = this;
    const tail = start + at + removed;
    const length = end - start - removed + added;
    const roomy = Math.min(this.#roomMax, length + (length >>> 2));
    const room = added > removed ? Math.max(length, roomy) : length;
    const fresh = this.create(length, this.isPlain(ref), room, growsAtHead);
    copyBytes(source, start, start + at, this.bytes, this.start);
    copyBytes(source, tail, end, this.bytes, this.start + at + added);
    this.free(ref);
    return fresh;
  }

  /** The list needs the node no more. */
  free(ref: number): void {
    if (ref === this.#here) this.#here = 0;
    if (this.#isPinned(ref)) this.#dropped.push(ref);
    else this.records.free(ref);
  }

  /** Pins all nodes there are. */
  capture(epoch: number): void {
    this.#freshMark = 1 + (epoch % marks);
  }

  /** Nothing is pinned any more. */
  release(): void {
    this.#freshMark = -1;
    for (const ref of this.#dropped) this.records.free(ref);
    this.#dropped = [];
  }

  #isPinned(ref: number): boolean {
    return this.#freshMark >= 0 && this.records.accessOf(ref) !== this.#freshMark;
  }

  #takePlace(ref: number): void {
    const { records } = this;
    this.bytes = records.valueBytes;
    this.start = records.valueStart;
    this.end = records.valueEnd;
    this.#here = ref;
    this.#isPlainHere = records.encodingOf(ref) === plainCode;
    this.#originHere = floatingOrigin(ref);
    this.#roomHere = floatingRoom(records, ref);
  }
}

/** Moves `bytes[from, to)` to `target`: by hand where it is little, as at the ends of a node. */
function move(bytes: Uint8Array, from: number, to: number, target: number): void {
  if (to - from > movedByHand) {
    bytes.copyWithin(target, from, to);
  } else if (target > from) {
    for (let at = to - 1, by = target - from; at >= from; at -= 1) bytes[at + by] = bytes[at];
  } else {
    for (let at = from, by = target - from; at < to; at += 1) bytes[at + by] = bytes[at];
  }
}

const movedByHand = 24;
/** Encoding code of a plain node's record. */
const plainCode = 1;
/**
 * Marks that fit the bits of the access clock, beside 0 for nodes made while nothing is captured.
 */
const marks = 0xff_ffff;
