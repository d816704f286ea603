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
 * Copies `source[start, end)` to `target[at…)`. A loop beats `set(subarray())` for short pieces,
 * because it allocates no view; `bench/micro/copy.ts` shows where the two cross.
 */
export function copyBytes(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): void {
  if (end - start > 64) {
    target.set(source.subarray(start, end), at);
    return;
  }
  for (let i = start, j = at; i < end; i += 1, j += 1) target[j] = source[i];
}
