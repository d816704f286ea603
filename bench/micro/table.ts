/** Inserts, look-ups and overwrites among a million keys, and the walk of a snapshot. */
import type { Keyspace } from '../../src/store/keyspace.ts';
import { allKeys, emptyKeyspace, keyBytes, keyCount, setAll, shuffled } from './keys.ts';
import { type Measured, nanosecondsOf, report } from './measure.ts';

const batches = [16, 100];
const value = new Uint8Array(16).fill(121);

function findAll(keyspace: Keyspace): number {
  const [database] = keyspace.databases;
  let found = 0;
  for (let i = 0; i < keyCount; i += 1) {
    const at = shuffled[i];
    if (database.find(allKeys, at, at + keyBytes) !== 0) found += 1;
  }
  return found;
}

/** Look-ups in batches whose memory is fetched first, as the engine does for a pipeline. */
function inBatches(keyspace: Keyspace, batch: number, isWrite: boolean): number {
  const [database] = keyspace.databases;
  const { hints } = keyspace.records;
  let found = 0;
  for (let first = 0; first < keyCount; first += batch) {
    const end = Math.min(first + batch, keyCount);
    for (let i = first; i < end; i += 1) hints.add(allKeys, shuffled[i], shuffled[i] + keyBytes);
    database.table.warm(hints.hashes, hints.count);
    for (let i = first; i < end; i += 1) {
      const at = shuffled[i];
      if (isWrite) database.setString(allKeys, at, at + keyBytes, value, 0, value.length, 0);
      else if (database.find(allKeys, at, at + keyBytes) !== 0) found += 1;
    }
    hints.clear();
  }
  return found;
}

function walk(keyspace: Keyspace): number {
  const snapshot = keyspace.openSnapshot();
  const [database] = keyspace.databases;
  let sum = 0;
  for (let ref = snapshot.next(); ref !== 0; ref = snapshot.next()) {
    sum += database.string(ref).end & 1;
  }
  snapshot.close();
  return sum;
}

const perKey = (what: string, work: () => number): Measured => ({
  what: `${what}, ${keyCount} keys`,
  value: nanosecondsOf(keyCount, work),
  unit: 'ns',
});

const full = emptyKeyspace();
setAll(full, shuffled);
report([
  perKey('insert', () => setAll(emptyKeyspace(), shuffled)),
  perKey('find', () => findAll(full)),
  ...batches.map((batch) =>
    perKey(`find, warmed in batches of ${batch}`, () => inBatches(full, batch, false)),
  ),
  perKey('overwrite', () => setAll(full, shuffled)),
  ...batches.map((batch) =>
    perKey(`overwrite, warmed in batches of ${batch}`, () => inBatches(full, batch, true)),
  ),
  perKey('walk of a snapshot', () => walk(full)),
]);
