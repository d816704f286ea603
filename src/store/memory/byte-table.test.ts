import { describe, expect, test } from 'vitest';
import { bytesOf, latin1Of } from '../../base/bytes.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { Arena } from './arena.ts';
import { ByteTable } from './byte-table.ts';
import { Records } from './records.ts';
import { capacities, lastClass, limits } from './segments.ts';

const noKey = new Uint8Array(0);

/** A table with what a database does around it, in short. */
class TestTable {
  readonly records = new Records(new Arena(), 11, 22);
  readonly table = new ByteTable(this.records);

  put(key: string, expiresAtMs = 0): void {
    const bytes = bytesOf(key);
    const found = this.table.find(bytes, 0, bytes.length);
    const ref = this.records.create(0, expiresAtMs, bytes, 0, bytes.length, 4, 4);
    if (found === 0) this.table.insertFound(ref, expiresAtMs);
    else this.table.replaceFound(ref, expiresAtMs);
  }

  has(key: string): boolean {
    const bytes = bytesOf(key);
    return this.table.find(bytes, 0, bytes.length) !== 0;
  }

  remove(key: string): boolean {
    if (!this.has(key)) return false;
    this.table.removeFound();
    return true;
  }

  keyOf(ref: number): string {
    this.records.locateKey(ref);
    return latin1Of(this.records.keyBytes, this.records.keyStart, this.records.keyEnd);
  }

  get keys(): string[] {
    const keys: string[] = [];
    this.table.forEach((ref) => {
      keys.push(this.keyOf(ref));
    });
    return keys.sort();
  }
}

describe('byte table: growth', () => {
  test('no change touches more than a segment and its new neighbour', () => {
    const world = new TestTable();
    const { segments } = world.table;
    let before = segments.count;
    let largestStep = 0;
    for (let i = 0; i < 30_000; i += 1) {
      world.put(`key:${i}`);
      largestStep = Math.max(largestStep, segments.count - before);
      before = segments.count;
    }

    expect(largestStep).toBe(1);
    expect(world.table.size).toBe(30_000);
    let sum = 0;
    for (let segment = 0; segment < segments.count; segment += 1) {
      expect(segments.size[segment]).toBeLessThanOrEqual(limits[segments.sizeClass[segment]]);
      sum += segments.size[segment];
    }
    expect(sum).toBe(30_000);
  });

  test('slots are at least half used at any size', () => {
    const world = new TestTable();
    for (let i = 0; i < 40_000; i += 1) {
      world.put(`key:${i}`);
      if (i < 2_000 || i % 500 !== 0) continue;
      const { segments } = world.table;
      let slots = 0;
      for (let at = 0; at < segments.count; at += 1) slots += capacities[segments.sizeClass[at]];
      expect(i / slots, `${i} entries`).toBeGreaterThan(0.5);
    }
  });

  test('segments shrink when their entries go', () => {
    const world = new TestTable();
    for (let i = 0; i < 5_000; i += 1) world.put(`key:${i}`);
    for (let i = 0; i < 5_000; i += 1) world.remove(`key:${i}`);

    const { segments } = world.table;
    for (let at = 0; at < segments.count; at += 1) expect(segments.sizeClass[at]).toBe(0);
    expect(world.table.size).toBe(0);
  });

  test('a reserved table does not split on the way', () => {
    const world = new TestTable();
    world.table.reserve(50_000);
    const { count } = world.table.segments;

    for (let i = 0; i < 50_000; i += 1) world.put(`key:${i}`);

    expect(count).toBeGreaterThan(60);
    expect(world.table.segments.count).toBe(count);
    expect(world.has('key:0') && world.has('key:49999')).toBe(true);
    world.table.reserve(1_000_000);
    expect(world.table.segments.count).toBe(count);
  });

  test('a small reservation changes nothing', () => {
    const world = new TestTable();
    world.table.reserve(0);
    world.table.reserve(100);

    expect(world.table.segments.count).toBe(1);
  });
});

describe('byte table: keys', () => {
  test('the empty key, long keys and keys that begin alike are different', () => {
    const world = new TestTable();
    const keys = ['', 'a', 'a\0', 'aa', 'a'.repeat(253), 'a'.repeat(254), 'a'.repeat(40_000)];
    for (const key of keys) world.put(key);

    expect(world.keys).toEqual([...keys].sort());
    expect(world.has('a'.repeat(255))).toBe(false);
    for (const key of keys) expect(world.remove(key)).toBe(true);
    expect(world.records.large.usedBytes).toBe(0);
  });

  test('are found in the middle of other bytes', () => {
    const world = new TestTable();
    world.put('needle');
    const hay = bytesOf('hay needle hay');

    expect(world.table.find(hay, 4, 10)).not.toBe(0);
    expect(world.table.find(hay, 4, 9)).toBe(0);
    expect(world.table.find(noKey, 0, 0)).toBe(0);
  });
});

describe('byte table: expiries', () => {
  test('are counted through every kind of change', () => {
    const world = new TestTable();
    world.put('a', 100);
    world.put('b', 200);
    world.put('b', 300);
    world.put('c');
    expect(world.table.expiryCount).toBe(2);
    world.put('a');
    world.put('c', 50);
    expect(world.table.expiryCount).toBe(2);
    world.remove('c');
    world.remove('b');
    expect(world.table.expiryCount).toBe(0);
  });

  test('that are due are collected, and the next one is learned', () => {
    const world = new TestTable();
    for (const [key, expiresAtMs] of Object.entries({ a: 100, b: 200, c: 300, d: 0 })) {
      world.put(key, expiresAtMs);
    }
    const due: number[] = [];

    expect(world.table.segments.earliestExpiry[0]).toBe(100);
    world.table.collectDue(0, 200, due);

    expect(due.map((ref) => world.keyOf(ref)).sort()).toEqual(['a', 'b']);
    expect(world.table.segments.earliestExpiry[0]).toBe(300);
  });
});

describe('byte table: warm', () => {
  const hashesOf = (...values: number[]) => Int32Array.from(values);

  test('reads nothing that is not there, in an empty and in a tiny table', () => {
    const all = Int32Array.from({ length: 512 }, (_, i) => Math.imul(i, 0x9e3779b1));
    const edges = hashesOf(0, -1, 2 ** 31 - 1, -(2 ** 31), 1);
    for (const count of [0, 1, 2, 7, 100]) {
      const world = new TestTable();
      for (let i = 0; i < count; i += 1) world.put(`k${i}`);

      // A read out of bounds would be undefined, and the sum not a number.
      world.table.warm(all, all.length);
      expect(world.table.warmth).not.toBeNaN();
      world.table.warm(edges, edges.length);
      expect(world.table.warmth).not.toBeNaN();
      world.table.warm(edges, 0);
      expect(world.table.warmth).toBe(0);
    }
  });

  test('reads nothing that is not there, in a table of any size, full segments included', () => {
    const random = seededRandom(5);
    const world = new TestTable();
    const hashes = new Int32Array(64);
    for (let i = 0; i < 12_000; i += 1) {
      world.put(`key:${i}`);
      if (i % 97 !== 0) continue;
      for (let at = 0; at < hashes.length; at += 1) hashes[at] = random.uint32();
      world.table.warm(hashes, hashes.length);
      expect(world.table.warmth, `${i} entries`).not.toBeNaN();
    }
  });

  test('changes nothing', () => {
    const world = new TestTable();
    for (let i = 0; i < 3_000; i += 1) world.put(`key:${i}`);
    const { keys } = world;
    const key = bytesOf('key:77');

    world.table.warm(hashesOf(world.records.hash(key, 0, key.length)), 1);

    expect(world.keys).toEqual(keys);
  });
});

describe('byte table: chance and walks', () => {
  test('a random record comes from an almost empty table, too', () => {
    const random = seededRandom(4);
    const world = new TestTable();
    expect(world.table.randomRecord(random)).toBe(0);
    for (let i = 0; i < 20_000; i += 1) world.put(`key:${i}`);
    for (let i = 1; i < 20_000; i += 1) world.remove(`key:${i}`);

    expect(world.keyOf(world.table.randomRecord(random))).toBe('key:0');
  });

  test('a cursor that nobody gave is none that hangs', () => {
    const world = new TestTable();
    for (let i = 0; i < 3_000; i += 1) world.put(`key:${i}`);

    for (const cursor of [1, 12_345, 2 ** 31, 2 ** 47 - 1, 2 ** 47, 2 ** 53 - 1]) {
      let at = cursor;
      let calls = 0;
      do {
        at = world.table.scan(at, 1_000, () => {});
        calls += 1;
      } while (at !== 0 && calls < 1_000);
      expect(at, `cursor ${cursor}`).toBe(0);
    }
  });

  test('dropped segments free all records', () => {
    const world = new TestTable();
    for (let i = 0; i < 5_000; i += 1) world.put(`key:${i}`.padEnd(i % 7 === 0 ? 33_000 : 8, '.'));

    for (let at = 0; at < world.table.segments.count; at += 1) world.table.dropSegment(at);

    expect(world.table.size).toBe(0);
    expect(world.records.usedBytes).toBe(0);
    expect(lastClass).toBe(capacities.length - 1);
  });
});

test('byte table: the key found last is found again through every change around it', () => {
  const world = new TestTable();
  const random = seededRandom(7);
  const expected = new Set<string>();
  for (let step = 0; step < 20_000; step += 1) {
    const key = `key:${random.uint32() % 1500}`;
    // Twice before and twice after: the second search begins where the first one ended.
    for (let i = 0; i < 2; i += 1) expect(world.has(key), `step ${step}`).toBe(expected.has(key));
    if (random.uint32() % 2 === 0) {
      world.put(key, random.uint32() % 3);
      expected.add(key);
    } else {
      world.remove(key);
      expected.delete(key);
    }
    for (let i = 0; i < 2; i += 1) expect(world.has(key), `step ${step}`).toBe(expected.has(key));
  }
  expect(world.keys).toEqual([...expected].sort());
});

test('byte table: a record is found by its hash, without its key, and not by another hash', () => {
  const world = new TestTable();
  for (let i = 0; i < 2_000; i += 1) world.put(`key:${i}`);
  const refs: number[] = [];
  world.table.forEach((ref) => {
    refs.push(ref);
  });

  for (const ref of refs) {
    const hash = world.records.hashOf(ref);
    expect(world.table.findRecord(ref, ~hash)).toBe(false);
    expect(world.table.findRecord(ref, hash)).toBe(true);
    expect(world.table.hasFound(ref)).toBe(true);
  }
});
