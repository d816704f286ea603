import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bytesOf } from '../../src/base/bytes.ts';
import { TestServer } from '../../src/commands/testing-context.ts';
import { DataSetLoader } from '../../src/persistence/rdb/data-set-loader.ts';
import { dumpFooterBytes, writeDumpFooter } from '../../src/persistence/rdb/dump-payload.ts';
import { dumpValue } from '../../src/persistence/rdb/dump-value.ts';
import { restoreValue } from '../../src/persistence/rdb/restore.ts';
import { seededRandom } from '../../src/runtime/seeded-random.ts';
import { Keyspace } from '../../src/store/keyspace.ts';
import { type Dice, fuzzSeconds, fuzzSeed, mutate, newDice, shown } from './mutate.ts';
import { entriesOf, fileOfEntries } from './rdb-entries.ts';
import { walkValue } from './restored-walk.ts';

/**
 * Real payloads of every type, damaged, with a checksum that fits: RESTORE takes them or refuses them,
 * and what it took can be read whole again and
 * used like any value. HEADWATER_FUZZ_SECONDS and HEADWATER_FUZZ_SEED as always.
 */
const fixtures = fileURLToPath(new URL('../data/rdb/', import.meta.url));
const interesting = Uint8Array.of(0, 1, 2, 3, 6, 7, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xc3, 0xf4, 0xff);
const name = bytesOf('key');
const memoryMax = 256 * 1024 * 1024;

/** What DUMP gives for all small values of the fixtures, without footers. */
function values(): Uint8Array[] {
  return readdirSync(fixtures)
    .filter((name) => name.endsWith('.rdb'))
    .flatMap((name) => {
      const entries = entriesOf(new Uint8Array(readFileSync(fixtures + name)));
      const file = fileOfEntries(entries);
      const keyspace = new Keyspace(16, seededRandom(1));
      const options = { verifyChecksum: false, dropExpiredAtMs: null };
      expect(new DataSetLoader(keyspace, options).feed(file, 0, file.length)).toBe('done');
      return keyspace.databases.flatMap((database) => {
        const dumps: Uint8Array[] = [];
        database.forEachRecord((ref) => dumps.push(dumpValue(database, ref)));
        return dumps;
      });
    })
    .map((payload) => payload.slice(0, -dumpFooterBytes))
    .filter((value) => value.length < 3000);
}

/** What a run of the fuzzer has seen. */
interface Counts {
  stored: number;
  asked: number;
}

/** Restores one payload, and asks all kinds of things of what came of it. */
function tryPayload(server: TestServer, payload: Uint8Array, dice: Dice, counts: Counts): void {
  const [database] = server.keyspace.databases;
  const entry = { key: name, expiresAtMs: 0, idleSeconds: -1, frequency: -1 };
  const range = { bytes: payload, start: 0, end: payload.length };
  const restored = restoreValue(database, server.keyspace.access, entry, range);
  const ref = database.find(name, 0, name.length);
  if (restored !== 'stored') {
    expect(restored).toBe('no-value');
    expect(ref).toBe(0);
    return;
  }
  counts.stored += 1;
  expect(dumpValue(database, ref).length).toBeGreaterThan(dumpFooterBytes);
  counts.asked += walkValue(server, dice(2) * dice(30), dice);
  server.run('DEL key copy');
}

test(
  `fuzz: damaged payloads are restored or refused, and never more (seed ${fuzzSeed})`,
  () => {
    const originals = values();
    expect(originals.length).toBeGreaterThan(60);
    const dice = newDice(fuzzSeed);
    const server = new TestServer();
    const { keyspace } = server;
    const emptyBytes = keyspace.records.usedBytes;
    const before = process.memoryUsage().arrayBuffers;
    const deadline = performance.now() + fuzzSeconds * 1000;
    const counts = { stored: 0, asked: 0 };
    for (let runs = 0; performance.now() < deadline; runs += 1) {
      const value = mutate(originals[dice(originals.length)], interesting, dice);
      const payload = new Uint8Array(value.length + dumpFooterBytes);
      payload.set(value);
      writeDumpFooter(payload, 0, value.length, dice(10) === 0 ? 80 : 12);
      const started = performance.now();
      try {
        tryPayload(server, payload, dice, counts);
      } catch (error) {
        throw new Error(`run ${runs} of seed ${fuzzSeed}: ${shown(value)}`, { cause: error });
      }
      expect(performance.now() - started).toBeLessThan(2000);
    }
    expect(counts.stored).toBeGreaterThan(10);
    expect(counts.asked).toBeGreaterThan(100);
    while (keyspace.hasDetached) keyspace.freeSome(100);
    expect(keyspace.records.usedBytes).toBe(emptyBytes);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(memoryMax);
  },
  (fuzzSeconds + 60) * 1000,
);
