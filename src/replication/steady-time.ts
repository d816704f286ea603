import type { Clock } from '../runtime/clock.ts';

/**
 * Milliseconds that never jump, for timeouts, lags and pauses: an operator who sets the clock must
 * not cost us our replicas. The zero has no meaning.
 */
export function steadyMs(clock: Clock): number {
  return Math.floor(clock.monotonicUs() / 1000);
}
