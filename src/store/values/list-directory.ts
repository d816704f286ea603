/** Nodes that follow one another: for each, its ref and its number of elements. */
interface Chunk {
  words: Uint32Array;
  size: number;
  elements: number;
}

/**
 * The nodes of a large list in their order, in chunks of some hundred, each of which knows how many
 * elements it has: an element is found chunk by chunk from the nearer end, and a new node in the
 * middle moves the rest of one chunk.
 *
 * There is one position, moved by `toFirst`, `toLast`, `seek`, `next` and `previous`; everything
 * else acts on the node there. Behind the last node is a position, too.
 */
export class ListDirectory {
  nodeCount = 0;
  elementCount = 0;
  /** Where in the node the element is that `seek` looked for. */
  offset = 0;
  #chunks: Chunk[] = [];
  #chunkAt = 0;
  /** The chunk with this number, at hand: most that is done to a list is done at one of its ends. */
  #chunk: Chunk = noChunk;
  #slot = 0;

  /** The node's ref. Requires: a node at the position, as for the next three. */
  get ref(): number {
    return this.#chunk.words[this.#slot * 2];
  }

  /** How many elements the node has. */
  get count(): number {
    return this.#chunk.words[this.#slot * 2 + 1];
  }

  /** Notes that the node, where it is, has so many elements more. */
  addElements(added: number): void {
    const chunk = this.#chunk;
    chunk.words[this.#slot * 2 + 1] += added;
    chunk.elements += added;
    this.elementCount += added;
  }

  /** Notes that the node moved, or has another number of elements. */
  update(ref: number, count: number): void {
    const chunk = this.#chunk;
    const at = this.#slot * 2;
    const added = count - chunk.words[at + 1];
    chunk.words[at] = ref;
    chunk.words[at + 1] = count;
    chunk.elements += added;
    this.elementCount += added;
  }

  /** Goes to the first node; false when there is none. */
  toFirst(): boolean {
    if (this.#chunkAt > 0) this.#toChunk(0);
    this.#slot = 0;
    return this.nodeCount > 0;
  }

  /** Goes to the last node; false when there is none. */
  toLast(): boolean {
    if (this.nodeCount === 0) return false;
    const lastChunk = this.#chunks.length - 1;
    if (this.#chunkAt !== lastChunk) this.#toChunk(lastChunk);
    this.#slot = this.#chunk.size - 1;
    return true;
  }

  /** Goes to the next node; false, and stays, at the last. */
  next(): boolean {
    if (this.#slot + 1 < this.#chunk.size) {
      this.#slot += 1;
      return true;
    }
    if (this.#chunkAt + 1 >= this.#chunks.length) return false;
    this.#toChunk(this.#chunkAt + 1);
    this.#slot = 0;
    return true;
  }

  /** Goes to the node before; false, and stays, at the first. */
  previous(): boolean {
    if (this.#slot > 0) {
      this.#slot -= 1;
      return true;
    }
    if (this.#chunkAt === 0) return false;
    this.#toChunk(this.#chunkAt - 1);
    this.#slot = this.#chunk.size - 1;
    return true;
  }

  /** Goes to the node of the element with this index (0 and more); false when there is none. */
  seek(index: number): boolean {
    if (index >= this.elementCount) return false;
    const left = index < this.elementCount >>> 1 ? this.#seekAhead(index) : this.#seekBack(index);
    const { words, size, elements } = this.#chunk;
    let first = 0;
    let slot = 0;
    if (left < elements >>> 1) {
      while (left - first >= words[slot * 2 + 1]) {
        first += words[slot * 2 + 1];
        slot += 1;
      }
    } else {
      slot = size - 1;
      first = elements - words[slot * 2 + 1];
      while (first > left) {
        slot -= 1;
        first -= words[slot * 2 + 1];
      }
    }
    this.#slot = slot;
    this.offset = left - first;
    return true;
  }

  /** Goes to the node with this number. Requires: there is one. */
  toNode(number: number): void {
    let left = number;
    let at = 0;
    while (left >= this.#chunks[at].size) {
      left -= this.#chunks[at].size;
      at += 1;
    }
    this.#toChunk(at);
    this.#slot = left;
  }

  /** Puts a node before or behind the position's and goes there. */
  insert(isBehind: boolean, ref: number, count: number): void {
    if (this.nodeCount === 0) {
      this.#chunks = [newChunk()];
      this.#toChunk(0);
      this.#slot = 0;
    } else if (isBehind) {
      this.#slot += 1;
    }
    const chunk = this.#chunkWithRoom();
    const at = this.#slot * 2;
    chunk.words.copyWithin(at + 2, at, chunk.size * 2);
    chunk.words[at] = ref;
    chunk.words[at + 1] = count;
    chunk.size += 1;
    chunk.elements += count;
    this.nodeCount += 1;
    this.elementCount += count;
  }

  /** Takes the node out; the position is that of the one behind it. False when there is none. */
  remove(): boolean {
    const chunk = this.#chunk;
    const at = this.#slot * 2;
    const count = chunk.words[at + 1];
    chunk.words.copyWithin(at, at + 2, chunk.size * 2);
    chunk.size -= 1;
    chunk.elements -= count;
    this.nodeCount -= 1;
    this.elementCount -= count;
    if (chunk.size === 0) {
      this.#chunks.splice(this.#chunkAt, 1);
      this.#toChunk(this.#chunkAt);
      return this.#chunkAt < this.#chunks.length;
    }
    this.#joinNext(chunk);
    if (this.#slot === chunk.size) {
      this.#toChunk(this.#chunkAt + 1);
      this.#slot = 0;
    }
    return this.#chunkAt < this.#chunks.length;
  }

  /** The refs of all nodes in order. */
  refs(): Uint32Array {
    const refs = new Uint32Array(this.nodeCount);
    let at = 0;
    for (const { words, size } of this.#chunks) {
      for (let slot = 0; slot < size; slot += 1) refs[at++] = words[slot * 2];
    }
    return refs;
  }

  /** Bytes that it takes, about. */
  get memoryBytes(): number {
    return this.#chunks.reduce((sum, { words }) => sum + words.byteLength + chunkBytes, 0);
  }

  /** Goes to a chunk, or behind the last. */
  #toChunk(number: number): void {
    this.#chunkAt = number;
    this.#chunk = number < this.#chunks.length ? this.#chunks[number] : noChunk;
  }

  #seekAhead(index: number): number {
    let left = index;
    let at = 0;
    while (left >= this.#chunks[at].elements) {
      left -= this.#chunks[at].elements;
      at += 1;
    }
    this.#toChunk(at);
    return left;
  }

  #seekBack(index: number): number {
    let at = this.#chunks.length - 1;
    let first = this.elementCount - this.#chunks[at].elements;
    while (first > index) {
      at -= 1;
      first -= this.#chunks[at].elements;
    }
    this.#toChunk(at);
    return index - first;
  }

  /** The chunk where a node will be put at the slot, which both may change. */
  #chunkWithRoom(): Chunk {
    let chunk = this.#chunk;
    if (chunk.size === chunkNodesMax) chunk = this.#makeRoom(chunk);
    if (chunk.size * 2 === chunk.words.length) {
      const grown = new Uint32Array(chunk.words.length * 2);
      grown.set(chunk.words);
      chunk.words = grown;
    }
    return chunk;
  }

  #makeRoom(full: Chunk): Chunk {
    if (this.#slot === chunkNodesMax) {
      this.#toChunk(this.#chunkAt + 1);
      this.#slot = 0;
      const next = this.#chunk;
      return next !== noChunk && next.size < chunkNodesMax ? next : this.#openChunk();
    }
    if (this.#slot === 0) return this.#openChunk();
    const upper = { words: new Uint32Array(chunkNodesMax * 2), size: half, elements: 0 };
    upper.words.set(full.words.subarray(half * 2));
    for (let slot = 0; slot < half; slot += 1) upper.elements += upper.words[slot * 2 + 1];
    full.size -= half;
    full.elements -= upper.elements;
    this.#chunks.splice(this.#chunkAt + 1, 0, upper);
    if (this.#slot <= full.size) return full;
    this.#slot -= full.size;
    this.#toChunk(this.#chunkAt + 1);
    return upper;
  }

  #openChunk(): Chunk {
    const chunk = newChunk();
    this.#chunks.splice(this.#chunkAt, 0, chunk);
    this.#toChunk(this.#chunkAt);
    return chunk;
  }

  /** Joins a chunk with the next when both have become small. */
  #joinNext(chunk: Chunk): void {
    const next = this.#chunks[this.#chunkAt + 1];
    if (next === undefined || chunk.size + next.size > half) return;
    const words = new Uint32Array(chunkNodesMax * 2);
    words.set(chunk.words.subarray(0, chunk.size * 2));
    words.set(next.words.subarray(0, next.size * 2), chunk.size * 2);
    chunk.words = words;
    chunk.size += next.size;
    chunk.elements += next.elements;
    this.#chunks.splice(this.#chunkAt + 1, 1);
  }
}

/** Stands for the chunk behind the last, where no node is. */
const noChunk: Chunk = { words: new Uint32Array(2), size: 0, elements: 0 };

function newChunk(): Chunk {
  return { words: new Uint32Array(firstNodes * 2), size: 0, elements: 0 };
}

const chunkNodesMax = 256;
const half = chunkNodesMax / 2;
/** Most large lists have few nodes. */
const firstNodes = 4;
/** A chunk without its words. */
const chunkBytes = 100;
