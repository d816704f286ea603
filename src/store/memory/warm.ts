import { type Arena, refMask, slabShift } from './arena.ts';
import type { Directory } from './directory.ts';
import { capacities, hashMask, homeOf, markOf, type Segments } from './segments.ts';

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
    warmSlots(directory, segments, hashes, count) ^ warmRecords(directory, segments, hashes, count)
  );
}

/**
 * Reads the beginnings of these records, for the same effect: whoever reads them one after the other
 * next waits for none. `bench/` shows it in the time of a save.
 *
 * Changes nothing; the result only keeps the reads alive.
 */
export function warmRefs(arena: Arena, refs: Uint32Array, count: number): number {
  const { slabs, slabMask } = arena;
  let sink = 0;
  for (let i = 0; i < count; i += 1) {
    const ref = refs[i];
    const slab = slabs[ref >>> slabShift];
    const at = (ref & refMask) << 3;
    sink ^= slab[at] ^ slab[(at + nextLine) & slabMask];
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
  const { words } = segments.arena;
  let sink = 0;
  for (let i = 0; i < count; i += 1) {
    if (i > 0 && hashes[i] === hashes[i - 1]) continue;
    const mark = markOf(hashes[i]);
    const segment = directory.segmentOf(mark);
    const block = blocks[segment];
    const slot = homeOf(mark, capacities[sizeClass[segment]]);
    sink ^= words[block >>> slabShift][((block & refMask) << 1) + 2 * slot];
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
  const { words: slabWords, slabs, slabMask } = segments.arena;
  let sink = 0;
  for (let i = 0; i < count; i += 1) {
    if (i > 0 && hashes[i] === hashes[i - 1]) continue;
    const wanted = markOf(hashes[i]);
    const segment = directory.segmentOf(wanted);
    const block = blocks[segment];
    const capacity = capacities[sizeClass[segment]];
    const base = (block & refMask) << 1;
    const words = slabWords[block >>> slabShift];
    let slot = homeOf(wanted, capacity);
    for (let steps = 0; steps < stepsMax; steps += 1) {
      const mark = words[base + 2 * slot];
      if (mark === 0) break;
      if (((mark ^ wanted) & hashMask) === 0) {
        const ref = words[base + 2 * slot + 1];
        const slab = slabs[ref >>> slabShift];
        const at = (ref & refMask) << 3;
        // A record of ordinary size may reach into the next cache line.
        sink ^= slab[at] ^ slab[(at + nextLine) & slabMask];
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
