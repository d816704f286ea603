import { expect, test } from 'vitest';
import { Carry } from './carry.ts';

test('carry: takes no more than what is needed, in any number of pieces', () => {
  const carry = new Carry();
  const source = Uint8Array.from({ length: 100 }, (_, i) => i);

  expect(carry.take(source, 0, 30, 40)).toBe(30);
  expect(carry.take(source, 30, 100, 40)).toBe(40);

  expect(carry.length).toBe(40);
  expect([...carry.bytes.subarray(0, 40)]).toEqual([...source.subarray(0, 40)]);
});

test('carry: memory follows the bytes that came, not the bytes that were claimed', () => {
  const carry = new Carry();
  const source = new Uint8Array(1000);

  carry.take(source, 0, 1000, 500_000_000);

  expect(carry.bytes.length).toBeLessThanOrEqual(2000);
});

test('carry: never takes more memory than twice what came, nor more than the item', () => {
  const carry = new Carry();
  const source = new Uint8Array(1000);
  for (let i = 0; i < 100; i += 1) carry.take(source, 0, 1000, 100_000);

  expect(carry.length).toBe(100_000);
  expect(carry.bytes.length).toBe(100_000);
});

test('carry: gives the memory of a large item back', () => {
  const carry = new Carry();
  carry.take(new Uint8Array(3_000_000), 0, 3_000_000, 3_000_000);

  carry.clear();

  expect(carry.length).toBe(0);
  expect(carry.bytes.length).toBeLessThan(1024);
});
