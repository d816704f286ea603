import type { Stream } from './stream.ts';
import type { StreamGroup } from './stream-group.ts';
import { StreamId } from './stream-id.ts';
import type { IdChunk } from './stream-sorted-ids.ts';

/** A consumer as a snapshot found it. Times in Unix ms; `activeAtMs` -1: it never got an entry. */
export interface FrozenConsumer {
  readonly name: Uint8Array;
  readonly seenAtMs: number;
  readonly activeAtMs: number;
  /** How many entries are pending for it; their ids in `pending`, in order. */
  readonly pendingCount: number;
  readonly pending: readonly IdChunk[];
}

/** A group as a snapshot found it. `entriesRead` is -1 when it is not known. */
export interface FrozenGroup {
  readonly name: Uint8Array;
  readonly lastId: StreamId;
  readonly entriesRead: number;
  /** How many entries are pending; their ids, times and delivery counts in `pending`, in order. */
  readonly pendingCount: number;
  readonly pending: readonly IdChunk[];
  readonly consumers: readonly FrozenConsumer[];
}

/**
 * A stream as an open snapshot found it, to be read in steps while the stream goes on changing. A
 * node is a record of its own: `records.locateValue(ref)` shows its listpack.
 */
export class StreamCapture {
  readonly length: number;
  readonly entriesAdded: number;
  readonly lastId = new StreamId();
  readonly firstId = new StreamId();
  readonly maxDeletedId = new StreamId();
  readonly nodeCount: number;
  /** Node ids, each with the node's ref as its number. */
  readonly nodes: readonly IdChunk[];
  readonly groupCount: number;
  readonly #groups: readonly StreamGroup[];
  /** Null where there are none: most streams have no groups. */
  #frozen: Map<StreamGroup, FrozenGroup> | null = null;

  constructor(stream: Stream) {
    this.length = stream.length;
    this.entriesAdded = stream.entriesAdded;
    this.lastId.copy(stream.lastId);
    this.firstId.copy(stream.firstId);
    this.maxDeletedId.copy(stream.maxDeletedId);
    this.nodeCount = stream.nodes.ids.size;
    this.nodes = stream.nodes.ids.chunks.slice();
    this.#groups = stream.groups.slice();
    this.groupCount = this.#groups.length;
  }

  /** The group at `index`, in the order of names. */
  group(index: number): FrozenGroup {
    const group = this.#groups[index];
    this.keep(group, () => group.freeze());
    return this.#frozen?.get(group) ?? group.freeze();
  }

  /** A group is about to change: it is kept as it is, unless it was before. */
  keep(group: StreamGroup, freeze: () => FrozenGroup): void {
    this.#frozen ??= new Map();
    if (!this.#frozen.has(group)) this.#frozen.set(group, freeze());
  }
}
