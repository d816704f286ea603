/** The keyed hash of keys of usual lengths. */
import { halfSipHash } from '../../src/store/memory/half-sip-hash.ts';
import { isQuick, nanosecondsOf, report } from './measure.ts';

const lengths = [8, 16, 32, 64];
const hashes = isQuick ? 200_000 : 2_000_000;
const memory = new Uint8Array(1 << 16).map((_, i) => (i * 31) & 255);

function hashAll(bytes: Uint8Array, length: number): number {
  let sum = 0;
  for (let i = 0; i < hashes; i += 1) {
    const from = (i * 16) & 0x7fff;
    sum ^= halfSipHash(bytes, from, from + length, 0x01020304, 0x05060708);
  }
  return sum;
}

report(
  lengths.map((length) => ({
    what: `hash a key of ${length} bytes`,
    value: nanosecondsOf(hashes, () => hashAll(memory, length)),
    unit: 'ns',
  })),
);
