/** One byte stream between two processes, in order, without message boundaries. */
export interface Connection {
  /** The peer, for logs and `CLIENT LIST`: `127.0.0.1:50312`, `[::1]:50312` or a socket's path + `:0`. */
  readonly remoteAddress: string;
  /** Our own end of it, in the same form. */
  readonly localAddress: string;
  /** The peer's address without the port. */
  readonly remoteHost: string;

  /**
   * Says who gets what arrives. Must be called in the same turn in which the connection was
   * handed over; a later call hands it on to somebody else.
   */
  listen(listener: ConnectionListener): void;

  /**
   * Sends `bytes` after everything sent before.
   *
   * @returns true when the bytes were handed on and the caller may reuse their memory at once; false
   * when the connection keeps a reference until the peer reads them: the memory must not change.
   */
  write(bytes: Uint8Array): boolean;

  /** How many bytes were written here that the peer's kernel has not yet taken. */
  readonly pendingBytes: number;

  /** Stops `onData` until `resume`. Bytes wait in the kernel, and in the end at the peer. */
  pause(): void;
  resume(): void;

  /** Sends what is pending, then closes. `onClose` follows. */
  end(): void;
  /** Closes at once and forgets what is pending. `onClose` follows. */
  destroy(): void;

  /** TCP_NODELAY; no effect where there is no such thing. */
  setNoDelay(enabled: boolean): void;
  /** TCP keep-alive: first probe after so many seconds of silence, 0 turns it off. */
  setKeepAlive(seconds: number): void;
}

/** Who is told what happens on a connection. */
export interface ConnectionListener {
  /** `bytes[0, length)` arrived. The array is reused after the call returns: copy what must stay. */
  onData(bytes: Uint8Array, length: number): void;
  /** All pending bytes were taken, after a `write` that returned false. */
  onDrain(): void;
  /** The connection is gone; `reason` is a short text, empty for an orderly close. Comes once. */
  onClose(reason: string): void;
}

/** Opens connections to other servers. */
export interface Connector {
  /**
   * Tries to reach `host:port`. Exactly one of the two callbacks is called, later; `onFailure`'s
   * text is the cause as a person would read it ("Connection refused").
   *
   * @returns a function that gives the attempt up: then neither callback comes.
   */
  connect(
    target: { readonly host: string; readonly port: number },
    onOpen: (connection: Connection) => void,
    onFailure: (cause: string) => void,
  ): () => void;
}
