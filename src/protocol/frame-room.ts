import { withView } from '../base/bytes.ts';

/**
 * Memory in which parsers join the pieces of a frame. Where a long stream of requests comes, the end of
 * a frame lies in the next piece each time, and both are joined in memory of one size: one piece of it
 * serves all parsers, as nobody else reads meanwhile. Fresh memory for each read was 128 KiB of garbage.
 */
const sharedBytes = 128 * 1024;
let spare: Uint8Array = new Uint8Array(0);

/** At least `bytes` bytes: the shared piece, if it has that size and is free. */
export function takeRoom(bytes: number): Uint8Array {
  if (roomFor(bytes) !== spare.length) return newRoom(bytes);
  const taken = spare;
  spare = new Uint8Array(0);
  return taken;
}

/** At least `bytes` bytes that nobody else has had. */
export function newRoom(bytes: number): Uint8Array {
  return withView(new Uint8Array(roomFor(bytes)));
}

/** The next one may have it. Requires: nobody reads it any more. */
export function giveRoomBack(room: Uint8Array): void {
  if (room.length === sharedBytes) spare = room;
}

function roomFor(bytes: number): number {
  let room = 1024;
  while (room < bytes) room *= 2;
  return room;
}
