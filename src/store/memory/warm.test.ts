import { expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { Keyspace } from '../keyspace.ts';

test('warm: reads memory that is there, in tables of any size, and changes nothing', () => {
  const [database] = new Keyspace(1, seededRandom(9)).databases;
  const random = seededRandom(10);
  const hashes = Int32Array.from({ length: 512 }, () => random.uint32() | 0);
  for (const size of [0, 1, 8, 900, 20_000]) {
    for (let i = database.size; i < size; i += 1) {
      const key = bytesOf(`key:${i}`);
      database.setString(key, 0, key.length, key, 0, key.length, 0);
    }
    const before = database.table.segments.count;
    database.table.warm(hashes, hashes.length);
    expect(Number.isFinite(database.table.warmth), `${size} keys`).toBe(true);
    database.table.warm(hashes, 0);
    expect(database.table.warmth).toBe(0);
    expect(database.size).toBe(size);
    expect(database.table.segments.count).toBe(before);
  }
});
