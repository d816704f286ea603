import { expect, test } from 'vitest';
import { bytesOf, latin1Of } from '../../base/bytes.ts';
import { parseDecimal, writeDecimal } from './decimal.ts';

function parsed(text: string): number {
  const bytes = bytesOf(`x${text}y`);
  return parseDecimal(bytes, 1, bytes.length - 1);
}

test('decimal: 32-bit integers go to text and back', () => {
  const integers = [0, 1, -1, 9, 10, 99, 100, -100, 127, 128, -128, 65535, 999_999_999];
  for (const integer of [...integers, 1_000_000_000, 2_147_483_647, -2_147_483_648]) {
    const target = new Uint8Array(16);
    const end = writeDecimal(integer, target, 2);
    expect(latin1Of(target, 2, end)).toBe(String(integer));
    expect(parsed(String(integer))).toBe(integer);
  }
});

test('decimal: text that an integer would not give back is refused', () => {
  const texts = ['', '-', '-0', '00', '01', '-01', '+1', ' 1', '1 ', '1.0', '1e3', 'a', '12a'];
  for (const text of [...texts, '2147483648', '-2147483649', '99999999999', '123456789012']) {
    expect(parsed(text)).toBeNaN();
  }
});
