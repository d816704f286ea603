import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, bytesOfLatin1, concatBytes, latin1Of } from '../base/bytes.ts';
import { Request } from './request.ts';
import { RequestParser } from './request-parser.ts';

interface Outcome {
  readonly requests: readonly (readonly string[])[];
  readonly frames: readonly string[];
  readonly error: string | null;
}

/** Feeds `bytes` in pieces of the given sizes, as reused memory, and collects what is found. */
function parse(bytes: Uint8Array, sizes: readonly number[], parser = new RequestParser()): Outcome {
  const request = new Request();
  const requests: string[][] = [];
  const frames: string[] = [];
  const memory = new Uint8Array(bytes.length + 1);
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes.length === 0 ? bytes.length : sizes[turn % sizes.length];
    const piece = bytes.subarray(at, at + size);
    memory.fill(255);
    memory.set(piece);
    at += piece.length;
    parser.feed(memory, piece.length);
    for (;;) {
      const result = parser.next(request);
      if (result === 'need-more') break;
      if (result === 'blank') continue;
      if (result !== 'request') return { requests, frames, error: result.error };
      requests.push(Array.from({ length: request.count }, (_, i) => request.text(i)));
      if (request.verbatim) {
        const frame = request.bytes.subarray(request.frameStart, request.frameEnd);
        frames.push(Buffer.from(frame).toString('latin1'));
      }
    }
  }
  return { requests, frames, error: null };
}

function encode(words: readonly Uint8Array[]): Uint8Array {
  const parts = [bytesOf(`*${words.length}\r\n`)];
  for (const word of words) parts.push(bytesOf(`$${word.length}\r\n`), word, bytesOf('\r\n'));
  return concatBytes(parts);
}

test('request parser: finds the same requests however the stream is cut', () => {
  const words = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 40 });
  const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 8 }), sizes, (programs, cuts) => {
      const stream = concatBytes(programs.map(encode));

      const outcome = parse(stream, cuts);

      expect(outcome.error).toBe(null);
      expect(outcome.requests).toEqual(
        programs.map((each) => each.map((word) => Buffer.from(word).toString('latin1'))),
      );
      expect(outcome.frames.join('')).toBe(Buffer.from(stream).toString('latin1'));
    }),
    { numRuns: 300 },
  );
});

test('request parser: many words and a long one, in small pieces', () => {
  const many = Array.from({ length: 5_000 }, (_, i) => bytesOf(String(i)));
  const long = [bytesOf('SET'), bytesOf('key'), new Uint8Array(300_000).fill(7)];
  const outcome = parse(concatBytes([encode(many), encode(long), encode(many)]), [333, 1, 5_000]);
  expect(outcome.requests.map((each) => each.length)).toEqual([5_000, 3, 5_000]);
  expect(outcome.requests[2][4_999]).toBe('4999');
});

test('request parser: inline requests, with quotes', () => {
  const outcome = parse(bytesOf("PING\r\n  set \"a\\x41\\n\" 'it\\'s' \n\r\nget a\n"), [3]);
  expect(outcome.requests).toEqual([['PING'], ['set', 'aA\n', "it's"], ['get', 'a']]);
  expect(outcome.frames).toEqual([]);
});

test('request parser: empty frames are none', () => {
  const outcome = parse(bytesOf('*0\r\n*-1\r\n\r\n\n*1\r\n$4\r\nPING\r\n'), [2]);
  expect(outcome.requests).toEqual([['PING']]);
});

test('request parser: frames that cannot be requests are named', () => {
  const errorOf = (text: string) => parse(bytesOfLatin1(text), []).error;
  expect(errorOf('*x\r\n')).toBe('Protocol error: invalid multibulk length');
  expect(errorOf('*2147483648\r\n')).toBe('Protocol error: invalid multibulk length');
  expect(errorOf('*1\r\nPING\r\n')).toBe("Protocol error: expected '$', got 'P'");
  expect(errorOf('*1\r\n$-1\r\n')).toBe('Protocol error: invalid bulk length');
  expect(errorOf('*1\r\n$03\r\nGET\r\n')).toBe('Protocol error: invalid bulk length');
  expect(errorOf('*1\r\n$536870913\r\n')).toBe('Protocol error: invalid bulk length');
  expect(errorOf('set "a\r\n')).toBe('Protocol error: unbalanced quotes in request');
  expect(errorOf('set "a"b\r\n')).toBe('Protocol error: unbalanced quotes in request');
  expect(errorOf('x'.repeat(70_000))).toBe('Protocol error: too big inline request');
  expect(errorOf(`*${'1'.repeat(70_000)}`)).toBe('Protocol error: too big mbulk count string');
  expect(errorOf(`*1\r\n$${'1'.repeat(70_000)}`)).toBe('Protocol error: too big bulk count string');
});

test('request parser: an unauthenticated client gets little room', () => {
  const parser = () => new RequestParser({ maxBulkBytes: 1e9, isUnauthenticated: true });
  expect(parse(bytesOf('*11\r\n'), [], parser()).error).toBe(
    'Protocol error: unauthenticated multibulk length',
  );
  expect(parse(bytesOf('*1\r\n$16385\r\n'), [], parser()).error).toBe(
    'Protocol error: unauthenticated bulk length',
  );
});

test('request parser: a length alone takes no memory', () => {
  const parser = new RequestParser();
  parse(bytesOf('*2147483647\r\n$536870912\r\nabc'), [], parser);
  expect(parser.reservedBytes).toBeLessThan(2_000);
});

test('protocol: requests that were read ahead can be taken back, whatever came after', () => {
  const text =
    'PING\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\nECHO one\r\n*2\r\n$4\r\nECHO\r\n$5\r\nhello\r\n';
  const bytes = bytesOfLatin1(text);
  const whole = parse(bytes, []).requests;
  for (let cut = 1; cut < bytes.length; cut += 1) {
    for (let kept = 0; kept < 4; kept += 1) {
      const parser = new RequestParser();
      const memory = new Uint8Array(bytes.length);
      const ahead = [new Request(), new Request(), new Request(), new Request()];
      memory.set(bytes.subarray(0, cut));
      parser.feed(memory, cut);
      let count = 0;
      while (count < ahead.length && parser.next(ahead[count]) === 'request') count += 1;
      if (kept >= count) continue;
      const words = ahead
        .slice(0, kept)
        .map((request) => Array.from({ length: request.count }, (_, i) => request.text(i)));

      parser.unread(ahead[kept]);
      parser.suspend();
      memory.fill(255);

      expect([...words, ...parse(bytes.subarray(cut), [], parser).requests]).toEqual(whole);
    }
  }
});

test('request parser: two streams whose frames lie across large pieces do not disturb each other', () => {
  const pieceBytes = 64 * 1024;
  const streams = ['a', 'b'].map((letter) => {
    const words = Array.from({ length: 30 }, (_, i) => letter.repeat(1 + ((i * 97) % 300)));
    const frame = `*30\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
    return { parser: new RequestParser(), words, bytes: bytesOfLatin1(frame.repeat(100)), seen: 0 };
  });
  const memory = new Uint8Array(pieceBytes);
  const ahead = Array.from({ length: 16 }, () => new Request());
  for (let at = 0; at < streams[0].bytes.length; at += pieceBytes) {
    for (const stream of streams) {
      const piece = stream.bytes.subarray(at, at + pieceBytes);
      memory.set(piece);
      stream.parser.feed(memory, piece.length);
      let count = ahead.length;
      while (count === ahead.length) {
        count = 0;
        while (count < ahead.length && stream.parser.next(ahead[count]) === 'request') count += 1;
        for (const request of ahead.slice(0, count)) {
          const words = Array.from({ length: request.count }, (_, i) =>
            latin1Of(request.bytes, request.starts[i], request.ends[i]),
          );
          expect(words).toEqual(stream.words);
          stream.seen += 1;
        }
      }
      stream.parser.release();
    }
  }
  expect(streams.map(({ seen }) => seen)).toEqual([100, 100]);
});
