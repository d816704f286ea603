import type { Database } from '../../src/store/database.ts';
import type { Keyspace } from '../../src/store/keyspace.ts';
import { valueTypes } from '../../src/store/value-types.ts';
import type { Stream } from '../../src/store/values/stream.ts';
import type { StreamGroup } from '../../src/store/values/stream-group.ts';
import { StreamId } from '../../src/store/values/stream-id.ts';

const prime = 0x01000193;
const otherPrime = 0x85ebca6b;

/**
 * What DEBUG DIGEST says and more, for a small part of its price: a walk looks at all data after each
 * step. Moments of expiry count, and all of a stream's groups but when its consumers were last seen,
 * which every node notes for itself. What comes in any order has its hashes added up.
 */
export function quickDigest(keyspace: Keyspace): string {
  let low = 0;
  let high = 0;
  for (const database of keyspace.databases) {
    database.forEachRecord((ref) => {
      const { bytes, start, end } = database.keyRange(ref);
      const seed = (database.index + 1) * 0x9e3779b9 + (end - start);
      const key = hash(bytes, start, end, seed + database.typeOf(ref));
      const value = hashValue(database, ref, key);
      const whole = Math.imul(withNumber(value, database.expiresAtMs(ref)), otherPrime);
      low = (low + whole) >>> 0;
      high = (high + Math.imul(whole ^ (whole >>> 13), prime)) >>> 0;
    });
  }
  return `${keyspace.size}:${high.toString(16)}:${low.toString(16)}`;
}

function hashValue(database: Database, ref: number, seed: number): number {
  let state = seed;
  switch (database.typeOf(ref)) {
    case valueTypes.list:
      database.lists.forEach(ref, (bytes, start, end) => {
        state = hash(bytes, start, end, withNumber(state, end - start));
      });
      return state;
    case valueTypes.set:
      database.sets.forEach(ref, (bytes, start, end) => {
        state = (state + hash(bytes, start, end, seed)) | 0;
      });
      return state;
    case valueTypes.sortedSet:
      database.sortedSets.forEach(ref, (bytes, start, end, score) => {
        state = (state + withNumber(hash(bytes, start, end, seed), score)) | 0;
      });
      return state;
    case valueTypes.hash:
      database.hashes.forEach(ref, (field, value, expiresAtMs) => {
        const name = hash(field.bytes, field.start, field.end, seed);
        const pair = hash(value.bytes, value.start, value.end, name);
        state = (state + withNumber(pair, expiresAtMs)) | 0;
      });
      return state;
    case valueTypes.stream:
      return hashStream(database, ref, seed);
    default: {
      const { bytes, start, end } = database.string(ref);
      return hash(bytes, start, end, seed);
    }
  }
}

function hashStream(database: Database, ref: number, seed: number): number {
  const { streams } = database;
  const stream = streams.of(ref);
  let state = seed;
  streams.forEachEntry(ref, (entry) => {
    state = withId(withNumber(state, entry.fieldCount), entry.id);
    streams.forEachPairOf(entry, (field, value) => {
      state = hash(field.bytes, field.start, field.end, state);
      state = hash(value.bytes, value.start, value.end, state);
    });
  });
  state = withNumber(withNumber(state, stream.length), stream.entriesAdded);
  state = withId(withId(withId(state, stream.lastId), stream.firstId), stream.maxDeletedId);
  return hashGroups(stream, state);
}

function hashGroups(stream: Stream, seed: number): number {
  let state = seed;
  for (const group of stream.groups) {
    state = hash(group.name, 0, group.name.length, state);
    state = withNumber(withId(state, group.lastId), group.entriesRead);
    for (const { name, pending } of group.consumers) {
      state = withNumber(hash(name, 0, name.length, state), pending.size);
    }
    state = hashPending(group, state);
  }
  return state;
}

const id = new StreamId();

function hashPending(group: StreamGroup, seed: number): number {
  let state = seed;
  for (const chunk of group.pending.chunks) {
    for (let i = 0; i < chunk.count; i += 1) {
      chunk.readId(i, id);
      const { name } = group.ownerOf(chunk.numberAt(i));
      state = hash(name, 0, name.length, withId(state, id));
      state = withNumber(withNumber(state, chunk.timeAt(i)), chunk.deliveryCountAt(i));
    }
  }
  return state;
}

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

function withNumber(state: number, value: number): number {
  double[0] = value;
  return mixed(mixed(state, halves[0]), halves[1]);
}

function withId(state: number, { msHi, msLo, seqHi, seqLo }: StreamId): number {
  return mixed(mixed(mixed(mixed(state, msHi), msLo), seqHi), seqLo);
}

function mixed(state: number, word: number): number {
  const next = Math.imul(state ^ word, prime);
  return next ^ (next >>> 15);
}

function hash(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let state = seed | 0;
  for (let i = start; i < end; i += 1) {
    state = Math.imul(state ^ bytes[i], prime);
    state ^= state >>> 15;
  }
  return state;
}
