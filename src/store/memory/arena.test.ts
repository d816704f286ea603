import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { Arena, ArenaFullError, refMask, slabShift } from './arena.ts';
import { blockBytesMax } from './size-classes.ts';

const mebibyte = 1024 * 1024;

/** Where a block begins, counted over all slabs. */
const addressOf = (ref: number) => (ref >>> slabShift) * 2 ** 26 + (ref & refMask) * 8;

/** Live blocks and what they should hold. */
class Model {
  readonly arena: Arena;
  readonly refs: number[] = [];
  readonly sizes = new Map<number, number>();
  readonly stamps = new Map<number, number>();
  #stamp = 0;

  constructor(arena: Arena) {
    this.arena = arena;
  }

  allocate(bytes: number): void {
    const ref = this.arena.allocate(bytes);
    this.#stamp = (this.#stamp % 250) + 1;
    this.bytesOf(ref, bytes).fill(this.#stamp);
    this.refs.push(ref);
    this.sizes.set(ref, bytes);
    this.stamps.set(ref, this.#stamp);
  }

  free(at: number): void {
    const ref = this.refs[at];
    this.check(ref);
    this.arena.free(ref);
    this.refs[at] = this.refs[this.refs.length - 1];
    this.refs.pop();
    this.sizes.delete(ref);
    this.stamps.delete(ref);
  }

  /** The block's first and last bytes are its own: nobody else wrote there. */
  check(ref: number): void {
    const bytes = this.bytesOf(ref, this.sizes.get(ref) ?? 0);
    const stamp = this.stamps.get(ref) ?? 0;
    const middle = bytes[bytes.length >> 1];
    if (bytes[0] !== stamp || middle !== stamp || bytes[bytes.length - 1] !== stamp) {
      throw new Error(`block ${ref} of ${bytes.length} bytes was overwritten`);
    }
  }

  expectNoOverlap(): void {
    const sorted = [...this.refs].sort((a, b) => addressOf(a) - addressOf(b));
    let end = 8;
    for (const ref of sorted) {
      this.check(ref);
      expect(addressOf(ref)).toBeGreaterThanOrEqual(end);
      end = addressOf(ref) + this.arena.capacityOf(ref);
      expect(this.arena.capacityOf(ref)).toBeGreaterThanOrEqual(this.sizes.get(ref) ?? 0);
    }
    const capacity = this.refs.reduce((sum, ref) => sum + this.arena.capacityOf(ref), 0);
    expect(this.arena.usedBytes).toBe(capacity);
  }

  private bytesOf(ref: number, bytes: number): Uint8Array {
    const at = (ref & refMask) << 3;
    return this.arena.slabs[ref >>> slabShift].subarray(at, at + bytes);
  }
}

describe('arena: blocks', () => {
  test('never overlap, whatever is allocated and freed', () => {
    const seed = 90_125;
    const random = seededRandom(seed);
    const model = new Model(new Arena(4 * mebibyte));
    const sizeOf = () => {
      const kind = random.uint32() % 20;
      if (kind === 0) return 1 + (random.uint32() % blockBytesMax);
      return 1 + (random.uint32() % (kind < 12 ? 60 : 3_000));
    };
    for (let phase = 0; phase < 6; phase += 1) {
      const wanted = [300, 8_000, 100, 12_000, 2_000, 0][phase];
      for (let step = 0; step < 6_000 || model.refs.length > wanted; step += 1) {
        const grows = model.refs.length < wanted && random.uint32() % 5 !== 0;
        if (grows || model.refs.length === 0) model.allocate(sizeOf());
        else model.free(random.uint32() % model.refs.length);
        if (step >= 6_000 && wanted === 0 && model.refs.length === 0) break;
      }
      model.expectNoOverlap();
    }
    expect(model.arena.usedBytes, `seed ${seed}`).toBe(
      model.refs.length === 0 ? 0 : expect.any(Number),
    );
  });

  test('are never named 0', () => {
    const arena = new Arena(mebibyte);
    for (let round = 0; round < 3; round += 1) {
      const ref = arena.allocate(8);
      expect(ref).toBeGreaterThan(0);
      arena.free(ref);
    }
  });

  test('are freed once', () => {
    const arena = new Arena(mebibyte);
    const ref = arena.allocate(100);
    arena.free(ref);

    expect(() => arena.free(ref)).toThrow(/only live blocks/);
  });

  test('of the largest size follow each other', () => {
    const model = new Model(new Arena(2 * mebibyte));
    for (let i = 0; i < 12; i += 1) model.allocate(blockBytesMax);

    model.expectNoOverlap();
    expect(() => new Arena().allocate(blockBytesMax + 1)).toThrow();
  });
});

describe('arena: memory', () => {
  test('of spans that emptied serves other sizes', () => {
    const model = new Model(new Arena(mebibyte));
    const sizes = [16, 48, 96, 200, 500, 1_000, 5_000, 60_000];
    const highest: number[] = [];
    for (const size of sizes) {
      while (model.arena.usedBytes < 3 * mebibyte) model.allocate(size);
      while (model.refs.length > 0) model.free(model.refs.length - 1);
      highest.push(model.arena.reservedBytes);
    }

    expect(model.arena.usedBytes).toBe(0);
    // One span each stays with its class, so that a block more or less does not move spans around.
    expect(Math.max(...highest)).toBeLessThanOrEqual((5 + sizes.length) * mebibyte);
    expect(model.arena.spannedBytes).toBeLessThanOrEqual(sizes.length * mebibyte);
  });

  test('is spread over little more than it holds, under random overwrites of random sizes', () => {
    const seed = 606;
    const random = seededRandom(seed);
    const arena = new Arena();
    const lengthOf = () => 16 + (random.uint32() % 200);
    const refs = Array.from({ length: 700_000 }, () => arena.allocate(lengthOf()));

    for (let step = 0; step < 1_500_000; step += 1) {
      const at = random.uint32() % refs.length;
      const fresh = arena.allocate(lengthOf());
      arena.free(refs[at]);
      refs[at] = fresh;
    }

    expect(arena.spannedBytes / arena.usedBytes, `seed ${seed}`).toBeLessThan(1.2);
  });

  test('is taken in slabs, as they are needed', () => {
    const arena = new Arena(mebibyte);
    expect(arena.reservedBytes).toBe(0);

    const refs: number[] = [];
    while (arena.slabs.length < 70) refs.push(arena.allocate(100_000));

    expect(arena.reservedBytes).toBe(70 * mebibyte);
    expect(new Set(refs).size).toBe(refs.length);
    for (const ref of refs) arena.free(ref);
    expect(arena.usedBytes).toBe(0);
  });

  test('that is used up says so', () => {
    expect(new ArenaFullError().message).toMatch(/512 slabs/);
    expect(new ArenaFullError().name).toBe('ArenaFullError');
  });
});
