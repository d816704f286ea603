import { concatBytes } from '../../src/base/bytes.ts';
import { seededRandom } from '../../src/runtime/seeded-random.ts';

/** HEADWATER_FUZZ_SECONDS makes every fuzz run longer, HEADWATER_FUZZ_SEED repeats one. */
export const fuzzSeconds = Number(process.env.HEADWATER_FUZZ_SECONDS ?? 1);
export const fuzzSeed = Number(process.env.HEADWATER_FUZZ_SEED ?? Date.now() % 2 ** 31);

/** A number from 0 to below its argument; the same ones for the same seed. */
export type Dice = (below: number) => number;

/** Makes dice. */
export function newDice(seed: number): Dice {
  const random = seededRandom(seed);
  return (below) => random.uint32() % below;
}

/** `original` with one to four kinds of damage. `interesting` are bytes that mean something. */
export function mutate(original: Uint8Array, interesting: Uint8Array, dice: Dice): Uint8Array {
  let bytes: Uint8Array = original.slice();
  for (let rounds = 1 + dice(4); rounds > 0 && bytes.length > 0; rounds -= 1) {
    const at = dice(bytes.length);
    switch (dice(7)) {
      case 0:
        bytes[at] ^= 1 << dice(8);
        break;
      case 1:
        bytes[at] = interesting[dice(interesting.length)];
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes = concatBytes([bytes.slice(0, at), bytes.slice(dice(bytes.length))]);
        break;
      case 4:
        bytes = concatBytes([
          bytes.slice(0, at),
          Uint8Array.of(interesting[dice(interesting.length)]),
          bytes.slice(at),
        ]);
        break;
      case 5:
        bytes = concatBytes([bytes.slice(0, at), bytes.slice(at + 1)]);
        break;
      default:
        bytes.copyWithin(at, dice(bytes.length), bytes.length);
    }
  }
  return bytes;
}

/** Bytes as a literal that a person can paste. */
export function shown(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes).toString('latin1'));
}
