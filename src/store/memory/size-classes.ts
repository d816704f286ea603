/**
 * Block sizes of the arena: multiples of 8 up to 128 bytes, then eight steps for each doubling, so
 * that rounding up wastes 12.5 % at most and about 6 % on average. Nodes of lists and streams are full at
 * 4, 8 or more KiB, and a head stands before each: a step of its own has just that.
 */

/** Largest block that the arena gives out. Larger values get a buffer of their own. */
export const blockBytesMax = 256 * 1024;

const smallMax = 128;
const stepsPerDoubling = 8;
/** From here on each doubling begins with a block for a node of its size, and what stands before it. */
const nodeBytesMin = 4096;
const nodeHeadMax = 16;

function listSizes(): Uint32Array {
  const sizes: number[] = [];
  for (let size = 16; size <= smallMax; size += 8) sizes.push(size);
  for (let base = smallMax; base < blockBytesMax; base *= 2) {
    if (base >= nodeBytesMin) sizes.push(base + nodeHeadMax);
    for (let step = 1; step <= stepsPerDoubling; step += 1) {
      sizes.push(base + (base / stepsPerDoubling) * step);
    }
  }
  return Uint32Array.from(sizes);
}

/** Bytes of each size class, ascending. */
export const classBytes: Uint32Array = listSizes();

/** How many size classes there are. */
export const classCount: number = classBytes.length;

const tableBytes = 1024;
/** For sizes up to `tableBytes`: the class by size in granules, rounded up. */
const smallClasses = new Uint8Array(tableBytes / 8 + 1);
for (let granules = 0, sizeClass = 0; granules < smallClasses.length; granules += 1) {
  while (classBytes[sizeClass] < granules * 8) sizeClass += 1;
  smallClasses[granules] = sizeClass;
}

const firstDoubling = Math.log2(smallMax);
const firstNodeDoubling = Math.log2(nodeBytesMin);
const classesUpToSmallMax = (smallMax - 16) / 8 + 1;

/** The smallest class whose blocks hold `bytes`. Requires: 0 < bytes ≤ `blockBytesMax`. */
export function sizeClassOf(bytes: number): number {
  if (bytes <= tableBytes) return smallClasses[(bytes + 7) >>> 3];
  const doubling = 31 - Math.clz32(bytes - 1);
  const stepShift = doubling - 3;
  const step = ((bytes - 1) >>> stepShift) - stepsPerDoubling;
  const found = classesUpToSmallMax + (doubling - firstDoubling) * stepsPerDoubling + step;
  if (doubling < firstNodeDoubling) return found;
  const isNode = bytes <= (1 << doubling) + nodeHeadMax;
  return found + doubling - firstNodeDoubling + (isNode ? 0 : 1);
}
