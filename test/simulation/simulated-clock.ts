import type { Clock, Timer } from '../../src/runtime/clock.ts';

interface Task {
  atMs: number;
  readonly order: number;
  readonly periodMs: number | null;
  readonly run: () => void;
  isCancelled: boolean;
}

/** How long a look at the monotonic clock takes. */
const lookUs = 20;
/** A turn in which nothing else happens. */
const emptyTurnMs = 0.05;

/**
 * Time that moves only when told: it jumps from one task to the next, in the order of their moments,
 * and of their planning where those are equal. One clock serves a whole cluster.
 */
export class SimulatedClock implements Clock {
  #nowMs: number;
  #order = 0;
  /** A binary heap: the task at 0 is the next one. */
  readonly #heap: Task[] = [];
  #turnEnds: (() => void)[] = [];
  #spentUs = 0;

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return Math.floor(this.#nowMs);
  }

  /** Looking at it takes time, so that whoever has a budget spends it. */
  monotonicUs(): number {
    this.#spentUs += lookUs;
    return this.#nowMs * 1000 + this.#spentUs;
  }

  after(delayMs: number, run: () => void): Timer {
    return this.#plan(delayMs, null, run);
  }

  every(periodMs: number, run: () => void): Timer {
    return this.#plan(periodMs, periodMs, run);
  }

  endOfTurn(run: () => void): void {
    this.#turnEnds.push(run);
  }

  /** Runs `task` as a turn of its own, now. */
  turn(task: () => void): void {
    task();
    this.#endTurn();
  }

  /** Runs what is due until `durationMs` from now. */
  advance(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    this.#endTurn();
    while (this.#heap.length > 0 && this.#heap[0].atMs <= endMs) this.#runNext();
    this.#nowMs = endMs;
  }

  /** Time passes and nobody runs: the machine was suspended. */
  stall(durationMs: number): void {
    this.#nowMs += durationMs;
  }

  /**
   * Lets time pass until `condition` holds. Throws with `what` when it does not within `withinMs`.
   */
  until(what: string, condition: () => boolean, withinMs = 120_000): void {
    const endMs = this.#nowMs + withinMs;
    this.#endTurn();
    while (!condition()) {
      if (this.#heap.length === 0 || this.#heap[0].atMs > endMs) {
        throw new Error(`not within ${withinMs} ms of simulated time: ${what}`);
      }
      this.#runNext();
    }
  }

  #runNext(): void {
    const task = this.#take();
    this.#nowMs = Math.max(this.#nowMs, task.atMs);
    if (task.isCancelled) return;
    if (task.periodMs !== null) {
      // As Node's intervals, it does not make up for what a stall cost.
      task.atMs = this.#nowMs + task.periodMs;
      this.#insert(task);
    }
    task.run();
    this.#endTurn();
  }

  /** What the end of a turn plans for the end of a turn means the next one, as in Node. */
  #endTurn(): void {
    const tasks = this.#turnEnds;
    if (tasks.length === 0) return;
    this.#turnEnds = [];
    for (const task of tasks) task();
    if (this.#turnEnds.length > 0) this.after(emptyTurnMs, () => {});
  }

  #plan(delayMs: number, periodMs: number | null, run: () => void): Timer {
    const atMs = this.#nowMs + Math.max(0, delayMs);
    const task: Task = { atMs, order: this.#order, periodMs, run, isCancelled: false };
    this.#order += 1;
    this.#insert(task);
    return {
      cancel: () => {
        task.isCancelled = true;
      },
    };
  }

  #insert(task: Task): void {
    const heap = this.#heap;
    heap.push(task);
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at], heap[parent])) break;
      [heap[at], heap[parent]] = [heap[parent], heap[at]];
      at = parent;
    }
  }

  #take(): Task {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    heap[0] = last;
    let at = 0;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && isBefore(heap[child], heap[least])) least = child;
      }
      if (least === at) return first;
      [heap[at], heap[least]] = [heap[least], heap[at]];
      at = least;
    }
  }
}

function isBefore(left: Task, right: Task): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}
