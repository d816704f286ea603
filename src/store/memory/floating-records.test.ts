import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { ListNodes } from '../values/list-nodes.ts';
import { Arena } from './arena.ts';
import { createFloating, floatingOrigin, floatingRoom, stateExtent } from './floating-records.ts';
import { Records } from './records.ts';

const newRecords = (): Records => new Records(new Arena(1024 * 1024), 1, 2);

describe.each([
  { growsAtHead: true, side: 'before' },
  { growsAtHead: false, side: 'behind' },
])('floating records: room $side the value', ({ growsAtHead }) => {
  test('is kept there, and an extent that is stated is located', () => {
    const records = newRecords();
    const ref = createFloating(records, 0, 10, 1_000, growsAtHead);
    const room = floatingRoom(records, ref);
    const origin = floatingOrigin(ref);
    const { valueBytes, valueStart, valueEnd } = records;

    expect(room).toBeGreaterThanOrEqual(1_000);
    expect(valueEnd - valueStart).toBe(10);
    expect(valueStart).toBe(growsAtHead ? origin + room - 10 : origin);
    valueBytes.fill(7, origin, origin + room);
    stateExtent(valueBytes, ref, origin + 300, origin + 900);
    records.locateValue(ref);

    expect(records.valueBytes).toBe(valueBytes);
    expect([records.valueStart, records.valueEnd]).toEqual([origin + 300, origin + 900]);
    records.free(ref);
    expect(records.usedBytes).toBe(0);
  });
});

test('floating records: a value too large for a block does not float', () => {
  const records = newRecords();
  const ref = createFloating(records, 0, 300_000, 400_000, true);

  expect(floatingRoom(records, ref)).toBe(0);
  expect(records.valueEnd - records.valueStart).toBe(300_000);
  records.free(ref);
  expect(records.usedBytes).toBe(0);
});

test('list nodes: random splices on both sides leave what an array has', () => {
  const seed = 20_261;
  const random = seededRandom(seed);
  const records = newRecords();
  const nodes = new ListNodes(records, 2_000);
  const expected: number[] = [1, 2, 3];
  let ref = nodes.createCopy(Uint8Array.from(expected), 0, 3, false);
  for (let step = 0; step < 6_000; step += 1) {
    // Long enough to fill the room, and to be emptied again.
    const isGrowing = Math.floor(step / 400) % 2 === 0;
    const place = random.uint32() % 3;
    const most = Math.min(expected.length, isGrowing ? 3 : 12);
    const removed = random.uint32() % (most + 1);
    const added = random.uint32() % (isGrowing ? 14 : 3);
    const span = expected.length - removed;
    const at = place === 0 ? 0 : place === 1 ? span : random.uint32() % (span + 1);
    if (expected.length - removed + added === 0) continue;
    const fresh = Array.from({ length: added }, () => random.uint32() & 255);
    nodes.locate(ref);
    ref = nodes.spliceLocated(ref, at, removed, added);
    nodes.bytes.set(fresh, nodes.start + at);
    expected.splice(at, removed, ...fresh);
    records.locateValue(ref);
    const shown = records.valueBytes.subarray(records.valueStart, records.valueEnd);
    expect(Array.from(shown), `seed ${seed}, step ${step}`).toEqual(expected);
  }
  nodes.free(ref);
  expect(records.usedBytes).toBe(0);
});
