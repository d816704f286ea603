import { latin1Of } from '../../src/base/bytes.ts';

/**
 * A reply as a test compares it: exact, and short to read in a difference.
 *
 * Scalars are text led by their type's byte on the wire: `+OK`, `-ERR syntax error`, `:1`, `$value`,
 * `,3.5`, `#t`, `_`, `(123`, `=txt:…`, and `$-1`/`*-1` for the nulls of RESP2. Bytes are latin-1.
 */
export type Reply = string | readonly Reply[] | Aggregate;

/** The aggregates that only RESP3 has; a map's items are key, value, key, value, … */
export interface Aggregate {
  readonly kind: 'map' | 'set' | 'push' | 'attribute';
  readonly items: readonly Reply[];
}

/** A null bulk would look like a bulk of two characters otherwise. */
export const nullBulk = '$-1 (null)';
export const nullArray = '*-1 (null)';

const aggregateKinds: Readonly<Record<string, Aggregate['kind']>> = {
  '%': 'map',
  '~': 'set',
  '>': 'push',
  '|': 'attribute',
};

/** Where parsing ended, or null when the bytes hold no whole reply yet. */
export type Parsed = { readonly reply: Reply; readonly end: number } | null;

/** Reads one reply at `at`. Throws on bytes that are no reply: a server never sends such. */
export function parseReply(bytes: Uint8Array, at: number): Parsed {
  const lineEnd = bytes.indexOf(0x0a, at);
  if (lineEnd < 0) return null;
  if (bytes[lineEnd - 1] !== 0x0d) throw new Error('a reply line ends with CR LF');
  const type = String.fromCharCode(bytes[at]);
  const text = latin1Of(bytes, at + 1, lineEnd - 1);
  const next = lineEnd + 1;
  switch (type) {
    case '+':
    case '-':
    case ':':
    case ',':
    case '#':
    case '_':
    case '(':
      return { reply: type + text, end: next };
    case '$':
    case '=':
    case '!':
      if (text === '-1') return { reply: nullBulk, end: next };
      return parseBulk(bytes, next, type, Number(text));
    case '*':
      if (text === '-1') return { reply: nullArray, end: next };
      return parseItems(bytes, next, Number(text));
    default:
      return parseAggregate(bytes, next, type, Number(text));
  }
}

function parseBulk(bytes: Uint8Array, at: number, type: string, length: number): Parsed {
  if (!(length >= 0)) throw new Error(`a bulk cannot have length ${length}`);
  const end = at + length;
  if (bytes.length < end + 2) return null;
  if (bytes[end] !== 0x0d || bytes[end + 1] !== 0x0a) throw new Error('a bulk ends with CR LF');
  return { reply: type + latin1Of(bytes, at, end), end: end + 2 };
}

function parseItems(
  bytes: Uint8Array,
  at: number,
  count: number,
): { reply: readonly Reply[]; end: number } | null {
  if (!(count >= 0)) throw new Error(`an aggregate cannot have ${count} items`);
  const items: Reply[] = [];
  let end = at;
  for (let i = 0; i < count; i += 1) {
    const item = parseReply(bytes, end);
    if (item === null) return null;
    items.push(item.reply);
    end = item.end;
  }
  return { reply: items, end };
}

function parseAggregate(bytes: Uint8Array, at: number, type: string, count: number): Parsed {
  const kind = aggregateKinds[type];
  if (kind === undefined) throw new Error(`no reply begins with ${JSON.stringify(type)}`);
  const isPaired = kind === 'map' || kind === 'attribute';
  const parsed = parseItems(bytes, at, isPaired ? count * 2 : count);
  return parsed && { reply: { kind, items: parsed.reply }, end: parsed.end };
}

/** Whether the reply is an error. */
export function isError(reply: Reply): reply is string {
  return typeof reply === 'string' && reply.startsWith('-');
}

/** The text or number inside a scalar reply, without its type's byte. */
export function textOf(reply: Reply): string {
  if (typeof reply !== 'string') throw new Error(`not a scalar: ${JSON.stringify(reply)}`);
  return reply.slice(1);
}
