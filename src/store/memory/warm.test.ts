import { expect, test } from 'vitest';
import { Arena } from './arena.ts';
import { warmRefs } from './warm.ts';

test('warm: reads the head of each record', () => {
  const arena = new Arena();
  const refs = Uint32Array.from({ length: 100 }, () => arena.allocate(40));
  for (const ref of refs) arena.words[0][(ref << 1) >>> 0] = 7;

  expect(warmRefs(arena, refs, refs.length)).toBe(700);
  expect(warmRefs(arena, refs, 0)).toBe(0);
});
