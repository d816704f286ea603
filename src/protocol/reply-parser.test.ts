import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOfLatin1 } from '../base/bytes.ts';
import { type Next, type Reply, ReplyParser } from './reply-parser.ts';

/** All replies in `text`, fed in pieces of `step` bytes, and how it ended. */
function parse(text: string, step = text.length): { replies: Reply[]; last: Next } {
  const bytes = bytesOfLatin1(text);
  const parser = new ReplyParser({ bulkBytesMax: 1_000, lineBytesMax: 100, depthMax: 4 });
  const replies: Reply[] = [];
  let last: Next = { kind: 'incomplete' };
  for (let at = 0; at < bytes.length; at += step) {
    parser.feed(bytes.slice(at, at + step));
    for (last = parser.next(); last.kind === 'reply'; last = parser.next())
      replies.push(last.reply);
  }
  return { replies, last };
}

const bulk = (text: string): Reply => ({ kind: 'bulk', bytes: bytesOfLatin1(text) });

const examples: readonly (readonly [string, Reply])[] = [
  ['+OK\r\n', { kind: 'status', text: 'OK' }],
  ['-ERR no\r\n', { kind: 'error', text: 'ERR no' }],
  [':-12\r\n', { kind: 'integer', value: -12 }],
  ['$5\r\na\r\nbc\r\n', bulk('a\r\nbc')],
  ['$0\r\n\r\n', bulk('')],
  ['$-1\r\n', { kind: 'null' }],
  ['*-1\r\n', { kind: 'null' }],
  ['_\r\n', { kind: 'null' }],
  [',3.5\r\n', { kind: 'double', value: 3.5 }],
  [',-inf\r\n', { kind: 'double', value: Number.NEGATIVE_INFINITY }],
  ['#t\r\n', { kind: 'boolean', value: true }],
  ['(12345678901234567890\r\n', { kind: 'bigNumber', text: '12345678901234567890' }],
  ['=7\r\ntxt:abc\r\n', { kind: 'verbatim', format: 'txt', bytes: bytesOfLatin1('abc') }],
  ['!6\r\nERR no\r\n', { kind: 'error', text: 'ERR no' }],
  ['*0\r\n', { kind: 'array', items: [] }],
  [
    '*2\r\n$1\r\na\r\n*1\r\n:1\r\n',
    {
      kind: 'array',
      items: [bulk('a'), { kind: 'array', items: [{ kind: 'integer', value: 1 }] }],
    },
  ],
  ['~1\r\n+a\r\n', { kind: 'set', items: [{ kind: 'status', text: 'a' }] }],
  ['>1\r\n+a\r\n', { kind: 'push', items: [{ kind: 'status', text: 'a' }] }],
  [
    '%1\r\n+a\r\n:1\r\n',
    {
      kind: 'map',
      entries: [
        [
          { kind: 'status', text: 'a' },
          { kind: 'integer', value: 1 },
        ],
      ],
    },
  ],
  ['|1\r\n+a\r\n+b\r\n:7\r\n', { kind: 'integer', value: 7 }],
];

describe('reply parser', () => {
  test.each(examples)('%j', (text, reply) => {
    for (const step of [text.length, 1, 2, 3]) {
      expect(parse(text, step)).toEqual({ replies: [reply], last: { kind: 'incomplete' } });
    }
  });

  test('any sequence of replies comes out of any pieces', () => {
    const any = fc.array(fc.constantFrom(...examples));
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 40 }), (chosen, step) => {
        const text = chosen.map(([each]) => each).join('');
        expect(parse(text, step).replies).toEqual(chosen.map(([, reply]) => reply));
      }),
    );
  });

  test.each([
    ['?\r\n', 'no reply begins with "?"'],
    [':a\r\n', 'no reply begins with ":a"'],
    ['+OK\n', 'a line without CR'],
    ['$3\r\nabcd\r\n', 'a bulk string without CR LF'],
    ['$1001\r\n', 'a length of "1001"'],
    ['*-2\r\n', 'a length of "-2"'],
    [`+${'a'.repeat(200)}`, 'too long a line'],
    ['*1\r\n'.repeat(5), 'too deep a reply'],
  ])('%j breaks the stream', (text, reason) => {
    expect(parse(text).last).toEqual({ kind: 'broken', reason });
  });

  test('any bytes give replies, more to wait for, or a break', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const parser = new ReplyParser();
        parser.feed(bytes);
        let steps = 0;
        while (parser.next().kind === 'reply') steps += 1;
        expect(steps).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
