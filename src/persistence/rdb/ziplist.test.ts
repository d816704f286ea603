import { expect, test } from 'vitest';
import { bytesOfLatin1, concatBytes, latin1Of } from '../../base/bytes.ts';
import { StringRange } from './rdb-cursor.ts';
import { ZiplistReader } from './ziplist.ts';

/** A ziplist of entries without their back links, each led by its form. */
function ziplistOf(entries: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let previous = 0;
  let tail = 10;
  let at = 10;
  for (const entry of entries) {
    const link =
      previous < 254
        ? Uint8Array.of(previous)
        : Uint8Array.of(254, previous, previous >>> 8, previous >>> 16, previous >>> 24);
    parts.push(link, entry);
    tail = at;
    previous = link.length + entry.length;
    at += previous;
  }
  const head = new Uint8Array(10);
  const view = new DataView(head.buffer);
  view.setUint32(0, at + 1, true);
  view.setUint32(4, tail, true);
  view.setUint16(8, entries.length, true);
  return concatBytes([head, ...parts, Uint8Array.of(255)]);
}

function textEntry(text: string): Uint8Array {
  const { length } = text;
  const form =
    length < 64
      ? [length]
      : length < 16384
        ? [0x40 | (length >>> 8), length & 255]
        : [0x80, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255];
  return concatBytes([Uint8Array.from(form), bytesOfLatin1(text)]);
}

function readAll(bytes: Uint8Array): string[] | string {
  const padded = concatBytes([Uint8Array.of(7, 7, 7), bytes, Uint8Array.of(9, 9)]);
  const reader = new ZiplistReader();
  const problem = reader.open(padded, 3, 3 + bytes.length);
  if (problem !== null) return problem;
  const range = new StringRange();
  const found: string[] = [];
  while (reader.next(range)) found.push(latin1Of(range.bytes, range.start, range.end));
  expect(reader.count).toBe(found.length);
  return found;
}

test('ziplist: strings of every length and integers of every width', () => {
  const texts = ['', 'a', 'x'.repeat(63), 'y'.repeat(64), 'z'.repeat(253), 'w'.repeat(20_000), '!'];
  const integers: [number[], string][] = [
    [[0xfe, 0x80], '-128'],
    [[0xc0, 0x00, 0x80], '-32768'],
    [[0xf0, 0xff, 0xff, 0x7f], '8388607'],
    [[0xd0, 0, 0, 0, 0x80], '-2147483648'],
    [[0xe0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], '9223372036854775807'],
    [[0xf1], '0'],
    [[0xfd], '12'],
  ];
  const bytes = ziplistOf([
    ...texts.map(textEntry),
    ...integers.map(([form]) => Uint8Array.from(form)),
  ]);

  expect(readAll(bytes)).toEqual([...texts, ...integers.map(([, text]) => text)]);
  expect(readAll(ziplistOf([]))).toEqual([]);
});

test('ziplist: no byte can be wrong without being noticed or harmless', () => {
  const bytes = ziplistOf(['abc', 'x'.repeat(70), ''].map(textEntry));
  for (let at = 0; at < bytes.length; at += 1) {
    for (const value of [0, 1, 0x3f, 0x40, 0x80, 0xc0, 0xe0, 0xef, 0xfe, 0xff]) {
      const wrong = bytes.slice();
      wrong[at] = value;
      // Reading must stay inside: the padding around it is never shown.
      const read = readAll(wrong);
      if (typeof read !== 'string') expect(read.join('').includes('\x07\x07')).toBe(false);
    }
  }
  for (let end = 0; end < bytes.length; end += 1) {
    expect(typeof readAll(bytes.slice(0, end))).toBe('string');
  }
});

test('ziplist: what is wrong has a name', () => {
  const bytes = ziplistOf(['abc', 'def'].map(textEntry));
  const change = (at: number, value: number) => {
    const wrong = bytes.slice();
    wrong[at] = value;
    return readAll(wrong);
  };
  expect(change(0, 99)).toBe('a ziplist has another length than it says');
  expect(change(4, 11)).toBe('the tail of a ziplist is wrong');
  expect(change(8, 3)).toBe('the count of a ziplist is wrong');
  expect(change(8, 255)).toBe('the count of a ziplist is wrong');
  expect(change(10, 1)).toBe('an entry of a ziplist has a wrong back link');
  expect(change(11, 60)).toBe('an entry of a ziplist is damaged');
  expect(change(bytes.length - 1, 0)).toBe('a ziplist has no end mark');
  expect(readAll(Uint8Array.of(255))).toBe('a ziplist is too short');
});
