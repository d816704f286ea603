import { bytesOf } from '../base/bytes.ts';
import { significantText } from '../base/double-text.ts';
import { sha1 } from '../base/sha1.ts';
import type { Database } from '../store/database.ts';
import type { Keyspace } from '../store/keyspace.ts';
import { valueTypes } from '../store/value-types.ts';

/**
 * The digest that Redis makes of data, bit for bit: two servers with the same digest hold the same.
 * The order of keys does not matter, because keys are joined by exclusive or.
 */
export class Digest {
  readonly bytes = new Uint8Array(20);
  readonly #scratch = new Uint8Array(20);

  /** Joins the hash of `bytes[start, end)`; the order of such calls does not matter. */
  xor(bytes: Uint8Array, start = 0, end = bytes.length): void {
    sha1(bytes, start, end, this.#scratch);
    for (let i = 0; i < 20; i += 1) this.bytes[i] ^= this.#scratch[i];
  }

  /** Joins it so that the order does matter. */
  mix(bytes: Uint8Array, start = 0, end = bytes.length): void {
    this.xor(bytes, start, end);
    this.#scratch.set(this.bytes);
    sha1(this.#scratch, 0, 20, this.bytes);
  }

  /** Joins another digest. */
  xorDigest(other: Digest): void {
    this.xor(other.bytes);
  }

  reset(): void {
    this.bytes.fill(0);
  }

  /** 40 hex digits. */
  toText(): string {
    return Array.from(this.bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}

const expiryMark = bytesOf('!!expire!!');

/** The digest of everything. */
export function keyspaceDigest(keyspace: Keyspace): string {
  const whole = new Digest();
  const single = new Digest();
  for (const database of keyspace.databases) {
    if (database.size === 0) continue;
    whole.mix(uint32(database.index));
    database.forEachRecord((record) => {
      single.reset();
      const name = database.keyRange(record);
      single.mix(name.bytes, name.start, name.end);
      mixValue(single, database, record);
      whole.xorDigest(single);
    });
  }
  return whole.toText();
}

/** The digest of one value with its type and whether it has an expiry; 0 for none (record 0). */
export function valueDigest(database: Database, record: number): string {
  const digest = new Digest();
  if (record !== 0) mixValue(digest, database, record);
  return digest.toText();
}

function mixValue(digest: Digest, database: Database, record: number): void {
  const type = database.typeOf(record);
  digest.mix(uint32(type));
  switch (type) {
    case valueTypes.list:
      database.lists.forEach(record, (bytes, start, end) => {
        digest.mix(bytes, start, end);
      });
      break;
    case valueTypes.set:
      database.sets.forEach(record, (bytes, start, end) => {
        digest.xor(bytes, start, end);
      });
      break;
    case valueTypes.sortedSet:
      mixSortedSet(digest, database, record);
      break;
    case valueTypes.hash:
      mixHash(digest, database, record);
      break;
    case valueTypes.stream:
      mixStream(digest, database, record);
      break;
    default: {
      const value = database.string(record);
      digest.mix(value.bytes, value.start, value.end);
    }
  }
  if (database.expiresAtMs(record) !== 0) digest.xor(expiryMark);
}

const field = new Digest();
const fieldExpiryMark = bytesOf('!!hexpire!!');

function mixHash(digest: Digest, database: Database, record: number): void {
  database.hashes.forEach(record, (name, value, expiresAtMs) => {
    field.reset();
    field.mix(name.bytes, name.start, name.end);
    field.mix(value.bytes, value.start, value.end);
    if (expiresAtMs !== 0) field.xor(fieldExpiryMark);
    digest.xorDigest(field);
  });
}

const element = new Digest();

/** Scores with 17 digits, as Redis up to 7.2 has them here. */
function mixSortedSet(digest: Digest, database: Database, record: number): void {
  database.sortedSets.forEach(record, (bytes, start, end, score) => {
    element.reset();
    element.mix(bytes, start, end);
    element.mix(bytesOf(significantText(score)));
    digest.xorDigest(element);
  });
}

function mixStream(digest: Digest, database: Database, record: number): void {
  const { streams } = database;
  streams.forEachEntry(record, (entry) => {
    digest.mix(bytesOf(entry.id.toText().replace('-', '.')));
    streams.forEachPairOf(entry, (name, value) => {
      digest.mix(name.bytes, name.start, name.end);
      digest.mix(value.bytes, value.start, value.end);
    });
  });
}

/** Four bytes, the highest first. */
function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}
