import { expect, test } from 'vitest';
import { latin1Of } from '../../base/bytes.ts';
import { RdbCursor, StringRange } from './rdb-cursor.ts';

function cursorOver(bytes: number[], stringMax?: number): RdbCursor {
  const cursor = new RdbCursor(stringMax);
  const padded = Uint8Array.from([0xee, ...bytes, 0xee, 0xee]);
  cursor.setWindow(padded, 1, 1 + bytes.length, 1000);
  return cursor;
}

function stringIn(bytes: number[]): string | null {
  const cursor = cursorOver(bytes);
  const range = new StringRange();
  if (!cursor.readString(range)) return null;
  expect(cursor.offset).toBe(1000 + bytes.length);
  return latin1Of(range.bytes, range.start, range.end);
}

const lengths: [number[], number][] = [
  [[0], 0],
  [[0x3f], 63],
  [[0x40, 64], 64],
  [[0x7f, 0xff], 16383],
  [[0x80, 0, 0, 0x40, 0], 16384],
  [[0x80, 0xff, 0xff, 0xff, 0xff], 4294967295],
  [[0x81, 0, 0, 0, 1, 0, 0, 0, 2], 4294967298],
  [[0x81, 0, 0, 0, 0, 0, 0, 0, 5], 5],
];

test('rdb: lengths are read in every form, also longer ones than necessary', () => {
  for (const [bytes, length] of lengths) {
    const cursor = cursorOver(bytes);
    expect(cursor.readLength()).toBe(length);
    expect(cursor.offset).toBe(1000 + bytes.length);
  }
});

test('rdb: a length that is cut off says how much is missing', () => {
  for (const [bytes] of lengths) {
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const cursor = cursorOver(bytes.slice(0, cut));
      expect(cursor.readLength()).toBe(-1);
      expect(cursor.failure).toBeNull();
      expect(cursor.needed).toBe(cut === 0 ? 1 : bytes.length);
    }
  }
});

test('rdb: bytes that begin no length are refused', () => {
  for (const first of [0x82, 0xbf, 0xc0, 0xc3, 0xc4, 0xff]) {
    const cursor = cursorOver([first, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(cursor.readLength()).toBe(-1);
    expect(cursor.failure).toMatchObject({ reason: 'bad-length', offset: 1000 });
  }
});

test('rdb: strings are read in every form', () => {
  expect(stringIn([0])).toBe('');
  expect(stringIn([3, 97, 98, 99])).toBe('abc');
  expect(stringIn([0x40, 2, 97, 98])).toBe('ab');
  expect(stringIn([0xc0, 0x80])).toBe('-128');
  expect(stringIn([0xc0, 7])).toBe('7');
  expect(stringIn([0xc1, 0x00, 0x80])).toBe('-32768');
  expect(stringIn([0xc1, 0x39, 0x30])).toBe('12345');
  expect(stringIn([0xc2, 0, 0, 0, 0x80])).toBe('-2147483648');
  expect(stringIn([0xc2, 0xff, 0xff, 0xff, 0x7f])).toBe('2147483647');
  expect(stringIn([0xc3, 4, 6, 0, 97, 0x60, 0])).toBe('aaaaaa');
});

test('rdb: a string that is cut off anywhere asks for more', () => {
  const strings = [
    [3, 97, 98, 99],
    [0xc2, 1, 2, 3, 4],
    [0xc3, 4, 6, 0, 97, 0x60, 0],
  ];
  for (const bytes of strings) {
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const cursor = cursorOver(bytes.slice(0, cut));
      expect(cursor.readString(new StringRange())).toBe(false);
      expect(cursor.failure).toBeNull();
      expect(cursor.needed).toBeGreaterThan(cut);
      expect(cursor.needed).toBeLessThanOrEqual(bytes.length);
    }
  }
});

test('rdb: damaged strings are refused', () => {
  const reasonOf = (bytes: number[]) => {
    const cursor = cursorOver(bytes, 100);
    expect(cursor.readString(new StringRange())).toBe(false);
    return cursor.failure?.reason;
  };
  expect(reasonOf([0xc4])).toBe('bad-length');
  expect(reasonOf([0x40, 101])).toBe('string-too-long');
  expect(reasonOf([0x81, 0x7f, 0, 0, 0, 0, 0, 0, 0])).toBe('string-too-long');
  expect(reasonOf([0xc3, 4, 0x40, 101, 0, 0, 0, 0])).toBe('string-too-long');
  expect(reasonOf([0xc3, 1, 0x40, 89, 0])).toBe('bad-compression');
  expect(reasonOf([0xc3, 4, 7, 0, 97, 0x60, 0])).toBe('bad-compression');
  expect(reasonOf([0xc3, 0xc0, 1])).toBe('bad-length');
});

test('rdb: raw integers are little endian and signed', () => {
  const cursor = cursorOver([0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]);
  expect(cursor.readInt64()).toBe(8589934591);
  expect(cursor.readInt32()).toBe(-2);
});
