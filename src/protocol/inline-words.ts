/**
 * Splits an inline request into words as Redis does: spaces separate, double quotes know the escapes
 * \n \r \t \b \a \xHH and \<any>, single quotes only \'. A closing quote must be followed by a space
 * or the end.
 */

const doubleQuote = 34;
const singleQuote = 39;
const backslash = 92;
const escapes = new Map([
  [110, 10],
  [114, 13],
  [116, 9],
  [98, 8],
  [97, 7],
]);

/**
 * The words, each decoded, or null when the quotes do not balance. Plain words lie in `bytes` itself:
 * who keeps them copies them.
 */
export function splitInlineWords(
  bytes: Uint8Array,
  start: number,
  end: number,
): readonly Uint8Array[] | null {
  const words: Uint8Array[] = [];
  let at = start;
  for (;;) {
    while (at < end && isSpace(bytes[at])) at += 1;
    if (at >= end) return words;
    const plainEnd = endOfPlainWord(bytes, at, end);
    if (plainEnd >= 0) {
      words.push(bytes.subarray(at, plainEnd));
      at = plainEnd;
      continue;
    }
    const word: number[] = [];
    const next = readWord(bytes, at, end, word);
    if (next < 0) return null;
    words.push(Uint8Array.from(word));
    at = next;
  }
}

/** Where a word without quotes and zero bytes ends; -1 when it has any. */
function endOfPlainWord(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && !isSpace(bytes[at])) {
    const byte = bytes[at];
    if (byte === 0 || byte === doubleQuote || byte === singleQuote) return -1;
    at += 1;
  }
  return at;
}

/** Reads one word; returns the position behind it, -1 when its quotes do not balance. */
function readWord(bytes: Uint8Array, start: number, end: number, word: number[]): number {
  let at = start;
  while (at < end && !isSpace(bytes[at]) && bytes[at] !== 0) {
    const byte = bytes[at];
    if (byte === doubleQuote || byte === singleQuote) {
      at = readQuoted(bytes, at + 1, end, byte, word);
      if (at < 0 || (at < end && !isSpace(bytes[at]))) return -1;
      return at;
    }
    word.push(byte);
    at += 1;
  }
  // A zero byte ends the line, as it ends a string in C.
  return at < end && bytes[at] === 0 ? end : at;
}

function readQuoted(
  bytes: Uint8Array,
  start: number,
  end: number,
  quote: number,
  word: number[],
): number {
  let at = start;
  while (at < end && bytes[at] !== 0) {
    const byte = bytes[at];
    if (byte === quote) return at + 1;
    if (byte === backslash && quote === singleQuote && bytes[at + 1] === singleQuote) {
      word.push(singleQuote);
      at += 2;
    } else if (byte === backslash && quote === doubleQuote && at + 1 < end) {
      at = readEscape(bytes, at + 1, end, word);
    } else {
      word.push(byte);
      at += 1;
    }
  }
  return -1;
}

function readEscape(bytes: Uint8Array, at: number, end: number, word: number[]): number {
  if (bytes[at] === 120 && at + 2 < end) {
    const high = hexValue(bytes[at + 1]);
    const low = hexValue(bytes[at + 2]);
    if (high >= 0 && low >= 0) {
      word.push(high * 16 + low);
      return at + 3;
    }
  }
  word.push(escapes.get(bytes[at]) ?? bytes[at]);
  return at + 1;
}

function hexValue(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** What C's `isspace` calls a space. */
function isSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}
