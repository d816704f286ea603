/**
 * Glob patterns over bytes, with exactly the language of Redis: `*`, `?`, `[abc]`, `[^a-z]`, `\x`.
 * Odd patterns mean what they mean there: a class that is not closed ends with the pattern, and an
 * empty text matches the empty pattern only, never `*`.
 */

const star = 42;
const question = 63;
const open = 91;
const close = 93;
const caret = 94;
const dash = 45;
const backslash = 92;

/** Whether `pattern` matches all of `text[start, end)`. */
export function matchesGlob(
  pattern: Uint8Array,
  text: Uint8Array,
  start = 0,
  end = text.length,
  ignoreCase = false,
): boolean {
  const patternEnd = pattern.length;
  if (start === end) return patternEnd === 0;
  let p = 0;
  let at = start;
  // Where to go on when a later element fails: behind the last star, one byte further each time.
  let afterStar = -1;
  let starAt = start;
  while (at < end) {
    if (p < patternEnd && pattern[p] === star) {
      while (p < patternEnd && pattern[p] === star) p += 1;
      if (p === patternEnd) return true;
      afterStar = p;
      starAt = at;
      continue;
    }
    const next = p < patternEnd ? matchOne(pattern, p, text[at], ignoreCase) : -1;
    if (next >= 0) {
      p = next;
      at += 1;
    } else if (afterStar >= 0) {
      starAt += 1;
      at = starAt;
      p = afterStar;
    } else {
      return false;
    }
  }
  while (p < patternEnd && pattern[p] === star) p += 1;
  return p === patternEnd;
}

/** Where the pattern goes on after its element at `p` matched `byte`; -1 when it did not. */
function matchOne(pattern: Uint8Array, p: number, byte: number, ignoreCase: boolean): number {
  const first = pattern[p];
  if (first === question) return p + 1;
  if (first === open) return matchClass(pattern, p + 1, byte, ignoreCase);
  const literal = first === backslash && p + 1 < pattern.length ? p + 1 : p;
  return fold(pattern[literal], ignoreCase) === fold(byte, ignoreCase) ? literal + 1 : -1;
}

function matchClass(pattern: Uint8Array, start: number, byte: number, ignoreCase: boolean): number {
  const end = pattern.length;
  const wanted = fold(byte, ignoreCase);
  let p = start;
  const negated = p < end && pattern[p] === caret;
  if (negated) p += 1;
  let found = false;
  for (; p < end && pattern[p] !== close; p += 1) {
    if (pattern[p] === backslash && p + 1 < end) {
      p += 1;
      if (pattern[p] === byte) found = true;
    } else if (p + 2 < end && pattern[p + 1] === dash) {
      const low = fold(Math.min(pattern[p], pattern[p + 2]), ignoreCase);
      const high = fold(Math.max(pattern[p], pattern[p + 2]), ignoreCase);
      if (wanted >= low && wanted <= high) found = true;
      p += 2;
    } else if (fold(pattern[p], ignoreCase) === wanted) {
      found = true;
    }
  }
  if (found === negated) return -1;
  return p < end ? p + 1 : end;
}

function fold(byte: number, ignoreCase: boolean): number {
  return ignoreCase && byte >= 65 && byte <= 90 ? byte + 32 : byte;
}
