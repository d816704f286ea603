import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOfLatin1, concatBytes, latin1Of } from '../../base/bytes.ts';
import { SnapshotFraming } from './snapshot-framing.ts';

/** Feeds `bytes` in pieces of the given lengths (repeated), and tells what came out. */
function unframe(bytes: Uint8Array, pieces: readonly number[]) {
  const events: string[] = [];
  const payload: Uint8Array[] = [];
  const framing = new SnapshotFraming({
    onBegin: (length) => events.push(`begin ${length}`),
    onPayload: (from, start, end) => payload.push(from.slice(start, end)),
    onEnd: () => events.push('end'),
    onFailure: (reason) => events.push(`failure: ${reason}`),
  });
  let at = 0;
  for (let i = 0; at < bytes.length && !framing.isOver; i += 1) {
    const end = Math.min(bytes.length, at + (pieces[i % pieces.length] ?? 1));
    at = framing.feed(bytes, at, end);
  }
  return { events, payload: latin1Of(concatBytes(payload)), rest: latin1Of(bytes, at) };
}

const pieceSizes = fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 5 });
/** Few letters, so that the mark meets its own beginning again and again. */
const fewLetters = (length: { minLength: number; maxLength: number }) =>
  fc.string({ unit: fc.constantFrom('a', 'b'), ...length });

describe('snapshot framing', () => {
  test('a counted snapshot is so many bytes; what follows is the stream', () => {
    const framed = bytesOfLatin1('\n\n$5\r\nhello*1\r\n');
    for (let piece = 1; piece < framed.length; piece += 1) {
      const { events, payload, rest } = unframe(framed, [piece]);
      expect([events, payload, rest]).toEqual([['begin 5', 'end'], 'hello', '*1\r\n']);
    }
  });

  test('an empty counted snapshot ends at once', () => {
    expect(unframe(bytesOfLatin1('$0\r\nx'), [9]).events).toEqual(['begin 0', 'end']);
  });

  test('a marked snapshot ends with its mark, wherever the pieces are cut', () => {
    fc.assert(
      fc.property(
        fewLetters({ minLength: 40, maxLength: 40 }),
        fewLetters({ minLength: 0, maxLength: 400 }),
        pieceSizes,
        (mark, body, pieces) => {
          // The first mark ends it; a body that makes one earlier is not what is asked here.
          fc.pre((body + mark).indexOf(mark) === body.length);
          const framed = bytesOfLatin1(`\n$EOF:${mark}\r\n${body}${mark}rest`);
          const result = unframe(framed, pieces);
          expect(result).toEqual({ events: ['begin null', 'end'], payload: body, rest: 'rest' });
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('an error line, or anything else, in place of a frame is a failure', () => {
    expect(unframe(bytesOfLatin1('-ERR no\r\n'), [3]).events).toEqual([
      'failure: MASTER aborted replication with an error: ERR no',
    ]);
    expect(unframe(bytesOfLatin1('+OK\r\n'), [3]).events[0]).toContain('Bad protocol from MASTER');
    expect(unframe(bytesOfLatin1('$EOF:short\r\n'), [99]).events[0]).toContain('Bad protocol');
    expect(unframe(bytesOfLatin1('x'.repeat(3_000)), [99]).events[0]).toContain('without an end');
  });
});
