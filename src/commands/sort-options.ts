import { errors } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { integerIn } from './words.ts';

/** What SORT and SORT_RO are asked for. */
export interface SortOptions {
  isDescending: boolean;
  /** Sorts texts rather than numbers. */
  isAlpha: boolean;
  /** The first element that is wanted, and how many; negative for all. */
  offset: number;
  count: number;
  /** Sorts by the values of these keys. */
  by: Uint8Array | null;
  /** BY a constant: the elements stay in their own order. */
  keepsOrder: boolean;
  readonly gets: Uint8Array[];
  /** The word with the key that takes the result; 0 for none. */
  storeWord: number;
}

/** Reads the options behind the key. Throws: syntax; limits that are no integers. */
export function readSortOptions(request: Request, mayStore: boolean): SortOptions {
  const options: SortOptions = {
    ...{ isDescending: false, isAlpha: false, offset: 0, count: -1 },
    ...{ by: null, keepsOrder: false, gets: [], storeWord: 0 },
  };
  for (let word = 2; word < request.count; word += 1) {
    if (readFlag(options, request, word)) continue;
    word += readValues(options, request, word, mayStore);
  }
  return options;
}

function readFlag(options: SortOptions, request: Request, word: number): boolean {
  if (request.is(word, 'asc')) options.isDescending = false;
  else if (request.is(word, 'desc')) options.isDescending = true;
  else if (request.is(word, 'alpha')) options.isAlpha = true;
  else return false;
  return true;
}

/** Returns how many words it took behind the first. */
function readValues(
  options: SortOptions,
  request: Request,
  word: number,
  mayStore: boolean,
): number {
  const left = request.count - word - 1;
  if (request.is(word, 'limit') && left >= 2) {
    options.offset = integerIn(request, word + 1);
    options.count = integerIn(request, word + 2);
    return 2;
  }
  if (left < 1) throw errors.syntax;
  if (mayStore && request.is(word, 'store')) {
    options.storeWord = word + 1;
  } else if (request.is(word, 'by')) {
    options.by = request.copyOf(word + 1);
    // A constant once given stays: a later pattern is looked up, but nothing is sorted by it.
    if (!options.by.includes(star)) options.keepsOrder = true;
  } else if (request.is(word, 'get')) {
    options.gets.push(request.copyOf(word + 1));
  } else {
    throw errors.syntax;
  }
  return 1;
}

const star = 42;
