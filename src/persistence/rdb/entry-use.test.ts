import { expect, test } from 'vitest';
import { bytesOf, concatBytes } from '../../base/bytes.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import type { AccessMode } from '../../store/access-clock.ts';
import { Keyspace } from '../../store/keyspace.ts';
import { DataSetLoader } from './data-set-loader.ts';
import { accessOfUse, type SavedUse } from './entry-use.ts';
import { writeKeyspace } from './keyspace-writer.ts';
import { RdbWriter } from './rdb-writer.ts';

const nowMs = 1_700_000_000_000;

function newKeyspace(mode: AccessMode): Keyspace {
  const keyspace = new Keyspace(1, seededRandom(1), 1024 * 1024);
  keyspace.access.mode = mode;
  keyspace.access.advance(nowMs);
  return keyspace;
}

/** What a string and a list, both with this use and an expiry, remember after their file was read. */
function remembered(mode: AccessMode, saved: SavedUse, idle: number, frequency: number): number[] {
  const before = newKeyspace(mode);
  const [database] = before.databases;
  const [text, list] = [bytesOf('text'), bytesOf('list')];
  database.setString(text, 0, 4, text, 0, 4, nowMs + 5000);
  database.lists.push(database.lists.create(list, 0, 4), true, text, 0, 4);
  const { records, access } = before;
  database.forEachRecord((ref) => records.setAccess(ref, accessOfUse(access, idle, frequency)));
  const chunks: Uint8Array[] = [];
  const sink = (chunk: Uint8Array, length: number) => chunks.push(chunk.slice(0, length));
  const form = { version: 10, checksum: true, compress: false, chunkBytes: 1024 } as const;
  const head = { aux: [], functions: [], use: saved };
  writeKeyspace(before, head, new RdbWriter({ ...form, sink }));

  const after = newKeyspace(mode);
  const file = concatBytes(chunks);
  const loader = new DataSetLoader(after, { verifyChecksum: true, dropExpiredAtMs: null });
  expect(loader.feed(file, 0, file.length)).toBe('done');
  expect(after.databases[0].expiresAtMs(after.databases[0].find(text, 0, 4))).toBe(nowMs + 5000);
  const found: number[] = [];
  after.databases[0].forEachRecord((ref) => {
    const bits = after.records.accessOf(ref);
    found.push(mode === 'lru' ? after.access.idleSeconds(bits) : after.access.frequency(bits));
  });
  return found;
}

test('entry use: idle times and frequencies survive a file', () => {
  expect(remembered('lru', 'idle', 100_000, -1)).toEqual([100_000, 100_000]);
  expect(remembered('lfu', 'frequency', -1, 200)).toEqual([200, 200]);
});

test('entry use: without them keys are as good as new', () => {
  expect(remembered('lru', 'none', 100_000, -1)).toEqual([0, 0]);
  expect(remembered('lfu', 'none', -1, 200)).toEqual([5, 5]);
});

test('entry use: a longer time than the clock goes round counts as the longest', () => {
  const { access } = newKeyspace('lru');

  expect(access.idleSeconds(accessOfUse(access, 1e12, -1))).toBe(0xffffff);
});
