import { bytesOfLatin1, concatBytes } from '../../src/base/bytes.ts';
import { RdbReader } from '../../src/persistence/rdb/rdb-reader.ts';
import { RecordingVisitor } from '../support/recorded-rdb.ts';

/** The entries of a file, each with the opcodes before it, to put together other files from. */
export function entriesOf(file: Uint8Array): Uint8Array[] {
  const seen = new RecordingVisitor();
  const reader = new RdbReader(seen, { verifyChecksum: false });
  const entries: Uint8Array[] = [];
  let from = headerBytes;
  let count = 0;
  for (let at = 0; at < file.length; at += 1) {
    reader.feed(file, at, at + 1);
    const seenCount = seen.entries.length + seen.values.values.length;
    if (seenCount === count) continue;
    count = seenCount;
    entries.push(file.slice(from, reader.consumedBytes));
    from = reader.consumedBytes;
  }
  return entries;
}

/** A file of `entries`, without a checksum. `magic` has nine letters. */
export function fileOfEntries(entries: readonly Uint8Array[], magic = 'REDIS0012'): Uint8Array {
  return concatBytes([bytesOfLatin1(magic), ...entries, Uint8Array.of(255), new Uint8Array(8)]);
}

const headerBytes = 9;
