import { expect, test } from 'vitest';
import { RecordingVisitor, readRdb } from '../../../test/support/recorded-rdb.ts';
import { bytesOfLatin1, concatBytes } from '../../base/bytes.ts';
import { Crc64 } from './crc64.ts';
import { RdbReader } from './rdb-reader.ts';

/** A file of `items` after the header, with its checksum. */
function fileOf(items: readonly (string | number[])[], version = 'REDIS0010'): Uint8Array {
  const parts = items.map((item) =>
    typeof item === 'string' ? bytesOfLatin1(item) : Uint8Array.from(item),
  );
  const body = concatBytes([bytesOfLatin1(version), ...parts, Uint8Array.of(255)]);
  const crc = new Crc64();
  crc.update(body, 0, body.length);
  const sum = new Uint8Array(8);
  crc.writeTo(sum, 0);
  return concatBytes([body, sum]);
}

const entry = '\0\x01k\x01v';

test('rdb reader: an empty file has a version and nothing else', () => {
  const file = fileOf([]);

  const { status, seen, consumedBytes } = readRdb(file);

  expect(status).toBe('done');
  expect(seen).toMatchObject({ version: 10, magic: 'REDIS', entries: [], databases: [] });
  expect(consumedBytes).toBe(file.length);
});

test('rdb reader: every opcode is understood, in pieces of any size', () => {
  const file = fileOf([
    '\xfa\x09redis-ver\x057.0.1\xfa\xc0\x05\xc1\x10\x27',
    '\xf5\x05#!lua',
    '\xfe\x00\xfb\x03\x02\xf4\x01\x02\x03',
    [252, 1, 0, 0, 0, 1, 0, 0, 0],
    `${entry}`,
    [253, 10, 0, 0, 0],
    '\xf8\x40\x50\0\x01l\xc0\x05',
    '\xf9\x07\0\x01m\x00',
    '\xfe\x0b\xfb\x01\x00',
    entry,
  ]);
  for (const size of [1, 2, 3, 5, 8, 13, file.length]) {
    const { status, failure, seen, consumedBytes } = readRdb(file, () => size);
    expect(failure).toBeNull();
    expect(status).toBe('done');
    expect(consumedBytes).toBe(file.length);
    expect(seen.auxFields).toEqual([
      ['redis-ver', '7.0.1'],
      ['5', '10000'],
    ]);
    expect(seen.functions).toEqual(['#!lua']);
    expect(seen.databases).toEqual([0, 11]);
    expect(seen.hints).toEqual([
      [3, 2],
      [1, 0],
    ]);
    const none = { expiresAtMs: 0, idleSeconds: -1, frequency: -1 };
    expect(seen.entries).toEqual([
      { ...none, database: 0, key: 'k', value: 'v', expiresAtMs: 4294967297 },
      { ...none, database: 0, key: 'l', value: '5', expiresAtMs: 10_000, idleSeconds: 80 },
      { ...none, database: 0, key: 'm', value: '', frequency: 7 },
      { ...none, database: 11, key: 'k', value: 'v' },
    ]);
  }
});

test('rdb reader: versions 1 to 12 and later ones are read, both magic words', () => {
  for (const magic of ['REDIS0001', 'REDIS0004']) {
    const file = fileOf([entry], magic).slice(0, -8);
    expect(readRdb(file)).toMatchObject({ status: 'done', consumedBytes: file.length });
  }
  for (const magic of ['REDIS0005', 'REDIS0006', 'REDIS0012', 'REDIS0013', 'VALKEY080']) {
    expect(readRdb(fileOf([entry], magic)).status).toBe('done');
  }
});

test('rdb reader: what is no RDB file is refused at once', () => {
  const reasonOf = (text: string) => readRdb(bytesOfLatin1(text)).failure?.reason;
  expect(reasonOf('-ERR no such thing')).toBe('bad-magic');
  expect(reasonOf('REDIS00x2aaa')).toBe('bad-magic');
  expect(reasonOf('REDIS0000\xff')).toBe('unsupported-version');
  expect(reasonOf('REDIS')).toBe('truncated');
});

test('rdb reader: an expiry of -1 is none, and one before 1970 is long past', () => {
  const minus = (n: number) => [252, n, 255, 255, 255, 255, 255, 255, 255];
  const { seen } = readRdb(
    fileOf([minus(255), entry, minus(254), entry, [252, 0, 0, 0, 0, 0, 0, 0, 0], entry]),
  );
  expect(seen.entries.map((each) => each.expiresAtMs)).toEqual([0, 1, 1]);
});

test('rdb reader: a type that is not supported is named with its key and its place', () => {
  const file = fileOf(['\xfe\x00', entry, '\x0e\x06a"b\n\xe9c', 'never read']);
  for (const size of [1, 4, file.length]) {
    const seen = new RecordingVisitor();
    seen.values.supports = () => false;
    const reader = new RdbReader(seen, { verifyChecksum: true });
    for (let at = 0; at < file.length; at += size) {
      reader.feed(file, at, Math.min(file.length, at + size));
    }
    expect(reader.failure).toEqual({
      reason: 'unsupported-type',
      detail:
        'key "a\\x22b\\x0a\\xe9c" has type 14, list (quicklist of ziplists), ' +
        'which is not supported',
      offset: 9 + 2 + 5,
    });
    expect(seen.unsupported).toEqual([
      { type: 14, name: 'list (quicklist of ziplists)', key: 'a"b\n\xe9c' },
    ]);
    expect(seen.entries.length).toBe(1);
  }
});

test('rdb reader: bytes that are no opcode are refused with their place', () => {
  for (const byte of [8, 60, 242, 243, 246]) {
    const { failure } = readRdb(fileOf([entry, [byte, 1, 65]]));
    expect(failure?.reason).toBe('unknown-opcode');
    expect(failure?.offset).toBeGreaterThanOrEqual(14);
  }
});

test('rdb reader: a wrong checksum is noticed, zero is not checked', () => {
  const file = fileOf([entry]);
  const wrong = file.slice();
  wrong[wrong.length - 1] ^= 1;
  expect(readRdb(wrong, () => 3).failure).toMatchObject({ reason: 'bad-checksum' });
  const zero = file.slice();
  zero.fill(0, zero.length - 8);
  expect(readRdb(zero).status).toBe('done');
});

test('rdb reader: the checksum is not compared when nobody asks', () => {
  const file = fileOf([entry]);
  file[file.length - 2] ^= 0xff;
  const reader = new RdbReader(new RecordingVisitor(), { verifyChecksum: false });
  expect(reader.feed(file, 0, file.length)).toBe('done');
});

test('rdb reader: says where the file ends inside what was fed', () => {
  const file = fileOf([entry]);
  const padded = concatBytes([Uint8Array.of(1, 2), file, bytesOfLatin1('rest')]);
  for (const cut of [9, 15, 16, file.length - 3]) {
    const reader = new RdbReader(new RecordingVisitor(), { verifyChecksum: true });
    expect(reader.feed(padded, 2, 2 + cut)).toBe('more');
    expect(reader.feed(padded, 2 + cut, padded.length)).toBe('done');
    expect(reader.endIndex).toBe(2 + file.length);
    expect(reader.feed(padded, 0, 5)).toBe('done');
    expect(reader.consumedBytes).toBe(file.length);
  }
});

test('rdb reader: a file that ends too early has failed wherever it was cut', () => {
  const file = fileOf(['\xfa\x01a\x01b\xfe\x00', entry]);
  for (let cut = 0; cut < file.length; cut += 1) {
    const { failure } = readRdb(file.slice(0, cut));
    expect(failure).toMatchObject({ reason: 'truncated', offset: cut });
  }
});

test('rdb reader: data of modules are refused by the name of their type', () => {
  const id = [0x81, 0x47, 0x32, 0x5c, 0x36, 0x25, 0x65, 0xdc, 0x05];
  for (const size of [1, 5, 100]) {
    const value = readRdb(fileOf([[7, 1, 65], id, [2, 1, 0]]), () => size);
    expect(value.failure?.reason).toBe('unsupported-type');
    expect(value.failure?.detail).toMatch(/^key "A" has type 7, module "[\w-]{9}", which is not/);
    expect(value.seen.unsupported.length).toBe(1);
    const aux = readRdb(fileOf([[247], id, [2, 1, 0]]), () => size);
    expect(aux.failure).toMatchObject({ reason: 'unsupported-type', offset: 9 });
    expect(aux.failure?.detail).toContain('data of module type "');
  }
});

test('rdb reader: a visitor can refuse what it reads', () => {
  const visitor = new RecordingVisitor();
  const reader = new RdbReader(visitor, { verifyChecksum: true });
  visitor.selectDatabase = (index) => reader.refuse(`there is no database ${index}`);
  const file = fileOf(['\xfe\x3f', entry]);

  expect(reader.feed(file, 0, file.length)).toBe('failed');

  expect(reader.failure).toMatchObject({ reason: 'refused', detail: 'there is no database 63' });
  expect(visitor.entries).toEqual([]);
});

test('rdb reader: a lying length takes no memory', () => {
  const claim = concatBytes([
    bytesOfLatin1('REDIS0010\0\x01k\x80\x1f\xff\xff\xff'),
    new Uint8Array(1000),
  ]);
  const before = process.memoryUsage().arrayBuffers;

  const { failure } = readRdb(claim, () => 100);

  expect(failure?.reason).toBe('truncated');
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
});

test('rdb reader: long keys and values come whole out of small pieces', () => {
  const key = bytesOfLatin1('k'.repeat(300_000));
  const value = bytesOfLatin1('v'.repeat(2_000_000));
  const header = (n: number) => [0x80, n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
  const file = concatBytes([
    fileOf([[0], header(key.length)]).slice(0, -9),
    key,
    Uint8Array.from(header(value.length)),
    value,
    Uint8Array.from([0, 1, 65, 1, 66, 255, 0, 0, 0, 0, 0, 0, 0, 0]),
  ]);

  const { status, seen } = readRdb(file, () => 4096);

  expect(status).toBe('done');
  expect(seen.entries.map((each) => [each.key.length, each.value.length])).toEqual([
    [300_000, 2_000_000],
    [1, 1],
  ]);
});
