const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** Addresses that are remembered; beyond it, the one that failed longest ago is forgotten. */
const maxAddresses = 1_000;

/** What stands between a replica and its next full sync. */
export interface SyncPause {
  /** Full syncs in a row that it left without an acknowledgement. */
  readonly failureCount: number;
  /** How long it still waits; 0 when it may have one now. */
  readonly leftMs: number;
}

interface Failures {
  readonly count: number;
  readonly untilMs: number;
}

const noPause: SyncPause = { failureCount: 0, leftMs: 0 };

/**
 * How long a replica waits for its next full sync after the `failureCount`-th in a row that it did
 * not acknowledge. Each one costs a walk over the whole data set.
 */
export function pauseAfterFailedSync(failureCount: number): number {
  return Math.min(firstPauseMs * 2 ** (failureCount - 1), longestPauseMs);
}

/**
 * Which replicas left with a full sync that they never acknowledged: one that cannot load our data
 * goes away and comes back at once, and would have us do nothing but send snapshots. Replicas are
 * known by address, for each attempt is a connection of its own.
 */
export class FailedSyncs {
  /** In the order of the last failure. */
  readonly #failures = new Map<string, Failures>();

  /** How many addresses are remembered. */
  get size(): number {
    return this.#failures.size;
  }

  /** The replica left without an acknowledgement: its pause begins now. */
  add(address: string, nowMs: number): void {
    const count = (this.#failures.get(address)?.count ?? 0) + 1;
    this.#failures.delete(address);
    this.#failures.set(address, { count, untilMs: nowMs + pauseAfterFailedSync(count) });
    if (this.#failures.size <= maxAddresses) return;
    for (const oldest of this.#failures.keys()) {
      this.#failures.delete(oldest);
      return;
    }
  }

  /** The replica acknowledged: all is well with it. */
  forget(address: string): void {
    this.#failures.delete(address);
  }

  /** What the replica has to wait for. */
  pauseOf(address: string, nowMs: number): SyncPause {
    const failures = this.#failures.get(address);
    if (failures === undefined) return noPause;
    return { failureCount: failures.count, leftMs: Math.max(0, failures.untilMs - nowMs) };
  }
}
