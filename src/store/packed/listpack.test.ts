import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { element, elements } from '../../../test/support/packed-elements.ts';
import { bytesOf, latin1Of } from '../../base/bytes.ts';
import {
  adjustHeader,
  copyWithGap,
  count,
  countUnknown,
  emptyBytes,
  first,
  headerBytes,
  headerCount,
  last,
  moveTail,
  next,
  previous,
  seek,
  skipEntries,
  totalBytes,
  validate,
  writeEmpty,
  writeHeader,
} from './listpack.ts';
import { ListpackBuilder } from './listpack-builder.ts';
import { EntryView } from './listpack-elements.ts';
import { encodedLength, writeEntry } from './listpack-encoding.ts';

/** A pack somewhere inside a larger array, as in the arena. */
interface Pack {
  bytes: Uint8Array;
  start: number;
  end: number;
}

function packOf(texts: readonly string[], start = 5): Pack {
  const builder = new ListpackBuilder();
  for (const text of texts) {
    const bytes = bytesOf(text);
    builder.append(bytes, 0, bytes.length);
  }
  const end = builder.finish();
  const bytes = new Uint8Array(start + end + 100_000).fill(0xaa);
  bytes.set(builder.bytes.subarray(0, end), start);
  return { bytes, start, end: start + end };
}

function forward({ bytes, start }: Pack): string[] {
  const view = new EntryView();
  const texts: string[] = [];
  for (let at = first(bytes, start); at !== -1; at = next(bytes, at)) {
    view.read(bytes, at);
    texts.push(latin1Of(view.bytes, view.start, view.end));
  }
  return texts;
}

function backward({ bytes, start, end }: Pack): string[] {
  const view = new EntryView();
  const texts: string[] = [];
  for (let at = last(bytes, start, end); at !== -1; at = previous(bytes, start, at)) {
    view.read(bytes, at);
    texts.push(latin1Of(view.bytes, view.start, view.end));
  }
  return texts;
}

describe('listpack: walking', () => {
  test('both directions meet the same elements', () => {
    fc.assert(
      fc.property(fc.array(elements, { maxLength: 40 }), (texts) => {
        const pack = packOf(texts);

        expect(forward(pack)).toEqual(texts);
        expect(backward(pack)).toEqual([...texts].reverse());
        expect(count(pack.bytes, pack.start)).toBe(texts.length);
        expect(totalBytes(pack.bytes, pack.start)).toBe(pack.end - pack.start);
        expect(validate(pack.bytes, pack.start, pack.end, true)).toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  test('seek finds by index from either end, with and without a known count', () => {
    const texts = Array.from({ length: 50 }, (_, i) => `element ${i}`);
    const { bytes, start, end } = packOf(texts);
    const view = new EntryView();
    for (const known of [true, false]) {
      if (!known) writeHeader(bytes, start, end - start, countUnknown);
      for (let index = -50; index < 50; index += 1) {
        view.read(bytes, seek(bytes, start, end, index));
        expect(latin1Of(view.bytes, view.start, view.end)).toBe(texts.at(index));
      }
      expect(seek(bytes, start, end, 50)).toBe(-1);
      expect(seek(bytes, start, end, -51)).toBe(-1);
      expect(count(bytes, start)).toBe(50);
    }
  });

  test('an empty pack has no entries', () => {
    const bytes = new Uint8Array(emptyBytes);

    expect(writeEmpty(bytes, 0)).toBe(emptyBytes);

    expect([...bytes]).toEqual([7, 0, 0, 0, 0, 0, 255]);
    expect(first(bytes, 0)).toBe(-1);
    expect(last(bytes, 0, emptyBytes)).toBe(-1);
    expect(seek(bytes, 0, emptyBytes, 0)).toBe(-1);
    expect(seek(bytes, 0, emptyBytes, -1)).toBe(-1);
    expect(validate(bytes, 0, emptyBytes, true)).toBeNull();
  });

  test('entries with back-lengths of every size are walked backwards', () => {
    const lengths = [125, 126, 127, 16_377, 16_378, 16_379, 2_097_145, 2_097_146, 2_097_147];
    const texts = lengths.map((length) => 'x'.repeat(length));

    const pack = packOf(texts);

    expect(backward(pack).map((text) => text.length)).toEqual([...lengths].reverse());
    expect(validate(pack.bytes, pack.start, pack.end, true)).toBeNull();
  });

  test('a count beyond 65,534 is unknown and stays so', () => {
    const pack = packOf(new Array(65_534).fill('1'));
    expect(headerCount(pack.bytes, pack.start)).toBe(65_534);
    const more = packOf(new Array(65_535).fill('1'));
    expect(headerCount(more.bytes, more.start)).toBe(countUnknown);
    expect(count(more.bytes, more.start)).toBe(65_535);

    adjustHeader(more.bytes, more.start, 0, -10);

    expect(headerCount(more.bytes, more.start)).toBe(countUnknown);
  });
});

/** Replaces `removed` elements at `index` with `texts`, as a store would. */
function splice(pack: Pack, index: number, removed: number, texts: readonly string[]): Pack {
  const { bytes, start, end } = pack;
  const from = skipEntries(bytes, start + headerBytes, index);
  const to = skipEntries(bytes, from, removed);
  const words = texts.map(bytesOf);
  const gapBytes = words.reduce((sum, word) => sum + encodedLength(word, 0, word.length), 0);
  const newEnd = moveTail(bytes, end, from, to, gapBytes);
  let at = from;
  for (const word of words) at = writeEntry(bytes, at, word, 0, word.length);
  expect(at).toBe(from + gapBytes);
  adjustHeader(bytes, start, newEnd - end, texts.length - removed);
  return { bytes, start, end: newEnd };
}

describe('listpack: editing', () => {
  const edits = fc.array(
    fc.tuple(fc.nat(30), fc.nat(4), fc.array(element(300), { maxLength: 4 })),
    { maxLength: 40 },
  );

  test('behaves like an array that is spliced', () => {
    fc.assert(
      fc.property(edits, (program) => {
        let pack = packOf([]);
        const model: string[] = [];
        for (const [place, wanted, texts] of program) {
          const index = Math.min(place, model.length);
          const removed = Math.min(wanted, model.length - index);
          pack = splice(pack, index, removed, texts);
          model.splice(index, removed, ...texts);
          expect(validate(pack.bytes, pack.start, pack.end, true)).toBeNull();
        }

        const fresh = packOf(model);
        expect(forward(pack)).toEqual(model);
        expect(pack.bytes.subarray(pack.start, pack.end)).toEqual(
          fresh.bytes.subarray(fresh.start, fresh.end),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('a copy with a gap is the pack edited elsewhere', () => {
    const pack = packOf(['a', 'b', '300', 'd']);
    const target = new Uint8Array(200);
    const from = seek(pack.bytes, pack.start, pack.end, 1);
    const to = seek(pack.bytes, pack.start, pack.end, 3);
    const word = bytesOf('instead');
    const gap = encodedLength(word, 0, word.length);

    const { bytes, start, end } = pack;
    const gapAt = copyWithGap(bytes, start, end, from, to, gap, target, 50);
    writeEntry(target, gapAt, word, 0, word.length);
    adjustHeader(target, 50, gap - (to - from), -1);

    const copy = { bytes: target, start: 50, end: 50 + totalBytes(target, 50) };
    expect(forward(copy)).toEqual(['a', 'instead', 'd']);
    expect(validate(target, copy.start, copy.end, true)).toBeNull();
  });
});

describe('listpack: any bytes', () => {
  test('are refused or walked within their bounds', () => {
    fc.assert(
      fc.property(
        fc.array(elements, { minLength: 1, maxLength: 12 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (texts, damages) => {
          const pack = packOf(texts, 0);
          for (const [place, byte] of damages) pack.bytes[place % pack.end] = byte;

          if (validate(pack.bytes, 0, pack.end, true) === null) {
            expect(forward(pack)).toEqual(backward(pack).reverse());
            expect(forward(pack).length).toBe(count(pack.bytes, 0));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('noise is refused or walked', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
        const bytes = new Uint8Array([...noise, 255]);
        if (bytes.length >= emptyBytes) writeHeader(bytes, 0, bytes.length, countUnknown);
        const pack = { bytes, start: 0, end: bytes.length };

        if (validate(bytes, 0, bytes.length, true) === null) {
          expect(forward(pack)).toEqual(backward(pack).reverse());
        }
      }),
      { numRuns: 2000 },
    );
  });

  const faults: readonly (readonly [string, number, readonly number[], RegExp])[] = [
    ['a wrong size', 0, [99], /states 99 bytes/],
    ['a wrong count', 4, [4], /states 4 elements and has 3/],
    ['no end mark', -1, [0], /no end mark/],
    ['an unknown encoding', 6, [0xf9], /unknown encoding at byte 6/],
    ['a string too long', 6, [0xbf], /byte 6 reaches beyond/],
    ['a wrong back-length', 8, [9], /byte 6 has a wrong back-length/],
    ['a huge string', 6, [0xf0, 255, 255, 255, 255], /reaches beyond/],
    ['an end mark inside', 6, [255], /unknown encoding/],
  ];
  test.each(faults)('%s is named', (_, place, damage, reason) => {
    const pack = packOf(['a', 'b', '1000'], 0);
    const bytes = pack.bytes.slice(0, pack.end);
    bytes.set(damage, place < 0 ? bytes.length + place : place);

    expect(validate(bytes, 0, bytes.length, true)).toMatch(reason);
  });

  test('less than a header is refused', () => {
    for (let length = 0; length < emptyBytes; length += 1) {
      expect(validate(new Uint8Array(length), 0, length, true)).toMatch(/shorter/);
    }
  });
});

test('listpack: a builder emptied is used again', () => {
  const builder = new ListpackBuilder(1);
  builder.appendInteger(5);
  builder.appendInteger(-9223372036854775808n);
  const half = builder.finish();
  const entries = builder.bytes.slice(headerBytes, half - 1);
  builder.appendEncoded(entries, 0, entries.length, 2);

  expect(builder.packBytes).toBe(builder.finish());
  expect(forward({ bytes: builder.bytes, start: 0, end: builder.end })).toEqual([
    '5',
    '-9223372036854775808',
    '5',
    '-9223372036854775808',
  ]);

  builder.reset();
  expect(builder.finish()).toBe(emptyBytes);
  expect(builder.count).toBe(0);
});
