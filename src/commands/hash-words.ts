import { type CommandError, errors, invalidExpiry } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { after, block, integer, many, string } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type ExpiryForm, expiryForms, integerIn } from './words.ts';

/** The words that commands on expiring fields have in common. */

/** `FIELDS numfields field …` */
export const namedFields = after(
  'FIELDS',
  block('fields', integer('numfields'), many(string('field'))),
);

/** Which words name fields: `first` up to `end`, which is the end of the request. */
export interface FieldWords {
  readonly first: number;
  readonly end: number;
  readonly count: number;
}

/** Reads `FIELDS numfields` at word `at`. Throws `badCount` when the number is none, or below 1. */
export function fieldsAt(request: Request, at: number, badCount: CommandError): FieldWords {
  if (at >= request.count || !request.is(at, 'fields')) throw errors.fieldsMissing;
  if (at + 1 >= request.count) throw badCount;
  const count = integerIn(request, at + 1, badCount);
  if (count < 1) throw badCount;
  const first = at + 2;
  if (count !== request.count - first) throw errors.fieldCountMismatch;
  return { first, end: request.count, count };
}

/** The latest moment at which a field may die (Unix ms): Redis packs moments into 46 bits. */
const momentMax = 2 ** 46 - 1;

/** Word `word` as the moment at which fields die, in Unix ms. Throws errors that name the command. */
export function fieldMomentIn(
  context: CommandContext,
  word: number,
  form: ExpiryForm,
  commandName: string,
): number {
  const value = integerIn(context.request, word);
  if (value < 0) throw errors.fieldExpiryNegative;
  const scale = form.unit === 's' ? 1000 : 1;
  const base = form.relative ? context.nowMs : 0;
  if (value > Math.floor(momentMax / scale) || value * scale > momentMax - base) {
    throw invalidExpiry(commandName);
  }
  return value * scale + base;
}

/** The form that an option like EX announces; null for another word. */
export function expiryFormAt(request: Request, word: number): ExpiryForm | null {
  if (request.is(word, 'ex')) return expiryForms.ex;
  if (request.is(word, 'px')) return expiryForms.px;
  if (request.is(word, 'exat')) return expiryForms.exat;
  return request.is(word, 'pxat') ? expiryForms.pxat : null;
}
