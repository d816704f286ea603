import { endMark, previous, seek, skipEntry } from '../packed/listpack.ts';
import { EntryView, entryEquals } from '../packed/listpack-elements.ts';
import type { Quicklist } from './list-quicklist.ts';
import { isSame } from './list-removal.ts';

/**
 * Reads the elements of a list one after the other, in either direction, straight from its nodes.
 * Nothing may change or look something up in the list meanwhile.
 */
export class ListCursor {
  /** What `read` showed last. */
  readonly element: EntryView = new EntryView();
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #at = 0;
  #isPlain = false;
  #isBackwards = false;
  #list: Quicklist | null = null;

  /** Goes to an element of the pack `bytes[start, end)`; negative indexes count from the end. */
  openPacked(
    bytes: Uint8Array,
    start: number,
    end: number,
    index: number,
    isBackwards: boolean,
  ): boolean {
    this.#list = null;
    this.#isBackwards = isBackwards;
    this.#isPlain = false;
    this.#show(bytes, start, end);
    this.#at = seek(bytes, start, end, index);
    return this.#at >= 0;
  }

  /** The same for a large list. */
  openLarge(list: Quicklist, index: number, isBackwards: boolean): boolean {
    const { directory } = list;
    this.#list = list;
    this.#isBackwards = isBackwards;
    const forward = index < 0 ? index + list.length : index;
    if (forward < 0 || !directory.seek(forward)) return false;
    this.#showNode(list);
    if (!this.#isPlain) {
      this.#at = seek(this.#bytes, this.#start, this.#end, directory.offset);
    }
    return true;
  }

  /** Goes on; false at the end. Requires: on an element. */
  next(): boolean {
    if (!this.#isPlain) {
      if (this.#isBackwards) {
        this.#at = previous(this.#bytes, this.#start, this.#at);
        if (this.#at >= 0) return true;
      } else {
        this.#at = skipEntry(this.#bytes, this.#at);
        if (this.#bytes[this.#at] !== endMark) return true;
      }
    }
    return this.#nextNode();
  }

  /** The entries of the node from here on, to be read in place; null where the node is one element. */
  get packed(): Uint8Array | null {
    return this.#isPlain ? null : this.#bytes;
  }

  /** Where in `packed` the element is. */
  get at(): number {
    return this.#at;
  }

  /**
   * Goes on behind entries that were read in place: to the entry at `at`, or, at the end mark, to the
   * next node. False at the end. Requires: opened forwards.
   */
  goOnAt(at: number): boolean {
    this.#at = at;
    return this.#bytes[at] !== endMark || this.#nextNode();
  }

  /** Shows the element in `element`. */
  read(): void {
    if (this.#isPlain) showPlain(this.element, this.#bytes, this.#start, this.#end);
    else this.element.read(this.#bytes, this.#at);
  }

  /** Whether the element is `needle[start, end)`. */
  equals(needle: Uint8Array, start: number, end: number): boolean {
    return this.#isPlain
      ? isSame(this.#bytes, this.#start, this.#end, needle, start, end)
      : entryEquals(this.#bytes, this.#at, needle, start, end);
  }

  #nextNode(): boolean {
    const list = this.#list;
    if (list === null) return false;
    const { directory } = list;
    if (!(this.#isBackwards ? directory.previous() : directory.next())) return false;
    this.#showNode(list);
    if (!this.#isPlain) {
      this.#at = seek(this.#bytes, this.#start, this.#end, this.#isBackwards ? -1 : 0);
    }
    return true;
  }

  #showNode({ directory, nodes }: Quicklist): void {
    nodes.locate(directory.ref);
    this.#isPlain = nodes.isPlain(directory.ref);
    this.#show(nodes.bytes, nodes.start, nodes.end);
  }

  #show(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }
}

/** Shows bytes that are an element as they are. */
export function showPlain(element: EntryView, bytes: Uint8Array, start: number, end: number): void {
  element.bytes = bytes;
  element.start = start;
  element.end = end;
  element.isInteger = false;
  element.value = Number.NaN;
}
