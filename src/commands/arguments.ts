/**
 * What a command's words may be. One declaration serves the parser, `COMMAND DOCS`, the arity, the
 * key positions and the types of what a command's `run` receives.
 */

/** How a command uses a key: the flags of Redis' key specifications. */
export type KeyFlag =
  | 'RO'
  | 'RW'
  | 'OW'
  | 'RM'
  | 'access'
  | 'update'
  | 'insert'
  | 'delete'
  | 'not_key'
  | 'incomplete'
  | 'variable_flags';

/** Kinds of arguments, as `COMMAND DOCS` names them. */
export type ArgumentType =
  | 'key'
  | 'string'
  | 'integer'
  | 'double'
  | 'unix-time'
  | 'pattern'
  | 'pure-token'
  | 'oneof'
  | 'block';

/** Index of a word in the request: values of strings and keys are neither copied nor decoded. */
export type WordIndex = number;

declare const valueType: unique symbol;

/** One argument. `Value` is what the parser makes of it; it exists for the compiler only. */
export interface Argument<Name extends string = string, Value = unknown> {
  readonly name: Name;
  readonly type: ArgumentType;
  /** Name in `COMMAND DOCS`, where that is not `name`. */
  readonly documentedName?: string;
  /** The literal word before the value; for a pure token, the whole argument. */
  readonly token?: string;
  readonly since?: string;
  readonly deprecatedSince?: string;
  readonly optional?: true;
  readonly multiple?: true;
  /** Whether the token is repeated before each of many values. */
  readonly multipleToken?: true;
  /** Alternatives of a `oneof`, elements of a `block`. */
  readonly arguments?: readonly Argument[];
  /** A key's flags; a key without them continues the range of the key before it. */
  readonly keyFlags?: readonly KeyFlag[];
  readonly keyNotes?: string;
  /** Which key specification it belongs to, where that does not follow from the order of the keys. */
  readonly keySpecIndex?: number;
  readonly [valueType]?: Value;
}

/** What the parser makes of an argument. */
export type ValueOf<A> = A extends Argument<string, infer Value> ? Value : never;

/** What `run` receives: the values of all arguments by name. */
export type ValuesOf<Arguments extends readonly Argument[]> = {
  readonly [A in Arguments[number] as A['name']]: ValueOf<A>;
};

/** The value of a `oneOf`: which alternative it was, and that one's value. */
export type Choice<Alternatives extends readonly Argument[]> = {
  [Index in keyof Alternatives]: {
    readonly kind: Alternatives[Index]['name'];
    readonly value: ValueOf<Alternatives[Index]>;
  };
}[number];

/** A key. Its flags say what the command does to it. */
export function key<Name extends string>(
  name: Name,
  ...keyFlags: readonly KeyFlag[]
): Argument<Name, WordIndex> {
  return keyFlags.length > 0 ? { name, type: 'key', keyFlags } : { name, type: 'key' };
}

/** A remark on a key's flags, as `COMMAND INFO` shows it. */
export function noted<A extends Argument>(keyNotes: string, argument: A): A {
  return { ...argument, keyNotes };
}

/** Says which key specification an argument belongs to. */
export function ofKeySpec<A extends Argument>(keySpecIndex: number, argument: A): A {
  return { ...argument, keySpecIndex };
}

/** Any bytes. */
export function string<Name extends string>(name: Name): Argument<Name, WordIndex> {
  return { name, type: 'string' };
}

/** A glob pattern. */
export function pattern<Name extends string>(name: Name): Argument<Name, WordIndex> {
  return { name, type: 'pattern' };
}

/** A signed 64-bit integer; beyond 2^53 the nearest that a JavaScript number can hold. */
export function integer<Name extends string>(name: Name): Argument<Name, number> {
  return { name, type: 'integer' };
}

/** A moment in Unix time, parsed like an integer. */
export function unixTime<Name extends string>(name: Name): Argument<Name, number> {
  return { name, type: 'unix-time' };
}

/** A floating point number, not yet parsed: precision is the command's business. */
export function double<Name extends string>(name: Name): Argument<Name, WordIndex> {
  return { name, type: 'double' };
}

/** A literal word, in letters of either case. */
export function token<Name extends string>(name: Name, word: string): Argument<Name, true> {
  return { name, type: 'pure-token', token: word };
}

/** `argument`, preceded by a literal word. */
export function after<Name extends string, Value>(
  word: string,
  argument: Argument<Name, Value>,
): Argument<Name, Value> {
  return { ...argument, token: word };
}

/** An argument that may be absent. */
export function optional<Name extends string, Value>(
  argument: Argument<Name, Value>,
): Argument<Name, Value | undefined> {
  return { ...(argument as Argument<Name, Value | undefined>), optional: true };
}

/** An argument that may come several times. */
export function many<Name extends string, Value>(
  argument: Argument<Name, Value>,
): Argument<Name, readonly Value[]> {
  return { ...(argument as Argument<Name, never>), multiple: true };
}

/** Several times, with its token before each value. */
export function manyWithToken<Name extends string, Value>(
  argument: Argument<Name, Value>,
): Argument<Name, readonly Value[]> {
  return { ...many(argument), multipleToken: true };
}

/** Exactly one of several arguments. */
export function oneOf<Name extends string, const Alternatives extends readonly Argument[]>(
  name: Name,
  ...alternatives: Alternatives
): Argument<Name, Choice<Alternatives>> {
  return { name, type: 'oneof', arguments: alternatives };
}

/** Several arguments, one after the other. */
export function block<Name extends string, const Elements extends readonly Argument[]>(
  name: Name,
  ...elements: Elements
): Argument<Name, ValuesOf<Elements>> {
  return { name, type: 'block', arguments: elements };
}

/** The version of Redis that brought the argument. */
export function since<Name extends string, Value>(
  version: string,
  argument: Argument<Name, Value>,
): Argument<Name, Value> {
  return { ...argument, since: version };
}

/** An argument that exists for old clients. */
export function deprecated<Name extends string, Value>(
  version: string,
  argument: Argument<Name, Value>,
): Argument<Name, Value> {
  return { ...argument, deprecatedSince: version };
}

/** Shows `argument` under another name in `COMMAND DOCS`. */
export function documentedAs<Name extends string, Value>(
  documentedName: string,
  argument: Argument<Name, Value>,
): Argument<Name, Value> {
  return { ...argument, documentedName };
}

/** How few words an argument takes, and how many at most; `Infinity` for no limit. */
export interface WordCount {
  readonly min: number;
  readonly max: number;
}

/** The number of words that all of `argumentList` take together. */
export function wordCountOf(argumentList: readonly Argument[]): WordCount {
  let min = 0;
  let max = 0;
  for (const argument of argumentList) {
    const own = singleCount(argument);
    if (!argument.optional) min += own.min;
    max += argument.multiple ? Number.POSITIVE_INFINITY : own.max;
  }
  return { min, max };
}

function singleCount(argument: Argument): WordCount {
  const words = argument.token === undefined ? 0 : 1;
  if (argument.type === 'pure-token') return { min: 1, max: 1 };
  const parts = argument.arguments;
  if (parts === undefined) return { min: words + 1, max: words + 1 };
  if (argument.type === 'block') {
    const all = wordCountOf(parts);
    return { min: words + all.min, max: words + all.max };
  }
  const alternatives = parts.map((part) => wordCountOf([part]));
  return {
    min: words + Math.min(...alternatives.map((each) => each.min)),
    max: words + Math.max(...alternatives.map((each) => each.max)),
  };
}

/**
 * How a person would write an argument: `key value [NX|XX] [EX seconds]`. Shown by the HELP
 * subcommands and in the documents.
 */
export function usageOf(argumentList: readonly Argument[]): string {
  return argumentList.map(usageOfOne).join(' ');
}

function usageOfOne(argument: Argument): string {
  let text = bareUsage(argument);
  if (argument.token !== undefined && argument.type !== 'pure-token') {
    text = `${argument.token} ${text}`;
  }
  if (argument.multiple) text = `${text} [${text} ...]`;
  return argument.optional ? `[${text}]` : text;
}

function bareUsage(argument: Argument): string {
  if (argument.type === 'pure-token') return argument.token ?? argument.name;
  if (argument.type === 'block') return usageOf(argument.arguments ?? []);
  if (argument.type === 'oneof') return (argument.arguments ?? []).map(usageOfOne).join('|');
  return `<${argument.documentedName ?? argument.name}>`;
}
