import { latin1Of } from '../../src/base/bytes.ts';
import type {
  RdbStreamFacts,
  RdbValueKind,
  RdbValueVisitor,
} from '../../src/persistence/rdb/rdb-visitor.ts';
import { endMark, headerBytes, skipEntry } from '../../src/store/packed/listpack.ts';
import { EntryView } from '../../src/store/packed/listpack-elements.ts';

/** A consumer as an RDB file tells of it; ids as "ms-seq". */
export interface RecordedConsumer {
  readonly name: string;
  readonly seenAtMs: number;
  readonly activeAtMs: number;
  readonly pending: string[];
}

/** A group of a stream. */
export interface RecordedGroup {
  readonly name: string;
  readonly lastId: string;
  readonly entriesRead: number;
  readonly pending: { id: string; deliveredAtMs: number; deliveryCount: number }[];
  readonly consumers: RecordedConsumer[];
}

/** What a stream holds beside its entries. */
export interface RecordedStreamFacts {
  readonly length: number;
  readonly lastId: string;
  readonly firstId: string | null;
  readonly maxDeletedId: string;
  readonly entriesAdded: number;
}

/** A value, put together again; all text is latin-1. */
export interface RecordedValue {
  readonly database: number;
  readonly kind: RdbValueKind;
  readonly key: string;
  readonly count: number;
  readonly expiresAtMs: number;
  readonly idleSeconds: number;
  readonly frequency: number;
  /** Elements of a list or set, in the order of the file. */
  readonly elements: string[];
  readonly fields: { field: string; value: string; expiresAtMs: number }[];
  readonly members: { member: string; score: number }[];
  readonly entries: { id: string; fields: string[] }[];
  readonly groups: RecordedGroup[];
  facts: RecordedStreamFacts | null;
  /** What the pieces were, to see that packed values stay packed. */
  readonly pieces: Set<string>;
}

/** Keeps all values that are no strings. */
export class RecordedValues implements RdbValueVisitor {
  readonly values: RecordedValue[] = [];
  readonly #database: () => number;
  #open: RecordedValue | null = null;

  /** `database` tells which one was selected last. */
  constructor(database: () => number) {
    this.#database = database;
  }

  get #value(): RecordedValue {
    if (this.#open === null) throw new Error('a piece came outside of a value');
    return this.#open;
  }

  supports(): boolean {
    return true;
  }

  beginValue(
    kind: RdbValueKind,
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    count: number,
    expiresAtMs: number,
    idleSeconds: number,
    frequency: number,
  ): void {
    if (this.#open !== null) throw new Error('a value began inside another');
    this.#open = {
      database: this.#database(),
      kind,
      key: latin1Of(key, keyStart, keyEnd),
      count,
      expiresAtMs,
      idleSeconds,
      frequency,
      elements: [],
      fields: [],
      members: [],
      entries: [],
      groups: [],
      facts: null,
      pieces: new Set(),
    };
  }

  endValue(): void {
    this.values.push(this.#value);
    this.#open = null;
  }

  listElement(bytes: Uint8Array, start: number, end: number): void {
    this.#value.pieces.add('element');
    this.#value.elements.push(latin1Of(bytes, start, end));
  }

  listNode(bytes: Uint8Array, start: number, end: number): void {
    this.#value.pieces.add('node');
    this.#value.elements.push(...elementsOf(bytes, start, end));
  }

  setMember(bytes: Uint8Array, start: number, end: number): void {
    this.#value.pieces.add('member');
    this.#value.elements.push(latin1Of(bytes, start, end));
  }

  sortedSetMember(bytes: Uint8Array, start: number, end: number, score: number): void {
    this.#value.pieces.add('member');
    this.#value.members.push({ member: latin1Of(bytes, start, end), score });
  }

  hashField(
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expiresAtMs: number,
  ): void {
    this.#value.pieces.add('field');
    this.#value.fields.push({
      field: latin1Of(field, fieldStart, fieldEnd),
      value: latin1Of(value, valueStart, valueEnd),
      expiresAtMs,
    });
  }

  packedIntset(bytes: Uint8Array, start: number, end: number): void {
    this.#value.pieces.add('intset');
    this.#value.elements.push(...integersOf(bytes, start, end));
  }

  packedListpack(bytes: Uint8Array, start: number, end: number): void {
    const value = this.#value;
    value.pieces.add('listpack');
    const elements = elementsOf(bytes, start, end);
    if (value.kind === 'set') value.elements.push(...elements);
    for (let i = 0; value.kind !== 'set' && i < elements.length; i += 2) {
      if (value.kind === 'hash') {
        value.fields.push({ field: elements[i], value: elements[i + 1], expiresAtMs: 0 });
      } else {
        value.members.push({ member: elements[i], score: scoreOf(elements[i + 1]) });
      }
    }
  }

  packedExpiringHash(bytes: Uint8Array, start: number, end: number): void {
    this.#value.pieces.add('expiring listpack');
    const elements = elementsOf(bytes, start, end);
    for (let i = 0; i < elements.length; i += 3) {
      const expiresAtMs = Number(elements[i + 2]);
      this.#value.fields.push({ field: elements[i], value: elements[i + 1], expiresAtMs });
    }
  }

  streamNode(id: Uint8Array, idAt: number, bytes: Uint8Array, start: number, end: number): void {
    this.#value.entries.push(...streamEntriesOf(id, idAt, elementsOf(bytes, start, end)));
  }

  streamFacts(facts: RdbStreamFacts): void {
    this.#value.facts = {
      length: facts.length,
      lastId: idText(facts.lastId, 0),
      firstId: facts.firstId === null ? null : idText(facts.firstId, 0),
      maxDeletedId: idText(facts.maxDeletedId, 0),
      entriesAdded: facts.entriesAdded,
    };
  }

  streamGroup(
    name: Uint8Array,
    start: number,
    end: number,
    lastId: Uint8Array,
    entriesRead: number,
  ): void {
    this.#value.groups.push({
      name: latin1Of(name, start, end),
      lastId: idText(lastId, 0),
      entriesRead,
      pending: [],
      consumers: [],
    });
  }

  streamPending(id: Uint8Array, idAt: number, deliveredAtMs: number, deliveryCount: number): void {
    const pending = { id: idText(id, idAt), deliveredAtMs, deliveryCount };
    this.#value.groups.at(-1)?.pending.push(pending);
  }

  streamConsumer(
    name: Uint8Array,
    start: number,
    end: number,
    seenAtMs: number,
    activeAtMs: number,
  ): void {
    const consumer = { name: latin1Of(name, start, end), seenAtMs, activeAtMs, pending: [] };
    this.#value.groups.at(-1)?.consumers.push(consumer);
  }

  streamConsumerPending(id: Uint8Array, idAt: number): void {
    this.#value.groups.at(-1)?.consumers.at(-1)?.pending.push(idText(id, idAt));
  }
}

function scoreOf(text: string): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  return text === '-inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

function elementsOf(bytes: Uint8Array, start: number, end: number): string[] {
  const view = new EntryView();
  const elements: string[] = [];
  let at = start + headerBytes;
  for (; bytes[at] !== endMark; at = skipEntry(bytes, at)) {
    view.read(bytes, at);
    elements.push(latin1Of(view.bytes, view.start, view.end));
  }
  if (at !== end - 1) throw new Error('a listpack does not end where it should');
  return elements;
}

function integersOf(bytes: Uint8Array, start: number, end: number): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  const width = view.getUint32(0, true);
  return Array.from({ length: view.getUint32(4, true) }, (_, i) => {
    const at = 8 + i * width;
    if (width === 2) return String(view.getInt16(at, true));
    return String(width === 4 ? view.getInt32(at, true) : view.getBigInt64(at, true));
  });
}

/** The entries that are not deleted, of a node whose elements are these. */
function streamEntriesOf(
  id: Uint8Array,
  idAt: number,
  elements: readonly string[],
): { id: string; fields: string[] }[] {
  const [ms, seq] = idText(id, idAt).split('-').map(BigInt);
  const shared = elements.slice(3, 3 + Number(elements[2]));
  const entries: { id: string; fields: string[] }[] = [];
  for (let at = 4 + shared.length; at < elements.length; ) {
    const flags = Number(elements[at]);
    // Differences wrap around: they are signed, the ids are not.
    const entryMs = BigInt.asUintN(64, ms + BigInt(elements[at + 1]));
    const entryId = `${entryMs}-${BigInt.asUintN(64, seq + BigInt(elements[at + 2]))}`;
    at += 3;
    const fields: string[] = [];
    if ((flags & 2) !== 0) {
      for (const [i, name] of shared.entries()) fields.push(name, elements[at + i]);
      at += shared.length + 1;
    } else {
      const count = Number(elements[at]) * 2;
      fields.push(...elements.slice(at + 1, at + 1 + count));
      at += count + 2;
    }
    if ((flags & 1) === 0) entries.push({ id: entryId, fields });
  }
  return entries;
}

/** "ms-seq" of 16 bytes. */
function idText(bytes: Uint8Array, at: number): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 16);
  return `${view.getBigUint64(0)}-${view.getBigUint64(8)}`;
}
