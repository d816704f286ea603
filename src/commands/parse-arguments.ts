import { errors } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import type { Argument, ValuesOf } from './arguments.ts';
import { integerIn } from './words.ts';

/**
 * Reads a request's words by a declaration: what must be there comes in order, options that begin
 * with a word of their own come in any order. The same option again overrides the first; a second
 * alternative of the same choice is a syntax error, as is a word that fits nowhere.
 *
 * Requires: the arity was checked. Throws: `errors.syntax`, `errors.notAnInteger`.
 */
export function parseArguments<const Arguments extends readonly Argument[]>(
  declared: Arguments,
  request: Request,
  first: number,
): ValuesOf<Arguments> {
  const reader = new WordReader(request, first);
  const values: Values = {};
  readSequence(declared, reader, values);
  if (!reader.atEnd) throw errors.syntax;
  return values as ValuesOf<Arguments>;
}

type Values = Record<string, unknown>;

/** A place in the words of a request. */
class WordReader {
  readonly request: Request;
  at: number;

  constructor(request: Request, first: number) {
    this.request = request;
    this.at = first;
  }

  get atEnd(): boolean {
    return this.at >= this.request.count;
  }

  /** Whether the next word is `lowerCase`. */
  sees(lowerCase: string): boolean {
    return !this.atEnd && this.request.is(this.at, lowerCase);
  }

  take(): number {
    if (this.atEnd) throw errors.syntax;
    this.at += 1;
    return this.at - 1;
  }

  takeInteger(): number {
    return integerIn(this.request, this.take());
  }
}

function readSequence(declared: readonly Argument[], reader: WordReader, values: Values): void {
  let i = 0;
  while (i < declared.length) {
    const run = optionsFrom(declared, i);
    if (run > i) {
      readOptions(declared.slice(i, run), reader, values, run === declared.length);
      i = run;
      continue;
    }
    const argument = declared[i];
    const absent = argument.optional === true && reader.atEnd;
    values[argument.name] = absent ? undefined : readArgument(argument, reader);
    i += 1;
  }
}

/** Where the run of options that begins at `from` ends; `from` itself when there is none. */
function optionsFrom(declared: readonly Argument[], from: number): number {
  let i = from;
  while (i < declared.length && declared[i].optional && leadingWords(declared[i]) !== null) i += 1;
  return i;
}

/** The words that an argument may begin with, lower case; null when it begins with a value. */
function leadingWords(argument: Argument): readonly string[] | null {
  if (argument.token !== undefined) return [argument.token.toLowerCase()];
  const parts = argument.arguments;
  if (parts === undefined) return null;
  if (argument.type === 'block') return leadingWords(parts[0]);
  const words: string[] = [];
  for (const part of parts) {
    const own = leadingWords(part);
    if (own === null) return null;
    words.push(...own);
  }
  return words;
}

function begins(argument: Argument, reader: WordReader): boolean {
  return leadingWords(argument)?.some((word) => reader.sees(word)) ?? !reader.atEnd;
}

function readOptions(
  options: readonly Argument[],
  reader: WordReader,
  values: Values,
  last: boolean,
): void {
  for (const option of options) values[option.name] = undefined;
  while (!reader.atEnd) {
    const option = options.find((each) => begins(each, reader));
    if (option === undefined) {
      if (last) throw errors.syntax;
      return;
    }
    const earlier = values[option.name];
    const value = readArgument(option, reader);
    if (option.type === 'oneof') assertSameChoice(earlier, value);
    values[option.name] = value;
  }
}

function assertSameChoice(earlier: unknown, later: unknown): void {
  const first = earlier as { readonly kind: string } | undefined;
  const second = later as { readonly kind: string };
  if (first !== undefined && first.kind !== second.kind) throw errors.syntax;
}

function readArgument(argument: Argument, reader: WordReader): unknown {
  if (argument.type === 'pure-token') return readToken(argument, reader);
  if (argument.token !== undefined) readToken(argument, reader);
  if (!argument.multiple) return readValue(argument, reader);
  const all = [readValue(argument, reader)];
  while (!reader.atEnd) {
    if (argument.multipleToken) {
      if (!begins(argument, reader)) break;
      readToken(argument, reader);
    } else if (argument.arguments !== undefined && !begins(argument, reader)) {
      break;
    }
    all.push(readValue(argument, reader));
  }
  return all;
}

function readToken(argument: Argument, reader: WordReader): true {
  if (!reader.sees((argument.token ?? '').toLowerCase())) throw errors.syntax;
  reader.take();
  return true;
}

function readValue(argument: Argument, reader: WordReader): unknown {
  switch (argument.type) {
    case 'integer':
    case 'unix-time':
      return reader.takeInteger();
    case 'oneof':
      return readChoice(argument, reader);
    case 'block': {
      const values: Values = {};
      for (const part of argument.arguments ?? []) readPart(part, reader, values);
      return values;
    }
    default:
      return reader.take();
  }
}

/** One element of a block: an optional one is there when more words follow that it may take. */
function readPart(part: Argument, reader: WordReader, values: Values): void {
  const absent = part.optional === true && (reader.atEnd || !begins(part, reader));
  values[part.name] = absent ? undefined : readArgument(part, reader);
}

function readChoice(argument: Argument, reader: WordReader): unknown {
  const chosen = argument.arguments?.find((each) => begins(each, reader));
  if (chosen === undefined) throw errors.syntax;
  return { kind: chosen.name, value: readArgument(chosen, reader) };
}
