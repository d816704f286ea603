import { validate as validateIntset } from '../../store/packed/intset.ts';
import {
  endMark,
  headerBytes,
  skipEntry,
  validate as validateListpack,
} from '../../store/packed/listpack.ts';
import { EntryView, integerAt, isIntegerEntry } from '../../store/packed/listpack-elements.ts';
import { type RdbCursor, StringRange } from './rdb-cursor.ts';
import { fieldExpiryMax } from './rdb-format.ts';
import type { RdbValueVisitor } from './rdb-visitor.ts';
import { parseScore } from './scores.ts';
import { ZiplistReader } from './ziplist.ts';
import { ZipmapReader } from './zipmap.ts';

/** Layouts of values that are one blob. */
export type BlobLayout =
  | 'intset'
  | 'set-listpack'
  | 'hash-listpack'
  | 'sorted-set-listpack'
  | 'expiring-hash-listpack'
  | 'zipmap'
  | 'list-ziplist'
  | 'hash-ziplist'
  | 'sorted-set-ziplist';

/**
 * Checks blobs, and hands them to a visitor: today's layouts as they are, those of old files element
 * by element.
 */
export class PackedValues {
  readonly #cursor: RdbCursor;
  readonly #visitor: RdbValueVisitor;
  readonly #ziplist = new ZiplistReader();
  readonly #zipmap = new ZipmapReader();
  readonly #first = new StringRange();
  readonly #second = new StringRange();
  readonly #view = new EntryView();

  constructor(cursor: RdbCursor, visitor: RdbValueVisitor) {
    this.#cursor = cursor;
    this.#visitor = visitor;
  }

  /** What is wrong with `blob`, or null. `handOn` must follow at once. */
  check(layout: BlobLayout, blob: StringRange): string | null {
    const { bytes, start, end } = blob;
    switch (layout) {
      case 'intset':
        return validateIntset(bytes, start, end);
      case 'zipmap':
        return this.#zipmap.open(bytes, start, end);
      case 'list-ziplist':
        return this.#ziplist.open(bytes, start, end);
      case 'hash-ziplist':
        return this.#ziplist.open(bytes, start, end) ?? this.#problemOfPairs();
      case 'sorted-set-ziplist':
        return this.#ziplist.open(bytes, start, end) ?? this.#problemOfPairs();
      default:
        return validateListpack(bytes, start, end, true) ?? this.#problemOf(layout, blob);
    }
  }

  /** Gives the content of `blob` to the visitor. Requires: `check` found nothing wrong. */
  handOn(layout: BlobLayout, blob: StringRange): boolean {
    const { bytes, start, end } = blob;
    switch (layout) {
      case 'intset':
        this.#visitor.packedIntset(bytes, start, end);
        return true;
      case 'zipmap':
        return this.#handOnZipmap();
      case 'list-ziplist':
        return this.#handOnList();
      case 'hash-ziplist':
        return this.#handOnHash();
      case 'sorted-set-ziplist':
        return this.#handOnSortedSet();
      case 'expiring-hash-listpack':
        if (!isEmptyListpack(blob)) this.#visitor.packedExpiringHash(bytes, start, end);
        return true;
      default:
        if (!isEmptyListpack(blob)) this.#visitor.packedListpack(bytes, start, end);
        return true;
    }
  }

  #problemOfPairs(): string | null {
    return this.#ziplist.count % 2 === 0 ? null : 'a ziplist has a field without a value';
  }

  /** What is wrong with a sound listpack as the content of a value. */
  #problemOf(layout: BlobLayout, blob: StringRange): string | null {
    if (layout === 'set-listpack') return null;
    const { bytes, start } = blob;
    const group = layout === 'expiring-hash-listpack' ? 3 : 2;
    let place = 0;
    for (let at = start + headerBytes; bytes[at] !== endMark; at = skipEntry(bytes, at)) {
      place = place === group - 1 ? 0 : place + 1;
      if (place !== 0 || layout === 'hash-listpack') continue;
      const problem =
        layout === 'sorted-set-listpack'
          ? this.#problemOfScore(bytes, at)
          : expiryProblem(bytes, at);
      if (problem !== null) return problem;
    }
    return place === 0 ? null : 'a listpack has a field without a value';
  }

  #problemOfScore(bytes: Uint8Array, at: number): string | null {
    if (isIntegerEntry(bytes, at)) return null;
    const view = this.#view;
    view.read(bytes, at);
    const score = parseScore(view.bytes, view.start, view.end);
    return Number.isNaN(score) ? 'a score is no number' : null;
  }

  #handOnZipmap(): boolean {
    const field = this.#first;
    const value = this.#second;
    while (this.#cursor.failure === null && this.#zipmap.next(field, value)) {
      this.#handOnField();
    }
    return this.#cursor.failure === null;
  }

  #handOnList(): boolean {
    const element = this.#first;
    while (this.#cursor.failure === null && this.#ziplist.next(element)) {
      this.#visitor.listElement(element.bytes, element.start, element.end);
    }
    return this.#cursor.failure === null;
  }

  #handOnHash(): boolean {
    while (this.#cursor.failure === null && this.#ziplist.next(this.#first)) {
      this.#ziplist.next(this.#second);
      this.#handOnField();
    }
    return this.#cursor.failure === null;
  }

  #handOnField(): void {
    const field = this.#first;
    const value = this.#second;
    this.#visitor.hashField(
      field.bytes,
      field.start,
      field.end,
      value.bytes,
      value.start,
      value.end,
      0,
    );
  }

  #handOnSortedSet(): boolean {
    const cursor = this.#cursor;
    const member = this.#first;
    const text = this.#second;
    while (cursor.failure === null && this.#ziplist.next(member)) {
      this.#ziplist.next(text);
      const score = parseScore(text.bytes, text.start, text.end);
      if (Number.isNaN(score)) return cursor.failItem('bad-value', 'a score is no number');
      this.#visitor.sortedSetMember(member.bytes, member.start, member.end, score);
    }
    return cursor.failure === null;
  }
}

/** Whether there is no element. Requires: a well-formed listpack. */
export function isEmptyListpack(blob: StringRange): boolean {
  return blob.bytes[blob.start + headerBytes] === endMark;
}

function expiryProblem(bytes: Uint8Array, at: number): string | null {
  const expiresAtMs = integerAt(bytes, at);
  const isSound = expiresAtMs >= 0 && expiresAtMs <= fieldExpiryMax;
  return isSound ? null : 'the expiry of a field is no such moment';
}
