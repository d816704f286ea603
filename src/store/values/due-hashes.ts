import type { Database } from '../database.ts';
import { tagBits } from '../memory/segments.ts';
import { hashEncodings, kindOf, valueTypes } from '../value-types.ts';

/** Finding hashes that have fields whose time has come. */

const { expiringListpack, expiringHashtable } = hashEncodings;
const packedKind = kindOf(valueTypes.hash, expiringListpack);
const tableKind = kindOf(valueTypes.hash, expiringHashtable);

/** Whether there may be hashes with fields that expire, in whatever database. */
export function hasExpiringFields(database: Database): boolean {
  const { countByKind } = database.records;
  return countByKind[packedKind] + countByKind[tableKind] > 0;
}

/**
 * Adds to `due` the hashes in a segment of the database's table that have fields whose time has come,
 * and notes there when the next one's will. Requires: `ByteTable.collectDue` just before.
 */
export function collectDueHashes(
  database: Database,
  segment: number,
  nowMs: number,
  due: number[],
): void {
  const { records, table, hashes } = database;
  const { earliestExpiry } = table.segments;
  let earliest = earliestExpiry[segment];
  table.segments.visitTags(segment, 0, 1 << tagBits, (ref) => {
    const encoding = records.encodingOf(ref);
    if (encoding < expiringListpack || records.typeOf(ref) !== valueTypes.hash) return;
    const own = hashes.earliestMs(ref);
    if (own <= nowMs) due.push(ref);
    if (own < earliest) earliest = own;
  });
  earliestExpiry[segment] = earliest;
}
