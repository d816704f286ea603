import { parseInt64, parseSafeInteger } from '../base/number-text.ts';
import { type CommandError, errors, invalidExpiry, rangeError } from '../protocol/errors.ts';
import type { ReplyWriter } from '../protocol/reply-writer.ts';
import type { Request } from '../protocol/request.ts';
import type { CommandContext, EffectBuilder } from './context.ts';

/** Reading words of a request as numbers, and writing numbers back, with Redis' limits and errors. */

const int64Max = 9223372036854775807n;
const int32Max = 2147483647;
const int32Min = -2147483648;

/** Word `word` as an integer; beyond 2^53 the nearest number. Throws `error`. */
export function integerIn(
  request: Request,
  word: number,
  error: CommandError = errors.notAnInteger,
): number {
  const value = parseSafeInteger(request.bytes, request.starts[word], request.ends[word]);
  return Number.isNaN(value) ? Number(int64In(request, word, error)) : value;
}

/** Word `word` as an exact 64-bit integer. Throws `error`. */
export function int64In(
  request: Request,
  word: number,
  error: CommandError = errors.notAnInteger,
): bigint {
  const value = parseInt64(request.bytes, request.starts[word], request.ends[word]);
  if (value === null) throw error;
  return value;
}

/** Word `word` as a 32-bit integer. Throws `error`, or the errors that Redis has for the two cases. */
export function int32In(request: Request, word: number, error?: CommandError): number {
  const value = integerIn(request, word, error);
  if (value >= int32Min && value <= int32Max) return value;
  throw error ?? rangeError(int32Min, int32Max);
}

/** Word `word` as the number of a database. Throws when there is no such database, or `error`. */
export function databaseIn(context: CommandContext, word: number, error?: CommandError): number {
  const index = int32In(context.request, word, error);
  if (index < 0 || index >= context.keyspace.databases.length) throw errors.databaseIndex;
  return index;
}

/** Word `word` as the number of keys that follow it, at least one. */
export function keyCountIn(request: Request, word: number): number {
  const count = integerIn(request, word, errors.keyCountNotPositive);
  if (count <= 0) throw errors.keyCountNotPositive;
  if (count > request.count - word - 1) throw errors.keyCountTooLarge;
  return count;
}

/** Word `word` as a wait in ms, 0 and more; beyond 2^53 the nearest number. */
export function timeoutIn(request: Request, word: number): number {
  const value = integerIn(request, word, errors.timeoutNotAnInteger);
  if (value < 0) throw errors.timeoutNegative;
  return value;
}

/** How a word says when a key dies. */
export interface ExpiryForm {
  readonly unit: 's' | 'ms';
  /** Whether it counts from now. */
  readonly relative: boolean;
}

/** The forms, by the option that announces them. */
export const expiryForms = {
  ex: { unit: 's', relative: true },
  px: { unit: 'ms', relative: true },
  exat: { unit: 's', relative: false },
  pxat: { unit: 'ms', relative: false },
} as const satisfies Record<string, ExpiryForm>;

/** Above this, products and sums are left to exact arithmetic. */
const fastMax = 1e12;

/**
 * Word `word` as a moment in Unix ms that lies behind 0. Throws: not an integer; not positive or
 * beyond 64 bits, an error that names `commandName`.
 */
export function expiryIn(
  context: CommandContext,
  word: number,
  form: ExpiryForm,
  commandName: string,
): number {
  const { request, nowMs } = context;
  const value = parseSafeInteger(request.bytes, request.starts[word], request.ends[word]);
  if (value > 0 && value < fastMax) {
    const ms = form.unit === 's' ? value * 1000 : value;
    return form.relative ? ms + nowMs : ms;
  }
  const exact = int64In(request, word);
  const ms = form.unit === 's' ? exact * 1000n : exact;
  const moment = form.relative ? ms + BigInt(nowMs) : ms;
  if (exact <= 0n || ms > int64Max || moment > int64Max) throw invalidExpiry(commandName);
  return Number(moment);
}

/** The same where the past is allowed, and any 64-bit number of ms is: EXPIRE and its kin. */
export function anyMomentIn(
  context: CommandContext,
  word: number,
  form: ExpiryForm,
  commandName: string,
): number {
  const { request, nowMs } = context;
  const value = parseSafeInteger(request.bytes, request.starts[word], request.ends[word]);
  if (value > -fastMax && value < fastMax) {
    const ms = form.unit === 's' ? value * 1000 : value;
    return form.relative ? ms + nowMs : ms;
  }
  const exact = int64In(request, word);
  const ms = form.unit === 's' ? exact * 1000n : exact;
  const base = form.relative ? BigInt(nowMs) : 0n;
  if (ms > int64Max || ms < -int64Max - 1n || ms > int64Max - base) {
    throw invalidExpiry(commandName);
  }
  return Number(ms + base);
}

/** An integer reply that may be beyond 2^53, where numbers stand for the nearest 64-bit integer. */
export function replyInteger(reply: ReplyWriter, value: number): void {
  if (Number.isSafeInteger(value)) reply.integer(value);
  else reply.bigInteger(clampToInt64(value));
}

/** Adds such a number to an effect. */
export function addInteger(effect: EffectBuilder, value: number): void {
  if (Number.isSafeInteger(value)) effect.integer(value);
  else effect.text(clampToInt64(value).toString());
}

function clampToInt64(value: number): bigint {
  const exact = BigInt(Math.trunc(value));
  if (exact > int64Max) return int64Max;
  return exact < -int64Max - 1n ? -int64Max - 1n : exact;
}

/** Whether word `left` and word `right` hold the same bytes. */
export function sameWords(request: Request, left: number, right: number): boolean {
  const length = request.lengthOf(left);
  if (length !== request.lengthOf(right)) return false;
  const { bytes } = request;
  const a = request.starts[left];
  const b = request.starts[right];
  for (let i = 0; i < length; i += 1) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}
