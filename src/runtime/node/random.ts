import { randomFillSync } from 'node:crypto';
import type { Random } from '../random.ts';

const pool = new Uint32Array(256);
let used = pool.length;

/** The system's strong random numbers, drawn in blocks. */
export const nodeRandom: Random = {
  uint32() {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    return pool[used++];
  },
  fill(target) {
    randomFillSync(target);
  },
};
