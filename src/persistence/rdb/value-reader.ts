import { validate as validateListpack } from '../../store/packed/listpack.ts';
import { isEmptyListpack, PackedValues } from './packed-values.ts';
import { type RdbCursor, StringRange } from './rdb-cursor.ts';
import { fieldExpiryMax, listNodeForms } from './rdb-format.ts';
import type { RdbValueVisitor } from './rdb-visitor.ts';
import { parseScore } from './scores.ts';
import { StreamReader } from './stream-reader.ts';
import type { PieceLayout, ValueLayout } from './value-layouts.ts';

/** What stands before the type of an entry. */
export class EntryHead {
  /** Unix time, 0 for never. */
  expiresAtMs = 0;
  /** -1 when the writer did not say, as `frequency`. */
  idleSeconds = -1;
  frequency = -1;

  /** The next entry has nothing before its type. */
  clear(): void {
    this.expiresAtMs = 0;
    this.idleSeconds = -1;
    this.frequency = -1;
  }
}

/** First bytes of a text score that is no text. */
const textScores = { nan: 253, infinity: 254, minusInfinity: 255 };

/**
 * Reads values other than strings. `begin` reads the count, or a whole packed value; then, while
 * `isOpen`, every `step` reads one element, pair or node. Each of these is an item that is read at
 * once or not at all, as `RdbCursor` has it, so that no value is gathered whole.
 */
export class ValueReader {
  readonly #cursor: RdbCursor;
  readonly #visitor: RdbValueVisitor;
  readonly #first = new StringRange();
  readonly #second = new StringRange();
  readonly #packed: PackedValues;
  readonly #stream: StreamReader;
  #layout: PieceLayout | 'stream' | null = null;
  #remaining = 0;
  /** Where the expiries of fields count from. */
  #expiryBase = 0;

  constructor(cursor: RdbCursor, visitor: RdbValueVisitor) {
    this.#cursor = cursor;
    this.#visitor = visitor;
    this.#packed = new PackedValues(cursor, visitor);
    this.#stream = new StreamReader(cursor, visitor, { name: this.#first, blob: this.#second });
  }

  /** Whether a value was begun that is not whole yet. */
  get isOpen(): boolean {
    return this.#layout !== null;
  }

  /** Reads what stands behind `key`: all of a packed value, the count of another one. */
  begin(layout: ValueLayout, key: StringRange, head: EntryHead): boolean {
    const cursor = this.#cursor;
    if (layout.form !== 'stream' && layout.hasExpiryBase === true) {
      if (!cursor.has(8)) return false;
      this.#expiryBase = cursor.readInt64();
    }
    if (layout.form === 'blob') return this.#readBlob(layout, key, head);
    const count = cursor.readLength();
    if (count < 0) return false;
    this.#beginValue(layout, count, key, head);
    this.#remaining = count;
    if (layout.form === 'stream') {
      this.#stream.begin(layout.version, count);
      this.#layout = 'stream';
      return true;
    }
    this.#layout = layout.pieces;
    if (count === 0) this.#end();
    return true;
  }

  /** Reads the next piece. Requires: `isOpen`. */
  step(): boolean {
    const layout = this.#layout;
    if (layout === null) return false;
    if (layout === 'stream') {
      if (!this.#stream.step()) return false;
      if (this.#stream.isDone) this.#end();
      return true;
    }
    if (!this.#readPiece(layout)) return false;
    this.#remaining -= 1;
    if (this.#remaining === 0) this.#end();
    return true;
  }

  #beginValue(layout: ValueLayout, count: number, key: StringRange, head: EntryHead): void {
    this.#visitor.beginValue(
      layout.kind,
      key.bytes,
      key.start,
      key.end,
      count,
      head.expiresAtMs,
      head.idleSeconds,
      head.frequency,
    );
  }

  /** Who refused a value does not hear of its end. */
  #end(): void {
    this.#layout = null;
    if (this.#cursor.failure === null) this.#visitor.endValue();
  }

  #readBlob(
    layout: ValueLayout & { readonly form: 'blob' },
    key: StringRange,
    head: EntryHead,
  ): boolean {
    const blob = this.#second;
    if (!this.#cursor.readString(blob)) return false;
    const problem = this.#packed.check(layout.blob, blob);
    if (problem !== null) return this.#damaged(problem);
    this.#beginValue(layout, 0, key, head);
    if (this.#cursor.failure !== null) return false;
    if (!this.#packed.handOn(layout.blob, blob)) return false;
    this.#end();
    return true;
  }

  #readPiece(layout: PieceLayout): boolean {
    switch (layout) {
      case 'elements':
      case 'members':
        return this.#readElement(layout);
      case 'members-with-scores':
      case 'members-with-text-scores':
        return this.#readMember(layout);
      case 'fields':
        return this.#readPair() && this.#giveField(0);
      case 'fields-with-relative-expiry':
      case 'fields-with-absolute-expiry':
        return this.#readExpiringField(layout === 'fields-with-relative-expiry');
      case 'fields-with-trailing-expiry':
        return this.#readFieldAndExpiry();
      case 'nodes':
        return this.#readNode();
      case 'ziplists':
        return this.#readZiplist();
    }
  }

  #readElement(layout: 'elements' | 'members'): boolean {
    const element = this.#first;
    if (!this.#cursor.readString(element)) return false;
    if (layout === 'members') {
      this.#visitor.setMember(element.bytes, element.start, element.end);
    } else {
      this.#visitor.listElement(element.bytes, element.start, element.end);
    }
    return true;
  }

  #readMember(layout: 'members-with-scores' | 'members-with-text-scores'): boolean {
    const cursor = this.#cursor;
    const member = this.#first;
    if (!cursor.readString(member)) return false;
    let score = Number.NaN;
    if (layout === 'members-with-scores') {
      if (!cursor.has(8)) return false;
      score = cursor.readDouble();
    } else {
      const length = cursor.readByte();
      if (length < 0) return false;
      if (length < textScores.nan && !cursor.has(length)) return false;
      score = this.#readTextScore(length);
    }
    if (Number.isNaN(score)) return this.#damaged('a score is no number');
    this.#visitor.sortedSetMember(member.bytes, member.start, member.end, score);
    return true;
  }

  /** Requires: `length` bytes are here, where it is a length. */
  #readTextScore(length: number): number {
    if (length === textScores.infinity) return Number.POSITIVE_INFINITY;
    if (length === textScores.minusInfinity) return Number.NEGATIVE_INFINITY;
    if (length === textScores.nan) return Number.NaN;
    const cursor = this.#cursor;
    cursor.at += length;
    return parseScore(cursor.bytes, cursor.at - length, cursor.at);
  }

  #readPair(): boolean {
    return this.#cursor.readString(this.#first) && this.#cursor.readString(this.#second);
  }

  #readExpiringField(isRelative: boolean): boolean {
    const expiry = this.#cursor.readLength();
    if (expiry < 0 || !this.#readPair()) return false;
    if (expiry === 0) return this.#giveField(0);
    const expiresAtMs = isRelative ? this.#expiryBase + expiry - 1 : expiry;
    if (!(expiresAtMs >= 0 && expiresAtMs <= fieldExpiryMax)) {
      return this.#damaged('the expiry of a field is no such moment');
    }
    return this.#giveField(Math.max(expiresAtMs, 1));
  }

  /** The layout of Valkey: -1 says that the field does not expire. */
  #readFieldAndExpiry(): boolean {
    if (!this.#readPair() || !this.#cursor.has(8)) return false;
    const expiresAtMs = this.#cursor.readInt64();
    return this.#giveField(expiresAtMs === -1 ? 0 : Math.max(expiresAtMs, 1));
  }

  #giveField(expiresAtMs: number): true {
    const field = this.#first;
    const value = this.#second;
    this.#visitor.hashField(
      field.bytes,
      field.start,
      field.end,
      value.bytes,
      value.start,
      value.end,
      expiresAtMs,
    );
    return true;
  }

  #readNode(): boolean {
    const form = this.#cursor.readLength();
    const node = this.#first;
    if (form < 0) return false;
    if (form !== listNodeForms.plain && form !== listNodeForms.packed) {
      return this.#damaged(`a node of a list cannot have form ${form}`);
    }
    if (!this.#cursor.readString(node)) return false;
    const { bytes, start, end } = node;
    if (form === listNodeForms.plain) {
      this.#visitor.listElement(bytes, start, end);
      return true;
    }
    const problem = validateListpack(bytes, start, end, true);
    if (problem !== null) return this.#damaged(problem);
    if (!isEmptyListpack(node)) this.#visitor.listNode(bytes, start, end);
    return true;
  }

  #readZiplist(): boolean {
    const node = this.#first;
    if (!this.#cursor.readString(node)) return false;
    const problem = this.#packed.check('list-ziplist', node);
    if (problem !== null) return this.#damaged(problem);
    return this.#packed.handOn('list-ziplist', node);
  }

  #damaged(detail: string): false {
    return this.#cursor.failItem('bad-value', detail);
  }
}
