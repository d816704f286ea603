import type { Records } from '../memory/records.ts';
import type { Structure } from '../memory/structures.ts';
import { skipEntry } from '../packed/listpack.ts';
import { type FrozenGroup, StreamCapture } from './stream-capture.ts';
import { StreamCursor } from './stream-cursor.ts';
import { StreamGroup } from './stream-group.ts';
import { StreamId } from './stream-id.ts';
import { copyOf, placeOf } from './stream-names.ts';
import {
  addDelta,
  type EntryWords,
  lastEntryAt,
  markDeleted,
  type NodeHead,
} from './stream-node.ts';
import { type NodeLimits, StreamNodes } from './stream-nodes.ts';
import type { CaptureMark } from './stream-sorted-ids.ts';

/** Up to where a stream is cut: a length, or the first id that may stay. */
export interface TrimGoal {
  /** Null when `minId` counts. */
  readonly maxLength: number | null;
  readonly minId: StreamId;
  /** Whole nodes only. */
  readonly isApproximate: boolean;
  /** Entries to look at; 0 for no limit. */
  readonly limit: number;
}

/**
 * A stream: entries in listpack nodes, each node a record without a key, its ref beside the id of its
 * first entry; and the groups that read it. Under a snapshot, nodes and chunks are copied before
 * their first change.
 */
export class Stream implements Structure, CaptureMark {
  epoch: number;
  readonly records: Records;
  readonly nodes: StreamNodes;
  /** Live entries. */
  length = 0;
  /** Entries ever added. */
  entriesAdded = 0;
  readonly lastId = new StreamId();
  /** Of the first live entry; 0-0 where there is none. */
  readonly firstId = new StreamId();
  readonly maxDeletedId = new StreamId();
  /** In the order of their names' bytes. */
  readonly groups: StreamGroup[] = [];
  capturedEpoch = 0;
  #capture: StreamCapture | null = null;

  constructor(records: Records) {
    this.records = records;
    this.epoch = records.structures.openEpoch;
    this.nodes = new StreamNodes(records, this);
  }

  /** To be called before every change, of a group too. */
  beforeChange(): void {
    this.records.structures.beforeChange(this);
  }

  /** Adds an entry. Requires: `id` comes after `lastId`; no word lies in the store. */
  append(id: StreamId, words: EntryWords, limits: NodeLimits): void {
    this.beforeChange();
    if (!this.nodes.appendToLast(id, words, limits)) this.nodes.appendNode(id, words);
    this.length += 1;
    this.entriesAdded += 1;
    this.lastId.copy(id);
    if (this.length === 1) this.firstId.copy(id);
  }

  /** Deletes the entry with this id; says whether it was there. `firstId` is the caller's to renew. */
  delete(id: StreamId): boolean {
    cursor.start(this.nodes, id, id, false);
    if (!cursor.next()) return false;
    this.beforeChange();
    const { ids } = this.nodes;
    ids.chunkIndex = cursor.chunkIndex;
    ids.index = cursor.index;
    this.length -= 1;
    if (this.nodes.readHead().live === 1) {
      this.nodes.remove();
      return true;
    }
    this.nodes.makeWritable();
    markDeleted(this.records.valueBytes, this.records.valueStart + cursor.entryAt);
    this.nodes.addToCounts(-1, 1);
    return true;
  }

  /** Cuts entries off at the beginning; returns how many. */
  trim(goal: TrimGoal): number {
    let deleted = 0;
    const { nodes } = this;
    while (nodes.ids.first()) {
      if (goal.maxLength !== null && this.length <= goal.maxLength) break;
      const head = this.nodes.readHead();
      const { live } = head;
      if (goal.limit !== 0 && deleted + live > goal.limit) break;
      if (this.#isWhollyBeyond(goal, head)) {
        this.beforeChange();
        this.nodes.remove();
        this.length -= live;
        deleted += live;
        continue;
      }
      if (!goal.isApproximate) deleted += this.#trimNode(goal);
      break;
    }
    if (deleted > 0) this.renewFirstId();
    return deleted;
  }

  /** Finds `firstId` anew. */
  renewFirstId(): void {
    if (!this.edgeId(false, false, this.firstId)) this.firstId.setZero();
  }

  /** Reads the id of the first entry, or the last; false where there is none. */
  edgeId(isLast: boolean, withDeleted: boolean, into: StreamId): boolean {
    lowest.setZero();
    highest.setMax();
    cursor.showsDeleted = withDeleted;
    cursor.start(this.nodes, lowest, highest, isLast);
    const found = cursor.next();
    cursor.showsDeleted = false;
    if (found) into.copy(cursor.id);
    return found;
  }

  /** Whether a live entry has this id. */
  has(id: StreamId): boolean {
    cursor.start(this.nodes, id, id, false);
    return cursor.next();
  }

  /** The group of that name; null when there is none. */
  group(name: Uint8Array, start: number, end: number): StreamGroup | null {
    const at = placeOf(this.groups, name, start, end);
    return at >= 0 ? this.groups[at] : null;
  }

  /** Adds a group; null when the name is taken. */
  addGroup(
    name: Uint8Array,
    start: number,
    end: number,
    lastId: StreamId,
    entriesRead: number,
  ): StreamGroup | null {
    const at = placeOf(this.groups, name, start, end);
    if (at >= 0) return null;
    this.beforeChange();
    const group = new StreamGroup(this, copyOf(name, start, end), lastId, entriesRead);
    this.groups.splice(-at - 1, 0, group);
    return group;
  }

  removeGroup(group: StreamGroup): void {
    this.beforeChange();
    group.beforeChange();
    this.groups.splice(this.groups.indexOf(group), 1);
  }

  /**
   * The stream as it was when the open snapshot began. Requires: between `Structures.beginRead` and
   * `endRead`.
   */
  get captured(): StreamCapture {
    if (this.#capture === null) throw new Error('a structure is read only by an open snapshot');
    return this.#capture;
  }

  /** For groups: what a captured one was, to be kept. */
  keepFrozen(group: StreamGroup, freeze: () => FrozenGroup): void {
    this.#capture?.keep(group, freeze);
  }

  /** Loading only: adds a node as it is, a well-formed one, with its live entries. */
  appendBlob(id: StreamId, bytes: Uint8Array, start: number, end: number): void {
    this.nodes.appendBlob(id, bytes, start, end);
    this.length += this.nodes.readHead().live;
  }

  get memoryBytes(): number {
    let total = streamBytes + this.nodes.memoryBytes;
    for (const group of this.groups) total += group.memoryBytes;
    return total;
  }

  clone(): Stream {
    const copy = new Stream(this.records);
    const { records } = this;
    const id = new StreamId();
    for (const chunk of this.nodes.ids.chunks) {
      for (let i = 0; i < chunk.count; i += 1) {
        chunk.readId(i, id);
        records.locateValue(chunk.numberAt(i));
        copy.appendBlob(id, records.valueBytes, records.valueStart, records.valueEnd);
      }
    }
    copy.length = this.length;
    copy.entriesAdded = this.entriesAdded;
    copy.lastId.copy(this.lastId);
    copy.firstId.copy(this.firstId);
    copy.maxDeletedId.copy(this.maxDeletedId);
    for (const group of this.groups) copy.groups.push(group.cloneFor(copy));
    return copy;
  }

  freeSome(count: number): boolean {
    if (!this.nodes.freeSome(count)) return false;
    this.groups.length = 0;
    return true;
  }

  capture(epoch: number): void {
    this.capturedEpoch = epoch;
    this.#capture = new StreamCapture(this);
  }

  release(): void {
    this.nodes.releaseDropped();
    this.#capture = null;
    this.capturedEpoch = 0;
  }

  #isWhollyBeyond(goal: TrimGoal, head: NodeHead): boolean {
    if (goal.maxLength !== null) return this.length - head.live >= goal.maxLength;
    const { records, nodes } = this;
    const { valueBytes, valueStart, valueEnd } = records;
    const entriesAt = head.entriesAt(valueBytes);
    const at = lastEntryAt(valueBytes, valueStart, valueEnd, entriesAt);
    nodes.ids.chunk.readId(nodes.ids.index, entryId);
    if (at >= 0) addDelta(valueBytes, skipEntry(valueBytes, at), entryId);
    return entryId.compare(goal.minId) < 0;
  }

  /** Marks entries of the first node as deleted, up to the goal; returns how many. */
  #trimNode(goal: TrimGoal): number {
    this.beforeChange();
    this.nodes.makeWritable();
    let deleted = 0;
    const { valueBytes, valueStart } = this.records;
    lowest.setZero();
    highest.setMax();
    cursor.start(this.nodes, lowest, highest, false);
    while (cursor.next()) {
      const isEnough =
        goal.maxLength !== null
          ? this.length <= goal.maxLength
          : cursor.id.compare(goal.minId) >= 0;
      if (isEnough) break;
      markDeleted(valueBytes, valueStart + cursor.entryAt);
      this.length -= 1;
      deleted += 1;
    }
    this.nodes.ids.first();
    this.nodes.readHead();
    if (deleted > 0) this.nodes.addToCounts(-deleted, deleted);
    return deleted;
  }
}

/** Filled and used within one call. */
const cursor = new StreamCursor();
const entryId = new StreamId();
const lowest = new StreamId();
const highest = new StreamId();

/** The objects of a stream around its nodes. */
const streamBytes = 600;
