import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bytesOfLatin1, concatBytes } from '../../src/base/bytes.ts';
import { RdbWriter } from '../../src/persistence/rdb/rdb-writer.ts';
import { readRdb } from '../support/recorded-rdb.ts';
import { hostileRdbFiles } from './rdb-corpus.ts';
import { entriesOf, fileOfEntries } from './rdb-entries.ts';

/**
 * Damaged files must give an error or be read, in bounded time and memory, and never throw.
 *
 * HEADWATER_FUZZ_SECONDS makes the run longer, HEADWATER_FUZZ_SEED repeats one.
 */
const seconds = Number(process.env.HEADWATER_FUZZ_SECONDS ?? 1);
const seed = Number(process.env.HEADWATER_FUZZ_SEED ?? Date.now() % 2 ** 31);
const stringMax = 1024 * 1024;
const memoryMax = 128 * 1024 * 1024;

const fixtures = fileURLToPath(new URL('../data/rdb/', import.meta.url));

/** A small generator that repeats its numbers for the same seed. */
function newDice(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below;
  };
}

/** A file with strings only, so that most of the mutants are read far. */
function fileOfStrings(): Uint8Array {
  const chunks: Uint8Array[] = [];
  const sink = (chunk: Uint8Array, length: number) => chunks.push(chunk.slice(0, length));
  const options = { version: 10, compress: true, checksum: false, chunkBytes: 1024 } as const;
  const writer = new RdbWriter({ ...options, sink });
  writer.writeHeader([['redis-ver', '7.2.4']]);
  writer.writeFunctionLibrary(bytesOfLatin1('#!lua name=x'));
  for (let database = 0; database < 3; database += 1) {
    writer.selectDatabase(database, 40, 10);
    for (let i = 0; i < 40; i += 1) {
      const key = bytesOfLatin1(i % 3 === 0 ? String(i * 9973) : `key:${i}`);
      const value = bytesOfLatin1(i % 2 === 0 ? 'ab'.repeat(i * 3) : String(i ** 5));
      writer.writeStringEntry(
        key,
        0,
        key.length,
        value,
        0,
        value.length,
        i % 4 === 0 ? i * 1e9 : 0,
      );
    }
  }
  writer.end();
  return concatBytes(chunks);
}

/** Entries of every type and encoding, out of files of real servers. */
function smallEntries(): Uint8Array[] {
  return readdirSync(fixtures)
    .filter((name) => name.endsWith('.rdb'))
    .flatMap((name) => entriesOf(new Uint8Array(readFileSync(fixtures + name))))
    .filter((entry) => entry.length < 3000);
}

const interesting = [0, 1, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xc0, 0xc1, 0xc2, 0xc3, 0xf7, 0xfa, 0xff];

function mutate(original: Uint8Array, dice: (below: number) => number): Uint8Array {
  let bytes: Uint8Array = original.slice();
  for (let rounds = 1 + dice(4); rounds > 0; rounds -= 1) {
    const at = dice(bytes.length);
    switch (dice(6)) {
      case 0:
        bytes[at] ^= 1 << dice(8);
        break;
      case 1:
        bytes[at] = interesting[dice(interesting.length)];
        break;
      case 2:
        bytes = bytes.slice(0, 1 + at);
        break;
      case 3:
        bytes = concatBytes([bytes.slice(0, at), bytes.slice(dice(bytes.length))]);
        break;
      case 4:
        bytes.fill(0xff, at, at + dice(12));
        break;
      default:
        bytes.copyWithin(at, dice(bytes.length), bytes.length);
    }
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}

function expectSound(bytes: Uint8Array, nextPiece: () => number): void {
  const { status, failure, consumedBytes } = readRdb(bytes, nextPiece, stringMax);
  expect(status === 'done').toBe(failure === null);
  expect(status).not.toBe('more');
  expect(consumedBytes).toBeLessThanOrEqual(bytes.length);
  if (failure !== null) {
    expect(failure.offset).toBeGreaterThanOrEqual(0);
    expect(failure.offset).toBeLessThanOrEqual(bytes.length);
  }
}

for (const [name, text] of Object.entries(hostileRdbFiles)) {
  test(`fuzz: the RDB reader survives ${name}, and says the same for any pieces`, () => {
    const bytes = bytesOfLatin1(text);
    const whole = readRdb(bytes, undefined, stringMax);
    for (const size of [1, 2, 3, 7, 50]) {
      const { status, failure, seen } = readRdb(bytes, () => size, stringMax);
      expect({ status, failure, entries: seen.entries, values: seen.values.values }).toEqual({
        status: whole.status,
        failure: whole.failure,
        entries: whole.seen.entries,
        values: whole.seen.values.values,
      });
    }
  });
}

test(
  `fuzz: damaged RDB files never throw, hang or exhaust memory (seed ${seed})`,
  () => {
    const entries = smallEntries();
    const strings = fileOfStrings();
    const dice = newDice(seed);
    const before = process.memoryUsage().arrayBuffers;
    const deadline = performance.now() + seconds * 1000;
    let runs = 0;
    while (performance.now() < deadline) {
      const chosen = [entries[dice(entries.length)], entries[dice(entries.length)]];
      const magic = dice(20) === 0 ? 'VALKEY080' : 'REDIS0012';
      const original = dice(4) === 0 ? strings : fileOfEntries(chosen, magic);
      const bytes = mutate(original, dice);
      const size = [1, 13, 200, bytes.length][dice(4)];
      const started = performance.now();
      try {
        expectSound(bytes, () => 1 + dice(size));
      } catch (error) {
        const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        throw new Error(`run ${runs} of seed ${seed}: ${hex}`, { cause: error });
      }
      expect(performance.now() - started).toBeLessThan(2000);
      runs += 1;
    }
    expect(runs).toBeGreaterThan(50);
    expect(entries.length).toBeGreaterThan(100);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(memoryMax);
  },
  (seconds + 60) * 1000,
);
