import type { Keyspace } from '../../store/keyspace.ts';
import { valueTypes } from '../../store/value-types.ts';
import { type SavedUse, useWriterOf } from './entry-use.ts';
import type { AuxField, RdbWriter } from './rdb-writer.ts';
import { ValueWriter } from './value-writer.ts';

/** What a file carries besides keys. */
export interface FileHead {
  readonly aux: readonly AuxField[];
  /** Sources of function libraries. */
  readonly functions: readonly Uint8Array[];
  /** What is said of the use of keys; nothing when left out. */
  readonly use?: SavedUse;
}

/** Writes all of a keyspace in one go. Requires: nothing changes it meanwhile. */
export function writeKeyspace(keyspace: Keyspace, head: FileHead, writer: RdbWriter): void {
  const { records } = keyspace;
  const use = useWriterOf(keyspace, writer, head.use ?? 'none');
  const values = new ValueWriter(records, writer, {
    head: 'expiry-type-key',
    reading: 'live',
    use,
  });
  writer.writeHeader(head.aux);
  for (const source of head.functions) writer.writeFunctionLibrary(source);
  for (const database of keyspace.databases) {
    if (database.size === 0) continue;
    writer.selectDatabase(database.index, database.size, database.expiryCount);
    database.forEachRecord((ref) => {
      if (records.typeOf(ref) !== valueTypes.string) {
        values.write(ref);
        return;
      }
      records.locateKey(ref);
      records.locateValue(ref);
      const { keyBytes, keyStart, keyEnd, valueBytes, valueStart, valueEnd } = records;
      let expiresAtMs = records.expiresAtMs(ref);
      if (use !== null) {
        writer.writeExpiry(expiresAtMs);
        use(ref);
        expiresAtMs = 0;
      }
      writer.writeStringEntry(
        keyBytes,
        keyStart,
        keyEnd,
        valueBytes,
        valueStart,
        valueEnd,
        expiresAtMs,
      );
    });
  }
  writer.end();
}
