import type { Request } from '../protocol/request.ts';
import type { Database } from '../store/database.ts';
import type { EffectBuffer } from './effects.ts';
import type { Statistics } from './statistics.ts';

/** Who hears that keys and fields were deleted because their time had come. */
export interface ExpiryListener {
  expired(database: Database, key: Uint8Array): void;
  /** `isKeyGone`: no field is left, and the key was deleted. */
  fieldsExpired(database: Database, key: Uint8Array, isKeyGone: boolean): void;
}

/** Fields that must not stay, because the running command is about to change them. */
export interface NamedFields {
  readonly request: Request;
  /** The words that name them: `first` (0 for none), and every `step` words from there. */
  readonly first: number;
  readonly step: number;
}

/** As many fields are deleted at a time as stall nobody. */
const fieldsAtOnce = 256;

/**
 * Deletes fields of a hash whose time has come, and the key with the last of them. `effects` takes
 * the HDEL, unless nobody wants it.
 *
 * @returns the record, which may have moved; 0 when the key is gone.
 */
export function deleteDueFields(
  database: Database,
  record: number,
  nowMs: number,
  named: NamedFields | null,
  world: {
    readonly listener: ExpiryListener;
    readonly statistics: Statistics;
    readonly effects: EffectBuffer | null;
  },
): number {
  const { hashes, values } = database;
  const names: Uint8Array[] = [];
  let hash = hashes.takeDue(record, nowMs, fieldsAtOnce, names);
  if (named !== null && hashes.earliestMs(hash) <= nowMs) {
    hash = takeNamed(database, hash, nowMs, named, names);
  }
  if (names.length === 0) return hash;
  const key = database.keyOf(hash);
  const isKeyGone = hashes.length(hash) === 0;
  if (isKeyGone) values.remove(hash);
  else hashes.noteExpiry(hash);
  world.statistics.expiredFields += names.length;
  if (world.effects !== null) {
    const effect = world.effects
      .begin(database.index, names.length + 2)
      .text('HDEL')
      .bytes(key);
    for (const name of names) effect.bytes(name);
  }
  world.listener.fieldsExpired(database, key, isKeyGone);
  return isKeyGone ? 0 : hash;
}

function takeNamed(
  database: Database,
  record: number,
  nowMs: number,
  named: NamedFields,
  names: Uint8Array[],
): number {
  const { hashes } = database;
  const { request, first, step } = named;
  let hash = record;
  if (first === 0) return hash;
  for (let word = first; word < request.count; word += step) {
    const name = request.copyOf(word);
    if (!hashes.find(hash, name, 0, name.length)) continue;
    if (hashes.expiresAtMs === 0 || hashes.expiresAtMs > nowMs) continue;
    hash = hashes.delete(hash, name, 0, name.length);
    names.push(name);
  }
  return hash;
}
