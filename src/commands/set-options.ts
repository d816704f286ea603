import { errors } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { type ExpiryForm, expiryForms } from './words.ts';

/** The options that SET and GETEX share, as read from a request. */
export interface SetOptions {
  condition: 'nx' | 'xx' | null;
  get: boolean;
  keepTtl: boolean;
  persist: boolean;
  /** How the expiry is given; null for none. */
  expiry: ExpiryForm | null;
  /** The word that holds it. */
  expiryWord: number;
  /** Whether it is given as PXAT, the form that is propagated. */
  absoluteMs: boolean;
}

/**
 * Reads the options from word `first` on, in any order. One option of a kind excludes the others;
 * the same one again overrides. Throws: `errors.syntax`.
 */
export function readSetOptions(
  request: Request,
  first: number,
  command: 'set' | 'getex',
): SetOptions {
  const options: SetOptions = {
    condition: null,
    get: false,
    keepTtl: false,
    persist: false,
    expiry: null,
    expiryWord: 0,
    absoluteMs: false,
  };
  for (let word = first; word < request.count; word += 1) {
    if (command === 'set' && readSetOnly(options, request, word)) continue;
    if (command === 'getex' && request.is(word, 'persist') && options.expiry === null) {
      options.persist = true;
      continue;
    }
    word += readExpiry(options, request, word);
  }
  return options;
}

function readSetOnly(options: SetOptions, request: Request, word: number): boolean {
  if (request.is(word, 'nx') && options.condition !== 'xx') options.condition = 'nx';
  else if (request.is(word, 'xx') && options.condition !== 'nx') options.condition = 'xx';
  else if (request.is(word, 'get')) options.get = true;
  else if (request.is(word, 'keepttl') && options.expiry === null) options.keepTtl = true;
  else return false;
  return true;
}

/** Returns how many words it took beside the first. */
function readExpiry(options: SetOptions, request: Request, word: number): number {
  const form = expiryFormAt(request, word);
  const excluded =
    options.keepTtl || options.persist || (options.expiry !== null && options.expiry !== form);
  if (form === null || excluded || word + 1 >= request.count) throw errors.syntax;
  options.expiry = form;
  options.expiryWord = word + 1;
  options.absoluteMs = form === expiryForms.pxat;
  return 1;
}

function expiryFormAt(request: Request, word: number): ExpiryForm | null {
  if (request.is(word, 'ex')) return expiryForms.ex;
  if (request.is(word, 'px')) return expiryForms.px;
  if (request.is(word, 'exat')) return expiryForms.exat;
  return request.is(word, 'pxat') ? expiryForms.pxat : null;
}
