import { expect, test } from 'vitest';
import { bytesOf, bytesOfLatin1, concatBytes, latin1Of } from '../../base/bytes.ts';
import { Crc64 } from './crc64.ts';
import { RdbCursor } from './rdb-cursor.ts';
import { RdbWriter, type RdbWriterOptions } from './rdb-writer.ts';

function newWriter(options: Partial<RdbWriterOptions> = {}) {
  const chunks: Uint8Array[] = [];
  const writer = new RdbWriter({
    version: 10,
    checksum: true,
    compress: true,
    chunkBytes: 1024,
    sink: (chunk, length) => chunks.push(chunk.slice(0, length)),
    ...options,
  });
  return { writer, chunks, written: () => concatBytes(chunks) };
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function put(writer: RdbWriter, key: string, value: string, expiresAtMs = 0): void {
  const keyBytes = bytesOfLatin1(`<${key}>`);
  const valueBytes = bytesOfLatin1(`[${value}]`);
  const keyEnd = keyBytes.length - 1;
  const valueEnd = valueBytes.length - 1;
  writer.writeStringEntry(keyBytes, 1, keyEnd, valueBytes, 1, valueEnd, expiresAtMs);
}

function entryBytes(key: string, value: string, expiresAtMs = 0, compress = true): string {
  const { writer, written } = newWriter({ compress });
  put(writer, key, value, expiresAtMs);
  writer.flush();
  return hexOf(written());
}

test('rdb writer: an empty file is the header, the end mark and its checksum', () => {
  const { writer, written } = newWriter();

  writer.writeHeader([]);
  writer.end();

  const body = bytesOfLatin1('REDIS0010\xff');
  const crc = new Crc64();
  crc.update(body, 0, body.length);
  const sum = new Uint8Array(8);
  crc.writeTo(sum, 0);
  expect(hexOf(written())).toBe(hexOf(body) + hexOf(sum));
});

test('rdb writer: the first pieces are small, those after them as large as was asked for', () => {
  const { writer, chunks } = newWriter({ chunkBytes: 65_536, compress: false });

  for (let i = 0; i < 400; i += 1) put(writer, `key ${i}`, 'x'.repeat(1000));
  writer.end();

  const lengths = chunks.map(({ length }) => length);
  expect(Math.max(...lengths.slice(0, 40))).toBeLessThanOrEqual(4096);
  expect(lengths.at(-3)).toBeGreaterThan(60_000);
});

test('rdb writer: without a checksum eight zero bytes stand in its place', () => {
  const { writer, written } = newWriter({ checksum: false, version: 9 });

  writer.writeHeader([['a', 'b']]);
  writer.end();

  expect(hexOf(written())).toBe('524544495330303039fa01610162ff0000000000000000');
});

test('rdb writer: strings take their shortest form', () => {
  expect(entryBytes('k', 'v')).toBe('00016b0176');
  expect(entryBytes('k', '12')).toBe('00016bc00c');
  expect(entryBytes('7', '-129')).toBe('00c007c17fff');
  expect(entryBytes('k', '32768')).toBe('00016bc200800000');
  expect(entryBytes('k', '-2147483648')).toBe('00016bc200000080');
  expect(entryBytes('k', '2147483648')).toBe(`00016b0a${hexOf(bytesOf('2147483648'))}`);
  expect(entryBytes('k', '007')).toBe('00016b03303037');
  expect(entryBytes('k', '')).toBe('00016b00');
});

test('rdb writer: strings above 20 bytes are compressed where it saves four', () => {
  expect(entryBytes('k', 'a'.repeat(20))).toBe(`00016b14${'61'.repeat(20)}`);
  expect(entryBytes('k', 'a'.repeat(21))).toMatch(/^00016bc30.15/);
  expect(entryBytes('k', 'a'.repeat(21), 0, false)).toBe(`00016b15${'61'.repeat(21)}`);
  const mixed = 'abcdefghijklmnopqrstuvwxyz';
  expect(entryBytes('k', mixed)).toBe(`00016b1a${hexOf(bytesOf(mixed))}`);
});

test('rdb writer: an expiry leads its entry', () => {
  expect(entryBytes('k', 'v', 4102444800000)).toBe('fc00d8c32cbb03000000016b0176');
  expect(entryBytes('k', 'v', 1)).toBe('fc010000000000000000016b0176');
  expect(entryBytes('k', 'v', 2 ** 63)).toBe('fcffffffffffffff7f00016b0176');
});

test('rdb writer: a database is led by its number and two hints', () => {
  const { writer, written } = newWriter();

  writer.selectDatabase(3, 100, 2);
  writer.flush();

  expect(hexOf(written())).toBe('fe03fb406402');
});

test('rdb writer: lengths take 1, 2, 5 or 9 bytes', () => {
  const { writer, written } = newWriter();
  for (const length of [63, 64, 16383, 16384, 4294967295, 4294967296]) writer.writeLength(length);

  writer.flush();

  const expected = ['3f', '4040', '7fff', '8000004000', '80ffffffff', '810000000100000000'];
  expect(hexOf(written())).toBe(expected.join(''));
});

test('rdb writer: every chunk is fresh and at most as large as asked', () => {
  const { writer, chunks, written } = newWriter({ compress: false });
  for (let i = 0; i < 200; i += 1) put(writer, `key:${i}`, `value-${i}-`.repeat(1 + (i % 40)));

  writer.flush();

  expect(new Set(chunks.map((chunk) => chunk.buffer)).size).toBe(chunks.length);
  expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(1024);
  expect(writer.bytesWritten).toBe(written().length);
});

test('rdb writer: pieces of a large string are one string', () => {
  const whole = newWriter({ compress: false });
  put(whole.writer, 'key', 'x'.repeat(5000), 7);
  whole.writer.flush();
  const pieces = newWriter({ compress: false });
  const part = bytesOf('x'.repeat(1500));

  pieces.writer.beginLargeStringEntry(bytesOf('key'), 0, 3, 5000, 7);
  const left = [1500, 1500, 1500, 500].map((size) =>
    pieces.writer.writeLargeStringPiece(part, 0, size),
  );
  pieces.writer.flush();

  expect(left).toEqual([3500, 2000, 500, 0]);
  expect(hexOf(pieces.written())).toBe(hexOf(whole.written()));
});

test('rdb writer: a large string that is not finished is a mistake of the caller', () => {
  const { writer } = newWriter();
  writer.beginLargeStringEntry(bytesOf('key'), 0, 3, 10, 0);

  expect(() => writer.writeLargeStringPiece(new Uint8Array(11), 0, 11)).toThrow(/announced/);
  expect(() => writer.end()).toThrow(/whole/);
});

test('rdb writer: function libraries need version 10', () => {
  const old = newWriter({ version: 9 });
  expect(() => old.writer.writeFunctionLibrary(bytesOf('source'))).toThrow(/version 10/);
  const { writer, written } = newWriter();

  writer.writeFunctionLibrary(bytesOf('#!lua'));
  writer.flush();

  expect(latin1Of(written())).toBe('\xf5\x05#!lua');
});

test('rdb writer: raw numbers and exact lengths, as a reader reads them', () => {
  const { writer, written } = newWriter();
  const moments = [0, -1, 1.7e12, 2 ** 53 - 1, -(2 ** 40)];
  const doubles = [0, -0.5, 1e300, Number.NEGATIVE_INFINITY, 5e-324];
  const lengths = [
    [0, 5],
    [0, 0xffff_ffff],
    [1, 0],
    [0xffff_ffff, 0xffff_fffe],
  ];
  for (const moment of moments) writer.writeInt64(moment);
  for (const double of doubles) writer.writeDouble(double);
  for (const [high, low] of lengths) writer.writeLength64(high, low);
  writer.flush();

  const cursor = new RdbCursor();
  cursor.setWindow(written(), 0, written().length, 0);
  expect(moments.map(() => cursor.readInt64())).toEqual(moments);
  expect(doubles.map(() => cursor.readDouble())).toEqual(doubles);
  for (const [high, low] of lengths) {
    expect(cursor.readLength64()).toBe(true);
    expect([cursor.high, cursor.low]).toEqual([high, low]);
  }
  expect(cursor.at).toBe(cursor.end);
});
