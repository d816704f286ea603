import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRdb } from '../../../test/support/recorded-rdb.ts';
import { bytesOfLatin1, concatBytes, latin1Of } from '../../base/bytes.ts';
import { type RdbVersion, RdbWriter } from './rdb-writer.ts';

/** Strings that meet every form: integers, near-integers, long runs, random bytes. */
const anyString = fc.oneof(
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 30 }).map((bytes) => latin1Of(bytes)) },
  { weight: 2, arbitrary: fc.maxSafeInteger().map(String) },
  { weight: 2, arbitrary: fc.integer({ min: -40_000, max: 40_000 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('', '-0', '007', '2147483648', '-2147483649', '1e5') },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 900 }))
      .map(([bytes, times]) => latin1Of(bytes).repeat(times)),
  },
);

const anyEntry = fc.record({
  key: anyString,
  value: anyString,
  expiresAtMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })),
  isLarge: fc.boolean(),
});

const anyDatabases = fc.uniqueArray(
  fc.record({ index: fc.nat({ max: 20_000 }), entries: fc.array(anyEntry, { maxLength: 30 }) }),
  { selector: (database) => database.index, maxLength: 4 },
);

const anyOptions = fc.record({
  version: fc.constantFrom<RdbVersion[]>(9, 10, 11, 12),
  checksum: fc.boolean(),
  compress: fc.boolean(),
  chunkBytes: fc.constantFrom(1024, 1500, 65536),
});

test('rdb: whatever is written is read again, in pieces cut anywhere', () => {
  fc.assert(
    fc.property(
      anyDatabases,
      anyOptions,
      fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 20 }),
      (databases, options, pieces) => {
        const chunks: Uint8Array[] = [];
        const sink = (chunk: Uint8Array, length: number) => chunks.push(chunk.slice(0, length));
        const writer = new RdbWriter({ ...options, sink });
        writer.writeHeader([['redis-ver', '7.2.4']]);
        for (const { index, entries } of databases) {
          writer.selectDatabase(index, entries.length, 0);
          for (const { key, value, expiresAtMs, isLarge } of entries) {
            const keyBytes = bytesOfLatin1(key);
            const valueBytes = bytesOfLatin1(value);
            const valueEnd = valueBytes.length;
            if (isLarge) {
              writer.beginLargeStringEntry(keyBytes, 0, keyBytes.length, valueEnd, expiresAtMs);
              writer.writeLargeStringPiece(valueBytes, 0, valueEnd >> 1);
              writer.writeLargeStringPiece(valueBytes, valueEnd >> 1, valueEnd);
            } else {
              const keyEnd = keyBytes.length;
              writer.writeStringEntry(keyBytes, 0, keyEnd, valueBytes, 0, valueEnd, expiresAtMs);
            }
          }
        }
        writer.end();
        const file = concatBytes(chunks);
        let turn = 0;

        const { failure, seen, consumedBytes } = readRdb(
          file,
          () => pieces[turn++ % pieces.length],
        );

        expect(failure).toBeNull();
        expect(consumedBytes).toBe(writer.bytesWritten);
        expect(seen.version).toBe(options.version);
        expect(seen.databases).toEqual(databases.map(({ index }) => index));
        const read = seen.entries.map(({ database, key, value, expiresAtMs }) => ({
          database,
          key,
          value,
          expiresAtMs,
        }));
        const written = databases.flatMap(({ index, entries }) =>
          entries.map(({ key, value, expiresAtMs }) => ({
            database: index,
            key,
            value,
            expiresAtMs,
          })),
        );
        expect(read).toEqual(written);
      },
    ),
  );
});
