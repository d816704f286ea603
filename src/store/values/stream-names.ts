import { copyBytes } from '../../base/bytes.ts';

/** Groups and consumers stand in the order of their names' bytes. */

/** A name to keep: `slice` of some kinds of arrays would share the bytes. */
export function copyOf(name: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start);
  copyBytes(name, start, end, copy, 0);
  return copy;
}

/** Where a name stands in the order of bytes; where it would go, as `-place - 1`, when it is missing. */
export function placeOf(
  named: readonly { readonly name: Uint8Array }[],
  name: Uint8Array,
  start: number,
  end: number,
): number {
  let low = 0;
  let high = named.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compareNames(named[middle].name, name, start, end);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return -low - 1;
}

function compareNames(left: Uint8Array, right: Uint8Array, start: number, end: number): number {
  const common = Math.min(left.length, end - start);
  for (let i = 0; i < common; i += 1) {
    if (left[i] !== right[start + i]) return left[i] - right[start + i];
  }
  return left.length - (end - start);
}
