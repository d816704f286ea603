/**
 * Reads replies, RESP2 and RESP3, from pieces of any size. Work done for an unfinished reply is kept:
 * open aggregates wait on a stack, so that a reply that comes byte by byte costs no more than one
 * that comes whole.
 */
import { latin1Of } from '../base/bytes.ts';

/** One reply. Texts hold one character per byte. */
export type Reply =
  | { readonly kind: 'status'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'bigNumber'; readonly text: string }
  | { readonly kind: 'bulk'; readonly bytes: Uint8Array }
  | { readonly kind: 'verbatim'; readonly format: string; readonly bytes: Uint8Array }
  | { readonly kind: 'null' }
  | { readonly kind: 'array' | 'set' | 'push'; readonly items: readonly Reply[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Reply, Reply])[] };

/** What `next` found. After `broken` the stream has no meaning any more. */
export type Next =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'broken'; readonly reason: string };

/** What a peer may make us hold. */
export interface ReplyLimits {
  readonly bulkBytesMax: number;
  readonly lineBytesMax: number;
  readonly depthMax: number;
}

const usualLimits: ReplyLimits = {
  bulkBytesMax: 512 * 1024 * 1024,
  lineBytesMax: 64 * 1024,
  depthMax: 64,
};

type AggregateKind = 'array' | 'set' | 'push' | 'map' | 'attribute';

/** An aggregate whose items are still coming. */
interface OpenAggregate {
  readonly kind: AggregateKind;
  readonly count: number;
  readonly items: Reply[];
}

/** A string whose bytes are still coming. */
interface OpenBulk {
  readonly kind: 'bulk' | 'verbatim' | 'error';
  readonly length: number;
}

const aggregates = new Map<string, AggregateKind>([
  ['*', 'array'],
  ['~', 'set'],
  ['>', 'push'],
  ['%', 'map'],
  ['|', 'attribute'],
]);
const bulks = new Map<string, OpenBulk['kind']>([
  ['$', 'bulk'],
  ['=', 'verbatim'],
  ['!', 'error'],
]);

const lineFeed = 10;
const incomplete: Next = { kind: 'incomplete' };
const nothing: Reply = { kind: 'null' };

class BrokenStream extends Error {}

export class ReplyParser {
  readonly #limits: ReplyLimits;
  #bytes = new Uint8Array(1024);
  #start = 0;
  #end = 0;
  /** How far the search for the end of a line has come. */
  #searched = 0;
  #bulk: OpenBulk | null = null;
  readonly #open: OpenAggregate[] = [];
  #broken: Next | null = null;

  constructor(limits: ReplyLimits = usualLimits) {
    this.#limits = limits;
  }

  /** Adds what arrived. The bytes are copied. */
  feed(bytes: Uint8Array, length: number = bytes.length): void {
    this.#makeRoom(length);
    this.#bytes.set(bytes.subarray(0, length), this.#end);
    this.#end += length;
  }

  /** The next whole reply. */
  next(): Next {
    if (this.#broken !== null) return this.#broken;
    try {
      return this.#advance();
    } catch (error) {
      if (!(error instanceof BrokenStream)) throw error;
      this.#broken = { kind: 'broken', reason: error.message };
      return this.#broken;
    }
  }

  #advance(): Next {
    for (;;) {
      let value = this.#bulk === null ? this.#readLine() : this.#readBulk(this.#bulk);
      if (value === 'more') return incomplete;
      while (value !== 'opened') {
        const top = this.#open.at(-1);
        if (top === undefined) return { kind: 'reply', reply: value };
        top.items.push(value);
        if (top.items.length < top.count) break;
        this.#open.pop();
        // An attribute describes the reply that follows; nobody here asks for any.
        if (top.kind === 'attribute') break;
        value = closed(top);
      }
    }
  }

  /** Reads one line: a whole reply, or the head of a longer one. */
  #readLine(): Reply | 'opened' | 'more' {
    const feed = this.#bytes.subarray(0, this.#end).indexOf(lineFeed, this.#searched);
    const length = (feed < 0 ? this.#end : feed) - this.#start;
    if (length > this.#limits.lineBytesMax) throw new BrokenStream('too long a line');
    if (feed < 0) {
      this.#searched = this.#end;
      return 'more';
    }
    if (this.#bytes[feed - 1] !== 13) throw new BrokenStream('a line without CR');
    const line = latin1Of(this.#bytes, this.#start, feed - 1);
    this.#start = feed + 1;
    this.#searched = this.#start;
    return this.#take(line.charAt(0), line.slice(1));
  }

  #take(type: string, text: string): Reply | 'opened' {
    const aggregate = aggregates.get(type);
    if (aggregate !== undefined) return this.#openAggregate(aggregate, text);
    const bulk = bulks.get(type);
    if (bulk !== undefined) {
      if (text === '-1') return nothing;
      this.#bulk = { kind: bulk, length: lengthOf(text, this.#limits.bulkBytesMax) };
      return 'opened';
    }
    return scalarOf(type, text);
  }

  #openAggregate(kind: AggregateKind, text: string): Reply | 'opened' {
    if (text === '-1') return nothing;
    const pairs = kind === 'map' || kind === 'attribute';
    const count = lengthOf(text, 0x7fffffff) * (pairs ? 2 : 1);
    const aggregate: OpenAggregate = { kind, count, items: [] };
    if (count === 0) return kind === 'attribute' ? 'opened' : closed(aggregate);
    if (this.#open.length >= this.#limits.depthMax) throw new BrokenStream('too deep a reply');
    this.#open.push(aggregate);
    return 'opened';
  }

  #readBulk({ kind, length }: OpenBulk): Reply | 'more' {
    const end = this.#start + length;
    if (this.#end < end + 2) return 'more';
    if (this.#bytes[end] !== 13 || this.#bytes[end + 1] !== lineFeed) {
      throw new BrokenStream('a bulk string without CR LF');
    }
    const bytes = this.#bytes.slice(this.#start, end);
    this.#start = end + 2;
    this.#searched = this.#start;
    this.#bulk = null;
    if (kind === 'error') return { kind, text: latin1Of(bytes) };
    if (kind === 'bulk') return { kind, bytes };
    return { kind, format: latin1Of(bytes, 0, 3), bytes: bytes.slice(4) };
  }

  /** Moves what is unread to the front, and grows when that is not enough. */
  #makeRoom(length: number): void {
    if (this.#end + length <= this.#bytes.length) return;
    const unread = this.#end - this.#start;
    const needed = unread + length;
    const target =
      needed <= this.#bytes.length / 2
        ? this.#bytes
        : new Uint8Array(Math.max(needed, this.#bytes.length) * 2);
    target.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = target;
    this.#searched -= this.#start;
    this.#start = 0;
    this.#end = unread;
  }
}

function closed({ kind, items }: OpenAggregate): Reply {
  if (kind !== 'map') return { kind: kind === 'attribute' ? 'array' : kind, items };
  const entries: [Reply, Reply][] = [];
  for (let i = 0; i + 1 < items.length; i += 2) {
    entries.push([items[i] ?? nothing, items[i + 1] ?? nothing]);
  }
  return { kind, entries };
}

function lengthOf(text: string, max: number): number {
  const length = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(length <= max)) throw new BrokenStream(`a length of ${JSON.stringify(text)}`);
  return length;
}

function scalarOf(type: string, text: string): Reply {
  switch (type) {
    case '+':
      return { kind: 'status', text };
    case '-':
      return { kind: 'error', text };
    case ':':
      if (!/^[+-]?[0-9]+$/.test(text)) break;
      return { kind: 'integer', value: Number(text) };
    case ',':
      return { kind: 'double', value: doubleOf(text) };
    case '#':
      if (text !== 't' && text !== 'f') break;
      return { kind: 'boolean', value: text === 't' };
    case '(':
      if (!/^[+-]?[0-9]+$/.test(text)) break;
      return { kind: 'bigNumber', text };
    case '_':
      return nothing;
  }
  throw new BrokenStream(`no reply begins with ${JSON.stringify(type + text.slice(0, 20))}`);
}

function doubleOf(text: string): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  if (text === '-inf') return Number.NEGATIVE_INFINITY;
  if (/^-?nan$/i.test(text)) return Number.NaN;
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) throw new BrokenStream(`a double of ${text}`);
  return value;
}
