/**
 * Time as the pure folders see it. `runtime/node` reads the machine's clock; the simulation turns a
 * wheel of its own. Nothing else in the project knows what time it is.
 */
export interface Clock {
  /** Wall clock, Unix time in milliseconds. It may jump. */
  nowMs(): number;
  /** Monotonic microseconds, for durations and time budgets. Its zero has no meaning. */
  monotonicUs(): number;
  /** Runs `task` once, not before `delayMs` from now. */
  after(delayMs: number, task: () => void): Timer;
  /** Runs `task` every `periodMs`, until cancelled. */
  every(periodMs: number, task: () => void): Timer;
  /** Runs `task` when everything that has already arrived was handled: the end of this turn. */
  endOfTurn(task: () => void): void;
}

/** A task that waits on a `Clock`. */
export interface Timer {
  /** Forgets the task. Harmless when it already ran. */
  cancel(): void;
}
