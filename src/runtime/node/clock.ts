import { performance } from 'node:perf_hooks';
import type { Clock, Timer } from '../clock.ts';

/** The machine's clock and Node's timers. */
export const nodeClock: Clock = {
  nowMs: () => Date.now(),
  monotonicUs: () => performance.now() * 1000,
  after: (delayMs, task) => timerOf(setTimeout(task, delayMs), clearTimeout),
  every: (periodMs, task) => timerOf(setInterval(task, periodMs), clearInterval),
  endOfTurn: (task) => {
    setImmediate(task);
  },
};

function timerOf(handle: NodeJS.Timeout, clear: (handle: NodeJS.Timeout) => void): Timer {
  return { cancel: () => clear(handle) };
}
