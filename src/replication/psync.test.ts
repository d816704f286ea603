import { expect, test } from 'vitest';
import { seededRandom } from '../runtime/seeded-random.ts';
import { newHistory, newReplicationId, shiftHistory } from './position.ts';
import { decidePsync } from './psync.ts';

const random = seededRandom(2);
const old = newHistory(random);
const history = shiftHistory(old, 500, newReplicationId(random));
const backlog = { firstByte: 101, length: 900 };

function decide(id: string, nextByte: number, window = backlog as typeof backlog | null): unknown {
  const decision = decidePsync({ id, nextByte }, history, window);
  return decision.kind === 'partial' ? decision.bytes : decision.reason;
}

test('psync: a byte of the backlog, or the one after it, may be asked for', () => {
  expect(decide(history.id, 101)).toBe(900);
  expect(decide(history.id, 1000)).toBe(1);
  expect(decide(history.id, 1001)).toBe(0);
});

test('psync: refused when the byte asked for was dropped, or is not written yet', () => {
  expect(decide(history.id, 100)).toBe('dropped-from-backlog');
  expect(decide(history.id, 1002)).toBe('ahead-of-us');
});

test('psync: the previous history is continued up to its end', () => {
  expect(decide(old.id, 400)).toBe(601);
  expect(decide(old.id, 501)).toBe(500);
  expect(decide(old.id, 502)).toBe('diverged');
});

test('psync: ids are compared without regard to case', () => {
  expect(decide(history.id.toUpperCase(), 101)).toBe(900);
});

test('psync: refused for another history, without a backlog, and when everything is asked for', () => {
  expect(decide('0'.repeat(40), 101)).toBe('unknown-history');
  expect(decide(history.id, 101, null)).toBe('no-backlog');
  expect(decide('?', -1)).toBe('asked-for');
});
