import type { AccessClock } from '../../store/access-clock.ts';

/**
 * What a record's access bits become when a file tells of its key's use, by the policy that is in
 * force; -1 where it tells nothing of use: both numbers are -1 where they were not said.
 */
export function accessOfUse(clock: AccessClock, idleSeconds: number, frequency: number): number {
  if (clock.mode === 'lru') return idleSeconds < 0 ? -1 : clock.accessOfIdle(idleSeconds);
  return frequency < 0 ? -1 : clock.accessOfFrequency(frequency);
}
