import { expect, test } from 'vitest';
import { bytesOfLatin1, concatBytes, latin1Of } from '../../base/bytes.ts';
import { StringRange } from './rdb-cursor.ts';
import { ZipmapReader } from './zipmap.ts';

function readAll(text: string): [string, string][] | string {
  const bytes = concatBytes([bytesOfLatin1('..'), bytesOfLatin1(text), bytesOfLatin1('..')]);
  const reader = new ZipmapReader();
  const problem = reader.open(bytes, 2, 2 + text.length);
  if (problem !== null) return problem;
  const field = new StringRange();
  const value = new StringRange();
  const pairs: [string, string][] = [];
  while (reader.next(field, value)) {
    pairs.push([
      latin1Of(field.bytes, field.start, field.end),
      latin1Of(value.bytes, value.start, value.end),
    ]);
  }
  return pairs;
}

test('zipmap: pairs, unused bytes behind a value, long lengths', () => {
  const long = 'v'.repeat(300);
  expect(readAll('\0\xff')).toEqual([]);
  expect(readAll('\x02\x01a\x02\x00bc\x00\x01\x03d___\xff')).toEqual([
    ['a', 'bc'],
    ['', 'd'],
  ]);
  expect(readAll(`\x01\x01k\xfe\x2c\x01\0\0\0${long}\xff`)).toEqual([['k', long]]);
  expect(readAll('\xfe\x01a\x01\x00b\xff')).toEqual([['a', 'b']]);
});

test('zipmap: what is wrong is noticed', () => {
  expect(readAll('')).toBe('a zipmap has no end mark');
  expect(readAll('\x01\x01a\x01\x00b')).toBe('a zipmap has no end mark');
  expect(readAll('\x02\x01a\x01\x00b\xff')).toBe('the count of a zipmap is wrong');
  expect(readAll('\x01\x01a\x09\x00b\xff')).toBe('a pair of a zipmap is damaged');
  expect(readAll('\x01\x01a\x01\x09b\xff')).toBe('a pair of a zipmap is damaged');
  expect(readAll('\x01\x01a\xff')).toBe('a pair of a zipmap is damaged');
  expect(readAll('\x01\xfe\x01\xff')).toBe('a pair of a zipmap is damaged');
  expect(readAll('\x01\xff\x01\xff')).toBe('a zipmap ends too early');
});
