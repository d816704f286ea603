import { describe, expect, test } from 'vitest';
import { bytesOfLatin1, concatBytes, latin1Of } from '../../src/base/bytes.ts';
import { Request } from '../../src/protocol/request.ts';
import { type ParseResult, RequestParser } from '../../src/protocol/request-parser.ts';
import { type Dice, fuzzSeconds, fuzzSeed, mutate, newDice, shown } from './mutate.ts';
import { hostileRequests, requestBytes } from './request-corpus.ts';

/** What of a parser the fuzzer drives. */
interface Parser {
  feed(bytes: Uint8Array, length: number): void;
  next(request: Request): ParseResult;
  readonly bufferedBytes: number;
  readonly reservedBytes: number;
}

type NewParser = () => Parser;

interface Outcome {
  readonly requests: readonly (readonly string[])[];
  readonly error: string | null;
}

const newParser: NewParser = () =>
  new RequestParser({ maxBulkBytes: 512 * 1024 * 1024, isUnauthenticated: false });

/** Feeds `bytes` in pieces, in reused memory, and collects what is found; checks what must hold. */
function outcomeOf(parser: Parser, bytes: Uint8Array, nextPiece: () => number): Outcome {
  const request = new Request();
  const requests: string[][] = [];
  const memory = new Uint8Array(bytes.length + 1);
  let at = 0;
  while (at < bytes.length) {
    const piece = bytes.subarray(at, at + nextPiece());
    memory.fill(0x2a);
    memory.set(piece);
    at += piece.length;
    parser.feed(memory, piece.length);
    for (;;) {
      const result = parser.next(request);
      if (result === 'need-more') break;
      if (typeof result === 'object') return { requests, error: result.error };
      if (result !== 'request') continue;
      requests.push(wordsOf(request));
    }
    expect(parser.bufferedBytes).toBeLessThanOrEqual(at);
    expect(parser.reservedBytes).toBeLessThanOrEqual(Math.max(2_048, 4 * at));
  }
  return { requests, error: null };
}

/** The words; a frame that is to be propagated as it stands must hold exactly them. */
function wordsOf(request: Request): string[] {
  const words = Array.from({ length: request.count }, (_, i) => request.text(i));
  expect(request.count).toBeGreaterThan(0);
  if (request.verbatim) {
    const frame = latin1Of(request.bytes, request.frameStart, request.frameEnd);
    expect(frame.startsWith('*')).toBe(true);
    const alone = new RequestParser();
    const again = new Request();
    alone.feed(bytesOfLatin1(frame), frame.length);
    expect(alone.next(again)).toBe('request');
    expect(Array.from({ length: again.count }, (_, i) => again.text(i))).toEqual(words);
  }
  return words;
}

/** Throws when the parser says different things of the same bytes. */
function expectSound(make: NewParser, bytes: Uint8Array, dice: Dice): void {
  const whole = outcomeOf(make(), bytes, () => bytes.length);
  const size = [1, 3, 20, 200][dice(4)];
  const cut = outcomeOf(make(), bytes, () => 1 + dice(size));
  expect(cut).toEqual(whole);
}

const corpus = Object.values(hostileRequests).map((text) => bytesOfLatin1(text));

/** Runs mutants until the time is up or one fails. Gives the failure, or the number of runs. */
function fuzz(make: NewParser, seed: number, seconds: number): number {
  const dice = newDice(seed);
  const deadline = performance.now() + seconds * 1000;
  let runs = 0;
  for (; performance.now() < deadline; runs += 1) {
    const joined = concatBytes([corpus[dice(corpus.length)], corpus[dice(corpus.length)]]);
    const bytes = mutate(joined, requestBytes, dice);
    try {
      expectSound(make, bytes, dice);
    } catch (error) {
      throw new Error(`run ${runs} of seed ${seed}: ${shown(bytes)}`, { cause: error });
    }
  }
  return runs;
}

describe('fuzz: the request parser', () => {
  test.each(Object.keys(hostileRequests))('survives %s, in any pieces', (name) => {
    const bytes = bytesOfLatin1(hostileRequests[name]);
    const whole = outcomeOf(newParser(), bytes, () => bytes.length);
    for (const size of [1, 2, 3, 5, 7, 11, 64]) {
      expect(outcomeOf(newParser(), bytes, () => size)).toEqual(whole);
    }
  });

  test(
    `says the same of damaged requests however they are cut (seed ${fuzzSeed})`,
    () => {
      const before = process.memoryUsage().arrayBuffers;

      expect(fuzz(newParser, fuzzSeed, fuzzSeconds)).toBeGreaterThan(50);

      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(128 * 1024 * 1024);
    },
    (fuzzSeconds + 60) * 1000,
  );
});

/** Parsers with a mistake that a careless change could make. */
const broken: Readonly<Record<string, NewParser>> = {
  'loses a line end that comes alone': () =>
    wrapped((parser, bytes, length) => {
      if (length === 1 && bytes[0] === 10) parser.feed(bytes, 0);
      else parser.feed(bytes, length);
    }),
  'reads one byte more than it was given': () =>
    wrapped((parser, bytes, length) => parser.feed(bytes, Math.min(bytes.length, length + 1))),
  'keeps the memory of the caller': () => {
    let kept: Uint8Array = new Uint8Array(0);
    return wrapped((parser, bytes, length) => {
      parser.feed(kept.length === length ? kept : bytes, length);
      kept = bytes.slice(0, length);
    });
  },
  'believes a length before the bytes are there': () => {
    let claimed = 0;
    const parser = wrapped((inner, bytes, length) => {
      const text = latin1Of(bytes, 0, length);
      claimed = Math.max(claimed, Number(/\$(\d{7,9})\r/.exec(text)?.[1] ?? 0));
      inner.feed(bytes, length);
    });
    return {
      feed: (bytes, length) => parser.feed(bytes, length),
      next: (request) => parser.next(request),
      bufferedBytes: 0,
      get reservedBytes() {
        return claimed;
      },
    };
  },
};

function wrapped(feed: (parser: RequestParser, bytes: Uint8Array, length: number) => void): Parser {
  const parser = new RequestParser();
  return {
    feed: (bytes, length) => feed(parser, bytes, length),
    next: (request) => parser.next(request),
    get bufferedBytes() {
      return parser.bufferedBytes;
    },
    get reservedBytes() {
      return parser.reservedBytes;
    },
  };
}

describe('fuzz: the alarm rings for a parser that', () => {
  test.each(Object.keys(broken))('%s', (name) => {
    expect(() => fuzz(broken[name], 1, 20)).toThrow(/^run \d+ of seed 1: /);
  });
});
