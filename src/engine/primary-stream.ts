import type { Request } from '../protocol/request.ts';
import type { Engine } from './engine.ts';
import { RequestQueue } from './request-queue.ts';
import type { Session } from './session.ts';

/**
 * Executes our primary's stream. A transaction is kept until its EXEC and then runs in one go, so
 * that nobody sees half of it.
 */
export class PrimaryStream {
  readonly #engine: Engine;
  readonly #session: Session;
  readonly #onError: (request: Request, error: string) => void;
  #queue: RequestQueue | null = null;

  /** `onError` hears of commands that fail here though they went well at the primary. */
  constructor(
    engine: Engine,
    session: Session,
    onError: (request: Request, error: string) => void,
  ) {
    this.#engine = engine;
    this.#session = session;
    this.#onError = onError;
  }

  /** The database that the stream is in. */
  get database(): number {
    return this.#session.databaseIndex;
  }

  set database(index: number) {
    this.#session.selectDatabase(index);
  }

  /** Bytes of a transaction that waits for its EXEC. */
  get queuedBytes(): number {
    return this.#queue?.bytes ?? 0;
  }

  /** Runs a request, or keeps it. Returns whether the stream is outside of a transaction then. */
  apply(request: Request): boolean {
    if (request.is(0, 'multi')) {
      this.#queue = new RequestQueue();
      return false;
    }
    if (this.#queue === null) {
      this.#run(request);
      this.#engine.serveBlocked();
      return true;
    }
    if (!request.is(0, 'exec')) {
      this.#queue.add(request);
      return false;
    }
    const queue = this.#queue;
    this.forgetTransaction();
    for (const each of queue.requests()) this.#run(each);
    this.#engine.serveBlocked();
    return true;
  }

  /** Drops a transaction that was begun. */
  forgetTransaction(): void {
    this.#queue = null;
  }

  #run(request: Request): void {
    const error = this.#engine.apply(this.#session, request);
    if (error !== null) this.#onError(request, error);
  }
}
