import { expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import {
  backLengthBytes,
  encodedIntegerLength,
  encodedLength,
  encodedTextLength,
  writeBackLength,
  writeEntry,
  writeIntegerEntry,
} from './listpack-encoding.ts';

function encoded(text: string): number[] {
  const bytes = bytesOf(`<${text}>`);
  const target = new Uint8Array(bytes.length + 20);
  const end = writeEntry(target, 3, bytes, 1, bytes.length - 1);
  expect(encodedLength(bytes, 1, bytes.length - 1)).toBe(end - 3);
  return [...target.subarray(3, end)];
}

test.each<readonly [string, readonly number[]]>([
  ['0', [0, 1]],
  ['127', [127, 1]],
  ['128', [0xc0, 128, 2]],
  ['-1', [0xdf, 255, 2]],
  ['4095', [0xcf, 255, 2]],
  ['-4096', [0xd0, 0, 2]],
  ['4096', [0xf1, 0, 16, 3]],
  ['-32768', [0xf1, 0, 128, 3]],
  ['32768', [0xf2, 0, 128, 0, 4]],
  ['-8388608', [0xf2, 0, 0, 128, 4]],
  ['8388608', [0xf3, 0, 0, 128, 0, 5]],
  ['2147483648', [0xf4, 0, 0, 0, 128, 0, 0, 0, 0, 9]],
  ['-9223372036854775808', [0xf4, 0, 0, 0, 0, 0, 0, 0, 128, 9]],
  ['9223372036854775808', [0x93, ...bytesOf('9223372036854775808'), 20]],
  ['', [0x80, 1]],
  ['-0', [0x82, 45, 48, 3]],
  ['007', [0x83, 48, 48, 55, 4]],
])('listpack encoding: %s', (text, wanted) => {
  expect(encoded(text)).toEqual(wanted);
});

test('listpack encoding: an integer is written as its text is', () => {
  for (const value of [0, -1, 4095, -4097, 70_000, -8_388_609, 2 ** 40, -(2 ** 53) + 1]) {
    for (const form of [value, BigInt(value)]) {
      const target = new Uint8Array(12);
      const end = writeIntegerEntry(target, 0, form);
      expect([...target.subarray(0, end)]).toEqual(encoded(String(value)));
      expect(encodedIntegerLength(form)).toBe(end);
    }
  }
});

test('listpack encoding: strings grow their length at 64 and 4,096 bytes', () => {
  expect(encoded('x'.repeat(63)).slice(0, 2)).toEqual([0xbf, 120]);
  expect(encoded('x'.repeat(64)).slice(0, 3)).toEqual([0xe0, 64, 120]);
  expect(encoded('x'.repeat(4095)).slice(0, 3)).toEqual([0xef, 255, 120]);
  expect(encoded('x'.repeat(4096)).slice(0, 6)).toEqual([0xf0, 0, 16, 0, 0, 120]);
  expect(encodedTextLength(2 ** 32 - 100)).toBe(2 ** 32 - 100 + 5 + 5);
});

test('listpack encoding: back-lengths end one short of their bits', () => {
  const firsts = [1, 128, 16_383, 2_097_151, 268_435_455];
  for (const [i, size] of firsts.entries()) {
    expect(backLengthBytes(size)).toBe(i + 1);
    if (i > 0) expect(backLengthBytes(size - 1)).toBe(i);
  }
  const target = new Uint8Array(5);
  writeBackLength(target, 0, 2 ** 32 + 4);
  expect([...target]).toEqual([16, 128, 128, 128, 132]);
});
