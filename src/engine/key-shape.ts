/** Keys are told apart by length and two bytes before anybody looks for them by name. */
export const shapeCount = 1024;

/** A number below `shapeCount`, the same for equal keys: an index into an array of counters. */
export function shapeOf(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return 0;
  return ((end - start) * 31 + bytes[start] * 7 + bytes[end - 1] * 131) & (shapeCount - 1);
}
