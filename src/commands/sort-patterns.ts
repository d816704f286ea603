import { concatBytes } from '../base/bytes.ts';
import { valueTypes } from '../store/value-types.ts';
import type { CommandContext } from './context.ts';
import { isGone } from './hash-values.ts';

/**
 * What a pattern of SORT says of an element: the string of the key that has the element in place of
 * the first `*`, or with `->` behind it a field of that hash, or for `#` the element itself. A copy;
 * null when there is no such thing.
 */
export function valueOfPattern(
  context: CommandContext,
  pattern: Uint8Array,
  element: Uint8Array,
): Uint8Array | null {
  if (pattern.length === 1 && pattern[0] === hash) return element;
  const at = pattern.indexOf(star);
  if (at < 0) return null;
  const arrow = arrowBehind(pattern, at);
  const suffixEnd = arrow < 0 ? pattern.length : arrow;
  const before = pattern.subarray(0, at);
  const key = concatBytes([before, element, pattern.subarray(at + 1, suffixEnd)]);
  const { database } = context;
  const record = context.peekIn(database, key);
  if (record === 0) return null;
  const type = database.typeOf(record);
  if (arrow >= 0) {
    return type === valueTypes.hash ? fieldOf(context, record, pattern, arrow + 2) : null;
  }
  if (type !== valueTypes.string) return null;
  const { bytes, start, end } = database.string(record);
  return bytes.slice(start, end);
}

/** Where the first `->` stands behind the star, -1 when nothing follows it. */
function arrowBehind(pattern: Uint8Array, star: number): number {
  for (let i = star + 1; i + 1 < pattern.length; i += 1) {
    if (pattern[i] !== minus || pattern[i + 1] !== greater) continue;
    return i + 2 < pattern.length ? i : -1;
  }
  return -1;
}

function fieldOf(
  context: CommandContext,
  record: number,
  pattern: Uint8Array,
  start: number,
): Uint8Array | null {
  const { hashes } = context.database;
  if (!hashes.find(record, pattern, start, pattern.length)) return null;
  return isGone(context, hashes.expiresAtMs) ? null : hashes.value.copy();
}

const star = 42;
const hash = 35;
const minus = 45;
const greater = 62;
