/**
 * Writes to a socket's handle without Node's stream layer, which costs about half a microsecond a
 * write: a tenth of a whole request at one request a round trip (`npm run bench -- throughput`).
 *
 * The handle's methods are not documented, so everything is probed before it is relied upon. Where
 * anything is missing, `DirectWriter.on` returns null and the socket's own `write` serves.
 */

/** What we rely upon of a handle; the same in Node 20 to 26. */
interface StreamHandle {
  /** Hands the bytes to the system; 0 or a negative error number. */
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  /** Bytes that the system has not taken yet. */
  readonly writeQueueSize: number;
}

/** What a write that takes longer reports to. */
interface WriteRequest {
  oncomplete: (status: number) => void;
  /** Keeps the bytes alive while the system reads them. */
  buffer: Uint8Array | null;
}

type WriteRequestConstructor = new () => WriteRequest;

/** Learnt from the first write of any socket. */
let requestConstructor: WriteRequestConstructor | null = null;

/** A socket's handle, written to directly. */
export class DirectWriter {
  readonly #handle: StreamHandle;
  readonly #newRequest: WriteRequestConstructor;
  readonly #onTaken: () => void;
  readonly #onFailure: (errorNumber: number) => void;
  #spare: WriteRequest | null = null;

  private constructor(
    handle: StreamHandle,
    newRequest: WriteRequestConstructor,
    onTaken: () => void,
    onFailure: (errorNumber: number) => void,
  ) {
    this.#handle = handle;
    this.#newRequest = newRequest;
    this.#onTaken = onTaken;
    this.#onFailure = onFailure;
  }

  /**
   * A writer on `handle`, or null while it is not known how to make one. `onTaken` is called when the
   * system took everything after a write that returned false.
   */
  static on(
    handle: object | null,
    onTaken: () => void,
    onFailure: (errorNumber: number) => void,
  ): DirectWriter | null {
    if (requestConstructor === null || !isStreamHandle(handle)) return null;
    return new DirectWriter(handle, requestConstructor, onTaken, onFailure);
  }

  /**
   * Watches the next write of an ordinary socket, to see what kind of request Node makes for it.
   * Harmless where that cannot be seen.
   */
  static learnFrom(handle: object | null): void {
    if (requestConstructor !== null || !isStreamHandle(handle)) return;
    const original = handle.writeBuffer;
    handle.writeBuffer = function learn(request, bytes) {
      handle.writeBuffer = original;
      const made = request.constructor;
      if (typeof made === 'function' && made.name === 'WriteWrap') {
        requestConstructor = made as WriteRequestConstructor;
      }
      return original.call(handle, request, bytes);
    };
  }

  /** Bytes that the system has not taken. */
  get pendingBytes(): number {
    return this.#handle.writeQueueSize;
  }

  /** Sends `bytes`. True when the system took them within the call: their memory is free again. */
  write(bytes: Uint8Array): boolean {
    const request = this.#spare ?? new this.#newRequest();
    this.#spare = null;
    const errorNumber = this.#handle.writeBuffer(request, bytes);
    if (errorNumber !== 0) {
      this.#onFailure(errorNumber);
      return true;
    }
    if (this.#handle.writeQueueSize === 0) {
      // The system never saw the request: it serves again.
      this.#spare = request;
      return true;
    }
    request.buffer = bytes;
    request.oncomplete = (status) => {
      request.buffer = null;
      if (status < 0) this.#onFailure(status);
      else if (this.#handle.writeQueueSize === 0) this.#onTaken();
    };
    return false;
  }
}

function isStreamHandle(handle: object | null): handle is StreamHandle {
  if (handle === null) return false;
  const candidate = handle as Partial<StreamHandle>;
  return (
    typeof candidate.writeBuffer === 'function' && typeof candidate.writeQueueSize === 'number'
  );
}
