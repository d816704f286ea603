import { copyBytes } from '../../base/bytes.ts';
import { type Records, stateLength } from '../memory/records.ts';
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
  /** Up to how many bytes it is resized with no more ado. */
  #roomHere = 0;
  /** Mark of nodes made since the capture; -1 while nothing is captured. */
  #freshMark = -1;
  #dropped: number[] = [];

  constructor(records: Records) {
    this.records = records;
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

  /** A node of `length` bytes, yet to be written. */
  create(length: number, isPlain: boolean): number {
    const { records } = this;
    const mark = this.#freshMark < 0 ? 0 : this.#freshMark;
    const word = ((isPlain ? plainCode : 0) << 3) | (mark << 8);
    const ref = records.create(word, 0, noKey, 0, 0, length, length);
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
    const { records, bytes: source, start, end } = this;
    const tail = start + at + removed;
    const length = end - start - removed + added;
    if (!this.#isPinned(ref)) {
      if (length <= this.#roomHere && length * 2 >= this.#roomHere) {
        if (removed > added) source.copyWithin(start + at + added, tail, end);
        else if (added > removed) moveUp(source, start + at + added, tail, end);
        stateLength(source, start, length);
        this.end = start + length;
        return ref;
      }
      records.locateValue(ref);
      if (removed > added) source.copyWithin(start + at + added, tail, end);
      // A node that pops empty is given back when half of it is gone, not bit by bit.
      const isLoose = added >= removed || length * 2 >= records.arena.capacityOf(ref);
      if (records.resizeLocated(ref, length, isLoose)) {
        if (added > removed) moveUp(source, start + at + added, tail, end);
        this.#takePlace(ref);
        return ref;
      }
      if (removed > added) return this.#move(ref, source, start, start + length);
    }
    const fresh = this.create(length, this.isPlain(ref));
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

  /** A smaller copy, as the block has become too large. */
  #move(ref: number, source: Uint8Array, start: number, end: number): number {
    const fresh = this.createCopy(source, start, end, this.isPlain(ref));
    this.records.free(ref);
    return fresh;
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
    this.#roomHere = records.roomLocated(ref);
  }
}

/** Moves `bytes[from, to)` up to `target`: by hand where it is little, as the end mark behind a push. */
function moveUp(bytes: Uint8Array, target: number, from: number, to: number): void {
  if (to - from > movedByHand) {
    bytes.copyWithin(target, from, to);
    return;
  }
  const by = target - from;
  for (let at = to - 1; at >= from; at -= 1) bytes[at + by] = bytes[at];
}

const movedByHand = 24;
const noKey = new Uint8Array(0);
/** Encoding code of a plain node's record. */
const plainCode = 1;
/**
 * Marks that fit the bits of the access clock, beside 0 for nodes made while nothing is captured.
 */
const marks = 0xff_ffff;
