import type { Random } from './random.ts';

/** A small seeded generator (mulberry32) for tests and simulation: one seed, one world. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const uint32 = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    uint32,
    fill(target) {
      for (let i = 0; i < target.length; i += 1) target[i] = uint32();
    },
  };
}
