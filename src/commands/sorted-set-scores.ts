import { latin1Of } from '../base/bytes.ts';
import { parseShortNumber } from '../base/double-text.ts';
import { type CommandError, errors } from '../protocol/errors.ts';
import type { ReplyWriter } from '../protocol/reply-writer.ts';
import type { Request } from '../protocol/request.ts';
import { sortedSetErrors } from '../protocol/sorted-set-errors.ts';
import { scoreText, scoreTextBytesMax, writeScoreText } from '../store/values/score-text.ts';
import type { LexBound } from '../store/values/sorted-set-lex.ts';

/** Scores and bounds of ranges, read from words and written to replies. */

const decimalText = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const hexText = /^([+-]?)0[xX]([\da-fA-F]*)\.?([\da-fA-F]*)(?:[pP]([+-]?\d+))?$/;
const infinityText = /^([+-]?)inf(?:inity)?$/i;

/** Reads text as C's `strtod` does, all of it; NaN for what is no number. */
function parseDouble(text: string): number {
  if (decimalText.test(text)) return Number(text);
  const infinite = infinityText.exec(text);
  if (infinite !== null) {
    return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const hex = hexText.exec(text);
  if (hex === null || hex[2] + hex[3] === '') return Number.NaN;
  const [, sign, whole, fraction, exponent = '0'] = hex;
  const digits = Number(BigInt(`0x${whole}${fraction}`));
  const value = digits * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -value : value;
}

/** Text of a number that is not 0 has one of these before its exponent. */
const nonZeroText = /^[^eEpP]*[1-9a-dA-D]/;

/** Word `word` as a score: any number but those that are too large or too small. Throws `error`. */
export function scoreIn(
  request: Request,
  word: number,
  error: CommandError = errors.notAFloat,
): number {
  const { bytes } = request;
  const start = request.starts[word];
  const end = request.ends[word];
  const short = parseShortNumber(bytes, start, end);
  if (!Number.isNaN(short)) return short;
  const text = latin1Of(bytes, start, end);
  const score = parseDouble(text);
  const isBeyond = Math.abs(score) === Number.POSITIVE_INFINITY && !infinityText.test(text);
  const isLost = score === 0 && nonZeroText.test(text.replace(/^[+-]?0[xX]/, ''));
  if (Number.isNaN(score) || isBeyond || isLost) throw error;
  return score;
}

/** Scores between two bounds, each part of the range or not. */
export interface ScoreBounds {
  readonly min: number;
  readonly max: number;
  readonly minExclusive: boolean;
  readonly maxExclusive: boolean;
}

/** The words `min` and `max` as bounds of scores; `(` excludes one. Throws: no float. */
export function scoreBoundsIn(request: Request, min: number, max: number): ScoreBounds {
  const minExclusive = isParenthesis(request, min);
  const maxExclusive = isParenthesis(request, max);
  return {
    min: boundIn(request, min, minExclusive),
    max: boundIn(request, max, maxExclusive),
    minExclusive,
    maxExclusive,
  };
}

const parenthesis = 40;
const bracket = 91;

function isParenthesis(request: Request, word: number): boolean {
  return request.lengthOf(word) > 0 && request.bytes[request.starts[word]] === parenthesis;
}

/** Here `strtod` is less strict than for scores: space before it, nothing at all, a zero byte behind. */
function boundIn(request: Request, word: number, isExclusive: boolean): number {
  const { bytes } = request;
  const start = request.starts[word] + (isExclusive ? 1 : 0);
  const short = parseShortNumber(bytes, start, request.ends[word]);
  if (!Number.isNaN(short)) return short;
  const [first] = latin1Of(bytes, start, request.ends[word]).split('\0');
  if (first === '') return 0;
  const bound = parseDouble(first.replace(/^[ \t\n\v\f\r]+/, ''));
  if (Number.isNaN(bound)) throw sortedSetErrors.scoreRange;
  return bound;
}

/** Word `word` as a bound of members: `-`, `+`, `[member` or `(member`. Throws: none of these. */
export function lexBoundIn(request: Request, word: number): LexBound {
  const text = request.word(word);
  const isBare = text.length === 1 || text[1] === 0;
  if (text[0] === 45 && isBare) return { kind: 'lowest' };
  if (text[0] === 43 && isBare) return { kind: 'highest' };
  if (text[0] !== parenthesis && text[0] !== bracket) throw sortedSetErrors.memberRange;
  return { kind: 'member', bytes: text.subarray(1), isExclusive: text[0] === parenthesis };
}

const scratch = new Uint8Array(scoreTextBytesMax);

/** Replies with a score: a double in RESP3. */
export function replyScore(reply: ReplyWriter, score: number): void {
  if (reply.version === 3) reply.double(scoreText(score));
  else reply.bulk(scratch, 0, writeScoreText(score, scratch, 0));
}
