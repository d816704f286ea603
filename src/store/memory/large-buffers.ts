import { assert } from '../../base/assert.ts';

/**
 * Byte strings that are too large for a block of the arena, each in a buffer of its own, named by a
 * small integer. A buffer may have more room than content, so that appending does not copy each time.
 */
export class LargeBuffers {
  #buffers: (Uint8Array | null)[] = [];
  #lengths: number[] = [];
  #freeIds: number[] = [];
  /** Bytes of all buffers, room included. */
  usedBytes = 0;

  /** A buffer of `length` zero bytes with room for `room`; returns its id. */
  create(length: number, room = length): number {
    assert(room >= length, 'a buffer has room for its content');
    const id = this.#freeIds.pop() ?? this.#buffers.length;
    this.#buffers[id] = new Uint8Array(room);
    this.#lengths[id] = length;
    this.usedBytes += room;
    return id;
  }

  /** The whole buffer, room included. */
  bytesOf(id: number): Uint8Array {
    const buffer = this.#buffers[id];
    assert(buffer !== null && buffer !== undefined, 'a large buffer is used only while it lives');
    return buffer;
  }

  /** How many bytes of it are content. */
  lengthOf(id: number): number {
    return this.#lengths[id];
  }

  /** Changes the length where the room allows it; new bytes are zero. False when it does not fit. */
  resize(id: number, length: number): boolean {
    const buffer = this.bytesOf(id);
    if (length > buffer.length) return false;
    const before = this.#lengths[id];
    if (length < before) buffer.fill(0, length, before);
    this.#lengths[id] = length;
    return true;
  }

  /** Gives the buffer back. */
  free(id: number): void {
    this.usedBytes -= this.bytesOf(id).length;
    this.#buffers[id] = null;
    this.#lengths[id] = 0;
    this.#freeIds.push(id);
  }
}
