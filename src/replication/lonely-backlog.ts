import type { Clock } from '../runtime/clock.ts';
import { steadyMs } from './steady-time.ts';

/** Notices when a primary has had no replica for so long that its backlog serves nobody. */
export class LonelyBacklog {
  readonly #clock: Clock;
  #aloneSinceMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#aloneSinceMs = steadyMs(clock);
  }

  /** A replica is here, or might come back from now on: time begins anew. */
  expectReplicas(): void {
    this.#aloneSinceMs = steadyMs(this.#clock);
  }

  /** Whether nobody was here for more than `ttlSeconds`; 0 waits for ever. */
  isForgotten(ttlSeconds: number): boolean {
    return ttlSeconds > 0 && steadyMs(this.#clock) - this.#aloneSinceMs > ttlSeconds * 1000;
  }
}
