/**
 * Names to values, asked with bytes of a request: letters of either case, and no memory is
 * allocated. Open addressing over a small hash; what the hash finds is compared byte by byte.
 */
export class NameIndex<Value> {
  readonly #slots: (Value | null)[];
  /** The bytes of all names, one after the other; slot `i` has `[starts[i], starts[i]+lengths[i])`. */
  readonly #names: Uint8Array;
  readonly #starts: Uint32Array;
  readonly #lengths: Uint8Array;
  readonly #mask: number;
  readonly #maxLength: number;
  /** All values, in the order given. */
  readonly values: readonly Value[];

  /** Requires: names are lower-case ASCII of at most 255 bytes, each once. */
  constructor(entries: readonly (readonly [name: string, value: Value])[]) {
    let capacity = 8;
    while (capacity < entries.length * 4) capacity *= 2;
    this.#mask = capacity - 1;
    this.#slots = new Array<Value | null>(capacity).fill(null);
    this.#starts = new Uint32Array(capacity);
    this.#lengths = new Uint8Array(capacity);
    this.#names = new Uint8Array(entries.reduce((sum, [name]) => sum + name.length, 0));
    this.#maxLength = Math.max(0, ...entries.map(([name]) => name.length));
    this.values = entries.map(([, value]) => value);
    let at = 0;
    for (const [name, value] of entries) at = this.#insert(name, value, at);
  }

  /** The value of the name `bytes[start, end)`, or null. */
  find(bytes: Uint8Array, start: number, end: number): Value | null {
    const length = end - start;
    if (length > this.#maxLength) return null;
    let hash = length;
    for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] | 32)) | 0;
    let slot = (hash ^ (hash >>> 15)) & this.#mask;
    for (;;) {
      const value = this.#slots[slot];
      if (value === null || this.#holds(slot, bytes, start, length)) return value;
      slot = (slot + 1) & this.#mask;
    }
  }

  #holds(slot: number, bytes: Uint8Array, start: number, length: number): boolean {
    if (this.#lengths[slot] !== length) return false;
    const own = this.#starts[slot];
    for (let i = 0; i < length; i += 1) {
      let byte = bytes[start + i];
      if (byte >= 65 && byte <= 90) byte += 32;
      if (byte !== this.#names[own + i]) return false;
    }
    return true;
  }

  #insert(name: string, value: Value, at: number): number {
    let hash = name.length;
    for (let i = 0; i < name.length; i += 1) {
      this.#names[at + i] = name.charCodeAt(i);
      hash = (Math.imul(hash, 31) + (name.charCodeAt(i) | 32)) | 0;
    }
    let slot = (hash ^ (hash >>> 15)) & this.#mask;
    while (this.#slots[slot] !== null) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = value;
    this.#starts[slot] = at;
    this.#lengths[slot] = name.length;
    return at + name.length;
  }
}
