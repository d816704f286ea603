import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { Arena } from './arena.ts';
import {
  capacities,
  expiryMark,
  hashMask,
  homeOf,
  largestCapacity,
  lastClass,
  limits,
  roomyClassOf,
  Segments,
  tagBits,
} from './segments.ts';
import { classBytes } from './size-classes.ts';

/** Entries of a segment as `ref → mark`. */
function entriesOf(segments: Segments, segment: number): Map<number, number> {
  const refs = new Uint32Array(largestCapacity);
  const marks = new Uint32Array(largestCapacity);
  const count = segments.copyRefs(segment, refs, marks);
  return new Map(Array.from({ length: count }, (_, i) => [refs[i], marks[i]]));
}

/** The slot of a ref; found by its tag as a look-up does, so that a broken probe chain shows. */
function slotOf(segments: Segments, segment: number, ref: number, mark: number): number {
  const capacity = capacities[segments.sizeClass[segment]];
  let slot = homeOf(mark, capacity);
  for (let steps = 0; steps < capacity; steps += 1) {
    const found = segments.refAt(segment, slot);
    if (found === ref) return slot;
    if (found === 0) return -1;
    slot = (slot + 1) % capacity;
  }
  return -1;
}

describe('segments', () => {
  test.each(Array.from(capacities, (_, sizeClass) => sizeClass))(
    'class %i behaves like a map under random entries and removals',
    (sizeClass) => {
      const seed = 1_000 + sizeClass;
      const random = seededRandom(seed);
      const segments = new Segments(new Arena());
      const segment = segments.create(0, sizeClass);
      const model = new Map<number, number>();
      const refs: number[] = [];
      let nextRef = 1;
      for (let step = 0; step < 4_000; step += 1) {
        const grows = random.uint32() % 100 < (step % 1_000 < 500 ? 70 : 30);
        if (grows && model.size < limits[sizeClass]) {
          // Few hashes, so that entries displace each other.
          const hash = 1 + (random.uint32() % (step % 3 === 0 ? 5 : hashMask));
          const mark = random.uint32() % 2 === 0 ? hash : (hash | expiryMark) >>> 0;
          segments.place(segment, nextRef, mark);
          model.set(nextRef, mark);
          refs.push(nextRef);
          nextRef += 1;
        } else if (model.size > 0) {
          const ref = refs[random.uint32() % refs.length];
          const slot = slotOf(segments, segment, ref, model.get(ref) ?? 0);
          if (slot < 0) throw new Error(`seed ${seed} step ${step}: ${ref} is not found`);
          segments.removeAt(segment, slot);
          refs[refs.indexOf(ref)] = refs[refs.length - 1];
          refs.pop();
          model.delete(ref);
        }
        if (step % 200 !== 0) continue;
        expect(segments.size[segment]).toBe(model.size);
        expect(entriesOf(segments, segment)).toEqual(model);
      }
    },
  );

  test('keep their entries when they are resized', () => {
    const arena = new Arena();
    const segments = new Segments(arena);
    const segment = segments.create(3, 0);
    const model = new Map<number, number>();
    for (let ref = 1; ref <= limits[0]; ref += 1) {
      const mark = ((ref * 977) & hashMask) | 1;
      segments.place(segment, ref, mark);
      model.set(ref, mark);
    }
    for (const sizeClass of [5, lastClass, 3, 0, 1]) {
      segments.resize(segment, sizeClass);
      expect(entriesOf(segments, segment)).toEqual(model);
      expect(arena.usedBytes).toBe(arena.capacityOf(segments.block[segment]));
      for (const [ref, mark] of model) {
        expect(slotOf(segments, segment, ref, mark)).toBeGreaterThanOrEqual(0);
      }
    }
    expect(() => segments.resize(segments.create(0, 0), 0)).not.toThrow();
  });

  test('can be taken apart and filled again', () => {
    const segments = new Segments(new Arena());
    const segment = segments.create(0, 1);
    for (let ref = 1; ref <= 10; ref += 1) segments.place(segment, ref, ref * 100);
    const refs = new Uint32Array(largestCapacity);
    const marks = new Uint32Array(largestCapacity);

    const count = segments.takeAll(segment, refs, marks);
    segments.refill(segment, 4);
    for (let i = 0; i < count; i += 1) segments.place(segment, refs[i], marks[i]);

    expect(count).toBe(10);
    expect([...entriesOf(segments, segment).keys()].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 10 }, (_, i) => i + 1),
    );
  });

  test('give every entry to exactly one range of tags', () => {
    const random = seededRandom(8);
    const segments = new Segments(new Arena());
    const segment = segments.create(0, lastClass);
    for (let ref = 1; ref <= 700; ref += 1) {
      segments.place(segment, ref, 1 + (random.uint32() % hashMask));
    }
    const seen: number[] = [];
    const edges = [0, 1, 2, 5_000, 5_001, 20_000, (1 << tagBits) - 1, 1 << tagBits];

    for (let i = 0; i + 1 < edges.length; i += 1) {
      segments.visitTags(segment, edges[i], edges[i + 1], (ref) => seen.push(ref));
    }

    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 700 }, (_, i) => i + 1));
  });

  test('know which entries expire', () => {
    const segments = new Segments(new Arena());
    const segment = segments.create(0, 2);
    for (let ref = 1; ref <= 20; ref += 1) {
      segments.place(segment, ref, ref % 4 === 0 ? ref | expiryMark : ref);
    }
    const marked: number[] = [];

    segments.visitMarked(segment, (ref) => marked.push(ref));

    expect(marked.sort((a, b) => a - b)).toEqual([4, 8, 12, 16, 20]);
  });

  test('answer for slots that are not there', () => {
    const segments = new Segments(new Arena());
    const segment = segments.create(0, 0);

    expect(segments.refAt(segment, 0)).toBe(0);
    expect(segments.refAt(segment, largestCapacity)).toBe(0);
    expect(() => segments.nthRef(segment, 0)).toThrow(/that many/);
    segments.place(segment, 9, 1);
    expect(segments.nthRef(segment, 0)).toBe(9);
  });

  test('are many: their descriptions grow and stay', () => {
    const segments = new Segments(new Arena());
    for (let i = 0; i < 1_000; i += 1) {
      const segment = segments.create(i % 20, i % 3);
      segments.place(segment, i + 1, 77);
      segments.epoch[segment] = i;
      segments.capture[segment] = -i;
    }

    expect(segments.count).toBe(1_000);
    expect(segments.depth[999]).toBe(19);
    expect(segments.sizeClass[998]).toBe(998 % 3);
    expect([segments.epoch[500], segments.capture[500]]).toEqual([500, -500]);
    expect([...entriesOf(segments, 321).keys()]).toEqual([322]);
    expect(segments.overheadBytes).toBeGreaterThanOrEqual(24 * 1_000);
  });

  test('a dropped one gives its block back', () => {
    const arena = new Arena();
    const segments = new Segments(arena);
    const segment = segments.create(0, 5);

    segments.dropBlock(segment);

    expect(arena.usedBytes).toBe(0);
    expect(segments.size[segment]).toBe(0);
  });
});

test('segment classes: fill the size classes of the arena', () => {
  for (const capacity of capacities) {
    const bytes = capacity * 6;
    const block = classBytes.find((each) => each >= bytes) ?? 0;
    expect(bytes / block, `${capacity} slots`).toBeGreaterThan(0.75);
  }
});

test('segment classes: the roomy class holds its count with room to spare', () => {
  for (let count = 0; count <= 700; count += 1) {
    const sizeClass = roomyClassOf(count);
    if (sizeClass < lastClass) {
      expect(limits[sizeClass], `${count}`).toBeGreaterThanOrEqual(count + (count > 3 ? 1 : 0));
    }
    if (sizeClass > 0) expect(count * 8).toBeGreaterThan(capacities[sizeClass - 1] * 6.5);
  }
});
