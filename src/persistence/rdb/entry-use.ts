import type { AccessClock } from '../../store/access-clock.ts';
import type { Keyspace } from '../../store/keyspace.ts';
import type { RdbWriter } from './rdb-writer.ts';

/** What files say of a key's use: what the policy that evicts keys asks for. */
export type SavedUse = 'none' | 'idle' | 'frequency';

/** Writes what an entry says of its key's use: behind its expiry, before its type. */
export type UseWriter = (ref: number) => void;

/** How `writer` says of a record of `keyspace` what `use` wants; null where that is nothing. */
export function useWriterOf(
  keyspace: Keyspace,
  writer: RdbWriter,
  use: SavedUse,
): UseWriter | null {
  const { records, access } = keyspace;
  if (use === 'none') return null;
  if (use === 'idle') return (ref) => writer.writeIdle(access.idleSeconds(records.accessOf(ref)));
  return (ref) => writer.writeFrequency(access.frequency(records.accessOf(ref)));
}

/**
 * What a record's access bits become when a file tells of its key's use, by the policy that is in
 * force; -1 where it tells nothing of use: both numbers are -1 where they were not said.
 */
export function accessOfUse(clock: AccessClock, idleSeconds: number, frequency: number): number {
  if (clock.mode === 'lru') return idleSeconds < 0 ? -1 : clock.accessOfIdle(idleSeconds);
  return frequency < 0 ? -1 : clock.accessOfFrequency(frequency);
}
