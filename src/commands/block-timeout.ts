import { latin1Of } from '../base/bytes.ts';
import { parseLongDouble } from '../base/long-double.ts';
import { parseSafeInteger } from '../base/number-text.ts';
import { errors } from '../protocol/errors.ts';
import type { CommandContext } from './context.ts';

/**
 * Word `word` as how long a command waits: seconds, with a fraction. Returns ms, rounded up; 0 waits
 * for ever. Throws: no number; negative; beyond 64 bits.
 */
export function blockTimeoutIn(context: CommandContext, word: number): number {
  const { request, nowMs } = context;
  const { bytes, starts, ends } = request;
  const seconds = parseSafeInteger(bytes, starts[word], ends[word]);
  if (seconds >= 0 && seconds < plainSecondsMax) return seconds * 1000;
  const parsed = parseLongDouble(latin1Of(bytes, starts[word], ends[word]));
  if (parsed === null || parsed.kind === 'nan') throw errors.timeoutNotAFloat;
  if (parsed.kind === 'infinite') {
    throw parsed.negative ? errors.timeoutNegative : errors.timeoutOutOfRange;
  }
  const { negative, significand, exponent } = parsed;
  // Exact: with doubles, 0.001 seconds times 1000 could round up to 2 ms.
  const scaled = significand * 1000n;
  if (negative) {
    const isWhole = exponent >= 0 ? scaled > 0n : scaled >> BigInt(-exponent) > 0n;
    if (isWhole) throw errors.timeoutNegative;
    return 0;
  }
  const ms = exponent >= 0 ? scaled << BigInt(exponent) : ceilingOf(scaled, BigInt(-exponent));
  if (ms + BigInt(nowMs) > int64Max) throw errors.timeoutOutOfRange;
  return Number(ms);
}

function ceilingOf(value: bigint, shift: bigint): bigint {
  const whole = value >> shift;
  return whole << shift === value ? whole : whole + 1n;
}

const plainSecondsMax = 1e9;
const int64Max = 9223372036854775807n;
