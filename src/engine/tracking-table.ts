import { bytesOfLatin1, latin1Of } from '../base/bytes.ts';

/**
 * Which clients may have which keys in their caches. Keys of all databases go by their names alone,
 * as clients are told of names only.
 */
export class TrackingTable {
  readonly #clients = new Map<string, Set<number>>();
  /** How many pairs of a key and a client there are. */
  itemCount = 0;

  get keyCount(): number {
    return this.#clients.size;
  }

  /** A client was given a key's value, or the news that there is none. */
  remember(bytes: Uint8Array, start: number, end: number, clientId: number): void {
    const name = latin1Of(bytes, start, end);
    const clients = this.#clients.get(name);
    if (clients === undefined) {
      this.#clients.set(name, new Set([clientId]));
    } else if (clients.has(clientId)) {
      return;
    } else {
      clients.add(clientId);
    }
    this.itemCount += 1;
  }

  /** Forgets a key, and names the clients that have it. */
  take(bytes: Uint8Array, start: number, end: number): Iterable<number> {
    return this.#take(latin1Of(bytes, start, end)) ?? [];
  }

  /** Forgets the key that has been known longest. */
  takeOldest(): { readonly key: Uint8Array; readonly clients: Iterable<number> } | null {
    const oldest = this.#clients.keys().next();
    if (oldest.done === true) return null;
    return { key: bytesOfLatin1(oldest.value), clients: this.#take(oldest.value) ?? [] };
  }

  clear(): void {
    this.#clients.clear();
    this.itemCount = 0;
  }

  #take(name: string): Iterable<number> | undefined {
    const clients = this.#clients.get(name);
    if (clients === undefined) return undefined;
    this.#clients.delete(name);
    this.itemCount -= clients.size;
    return clients;
  }
}
