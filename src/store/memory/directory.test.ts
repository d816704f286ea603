import { expect, test } from 'vitest';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { Directory, directoryBits, directoryDepthMax } from './directory.ts';

test('directory: every hash leads to the segment whose range it lies in, however it is split', () => {
  const seed = 55;
  const random = seededRandom(seed);
  const directory = new Directory();
  /** Segment → the leading bits of its hashes. */
  const prefixes = [''];
  const bitsOf = (hash: number) => hash.toString(2).padStart(directoryBits, '0');
  for (let step = 0; step < 1_500; step += 1) {
    const hash = random.uint32() >>> 1;
    const segment = directory.segmentOf(hash);
    expect(bitsOf(hash).startsWith(prefixes[segment]), `seed ${seed} step ${step}`).toBe(true);
    const prefix = prefixes[segment];
    if (prefix.length >= 14) continue;
    prefixes[segment] = `${prefix}0`;
    prefixes.push(`${prefix}1`);
    directory.split(hash, prefix.length, prefixes.length - 1);
  }

  expect(directory.depth).toBe(Math.max(...prefixes.map((prefix) => prefix.length)));
  expect(directory.bytes).toBe(4 * 2 ** directory.depth);
});

test('directory: begins anew with segments in the order of hashes', () => {
  const directory = new Directory();
  directory.reset(3);

  expect(
    [0, 0x10000000, 0x3fffffff, 0x40000000, 0x7fffffff].map((hash) => directory.segmentOf(hash)),
  ).toEqual([0, 1, 3, 4, 7]);
});

test('directory: has a bound', () => {
  const directory = new Directory();
  directory.reset(directoryDepthMax);

  expect(() => directory.split(0, directoryDepthMax, 1)).toThrow(/2\^24/);
});
