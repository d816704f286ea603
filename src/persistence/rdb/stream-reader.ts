import { validate as validateListpack } from '../../store/packed/listpack.ts';
import type { RdbCursor, StringRange } from './rdb-cursor.ts';
import type { RdbValueVisitor } from './rdb-visitor.ts';
import { validateStreamNode } from './stream-node.ts';

type Stage =
  | 'node'
  | 'facts'
  | 'group'
  | 'pending'
  | 'consumer-count'
  | 'consumer'
  | 'consumer-pending'
  | 'group-end'
  | 'idempotence'
  | 'done';

const idBytes = 16;
const entriesReadSinceVersion = 2;
const activeTimeSinceVersion = 3;
const idempotenceSinceVersion = 4;
const unownedSinceVersion = 5;

/**
 * Reads one stream piece by piece, behind its key: every `step` is an item that is read at once or
 * not at all, as `RdbCursor` has it.
 */
export class StreamReader {
  readonly #cursor: RdbCursor;
  readonly #visitor: RdbValueVisitor;
  /** For ids and names. */
  readonly #name: StringRange;
  readonly #blob: StringRange;
  #stage: Stage = 'done';
  #version = 1;
  #nodes = 0;
  #groups = 0;
  #consumers = 0;
  #pending = 0;
  #hasNodes = false;
  readonly #previousId = new Uint8Array(idBytes);
  readonly #lastId = new Uint8Array(idBytes);
  readonly #firstId = new Uint8Array(idBytes);
  readonly #maxDeletedId = new Uint8Array(idBytes);

  constructor(
    cursor: RdbCursor,
    visitor: RdbValueVisitor,
    scratch: { readonly name: StringRange; readonly blob: StringRange },
  ) {
    this.#cursor = cursor;
    this.#visitor = visitor;
    this.#name = scratch.name;
    this.#blob = scratch.blob;
  }

  get isDone(): boolean {
    return this.#stage === 'done';
  }

  /** A stream of that layout (1 to 5), of which `nodes` nodes follow. */
  begin(version: number, nodes: number): void {
    this.#version = version;
    this.#nodes = nodes;
    this.#hasNodes = false;
    this.#stage = nodes > 0 ? 'node' : 'facts';
  }

  /** Reads the next item. */
  step(): boolean {
    switch (this.#stage) {
      case 'node':
        return this.#readNode();
      case 'facts':
        return this.#readFacts();
      case 'group':
        return this.#readGroup();
      case 'pending':
        return this.#readPending();
      case 'consumer-count':
        return this.#readConsumerCount();
      case 'consumer':
        return this.#readConsumer();
      case 'consumer-pending':
        return this.#readConsumerPending();
      case 'group-end':
        return this.#readUnowned();
      case 'idempotence':
        return this.#readIdempotence();
      case 'done':
        return true;
    }
  }

  #readNode(): boolean {
    const cursor = this.#cursor;
    const id = this.#name;
    const blob = this.#blob;
    if (!cursor.readString(id) || !cursor.readString(blob)) return false;
    const problem = this.#problemOfNode();
    if (problem !== null) return cursor.failItem('bad-value', problem);
    this.#previousId.set(id.bytes.subarray(id.start, id.end));
    this.#hasNodes = true;
    this.#visitor.streamNode(id.bytes, id.start, blob.bytes, blob.start, blob.end);
    this.#nodes -= 1;
    if (this.#nodes === 0) this.#stage = 'facts';
    return true;
  }

  #problemOfNode(): string | null {
    const id = this.#name;
    const { bytes, start, end } = this.#blob;
    if (id.end - id.start !== idBytes) return 'the id of a stream node has not 16 bytes';
    if (this.#hasNodes && compareIds(this.#previousId, id.bytes, id.start) >= 0) {
      return 'the nodes of a stream are not in order';
    }
    const problem = validateListpack(bytes, start, end, true);
    return problem ?? validateStreamNode(bytes, start);
  }

  #readFacts(): boolean {
    const cursor = this.#cursor;
    const length = cursor.readLength();
    if (length < 0 || !this.#readId(this.#lastId)) return false;
    let entriesAdded = length;
    const isKnown = this.#version >= entriesReadSinceVersion;
    if (isKnown) {
      if (!this.#readId(this.#firstId) || !this.#readId(this.#maxDeletedId)) return false;
      entriesAdded = cursor.readLength();
      if (entriesAdded < 0) return false;
    } else {
      this.#maxDeletedId.fill(0);
    }
    const groups = cursor.readLength();
    if (groups < 0) return false;
    if (length > 0 && !this.#hasNodes) {
      return cursor.failItem('bad-value', 'a stream has entries but no nodes');
    }
    const firstId = isKnown ? this.#firstId : null;
    const maxDeletedId = this.#maxDeletedId;
    this.#visitor.streamFacts({
      length,
      lastId: this.#lastId,
      firstId,
      maxDeletedId,
      entriesAdded,
    });
    this.#groups = groups;
    this.#toNextGroup();
    return true;
  }

  #readGroup(): boolean {
    const cursor = this.#cursor;
    const name = this.#name;
    if (!cursor.readString(name) || !this.#readId(this.#lastId)) return false;
    let entriesRead = -1;
    if (this.#version >= entriesReadSinceVersion) {
      if (!cursor.readLength64()) return false;
      const isKnown = cursor.high !== 0xffff_ffff || cursor.low !== 0xffff_ffff;
      if (isKnown) entriesRead = cursor.high * 0x1_0000_0000 + cursor.low;
    }
    const pending = cursor.readLength();
    if (pending < 0) return false;
    this.#visitor.streamGroup(name.bytes, name.start, name.end, this.#lastId, entriesRead);
    this.#pending = pending;
    this.#stage = pending > 0 ? 'pending' : 'consumer-count';
    return true;
  }

  #readPending(): boolean {
    const cursor = this.#cursor;
    const { bytes, at } = cursor;
    if (!cursor.skipBytes(idBytes) || !cursor.has(8)) return false;
    const deliveredAtMs = cursor.readInt64();
    const deliveryCount = cursor.readLength();
    if (deliveryCount < 0) return false;
    this.#visitor.streamPending(bytes, at, deliveredAtMs, deliveryCount);
    this.#pending -= 1;
    if (this.#pending === 0) this.#stage = 'consumer-count';
    return true;
  }

  #readConsumerCount(): boolean {
    const consumers = this.#cursor.readLength();
    if (consumers < 0) return false;
    this.#consumers = consumers;
    this.#toNextConsumer();
    return true;
  }

  #readConsumer(): boolean {
    const cursor = this.#cursor;
    const name = this.#name;
    if (!cursor.readString(name) || !cursor.has(8)) return false;
    const seenAtMs = cursor.readInt64();
    let activeAtMs = seenAtMs;
    if (this.#version >= activeTimeSinceVersion) {
      if (!cursor.has(8)) return false;
      activeAtMs = cursor.readInt64();
    }
    const pending = cursor.readLength();
    if (pending < 0) return false;
    this.#visitor.streamConsumer(name.bytes, name.start, name.end, seenAtMs, activeAtMs);
    this.#consumers -= 1;
    this.#pending = pending;
    if (pending > 0) this.#stage = 'consumer-pending';
    else this.#toNextConsumer();
    return true;
  }

  #readConsumerPending(): boolean {
    const cursor = this.#cursor;
    const { bytes, at } = cursor;
    if (!cursor.skipBytes(idBytes)) return false;
    this.#visitor.streamConsumerPending(bytes, at);
    this.#pending -= 1;
    if (this.#pending === 0) this.#toNextConsumer();
    return true;
  }

  /** Entries that were given back and belong to no consumer: nothing here could hold them. */
  #readUnowned(): boolean {
    const unowned = this.#cursor.readLength();
    if (unowned < 0) return false;
    if (unowned > 0) return this.#refuse('pending entries without a consumer');
    this.#groups -= 1;
    this.#toNextGroup();
    return true;
  }

  /** What producers sent lately, to recognize what they send twice: nothing here could hold it. */
  #readIdempotence(): boolean {
    const cursor = this.#cursor;
    if (cursor.readLength() < 0 || cursor.readLength() < 0) return false;
    const producers = cursor.readLength();
    if (producers < 0) return false;
    if (producers > 0) return this.#refuse('producers of idempotent messages');
    if (cursor.readLength() < 0 || cursor.readLength() < 0) return false;
    this.#stage = 'done';
    return true;
  }

  #refuse(what: string): false {
    const detail = `a stream has ${what}, which are not supported`;
    return this.#cursor.failItem('unsupported-type', detail);
  }

  #toNextConsumer(): void {
    if (this.#consumers > 0) {
      this.#stage = 'consumer';
    } else if (this.#version >= unownedSinceVersion) {
      this.#stage = 'group-end';
    } else {
      this.#groups -= 1;
      this.#toNextGroup();
    }
  }

  #toNextGroup(): void {
    if (this.#groups > 0) this.#stage = 'group';
    else this.#stage = this.#version >= idempotenceSinceVersion ? 'idempotence' : 'done';
  }

  /** Two lengths, milliseconds and sequence, to 16 bytes. */
  #readId(target: Uint8Array): boolean {
    const cursor = this.#cursor;
    if (!cursor.readLength64()) return false;
    putHalves(target, 0, cursor.high, cursor.low);
    if (!cursor.readLength64()) return false;
    putHalves(target, 8, cursor.high, cursor.low);
    return true;
  }
}

function putHalves(target: Uint8Array, at: number, high: number, low: number): void {
  for (let i = 0; i < 4; i += 1) {
    target[at + i] = high >>> (24 - 8 * i);
    target[at + 4 + i] = low >>> (24 - 8 * i);
  }
}

/** Below zero, zero or above, as the 16 bytes of `left` come before, are, or come after `right`. */
function compareIds(left: Uint8Array, right: Uint8Array, rightAt: number): number {
  for (let i = 0; i < idBytes; i += 1) {
    const difference = left[i] - right[rightAt + i];
    if (difference !== 0) return difference;
  }
  return 0;
}
