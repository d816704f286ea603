import { expect, test } from 'vitest';
import { Arena } from './arena.ts';
import { Directory } from './directory.ts';
import { markOf, Segments } from './segments.ts';
import { warm } from './warm.ts';

test('warm: reads slots and records, and nothing that is not there', () => {
  const arena = new Arena();
  const segments = new Segments(arena);
  const directory = new Directory();
  const segment = segments.create(0, 0);
  const hash = 0x1234567;
  expect(warm(directory, segments, Int32Array.of(hash, -1, 0), 3)).toBe(0);

  const ref = arena.allocate(64);
  arena.slabs[0].fill(0, ref << 3, (ref << 3) + 64);
  arena.slabs[0][ref << 3] = 5;
  segments.place(segment, ref, markOf(hash));

  expect(warm(directory, segments, Int32Array.of(hash), 1)).toBe(markOf(hash) ^ 5);
  expect(warm(directory, segments, Int32Array.of(hash), 0)).toBe(0);
});
