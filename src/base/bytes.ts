/** Words about bytes that know nothing of Redis. */

const encoder = new TextEncoder();

/** The UTF-8 bytes of `text`. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

/** One character per byte (latin-1), so that any byte survives the way to text and back. */
export function latin1Of(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  const step = 8192;
  for (let at = start; at < end; at += step) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(at + step, end)));
  }
  return text;
}

/** The inverse of `latin1Of`. Requires: no character above U+00FF. */
export function bytesOfLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Whether both hold the same bytes. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i += 1) if (left[i] !== right[i]) return false;
  return true;
}

/** Joins `parts` into one array. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * Bytes that know a view of themselves, with which four of them are read or written at once: half the
 * time for what has 16, of which requests and records are full (`bench/micro/copy.ts`). Memory that
 * lives long and is passed through often has one; everything works without it, too.
 */
export interface ViewedBytes extends Uint8Array {
  view?: DataView;
}

/** Gives `bytes` a view of themselves. */
export function withView<T extends Uint8Array>(bytes: T): T {
  (bytes as ViewedBytes).view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return bytes;
}

/** A view of `bytes`: their own, or one made for the caller to keep while it reads or writes many. */
export function viewOf(bytes: Uint8Array): DataView {
  const { view } = bytes as ViewedBytes;
  return view ?? new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The four bytes from `at` on, the lowest first, as a signed integer. */
export function int32At(bytes: Uint8Array, at: number): number {
  const { view } = bytes as ViewedBytes;
  return view === undefined
    ? bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
    : view.getInt32(at, true);
}

/** The same without a sign. */
export function uint32At(bytes: Uint8Array, at: number): number {
  return int32At(bytes, at) >>> 0;
}

/** Writes a number of 32 bits, the lowest byte first. */
export function putUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = value;
  target[at + 1] = value >>> 8;
  target[at + 2] = value >>> 16;
  target[at + 3] = value >>> 24;
}

/**
 * Copies `source[start, end)` to `target[at…)`. Short pieces are copied by hand, because `set` needs a
 * view made for it; `bench/micro/copy.ts` shows where the two cross. Requires: two stretches of the
 * same memory overlap only where the target comes first.
 */
export function copyBytes(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): void {
  const length = end - start;
  if (length > copiedByHand) {
    target.set(source.subarray(start, end), at);
    return;
  }
  const from = (source as ViewedBytes).view;
  const to = (target as ViewedBytes).view;
  if (length < 4 || from === undefined || to === undefined || source === target) {
    for (let i = start, j = at; i < end; i += 1, j += 1) target[j] = source[i];
    return;
  }
  const last = end - 4;
  for (let i = start, j = at; i < last; i += 4, j += 4)
    to.setInt32(j, from.getInt32(i, true), true);
  // The last four again, as far as they are there already.
  to.setInt32(at + length - 4, from.getInt32(last, true), true);
}

/** Whether `left[leftStart, …)` begins with `right[start, end)`. Requires: it has that many bytes. */
export function startsWithBytes(
  left: Uint8Array,
  leftStart: number,
  right: Uint8Array,
  start: number,
  end: number,
): boolean {
  const length = end - start;
  const a = (left as ViewedBytes).view;
  const b = (right as ViewedBytes).view;
  if (length < 4 || a === undefined || b === undefined) {
    for (let i = start, j = leftStart; i < end; i += 1, j += 1)
      if (left[j] !== right[i]) return false;
    return true;
  }
  // Names that differ mostly differ at their end.
  const last = end - 4;
  if (a.getInt32(leftStart + length - 4, true) !== b.getInt32(last, true)) return false;
  for (let i = start, j = leftStart; i < last; i += 4, j += 4) {
    if (a.getInt32(j, true) !== b.getInt32(i, true)) return false;
  }
  return true;
}

/** Longer pieces are copied by `set`. */
const copiedByHand = 96;
