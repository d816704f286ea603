import { expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import { Crc64, crcHexOf } from './crc64.ts';

function crcOf(bytes: Uint8Array): string {
  const crc = new Crc64();
  crc.update(bytes, 0, bytes.length);
  return crc.toHex();
}

/** The definition, bit by bit. */
function slowCrcOf(bytes: Uint8Array): string {
  let state = 0n;
  for (const byte of bytes) {
    state ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) {
      state = (state & 1n) === 1n ? (state >> 1n) ^ 0x95ac9329ac4bc9b5n : state >> 1n;
    }
  }
  return state.toString(16).padStart(16, '0');
}

function patternOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 131 + (i >> 3)) & 255);
}

test('crc64: gives the published check value', () => {
  expect(crcOf(bytesOf('123456789'))).toBe('e9c6d914c4b8d9ca');
  expect(crcOf(new Uint8Array(0))).toBe('0000000000000000');
});

test('crc64: agrees with the definition at every length and offset around a word', () => {
  const bytes = patternOf(400);
  for (let start = 0; start < 9; start += 1) {
    for (const length of [1, 7, 8, 9, 63, 64, 65, 71, 72, 128, 301]) {
      const crc = new Crc64();
      crc.update(bytes, start, start + length);
      expect(crc.toHex()).toBe(slowCrcOf(bytes.subarray(start, start + length)));
    }
  }
});

test('crc64: pieces give the same as the whole', () => {
  const bytes = patternOf(1000);
  for (const step of [1, 3, 64, 100, 999]) {
    const crc = new Crc64();
    for (let at = 0; at < bytes.length; at += step) {
      crc.update(bytes, at, Math.min(bytes.length, at + step));
    }
    expect(crc.toHex()).toBe(crcOf(bytes));
  }
});

test('crc64: reads views that do not begin where their buffer does', () => {
  const bytes = patternOf(300);
  expect(crcOf(bytes.subarray(13, 257))).toBe(slowCrcOf(bytes.slice(13, 257)));
});

test('crc64: writes its bytes with the least significant first', () => {
  const crc = new Crc64();
  crc.update(bytesOf('123456789'), 0, 9);
  const target = new Uint8Array(10);

  crc.writeTo(target, 1);

  expect([...target]).toEqual([0, 0xca, 0xd9, 0xb8, 0xc4, 0x14, 0xd9, 0xc6, 0xe9, 0]);
  expect(crcHexOf(crc.high, crc.low)).toBe('e9c6d914c4b8d9ca');
});

test('crc64: starts again after a reset', () => {
  const crc = new Crc64();
  crc.update(bytesOf('something'), 0, 9);

  crc.reset();

  expect(crc.toHex()).toBe('0000000000000000');
});
