import { assert } from '../../base/assert.ts';

/**
 * A value too large for one packed blob: tables, trees and directories of its own. The record of its
 * key holds the number under which `Structures` knows it.
 */
export interface Structure {
  /** Snapshots up to this one need not be told of changes; kept by `Structures`. */
  epoch: number;
  /** Bytes that it takes, in the arena and beside it, about. */
  readonly memoryBytes: number;
  /** A copy that shares nothing with it. */
  clone(): Structure;
  /**
   * Frees about `count` elements of a value that nobody refers to any more.
   *
   * @returns whether nothing is left.
   */
  freeSome(count: number): boolean;
  /** From now on keeps what it is until `release`: a snapshot with this epoch will read it. */
  capture(epoch: number): void;
  /** The snapshot needs nothing more of it. */
  release(): void;
}

/**
 * All structures of a keyspace, by number. A structure lives as long as a record refers to it: a
 * record that a snapshot still needs counts, too.
 */
export class Structures {
  /** The snapshot that is open; 0 when there is none. */
  openEpoch = 0;
  readonly #slots: (Structure | null)[] = [];
  readonly #references: number[] = [];
  readonly #freeIds: number[] = [];
  readonly #captured = new Set<Structure>();
  #doomed: Structure[] = [];

  constructor() {
    // A field that never changed is taken for constant, and the first snapshot would throw away the
    // compiled code of every command that reads it.
    this.open(1);
    this.close();
  }

  /** Takes a new structure in, with one reference; returns its number. */
  add(structure: Structure): number {
    const id = this.#freeIds.pop() ?? this.#slots.length;
    this.#slots[id] = structure;
    this.#references[id] = 1;
    structure.epoch = this.openEpoch;
    return id;
  }

  /** The structure with this number. */
  at(id: number): Structure {
    const structure = this.#slots[id];
    assert(
      structure !== null && structure !== undefined,
      'a structure is used only while it lives',
    );
    return structure;
  }

  /** One more record refers to it. */
  retain(id: number): void {
    this.#references[id] += 1;
  }

  /** A record that referred to it is gone. What is large is freed in slices, by `freeSome`. */
  drop(id: number): void {
    this.#references[id] -= 1;
    if (this.#references[id] > 0) return;
    const structure = this.at(id);
    this.#slots[id] = null;
    this.#freeIds.push(id);
    if (this.#captured.delete(structure)) structure.release();
    if (!structure.freeSome(freedAtOnce)) this.#doomed.push(structure);
  }

  /** Must be called by every structure before it changes. */
  beforeChange(structure: Structure): void {
    if (structure.epoch >= this.openEpoch) return;
    structure.epoch = this.openEpoch;
    this.#captured.add(structure);
    structure.capture(this.openEpoch);
  }

  /** The snapshot begins to read a structure, which must be as it was when the snapshot was opened. */
  beginRead(structure: Structure): void {
    this.beforeChange(structure);
  }

  /** The snapshot has read it. */
  endRead(structure: Structure): void {
    if (this.#captured.delete(structure)) structure.release();
  }

  /** A snapshot begins. */
  open(epoch: number): void {
    this.openEpoch = epoch;
  }

  /** The snapshot ends: nothing stays captured. */
  close(): void {
    this.openEpoch = 0;
    for (const structure of this.#captured) structure.release();
    this.#captured.clear();
  }

  /** Whether dropped structures wait for `freeSome`. */
  get hasDoomed(): boolean {
    return this.#doomed.length > 0;
  }

  /** Frees about `count` elements of dropped structures; says whether there is more to do. */
  freeSome(count: number): boolean {
    const structure = this.#doomed.at(-1);
    if (structure?.freeSome(count) === true) this.#doomed.pop();
    return this.#doomed.length > 0;
  }
}

/** A dropped structure of up to so many elements goes at once. */
const freedAtOnce = 256;
