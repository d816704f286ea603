import type { Connection } from '../runtime/connection.ts';
import type { ListenAddress, Listener, OpenListener } from '../runtime/listener.ts';

/**
 * A listener that accepts from the first moment, but hands connections on only once it is released:
 * until then nothing is read from them.
 *
 * A server that comes back with a small file is ready so soon that nobody should be told LOADING,
 * which most client libraries take for a failure of the request.
 */
export class HeldListener implements Listener {
  readonly #inner: Listener;
  #held: Held[] | null = [];

  constructor(inner: Listener) {
    this.#inner = inner;
  }

  listen(
    address: ListenAddress,
    onConnection: (connection: Connection) => void,
    onReady: (port: number) => void,
    onFailure: (cause: string) => void,
  ): OpenListener {
    const hold = (connection: Connection): void => {
      if (this.#held === null) onConnection(connection);
      else this.#hold({ connection, onConnection });
    };
    return this.#inner.listen(address, hold, onReady, onFailure);
  }

  /** Hands on who waits, in the order in which they came, and from now on everybody at once. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const { connection, onConnection } of held) {
      onConnection(connection);
      connection.resume();
    }
  }

  /** Reads nothing from `each`, and forgets it when it does not wait for us. */
  #hold(each: Held): void {
    each.connection.pause();
    each.connection.listen({
      onData: () => {},
      onDrain: () => {},
      onClose: () => {
        this.#held = this.#held?.filter((other) => other !== each) ?? null;
      },
    });
    this.#held?.push(each);
  }

  /** Closes who waits: the server stops. */
  drop(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const { connection } of held) connection.destroy();
  }
}

interface Held {
  readonly connection: Connection;
  readonly onConnection: (connection: Connection) => void;
}
