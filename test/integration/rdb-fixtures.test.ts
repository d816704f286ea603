import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/runtime/seeded-random.ts';
import { type ReadRdb, readRdb } from '../support/recorded-rdb.ts';
import {
  digestOfString,
  digestOfValue,
  type ScoreText,
  seventeenDigits,
  shortestDigits,
} from '../support/value-digest.ts';

/** Files of real servers, and what those servers found in them. */
const folder = fileURLToPath(new URL('../data/rdb/', import.meta.url));
const seed = Number(process.env.HEADWATER_FUZZ_SEED ?? Date.now() % 2 ** 31);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.rdb'))
  .map((name) => name.slice(0, -4));

interface ExpectedKey {
  readonly type: string;
  readonly digest: string;
  readonly expiresAtMs?: number | null;
}

interface Expected {
  readonly keys: Readonly<Record<string, Readonly<Record<string, ExpectedKey>>>>;
}

const typeNames = { list: 'list', set: 'set', sortedSet: 'zset', hash: 'hash', stream: 'stream' };

function expectedOf(name: string): Record<string, ExpectedKey> {
  const expected: Expected = JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8'));
  const flat: Record<string, ExpectedKey> = {};
  for (const [database, keys] of Object.entries(expected.keys)) {
    for (const [key, { type, digest, expiresAtMs }] of Object.entries(keys)) {
      flat[`${database} ${key}`] = { type, digest, expiresAtMs: expiresAtMs ?? null };
    }
  }
  return flat;
}

function foundOf({ seen }: ReadRdb, scoreText: ScoreText): Record<string, ExpectedKey> {
  const found: Record<string, ExpectedKey> = {};
  for (const { database, key, value, expiresAtMs } of seen.entries) {
    const digest = digestOfString(value, expiresAtMs);
    found[`${database} ${key}`] = { type: 'string', digest, expiresAtMs: expiresAtMs || null };
  }
  for (const value of seen.values.values) {
    const digest = digestOfValue(value, scoreText);
    found[`${value.database} ${value.key}`] = {
      type: typeNames[value.kind],
      digest,
      expiresAtMs: value.expiresAtMs || null,
    };
  }
  return found;
}

for (const name of names) {
  const bytes = new Uint8Array(readFileSync(`${folder}${name}.rdb`));
  const scoreText = name === 'redis-7.0.15' ? seventeenDigits : shortestDigits;

  test(`rdb fixtures: ${name} holds what its server found in it`, () => {
    const read = readRdb(bytes);

    expect(read.failure).toBeNull();
    expect(foundOf(read, scoreText)).toEqual(expectedOf(name));
  });

  test(`rdb fixtures: ${name} says the same in pieces of any size (seed ${seed})`, () => {
    const whole = readRdb(bytes);
    const random = seededRandom(seed);
    const sizes = [() => 1, () => 7, () => 1 + (random.uint32() % 3000)];
    for (const nextPiece of sizes) {
      const read = readRdb(bytes, nextPiece);
      expect(read.failure).toBeNull();
      expect(read.consumedBytes).toBe(bytes.length);
      expect(read.seen.values.values).toEqual(whole.seen.values.values);
      expect(read.seen.entries).toEqual(whole.seen.entries);
    }
  });
}
