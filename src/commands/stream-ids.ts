import type { ReplyWriter } from '../protocol/reply-writer.ts';
import type { Request } from '../protocol/request.ts';
import { streamErrors } from '../protocol/stream-errors.ts';
import { idTextBytesMax, type StreamId } from '../store/values/stream-id.ts';
import type { EffectBuilder } from './context.ts';

/** Ids of stream entries as clients write them. */

const zero = 48;
const minus = 45;
const plus = 43;
const star = 42;
const parenthesis = 40;
const halfRange = 0x1_0000_0000;
const halfMax = 0xffff_ffff;
/** Longer texts are no ids. */
const textBytesMax = 127;

/** What an id without a sequence means. */
export type MissingSequence = 'first' | 'last';

/** An id as it was given. */
export interface GivenId {
  /** False for `ms-*`. */
  hasSequence: boolean;
}

/** Word `word` as an id; `-` and `+` are none. Throws `streamErrors.invalidId`. */
export function idIn(request: Request, word: number, into: StreamId): void {
  const { bytes, starts, ends } = request;
  if (!parseStrict(bytes, starts[word], ends[word], into, 'first')) throw streamErrors.invalidId;
}

/** The same; says whether it is an id. */
export function isIdIn(request: Request, word: number, into: StreamId): boolean {
  const { bytes, starts, ends } = request;
  return parseStrict(bytes, starts[word], ends[word], into, 'first');
}

/** Word `word` as an id, or `ms-*`. Throws `streamErrors.invalidId`. */
export function newIdIn(request: Request, word: number, into: StreamId, given: GivenId): void {
  const { bytes, starts, ends } = request;
  const end = ends[word];
  given.hasSequence = true;
  if (end - starts[word] > 2 && bytes[end - 1] === star && bytes[end - 2] === minus) {
    given.hasSequence = false;
    const isMs = parseNumber(bytes, starts[word], end - 2);
    if (!isMs || end - starts[word] > textBytesMax) throw streamErrors.invalidId;
    into.set(parsedHi, parsedLo, 0, 0);
    return;
  }
  idIn(request, word, into);
}

/** Word `word` as an id; `-` is the first of all, `+` the last. Throws `streamErrors.invalidId`. */
export function anyIdIn(
  request: Request,
  word: number,
  into: StreamId,
  missing: MissingSequence = 'first',
): void {
  const { bytes, starts, ends } = request;
  if (isSign(request, word, minus)) into.setZero();
  else if (isSign(request, word, plus)) into.setMax();
  else if (!parseStrict(bytes, starts[word], ends[word], into, missing)) {
    throw streamErrors.invalidId;
  }
}

/** Word `word` as the first id of an interval; `(` before it leaves it out. Throws. */
export function intervalStartIn(request: Request, word: number, into: StreamId): void {
  if (!exclusiveIn(request, word, into, 'first')) anyIdIn(request, word, into, 'first');
  else if (!into.increment()) throw streamErrors.invalidStart;
}

/** Word `word` as the last id of an interval; `(` before it leaves it out. Throws. */
export function intervalEndIn(request: Request, word: number, into: StreamId): void {
  if (!exclusiveIn(request, word, into, 'last')) anyIdIn(request, word, into, 'last');
  else if (!into.decrement()) throw streamErrors.invalidEnd;
}

/** Whether the word is this one character. */
export function isSign(request: Request, word: number, character: number): boolean {
  const start = request.starts[word];
  return request.ends[word] - start === 1 && request.bytes[start] === character;
}

function exclusiveIn(
  request: Request,
  word: number,
  into: StreamId,
  missing: MissingSequence,
): boolean {
  const { bytes, starts, ends } = request;
  const start = starts[word];
  if (ends[word] - start < 2 || bytes[start] !== parenthesis) return false;
  if (!parseStrict(bytes, start + 1, ends[word], into, missing)) throw streamErrors.invalidId;
  return true;
}

/** `ms` or `ms-seq`. */
function parseStrict(
  bytes: Uint8Array,
  start: number,
  wordEnd: number,
  into: StreamId,
  missing: MissingSequence,
): boolean {
  if (wordEnd - start > textBytesMax) return false;
  const end = textEnd(bytes, start, wordEnd);
  let minusAt = start;
  while (minusAt < end && bytes[minusAt] !== minus) minusAt += 1;
  if (!parseNumber(bytes, start, minusAt)) return false;
  const hi = parsedHi;
  const lo = parsedLo;
  if (minusAt === end) {
    const sequence = missing === 'first' ? 0 : halfMax;
    into.set(hi, lo, sequence, sequence);
    return true;
  }
  if (!parseNumber(bytes, minusAt + 1, end)) return false;
  into.set(hi, lo, parsedHi, parsedLo);
  return true;
}

/** Servers read ids as C strings, up to the first zero byte. */
function textEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at += 1) if (bytes[at] === 0) return at;
  return end;
}

let parsedHi = 0;
let parsedLo = 0;

/**
 * Reads a number of 64 bits without a sign, as C's `strtoull` does: spaces and a plus before it,
 * leading zeros.
 */
function parseNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && (bytes[at] === 32 || (bytes[at] >= 9 && bytes[at] <= 13))) at += 1;
  if (at < end && bytes[at] === plus) at += 1;
  if (at === end) return false;
  let hi = 0;
  let lo = 0;
  for (; at < end; at += 1) {
    const digit = bytes[at] - zero;
    if (digit < 0 || digit > 9) return false;
    const low = lo * 10 + digit;
    const carry = Math.floor(low / halfRange);
    lo = low - carry * halfRange;
    hi = hi * 10 + carry;
    if (hi > halfMax) return false;
  }
  parsedHi = hi;
  parsedLo = lo;
  return true;
}

const text = new Uint8Array(idTextBytesMax);

/** Replies with an id as a bulk string. */
export function replyId(reply: ReplyWriter, id: StreamId): void {
  reply.bulk(text, 0, id.writeText(text, 0));
}

/** Adds an id to an effect. */
export function addId(effect: EffectBuilder, id: StreamId): EffectBuilder {
  return effect.bytes(text, 0, id.writeText(text, 0));
}
