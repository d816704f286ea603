import { expect, test } from 'vitest';
import { seededRandom } from '../runtime/seeded-random.ts';
import {
  newHistory,
  newReplicationId,
  parseReplicationId,
  previousOnTheWire,
  shiftHistory,
} from './position.ts';

const random = seededRandom(1);

test('position: an id is 40 hex characters, in either case', () => {
  const id = newReplicationId(random);

  expect(id).toMatch(/^[0-9a-f]{40}$/);
  expect(parseReplicationId(id.toUpperCase())).toBe(id);
  expect(parseReplicationId(id.slice(1))).toBe(null);
  expect(parseReplicationId(`${id.slice(1)}g`)).toBe(null);
});

test('position: a new history has no past, forty zeros and -1 on the wire', () => {
  const history = newHistory(random);

  expect(history.previous).toBe(null);
  expect(previousOnTheWire(history)).toEqual({ id: '0'.repeat(40), end: -1 });
});

test('position: a shifted history knows the old id up to the byte where it ended', () => {
  const old = newHistory(random);
  const shifted = shiftHistory(old, 500, newReplicationId(random));

  expect(shifted.id).not.toBe(old.id);
  expect(shifted.previous).toEqual({ id: old.id, offset: 500 });
  expect(previousOnTheWire(shifted)).toEqual({ id: old.id, end: 501 });
});
