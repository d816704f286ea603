import type { Records } from '../memory/records.ts';
import { Stream } from './stream.ts';
import type { StreamConsumer, StreamGroup } from './stream-group.ts';
import { StreamId } from './stream-id.ts';

/** What is known of a stream beside its nodes; ids are 16 bytes, big endian. */
export interface StreamFacts {
  readonly lastId: Uint8Array;
  /** Null where it is the first entry of the first node. */
  readonly firstId: Uint8Array | null;
  readonly maxDeletedId: Uint8Array;
  readonly entriesAdded: number;
}

/**
 * Builds a stream piece by piece: nodes, then the facts, then each group with its pending entries and
 * consumers. Methods that take what may be wrong in a file say what is wrong; null when nothing is.
 */
export class StreamBuilder {
  readonly stream: Stream;
  #group: StreamGroup | null = null;
  #consumer: StreamConsumer | null = null;
  readonly #id = new StreamId();

  constructor(records: Records) {
    this.stream = new Stream(records);
  }

  /** The next node. Requires: a well-formed one, whose id comes after those before. */
  addNode(id: Uint8Array, idAt: number, bytes: Uint8Array, start: number, end: number): void {
    this.#id.readBytes(id, idAt);
    this.stream.appendBlob(this.#id, bytes, start, end);
  }

  /** Comes once, behind all nodes. */
  setFacts(facts: StreamFacts): void {
    const { stream } = this;
    stream.lastId.readBytes(facts.lastId, 0);
    stream.maxDeletedId.readBytes(facts.maxDeletedId, 0);
    stream.entriesAdded = facts.entriesAdded;
    if (facts.firstId === null) stream.renewFirstId();
    else stream.firstId.readBytes(facts.firstId, 0);
  }

  /** `lastId` has 16 bytes; `entriesRead` is -1 when it is not known. */
  addGroup(
    name: Uint8Array,
    start: number,
    end: number,
    lastId: Uint8Array,
    entriesRead: number,
  ): string | null {
    const problem = this.finishGroup();
    if (problem !== null) return problem;
    this.#id.readBytes(lastId, 0);
    this.#group = this.stream.addGroup(name, start, end, this.#id, entriesRead);
    return this.#group === null ? 'a stream has two groups of the same name' : null;
  }

  /** A pending entry of the group added last. */
  addPending(id: Uint8Array, idAt: number, deliveredAtMs: number, count: number): string | null {
    this.#id.readBytes(id, idAt);
    const isNew = this.#group?.loadPending(this.#id, deliveredAtMs, count) === true;
    return isNew ? null : 'a group has the same entry pending twice';
  }

  /** A consumer of the group added last; `activeAtMs` is -1 when it never got an entry. */
  addConsumer(
    name: Uint8Array,
    start: number,
    end: number,
    seenAtMs: number,
    activeAtMs: number,
  ): string | null {
    this.#consumer = this.#group?.addConsumer(name, start, end, seenAtMs) ?? null;
    if (this.#consumer === null) return 'a group has two consumers of the same name';
    this.#consumer.activeAtMs = activeAtMs;
    return null;
  }

  /** An entry pending for the consumer added last. */
  addConsumerPending(id: Uint8Array, idAt: number): string | null {
    this.#id.readBytes(id, idAt);
    const consumer = this.#consumer;
    const isOwned = consumer !== null && this.#group?.loadOwner(this.#id, consumer) === true;
    return isOwned ? null : 'a consumer has an entry pending that its group has not';
  }

  /** Behind the last group: whether its pending entries all have an owner. */
  finishGroup(): string | null {
    const isWhole = this.#group === null || this.#group.isWhollyOwned;
    return isWhole ? null : 'a group has pending entries that no consumer has';
  }
}
