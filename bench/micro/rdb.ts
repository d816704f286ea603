/** A data set to RDB and back. */
import { DataSetLoader } from '../../src/persistence/rdb/data-set-loader.ts';
import { RdbWriter } from '../../src/persistence/rdb/rdb-writer.ts';
import type { Keyspace } from '../../src/store/keyspace.ts';
import { emptyKeyspace, keyCount, setAll, shuffled } from './keys.ts';
import { type Measured, nanosecondsOf, report } from './measure.ts';

const chunkBytes = 64 * 1024;

function encode(keyspace: Keyspace, checksum: boolean, take: (chunk: Uint8Array) => void): number {
  const writer = new RdbWriter({
    version: 9,
    checksum,
    compress: true,
    chunkBytes,
    sink: (chunk, length) => take(chunk.subarray(0, length)),
  });
  const { records } = keyspace;
  const snapshot = keyspace.openSnapshot();
  writer.writeHeader([]);
  writer.selectDatabase(0, snapshot.keyCount, 0);
  for (let ref = snapshot.next(); ref !== 0; ref = snapshot.next()) {
    records.locateKey(ref);
    records.locateValue(ref);
    writer.writeStringEntry(
      records.keyBytes,
      records.keyStart,
      records.keyEnd,
      records.valueBytes,
      records.valueStart,
      records.valueEnd,
      records.expiresAtMs(ref),
    );
  }
  snapshot.close();
  writer.end();
  return writer.bytesWritten;
}

function decode(chunks: readonly Uint8Array[], verifyChecksum: boolean): number {
  const loader = new DataSetLoader(emptyKeyspace(), { verifyChecksum, dropExpiredAtMs: null });
  for (const chunk of chunks) loader.feed(chunk, 0, chunk.length);
  if (loader.failure !== null) throw new Error(loader.failureText);
  return loader.keysLoaded;
}

const perSecond = (what: string, work: () => number): Measured => ({
  what: `${what}, ${keyCount} entries`,
  value: 1e9 / nanosecondsOf(keyCount, work),
  unit: 'per-second',
});

const full = emptyKeyspace();
setAll(full, shuffled);
const chunks: Uint8Array[] = [];
encode(full, true, (chunk) => chunks.push(chunk.slice()));
const ignore = () => undefined;
report([
  perSecond('RDB encode, walk included', () => encode(full, false, ignore)),
  perSecond('RDB encode with checksum', () => encode(full, true, ignore)),
  perSecond('RDB decode into a keyspace', () => decode(chunks, false)),
  perSecond('RDB decode with checksum', () => decode(chunks, true)),
]);
