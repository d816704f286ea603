import { concatBytes } from '../../base/bytes.ts';
import type { Database } from '../../store/database.ts';
import { hashEncodings, valueTypes as storedTypes } from '../../store/value-types.ts';
import { dumpFooterBytes, writeDumpFooter } from './dump-payload.ts';
import { valueTypes } from './rdb-format.ts';
import { type RdbVersion, RdbWriter } from './rdb-writer.ts';
import { ValueWriter } from './value-writer.ts';

/** What DUMP gives for a record: its value, for the oldest servers that have a type for it. */
export function dumpValue(database: Database, ref: number, compress = true): Uint8Array {
  const { records } = database;
  const chunks: Uint8Array[] = [];
  const version = dumpVersionFor(database, ref);
  const sink = (chunk: Uint8Array, length: number) => chunks.push(chunk.slice(0, length));
  const options = { version, checksum: false, compress, chunkBytes };
  const writer = new RdbWriter({ ...options, sink });
  if (records.typeOf(ref) === storedTypes.string) {
    const value = database.string(ref);
    writer.writeType(valueTypes.string);
    writer.writeString(value.bytes, value.start, value.end);
  } else {
    new ValueWriter(records, writer, { head: 'type-only', reading: 'live' }).write(ref);
  }
  writer.flush();
  const payload = concatBytes([...chunks, new Uint8Array(dumpFooterBytes)]);
  writeDumpFooter(payload, 0, payload.length - dumpFooterBytes, version);
  return payload;
}

/** Redis 7.0 and later read version 10; fields that expire need 12. */
function dumpVersionFor(database: Database, ref: number): RdbVersion {
  if (database.typeOf(ref) !== storedTypes.hash) return 10;
  const encoding = database.encodingOf(ref);
  const { expiringListpack, expiringHashtable } = hashEncodings;
  return encoding === expiringListpack || encoding === expiringHashtable ? 12 : 10;
}

const chunkBytes = 4096;
