import type { Clock, Timer } from '../runtime/clock.ts';

/** What a WAIT asks for, and where its answer goes. */
export interface WaitRequest {
  /** The offset that replicas have to acknowledge. */
  readonly offset: number;
  readonly replicaCount: number;
  /** 0 waits for ever. */
  readonly timeoutMs: number;
  /** Called once, later: when enough have acknowledged, or time is up. */
  onDone(acknowledgedCount: number): void;
}

interface Waiter {
  readonly request: WaitRequest;
  timer: Timer | null;
}

/** The WAITs that are not answered yet. */
export class Waits {
  readonly #clock: Clock;
  readonly #countAcknowledged: (offset: number) => number;
  readonly #waiters = new Set<Waiter>();

  constructor(clock: Clock, countAcknowledged: (offset: number) => number) {
    this.#clock = clock;
    this.#countAcknowledged = countAcknowledged;
  }

  /** Adds a WAIT that cannot be answered at once. Returns a function that takes it back. */
  add(request: WaitRequest): () => void {
    const waiter: Waiter = { request, timer: null };
    this.#waiters.add(waiter);
    if (request.timeoutMs > 0) {
      waiter.timer = this.#clock.after(request.timeoutMs, () => this.#answer(waiter));
    }
    return () => this.#forget(waiter);
  }

  /** A replica acknowledged more: answers who waited for that. */
  check(): void {
    for (const waiter of [...this.#waiters]) {
      const { offset, replicaCount } = waiter.request;
      if (this.#countAcknowledged(offset) >= replicaCount) this.#answer(waiter);
    }
  }

  #answer(waiter: Waiter): void {
    this.#forget(waiter);
    waiter.request.onDone(this.#countAcknowledged(waiter.request.offset));
  }

  #forget(waiter: Waiter): void {
    waiter.timer?.cancel();
    this.#waiters.delete(waiter);
  }
}
