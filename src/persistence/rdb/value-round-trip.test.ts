import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { entriesOf, fileOfEntries } from '../../../test/fuzz/rdb-entries.ts';
import { readRdb } from '../../../test/support/recorded-rdb.ts';
import type { RecordedValue } from '../../../test/support/recorded-values.ts';
import { digestOfValue, shortestDigits } from '../../../test/support/value-digest.ts';
import { bytesOfLatin1, concatBytes } from '../../base/bytes.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { Keyspace } from '../../store/keyspace.ts';
import { valueTypes } from '../../store/value-types.ts';
import { DataSetLoader } from './data-set-loader.ts';
import { writeKeyspace } from './keyspace-writer.ts';
import { type RdbVersion, RdbWriter } from './rdb-writer.ts';
import { lowestVersionOf, ValueWriter } from './value-writer.ts';

const folder = fileURLToPath(new URL('../../../test/data/rdb/', import.meta.url));
const fixtures = readdirSync(folder).filter((name) => name.endsWith('.rdb'));

/** The entries of a fixture. */
function entriesOfFixture(name: string): Uint8Array[] {
  return entriesOf(new Uint8Array(readFileSync(folder + name)));
}

function newKeyspace(): Keyspace {
  return new Keyspace(16, seededRandom(7), 1024 * 1024);
}

function load(file: Uint8Array, step: number): Keyspace {
  const keyspace = newKeyspace();
  const loader = new DataSetLoader(keyspace, { verifyChecksum: true, dropExpiredAtMs: null });
  for (let at = 0; at < file.length; at += step) {
    loader.feed(file, at, Math.min(file.length, at + step));
  }
  expect(loader.failure).toBeNull();
  return keyspace;
}

function write(keyspace: Keyspace, version: RdbVersion): Uint8Array {
  const chunks: Uint8Array[] = [];
  const sink = (chunk: Uint8Array, length: number) => chunks.push(chunk.slice(0, length));
  const options = { version, checksum: true, compress: true, chunkBytes: 4096 };
  writeKeyspace(keyspace, { aux: [], functions: [] }, new RdbWriter({ ...options, sink }));
  return concatBytes(chunks);
}

/** The same, as a snapshot that is open reads it, a few pieces at a time. */
function writeSnapshot(keyspace: Keyspace, version: RdbVersion, between: () => void): Uint8Array {
  const chunks: Uint8Array[] = [];
  const sink = (chunk: Uint8Array, length: number) => chunks.push(chunk.slice(0, length));
  const options = { version, checksum: true, compress: false, chunkBytes: 1024 };
  const writer = new RdbWriter({ ...options, sink });
  const snapshot = keyspace.openSnapshot();
  const { records } = keyspace;
  const values = new ValueWriter(records, writer, { head: 'expiry-type-key', reading: 'snapshot' });
  writer.writeHeader([]);
  let database = -1;
  for (let ref = snapshot.next(); ref !== 0; ref = snapshot.next()) {
    if (records.typeOf(ref) === 0) continue;
    if (snapshot.databaseIndex !== database) writer.selectDatabase(snapshot.databaseIndex, 0, 0);
    database = snapshot.databaseIndex;
    if (values.begin(ref))
      do between();
      while (values.writeSome());
  }
  snapshot.close();
  writer.end();
  return concatBytes(chunks);
}

function digestsOf(values: readonly RecordedValue[]): Record<string, string> {
  return Object.fromEntries(
    values.map((value) => [
      `${value.database} ${value.key}`,
      `${value.kind} ${value.expiresAtMs} ${digestOfValue(value, shortestDigits)}`,
    ]),
  );
}

function valuesOf(file: Uint8Array): readonly RecordedValue[] {
  const { failure, seen } = readRdb(file);
  expect(failure).toBeNull();
  return seen.values.values;
}

for (const name of fixtures) {
  test(`rdb round trip: ${name} is the same after it was loaded and written`, () => {
    const file = fileOfEntries(entriesOfFixture(name));
    const given = digestsOf(valuesOf(file));
    for (const step of [1, 1000, file.length]) {
      const keyspace = load(file, step);
      const lowest = lowestVersionOf(keyspace.records);
      for (const version of ([9, 10, 11, 12] as const).filter((each) => each >= lowest)) {
        expect(digestsOf(valuesOf(write(keyspace, version)))).toEqual(given);
      }
      const groups = groupsOf(valuesOf(write(keyspace, 12)));
      const captured = valuesOf(writeSnapshot(keyspace, 12, () => {}));
      expect(digestsOf(captured)).toEqual(given);
      expect(groupsOf(captured)).toEqual(groups);
      if (name !== 'redis-7.0.15.rdb') expect(groups).toEqual(groupsOf(valuesOf(file)));
    }
  });
}

/** Facts and groups of the streams. */
function groupsOf(values: readonly RecordedValue[]) {
  return values
    .filter(({ kind }) => kind === 'stream')
    .sort((left, right) => (left.key < right.key ? -1 : 1))
    .map(({ key, facts, groups }) => ({ key, facts, groups }));
}

test('rdb round trip: a snapshot holds what was there when it began', () => {
  const name = 'redis-8.0-dev.rdb';
  const file = fileOfEntries(entriesOfFixture(name));
  const keyspace = load(file, file.length);
  const given = valuesOf(file);
  let changes = 0;

  const captured = valuesOf(
    writeSnapshot(keyspace, 12, () => {
      const { database, key } = given[changes % given.length];
      const bytes = bytesOfLatin1(key);
      const target = keyspace.databases[database];
      const ref = target.find(bytes, 0, bytes.length);
      if (ref !== 0 && target.typeOf(ref) === valueTypes.set) {
        target.sets.remove(ref, bytesOfLatin1('1'), 0, 1);
        target.sets.add(target.sets.ref, bytes, 0, bytes.length);
      } else {
        target.delete(bytes, 0, bytes.length);
      }
      changes += 1;
    }),
  );

  expect(changes).toBeGreaterThan(given.length);
  expect(digestsOf(captured)).toEqual(digestsOf(given));
  expect(groupsOf(captured)).toEqual(groupsOf(given));
});
