import type { Records } from '../../store/memory/records.ts';
import type {
  FrozenConsumer,
  FrozenGroup,
  StreamCapture,
} from '../../store/values/stream-capture.ts';
import { StreamId } from '../../store/values/stream-id.ts';
import { valueTypes } from './rdb-format.ts';
import type { RdbVersion, RdbWriter } from './rdb-writer.ts';

/** The type by which files of a version hold streams. */
export function streamTypeOf(version: RdbVersion): number {
  if (version >= 11) return valueTypes.stream3;
  return version >= 10 ? valueTypes.stream2 : valueTypes.stream1;
}

/** Writes one stream behind its key, and pauses between nodes, and between pending entries. */
export class StreamWriter {
  readonly #records: Records;
  readonly #writer: RdbWriter;
  readonly #id = new StreamId();
  readonly #idBytes = new Uint8Array(16);

  constructor(records: Records, writer: RdbWriter) {
    this.#records = records;
    this.#writer = writer;
  }

  /** Each step writes a piece. Requires: the capture lasts until the last one. */
  *write(stream: StreamCapture): Generator<void, void, void> {
    const writer = this.#writer;
    const records = this.#records;
    const id = this.#idBytes;
    writer.writeLength(stream.nodeCount);
    for (const chunk of stream.nodes) {
      for (let i = 0; i < chunk.count; i += 1) {
        chunk.readId(i, this.#id);
        this.#id.writeBytes(id, 0);
        writer.writeString(id, 0, id.length);
        records.locateValue(chunk.numberAt(i));
        writer.writeString(records.valueBytes, records.valueStart, records.valueEnd);
        yield;
      }
    }
    this.#writeFacts(stream);
    writer.writeLength(stream.groupCount);
    for (let i = 0; i < stream.groupCount; i += 1) {
      yield;
      yield* this.#writeGroup(stream.group(i));
    }
  }

  #writeFacts(stream: StreamCapture): void {
    const writer = this.#writer;
    writer.writeLength(stream.length);
    this.#writeId(stream.lastId);
    if (writer.version < factsSinceVersion) return;
    this.#writeId(stream.firstId);
    this.#writeId(stream.maxDeletedId);
    writer.writeLength(stream.entriesAdded);
  }

  *#writeGroup(group: FrozenGroup): Generator<void, void, void> {
    const writer = this.#writer;
    writer.writeString(group.name, 0, group.name.length);
    this.#writeId(group.lastId);
    if (writer.version >= factsSinceVersion) {
      if (group.entriesRead < 0) writer.writeLength64(0xffff_ffff, 0xffff_ffff);
      else writer.writeLength(group.entriesRead);
    }
    writer.writeLength(group.pendingCount);
    for (const chunk of group.pending) {
      for (let i = 0; i < chunk.count; i += 1) {
        chunk.readId(i, this.#id);
        this.#writeRawId();
        writer.writeInt64(chunk.timeAt(i));
        writer.writeLength(chunk.deliveryCountAt(i));
        yield;
      }
    }
    writer.writeLength(group.consumers.length);
    for (const consumer of group.consumers) yield* this.#writeConsumer(consumer);
  }

  *#writeConsumer(consumer: FrozenConsumer): Generator<void, void, void> {
    const writer = this.#writer;
    writer.writeString(consumer.name, 0, consumer.name.length);
    writer.writeInt64(consumer.seenAtMs);
    if (writer.version >= activeTimeSinceVersion) writer.writeInt64(consumer.activeAtMs);
    writer.writeLength(consumer.pendingCount);
    for (const chunk of consumer.pending) {
      for (let i = 0; i < chunk.count; i += 1) {
        chunk.readId(i, this.#id);
        this.#writeRawId();
        yield;
      }
    }
  }

  /** Two lengths. */
  #writeId(id: StreamId): void {
    this.#writer.writeLength64(id.msHi, id.msLo);
    this.#writer.writeLength64(id.seqHi, id.seqLo);
  }

  /** Sixteen bytes. */
  #writeRawId(): void {
    this.#id.writeBytes(this.#idBytes, 0);
    this.#writer.writeBytes(this.#idBytes, 0, this.#idBytes.length);
  }
}

/** First id, greatest deleted id, entries added and entries read. */
const factsSinceVersion = 10;
const activeTimeSinceVersion = 11;
