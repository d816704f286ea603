import { expect, test } from 'vitest';
import { LargeBuffers } from './large-buffers.ts';

test('large buffers: come empty, with room, and grow within it', () => {
  const buffers = new LargeBuffers();
  const id = buffers.create(10, 30);

  expect(buffers.lengthOf(id)).toBe(10);
  expect(buffers.bytesOf(id)).toEqual(new Uint8Array(30));
  expect(buffers.resize(id, 30)).toBe(true);
  expect(buffers.lengthOf(id)).toBe(30);
  expect(buffers.resize(id, 31)).toBe(false);
  expect(buffers.lengthOf(id)).toBe(30);
});

test('large buffers: what was cut off comes back as zeros', () => {
  const buffers = new LargeBuffers();
  const id = buffers.create(10, 20);
  buffers.bytesOf(id).fill(7, 0, 10);

  buffers.resize(id, 4);
  buffers.resize(id, 12);

  expect([...buffers.bytesOf(id).subarray(0, 12)]).toEqual([7, 7, 7, 7, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('large buffers: ids are used again, memory is counted and given back', () => {
  const buffers = new LargeBuffers();
  const first = buffers.create(1_000);
  const second = buffers.create(2_000, 3_000);

  expect(buffers.usedBytes).toBe(4_000);
  buffers.free(first);
  expect(buffers.usedBytes).toBe(3_000);
  const third = buffers.create(5);

  expect(third).toBe(first);
  expect(buffers.lengthOf(second)).toBe(2_000);
  expect(buffers.bytesOf(third)).toHaveLength(5);
});

test('large buffers: what is gone cannot be used', () => {
  const buffers = new LargeBuffers();
  const id = buffers.create(10);
  buffers.free(id);

  expect(() => buffers.bytesOf(id)).toThrow(/only while it lives/);
  expect(() => buffers.free(id)).toThrow(/only while it lives/);
  expect(() => buffers.bytesOf(99)).toThrow(/only while it lives/);
  expect(() => buffers.create(10, 9)).toThrow(/room for its content/);
});
