import type { Database } from '../database.ts';
import { ListpackBuilder } from '../packed/listpack-builder.ts';
import { hashEncodings } from '../value-types.ts';
import { FieldTable } from './field-table.ts';
import { buildTriples, fieldCount, pairWidth } from './hash-packs.ts';
import type { Hashes } from './hashes.ts';

/** How hashes change their form. There is no way back. */

const { hashtable, wide, expiringListpack, expiringHashtable } = hashEncodings;

/** Filled and used within one call. */
const triples = new ListpackBuilder();

/** Gives a hash a form that has room for expiries. Returns its record, which may have moved. */
export function ensureExpiring(database: Database, hashes: Hashes, ref: number): number {
  const { records, values, limits } = database;
  const encoding = records.encodingOf(ref);
  if (encoding === expiringListpack || encoding === expiringHashtable) return ref;
  if (encoding === hashtable) return values.setEncoding(ref, expiringHashtable);
  values.locate(ref);
  const fields = fieldCount(values.bytes, values.start, pairWidth);
  if (encoding === wide || fields > limits.hashEntries) {
    return values.setEncoding(toTable(database, hashes, ref), expiringHashtable);
  }
  buildTriples(values, triples);
  const hash = values.replace(ref, expiringListpack, triples.packBytes);
  values.bytes.set(triples.bytes.subarray(0, triples.packBytes), values.start);
  return hash;
}

/** Puts a packed hash into a table. */
export function toTable(database: Database, hashes: Hashes, ref: number): number {
  const { records, values } = database;
  const table = new FieldTable(records);
  table.table.reserve(hashes.length(ref) + 1);
  hashes.forEach(ref, (field, value, expiresAtMs) => {
    const { bytes, start, end } = field;
    table.set(bytes, start, end, value.bytes, value.start, value.end, expiresAtMs);
  });
  const isExpiring = records.encodingOf(ref) === expiringListpack;
  return values.replaceByStructure(ref, isExpiring ? expiringHashtable : hashtable, table);
}
