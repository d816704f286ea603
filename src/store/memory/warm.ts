import { type Arena, refMask, slabShift } from './arena.ts';
import type { Directory } from './directory.ts';
import { capacities, type Segments, tagBits, tagMask, tagOf } from './segments.ts';

/**
 * Reads the memory that finds of these hashes will read, for its effect on the processor's caches:
 * independent reads overlap, where finds one after the other would wait for each. First the slots of
 * all, then the records of all.
 *
 * Changes nothing; the result only keeps the reads alive.
 */
export function warm(
  directory: Directory,
  segments: Segments,
  hashes: Int32Array,
  count: number,
): number {
  return (
    warmSlots(directory, segments, hashes, count) + warmRecords(directory, segments, hashes, count)
  );
}

/** Reads the heads of `count` records whose keys are about to be hashed. */
export function warmRefs(arena: Arena, refs: Uint32Array, count: number): number {
  const { slabs } = arena;
  let sink = 0;
  for (let i = 0; i < count; i += 1) {
    const ref = refs[i];
    sink += slabs[ref >>> slabShift][(ref & refMask) << 3];
  }
  return sink;
}

function warmSlots(
  directory: Directory,
  segments: Segments,
  hashes: Int32Array,
  count: number,
): number {
  const { block: blocks, sizeClass } = segments;
  const { words, halves } = segments.arena;
  let sink = 0;
  for (let i = 0; i < count; i += 1) {
    const hash = hashes[i];
    const segment = directory.segmentOf(hash);
    const block = blocks[segment];
    const capacity = capacities[sizeClass[segment]];
    const refsAt = (block & refMask) << 1;
    const slot = (tagOf(hash) * capacity) >>> tagBits;
    sink += halves[block >>> slabShift][((refsAt + capacity) << 1) + slot];
    sink += words[block >>> slabShift][refsAt + slot];
  }
  return sink;
}

function warmRecords(
  directory: Directory,
  segments: Segments,
  hashes: Int32Array,
  count: number,
): number {
  const { block: blocks, sizeClass } = segments;
  const { words, halves, slabs, slabMask } = segments.arena;
  let sink = 0;
  for (let i = 0; i < count; i += 1) {
    const hash = hashes[i];
    const segment = directory.segmentOf(hash);
    const block = blocks[segment];
    const capacity = capacities[sizeClass[segment]];
    const refsAt = (block & refMask) << 1;
    const marksAt = (refsAt + capacity) << 1;
    const marks = halves[block >>> slabShift];
    const tag = tagOf(hash);
    let slot = (tag * capacity) >>> tagBits;
    for (let steps = 0; steps < stepsMax; steps += 1) {
      const mark = marks[marksAt + slot];
      if (mark === 0) break;
      if ((mark & tagMask) === tag) {
        const ref = words[block >>> slabShift][refsAt + slot];
        const slab = slabs[ref >>> slabShift];
        const at = (ref & refMask) << 3;
        // A record of ordinary size may reach into the next cache line.
        sink += slab[at] + slab[(at + nextLine) & slabMask];
        break;
      }
      slot += 1;
      if (slot === capacity) slot = 0;
    }
  }
  return sink;
}

/** Further probes are not worth it: most entries lie within a few slots of their home. */
const stepsMax = 24;
const nextLine = 32;
