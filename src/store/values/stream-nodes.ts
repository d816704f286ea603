import { copyBytes } from '../../base/bytes.ts';
import type { Records } from '../memory/records.ts';
import { adjustHeader, endMark, headerBytes, skipEntry, writeHeader } from '../packed/listpack.ts';
import { encodedIntegerLength, writeIntegerEntry } from '../packed/listpack-encoding.ts';
import { DroppedNodes } from './stream-dropped-nodes.ts';
import { StreamId } from './stream-id.ts';
import {
  type EntryWords,
  entryBytes,
  entryElements,
  hasSharedFields,
  headBytes,
  IdDelta,
  NodeHead,
  writeHead,
  writeStreamEntry,
} from './stream-node.ts';
import { type CaptureMark, SortedIds } from './stream-sorted-ids.ts';

/** How far a node may grow: the settings `stream-node-max-bytes` and `stream-node-max-entries`. */
export interface NodeLimits {
  readonly streamNodeBytes: number;
  readonly streamNodeEntries: number;
}

/**
 * The nodes of a stream: each a record without a key, its ref beside the id of its first entry.
 * Under a capture, a node is copied before its first change.
 *
 * Most operations act on the node at the place of `ids`, and locate it: `records.valueBytes` and so
 * on.
 */
export class StreamNodes {
  readonly records: Records;
  readonly ids: SortedIds;
  /** Nodes that a capture needs, though they were replaced or removed. */
  #dropped: number[] | null = null;
  readonly #mark: CaptureMark;

  constructor(records: Records, mark: CaptureMark) {
    this.records = records;
    this.#mark = mark;
    this.ids = new SortedIds(mark, { hasNumber: true, hasDelivery: false });
  }

  /** Loading only: adds a node as it is, a well-formed one. */
  appendBlob(id: StreamId, bytes: Uint8Array, start: number, end: number): void {
    const ref = this.#createNode(end - start, end - start);
    copyBytes(bytes, start, end, this.records.valueBytes, this.records.valueStart);
    this.ids.find(id);
    this.ids.insertFound(id).setNumber(this.ids.index, ref);
  }

  /** Frees about `count` entries; says whether none is left. Requires: no capture. */
  freeSome(count: number): boolean {
    const { ids, records } = this;
    for (let left = count; left > 0 && ids.last(); left -= entriesPerNode) {
      records.free(ids.chunk.numberAt(ids.index));
      ids.removeFound();
    }
    return ids.size === 0;
  }

  /** The capture has ended: what only it needed is freed, in slices. */
  releaseDropped(): void {
    if (this.#dropped === null) return;
    const { structures } = this.records;
    structures.drop(structures.add(new DroppedNodes(this.records, this.#dropped)));
    this.#dropped = null;
  }

  /** Bytes of all nodes, about. */
  get memoryBytes(): number {
    const { chunks, size } = this.ids;
    let sampled = 0;
    let bytes = 0;
    for (let i = 0; i < chunks.length && sampled < samples; i += 1) {
      bytes += this.records.bytesOf(chunks[i].numberAt(0));
      sampled += 1;
    }
    return this.ids.memoryBytes + (sampled === 0 ? 0 : Math.ceil((bytes / sampled) * size));
  }

  /** Adds an entry to the last node; false, and nothing is changed, when there is no room. */
  appendToLast(id: StreamId, words: EntryWords, limits: NodeLimits): boolean {
    const { ids, records } = this;
    if (!ids.last()) return false;
    const { live, deleted } = this.readHead();
    const length = records.valueEnd - records.valueStart;
    const bytesMax = limits.streamNodeBytes === 0 ? nodeBytesMax : limits.streamNodeBytes;
    const entriesMax = limits.streamNodeEntries;
    if (
      length + words.totalBytes >= Math.min(bytesMax, nodeBytesMax) ||
      (entriesMax > 0 && live + deleted >= entriesMax)
    ) {
      this.#shrinkNode(length);
      return false;
    }
    ids.chunk.readId(ids.index, nodeId);
    delta.between(id, nodeId);
    const isSame = hasSharedFields(records.valueBytes, head, words);
    const added = entryBytes(words, delta, isSame);
    this.#resizeNode(length, length + added);
    const { valueBytes, valueStart } = records;
    const end = writeStreamEntry(valueBytes, valueStart + length - 1, words, delta, isSame);
    valueBytes[end] = endMark;
    adjustHeader(valueBytes, valueStart, added, entryElements(words.pairs, isSame));
    // Small counts are one byte and its length: most of the time nothing has to move.
    const liveAt = valueStart + headerBytes;
    if (live < smallCountMax && valueBytes[liveAt] === live) valueBytes[liveAt] = live + 1;
    else this.addToCounts(1, 0);
    return true;
  }

  appendNode(id: StreamId, words: EntryWords): void {
    delta.between(id, id);
    const length = headBytes(words) + entryBytes(words, delta, true) + 1;
    const ref = this.#createNode(length, length);
    const { valueBytes, valueStart } = this.records;
    const entryAt = writeHead(valueBytes, valueStart, words);
    const end = writeStreamEntry(valueBytes, entryAt, words, delta, true);
    valueBytes[end] = endMark;
    const elements = words.pairs + 4 + entryElements(words.pairs, true);
    writeHeader(valueBytes, valueStart, length, elements);
    this.ids.find(id);
    this.ids.insertFound(id).setNumber(this.ids.index, ref);
  }

  /** Reads the head of the node at the place, and locates it. What is read stays until the next call. */
  readHead(): NodeHead {
    const { ids, records } = this;
    records.locateValue(ids.chunk.numberAt(ids.index));
    head.read(records.valueBytes, records.valueStart);
    return head;
  }

  /** Changes the counts of the node at the place, which is writable and located. */
  addToCounts(live: number, deleted: number): void {
    const { records } = this;
    const at = records.valueStart + headerBytes;
    const to = skipEntry(records.valueBytes, skipEntry(records.valueBytes, at));
    const before = to - at;
    head.read(records.valueBytes, records.valueStart);
    const newLive = head.live + live;
    const newDeleted = head.deleted + deleted;
    const after = encodedIntegerLength(newLive) + encodedIntegerLength(newDeleted);
    const length = records.valueEnd - records.valueStart;
    if (after > before) this.#resizeNode(length, length + after - before);
    const { valueBytes, valueStart } = records;
    const from = valueStart + headerBytes;
    if (after !== before) {
      valueBytes.copyWithin(from + after, from + before, valueStart + length);
      adjustHeader(valueBytes, valueStart, after - before, 0);
    }
    writeIntegerEntry(valueBytes, writeIntegerEntry(valueBytes, from, newLive), newDeleted);
    if (after < before) this.#resizeNode(length, length + after - before);
  }

  /** A node of `length` undefined bytes, located. */
  #createNode(length: number, room: number): number {
    const word = tagOf(this.#mark.capturedEpoch) << tagShift;
    return this.records.create(word, 0, noKey, 0, 0, length, room);
  }

  /** Whether the open snapshot still needs the node as it is. */
  #isShared(ref: number): boolean {
    const { capturedEpoch: epoch } = this.#mark;
    return epoch !== 0 && this.records.accessOf(ref) !== tagOf(epoch);
  }

  /** Makes the node at the place ready to be changed, and locates it. */
  makeWritable(): void {
    const { records, ids } = this;
    const ref = ids.chunk.numberAt(ids.index);
    records.locateValue(ref);
    if (!this.#isShared(ref)) return;
    const length = records.valueEnd - records.valueStart;
    this.#moveNode(ref, length, length, length);
  }

  /** Makes the node at the place writable with another length, and locates it. */
  #resizeNode(before: number, length: number): void {
    const { records, ids } = this;
    const ref = ids.chunk.numberAt(ids.index);
    if (!this.#isShared(ref) && records.resizeInPlace(ref, length, true)) return;
    records.locateValue(ref);
    const room = length > before ? Math.max(length, Math.min(length * 2, roomMax)) : length;
    this.#moveNode(ref, Math.min(before, length), length, room);
  }

  /** The last node is full: it gives up the room that it has to grow. */
  #shrinkNode(length: number): void {
    const { records, ids } = this;
    const ref = ids.chunk.numberAt(ids.index);
    if (this.#isShared(ref) || records.bytesOf(ref) - length < length >> 3) return;
    records.locateValue(ref);
    this.#moveNode(ref, length, length, length);
  }

  /** Copies the located node at the place into a new record. */
  #moveNode(ref: number, kept: number, length: number, room: number): void {
    const { records, ids } = this;
    const { valueBytes, valueStart } = records;
    const fresh = this.#createNode(length, room);
    copyBytes(valueBytes, valueStart, valueStart + kept, records.valueBytes, records.valueStart);
    ids.writableFound().setNumber(ids.index, fresh);
    this.#dropNode(ref);
  }

  remove(): void {
    const { ids } = this;
    const ref = ids.chunk.numberAt(ids.index);
    ids.removeFound();
    this.#dropNode(ref);
  }

  #dropNode(ref: number): void {
    if (!this.#isShared(ref)) {
      this.records.free(ref);
      return;
    }
    this.#dropped ??= [];
    this.#dropped.push(ref);
  }
}

/** The access bits of a node's header say under which capture it was made; 0 for none. */
function tagOf(epoch: number): number {
  return epoch === 0 ? 0 : (epoch % tagMax) + 1;
}

/** What was read last, of whatever stream: one for each would be most of a small one. */
const head = new NodeHead();
/** Filled and used within one call. */
const delta = new IdDelta();
const nodeId = new StreamId();

const noKey = new Uint8Array(0);
/** No node grows beyond this many bytes, whatever the settings say. */
const nodeBytesMax = 1024 * 1024 * 1024;
/** A node that grows gets room for up to so many bytes at once. */
const roomMax = 4096;
/** The largest integer of a listpack that is its own encoding. */
const smallCountMax = 127;
const tagMax = 0xff_ffff;
const tagShift = 8;
/** Nodes whose size stands for all. */
const samples = 32;
/** Freeing counts in elements; a node stands for about so many. */
const entriesPerNode = 32;
