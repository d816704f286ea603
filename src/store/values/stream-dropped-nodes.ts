import type { Records } from '../memory/records.ts';
import type { Structure } from '../memory/structures.ts';

/** Nodes that nobody needs any more, as a structure: such are freed in slices. */
export class DroppedNodes implements Structure {
  epoch = 0;
  readonly memoryBytes = 0;
  readonly #records: Records;
  readonly #refs: number[];

  /** Takes the refs over. */
  constructor(records: Records, refs: number[]) {
    this.#records = records;
    this.#refs = refs;
  }

  clone(): Structure {
    throw new Error('what is dropped has no copies');
  }

  freeSome(count: number): boolean {
    for (let left = count; left > 0; left -= 1) {
      const ref = this.#refs.pop();
      if (ref === undefined) return true;
      this.#records.free(ref);
    }
    return this.#refs.length === 0;
  }

  capture(): void {
    // No snapshot reads it.
  }

  release(): void {
    // Nothing was kept for one.
  }
}
