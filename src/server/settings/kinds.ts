/**
 * The kinds of value that a setting can have. A kind turns the words of a configuration line into a
 * value and back, with the reasons that Redis gives when it cannot.
 *
 * All texts hold one character per byte (latin-1), because a password may be any bytes.
 */

/** What became of the words. `text` is the value as `CONFIG GET` shows it. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value; readonly text: string }
  | { readonly ok: false; readonly reason: string };

/** One kind of value. */
export interface Kind<Value> {
  /** For the documentation: "yes or no", "bytes, 1 to …". */
  readonly describes: string;
  /** Whether a line may carry any number of words; otherwise it carries exactly one. */
  readonly manyWords: boolean;
  /** `current` matters to kinds that change only a part, as `client-output-buffer-limit` does. */
  parse(words: readonly string[], current: Value | null): Parsed<Value>;
  /** The lines that say this value in a configuration file, each without the setting's name. */
  lines(text: string, value: Value): readonly string[];
}

/** Shorthand for a refusal. */
export function refused(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** Quotes `text` so that the configuration grammar reads the same bytes again. */
export function quoted(text: string): string {
  let out = '"';
  for (const char of text) {
    const named = namedEscapes.get(char);
    const code = char.charCodeAt(0);
    if (named !== undefined) out += named;
    else if (code >= 32 && code < 127) out += char;
    else out += `\\x${code.toString(16).padStart(2, '0')}`;
  }
  return `${out}"`;
}

const namedEscapes = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
]);

const plainLine = (text: string): readonly string[] => [text];
const quotedLine = (text: string): readonly string[] => [quoted(text)];

/** `yes` or `no`. */
export const yesNo: Kind<boolean> = {
  describes: '`yes` or `no`',
  manyWords: false,
  parse([word = '']) {
    const text = word.toLowerCase();
    if (text !== 'yes' && text !== 'no') return refused("argument must be 'yes' or 'no'");
    return { ok: true, value: text === 'yes', text };
  },
  lines: plainLine,
};

/** Bounds of a number, both allowed. What is beyond `raisedTo` and `loweredTo` is moved there. */
export interface Bounds {
  readonly min: bigint | number;
  readonly max: bigint | number;
  readonly raisedTo?: number;
  readonly loweredTo?: number;
}

/** The largest values of the C types that Redis keeps its numbers in. */
export const int32Max = 2_147_483_647;
export const uint32Max = 4_294_967_295;
export const int64Max = 9_223_372_036_854_775_807n;
export const uint64Max = 18_446_744_073_709_551_615n;

function inBounds(number: bigint, bounds: Bounds): Parsed<number> {
  if (number < BigInt(bounds.min) || number > BigInt(bounds.max)) {
    return refused(`argument must be between ${bounds.min} and ${bounds.max} inclusive`);
  }
  let kept = number;
  if (bounds.raisedTo !== undefined && kept < bounds.raisedTo) kept = BigInt(bounds.raisedTo);
  if (bounds.loweredTo !== undefined && kept > bounds.loweredTo) kept = BigInt(bounds.loweredTo);
  return { ok: true, value: Number(kept), text: String(kept) };
}

const integerText = /^(0|-?[1-9][0-9]{0,18})$/;

/** A whole number. Numbers above 2^53 keep their digits in `CONFIG GET` and round in the value. */
export function integer(bounds: Bounds): Kind<number> {
  return {
    describes: `integer, ${bounds.min} to ${bounds.max}`,
    manyWords: false,
    parse([word = '']) {
      const number = integerText.test(word) ? BigInt(word) : null;
      if (number === null || number > int64Max || number < -int64Max - 1n) {
        return refused("argument couldn't be parsed into an integer");
      }
      return inBounds(number, bounds);
    },
    lines: plainLine,
  };
}

/** File permissions, in octal. */
export const permissions: Kind<number> = {
  describes: 'octal, 0 to 777',
  manyWords: false,
  parse([word = '']) {
    if (!/^[0-7]+$/.test(word)) {
      return refused("argument couldn't be parsed as an octal number");
    }
    const value = Number.parseInt(word, 8);
    if (value > 0o777) return refused('argument must be between 0 and 777 inclusive');
    return { ok: true, value, text: value.toString(8) };
  },
  lines: plainLine,
};

const unitBytes = new Map([
  ['', 1n],
  ['b', 1n],
  ['k', 1_000n],
  ['kb', 1_024n],
  ['m', 1_000_000n],
  ['mb', 1_048_576n],
  ['g', 1_000_000_000n],
  ['gb', 1_073_741_824n],
]);

/** Bytes of `10mb`, `1k`, `512`; null when it is no such text. Too much counts as 2^64 - 1. */
export function bytesOfText(word: string): bigint | null {
  const match = /^([0-9]*)([a-zA-Z]*)$/.exec(word);
  const unit = match === null ? undefined : unitBytes.get((match[2] ?? '').toLowerCase());
  if (match === null || unit === undefined) return null;
  const bytes = BigInt(match[1] === '' ? '0' : (match[1] ?? '0')) * unit;
  return bytes > uint64Max ? uint64Max : bytes;
}

/** `bytes` with the largest unit that divides it, as `CONFIG REWRITE` writes it. */
export function textOfBytes(bytes: bigint): string {
  for (const unit of ['gb', 'mb', 'kb']) {
    const size = unitBytes.get(unit) ?? 1n;
    if (bytes !== 0n && bytes % size === 0n) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}

/** An amount of memory: `100`, `1k` (1000), `1kb` (1024), `5mb`, `2g`. */
export function memory(bounds: Bounds): Kind<number> {
  return {
    describes: `bytes, ${bounds.min} to ${bounds.max}`,
    manyWords: false,
    parse([word = '']) {
      const bytes = bytesOfText(word);
      if (bytes === null) return refused('argument must be a memory value');
      return inBounds(bytes, bounds);
    },
    lines: (text) => [textOfBytes(BigInt(text))],
  };
}

/** Bytes, or a share of `maxmemory` in percent. */
export type MemoryShare =
  | { readonly unit: 'bytes'; readonly bytes: number }
  | { readonly unit: 'percent'; readonly percent: number };

/** An amount of memory, or `5%` of `maxmemory`. */
export const memoryOrPercent: Kind<MemoryShare> = {
  describes: 'bytes, or a percentage of `maxmemory`',
  manyWords: false,
  parse([word = '']) {
    if (/^[0-9]+%$/.test(word)) {
      const percent = Number(word.slice(0, -1));
      if (percent > 100) return refused('percentage argument must be less or equal to 100');
      const text = percent === 0 ? '0' : `${percent}%`;
      return { ok: true, value: { unit: 'percent', percent }, text };
    }
    const bytes = bytesOfText(word);
    if (bytes === null) return refused('argument must be a memory or percent value');
    return { ok: true, value: { unit: 'bytes', bytes: Number(bytes) }, text: String(bytes) };
  },
  lines: (text) => [text.endsWith('%') ? text : textOfBytes(BigInt(text))],
};

/** One of a few words, in any case. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  return {
    describes: words.map((word) => `\`${word}\``).join(', '),
    manyWords: false,
    parse([word = '']) {
      const value = words.find((each) => each === word.toLowerCase());
      if (value === undefined) {
        return refused(`argument(s) must be one of the following: ${words.join(', ')}`);
      }
      return { ok: true, value, text: value };
    },
    lines: plainLine,
  };
}

/** Any text, the empty one included. `check` gives the reason to refuse it, or null. */
export function text(check: (word: string) => string | null = () => null): Kind<string> {
  return {
    describes: 'text',
    manyWords: false,
    parse([word = '']) {
      const reason = check(word);
      return reason === null ? { ok: true, value: word, text: word } : refused(reason);
    },
    lines: quotedLine,
  };
}
