import { expect, test } from 'vitest';
import { giveRoomBack, newRoom, takeRoom } from './frame-room.ts';

test('frame room: a piece of the shared size serves again, and one at a time', () => {
  const shared = newRoom(100_000);
  giveRoomBack(shared);

  expect(takeRoom(2_000)).toHaveLength(2_048);
  expect(takeRoom(100_000)).toBe(shared);
  expect(takeRoom(100_000)).not.toBe(shared);
});

test('frame room: a piece of another size is not kept', () => {
  const large = newRoom(200_000);
  giveRoomBack(large);

  expect(takeRoom(200_000)).not.toBe(large);
});
