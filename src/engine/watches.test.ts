import { expect, test } from 'vitest';
import { bytesOf } from '../base/bytes.ts';
import { seededRandom } from '../runtime/seeded-random.ts';
import { Keyspace } from '../store/keyspace.ts';
import { internalSession } from './internal-session.ts';
import { Watches } from './watches.ts';

const key = bytesOf('key');
const value = bytesOf('value');

function world() {
  const keyspace = new Keyspace(2, seededRandom(1));
  const [first, second] = keyspace.databases;
  const watches = new Watches((database, record) => database.expiresAtMs(record) === 1);
  const session = internalSession(0);
  const set = (database: typeof first, expiresAtMs = 0) =>
    database.setString(key, 0, key.length, value, 0, value.length, expiresAtMs);
  const touch = (database: typeof first, name = key) =>
    watches.touch(database, name, 0, name.length);
  return { keyspace, first, second, watches, session, set, touch };
}

test('watches: a key is told apart by name and database', () => {
  const { first, second, watches, session, touch } = world();
  watches.add(session, first, key);

  touch(second);
  touch(first, bytesOf('kxy'));
  touch(first, bytesOf('other'));
  expect(session.watch?.isTouched).toBe(false);

  touch(first);
  expect(session.watch?.isTouched).toBe(true);
  expect(watches.count).toBe(0);
});

test('watches: a key watched twice counts once; several sessions hear of it', () => {
  const { first, watches, session, touch } = world();
  const other = internalSession(0);
  watches.add(session, first, key);
  watches.add(session, first, key);
  watches.add(other, first, key);
  expect(watches.count).toBe(2);

  watches.end(session);
  touch(first);

  expect(session.watch).toBe(null);
  expect(other.watch?.isTouched).toBe(true);
});

test('watches: that a key goes which had expired before is no change', () => {
  const { first, watches, session, set, touch } = world();
  set(first, 1);
  watches.add(session, first, key);
  expect(session.watch && watches.hasExpired(session.watch, [first])).toBe(false);

  first.delete(key, 0, key.length);
  touch(first);
  expect(session.watch?.isTouched).toBe(false);

  set(first);
  touch(first);
  expect(session.watch?.isTouched).toBe(true);
});

test('watches: a key that expires while it is watched is a change', () => {
  const { first, watches, session, set } = world();
  set(first);
  watches.add(session, first, key);
  set(first, 1);

  expect(session.watch && watches.hasExpired(session.watch, [first])).toBe(true);
});

test('watches: what takes the place of a database changes only keys that are on one side', () => {
  const { first, second, watches, session, set } = world();
  watches.add(session, first, key);

  watches.replacing(first, null);
  watches.replacing(first, second);
  set(second, 1);
  watches.replacing(first, second);
  expect(session.watch?.isTouched).toBe(false);

  set(second);
  watches.replacing(first, second);
  expect(session.watch?.isTouched).toBe(true);
});
