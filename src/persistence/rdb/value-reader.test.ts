import { expect, test } from 'vitest';
import { RecordingVisitor, readRdb } from '../../../test/support/recorded-rdb.ts';
import { bytesOfLatin1, latin1Of } from '../../base/bytes.ts';
import { ListpackBuilder } from '../../store/packed/listpack-builder.ts';
import { RdbReader } from './rdb-reader.ts';

/** A file of `items`, latin-1 text and bytes, without a checksum. */
function fileOf(items: readonly (string | readonly number[])[], magic = 'REDIS0012'): Uint8Array {
  const text = items.map((item) =>
    typeof item === 'string' ? item : latin1Of(Uint8Array.from(item)),
  );
  return bytesOfLatin1(`${magic}${text.join('')}\xff\0\0\0\0\0\0\0\0`);
}

/** A listpack as a string of a file. */
function listpack(elements: readonly (string | number)[]): string {
  const builder = new ListpackBuilder();
  for (const element of elements) {
    const bytes = bytesOfLatin1(String(element));
    builder.append(bytes, 0, bytes.length);
  }
  const end = builder.finish();
  return `\x40${String.fromCharCode(end)}${latin1Of(builder.bytes, 0, end)}`;
}

/** The only value of a file, the same for pieces of any size. */
function onlyValueOf(items: readonly (string | readonly number[])[], magic?: string) {
  const file = fileOf(items, magic);
  const { failure, seen } = readRdb(file);
  expect(failure).toBeNull();
  for (const size of [1, 3, 10]) {
    const again = readRdb(file, () => size);
    expect(again.failure).toBeNull();
    expect(again.seen.values.values).toEqual(seen.values.values);
  }
  expect(seen.values.values.length).toBe(1);
  return seen.values.values[0];
}

function failureOf(items: readonly (string | readonly number[])[], magic?: string) {
  const file = fileOf(items, magic);
  const { failure } = readRdb(file);
  for (const size of [1, 3, 10]) expect(readRdb(file, () => size).failure).toEqual(failure);
  return failure;
}

const minExpiry = [0xe8, 3, 0, 0, 0, 0, 0, 0];

test('rdb values: a value comes with its key, expiry and use', () => {
  const value = onlyValueOf(['\xfe\x03\xfc\x01\0\0\0\x01\0\0\0\xf8\x0a\x02\x01k\x02\x01a\xc0\x05']);
  expect(value).toMatchObject({ database: 3, kind: 'set', key: 'k', count: 2 });
  expect(value).toMatchObject({ expiresAtMs: 2 ** 32 + 1, idleSeconds: 10, frequency: -1 });
  expect(value.elements).toEqual(['a', '5']);
});

test('rdb values: what came before one entry is not for the next', () => {
  const file = fileOf(['\xfc\x01\0\0\0\x01\0\0\0\x01\x01k\x01\x01a', '\x01\x01l\x01\x01b']);
  const [first, second] = readRdb(file).seen.values.values;
  expect([first.expiresAtMs, second.expiresAtMs]).toEqual([2 ** 32 + 1, 0]);
});

test('rdb values: text scores', () => {
  const { members } = onlyValueOf(['\x03\x01k\x04\x01a\x031.5\x01b\xfe\x01c\xff\x01d\x04-1e3']);
  expect(members.map(({ score }) => score)).toEqual([
    1.5,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -1000,
  ]);
  expect(failureOf(['\x03\x01k\x01\x01a\xfd'])?.detail).toBe('a score is no number');
});

test('rdb values: a quicklist has packed nodes, plain nodes and empty ones', () => {
  const nodes = ['\x02', listpack(['a', 17]), '\x01\x01b', '\x02', listpack([])];
  const value = onlyValueOf(['\x12\x01k\x03', ...nodes]);
  expect(value).toMatchObject({ kind: 'list', elements: ['a', '17', 'b'] });
  expect([...value.pieces]).toEqual(['node', 'element']);
});

test('rdb values: fields that expire, in each layout of Redis', () => {
  const fields = [
    { field: 'a', value: '1', expiresAtMs: 1000 },
    { field: 'b', value: '2', expiresAtMs: 0 },
    { field: 'c', value: '3', expiresAtMs: 1005 },
  ];
  const plain = '\x03\x01\x01a\x011\0\x01b\x012\x06\x01c\x013';
  expect(onlyValueOf(['\x18\x01k', minExpiry, plain]).fields).toEqual(fields);
  const absolute = '\x03\x43\xe8\x01a\x011\0\x01b\x012\x43\xed\x01c\x013';
  expect(onlyValueOf(['\x16\x01k', absolute]).fields).toEqual(fields);
  const pack = listpack(['a', 1, 1000, 'c', 3, 1005, 'b', 2, 0]);
  const sorted = [fields[0], fields[2], fields[1]];
  expect(onlyValueOf(['\x19\x01k', minExpiry, pack]).fields).toEqual(sorted);
  expect(onlyValueOf(['\x17\x01k', pack]).fields).toEqual(sorted);
});

test('rdb values: fields that expire, as Valkey writes them', () => {
  const never = '\xff'.repeat(8);
  const file = ['\x16\x01k\x02\x01a\x011', [1, 0, 0, 0, 1, 0, 0, 0], '\x01b\x012', never];
  expect(onlyValueOf(file, 'VALKEY080').fields).toEqual([
    { field: 'a', value: '1', expiresAtMs: 2 ** 32 + 1 },
    { field: 'b', value: '2', expiresAtMs: 0 },
  ]);
  expect(failureOf(['\x18\x01k'], 'VALKEY080')?.reason).toBe('unknown-opcode');
});

test('rdb values: a moment that no field can have is refused', () => {
  const late = listpack(['a', 1, 2 ** 48]);
  expect(failureOf(['\x17\x01k', late])?.reason).toBe('bad-value');
  expect(failureOf(['\x17\x01k', listpack(['a', 1, -1])])?.reason).toBe('bad-value');
  expect(failureOf(['\x17\x01k', listpack(['a', 1, 'x'])])?.reason).toBe('bad-value');
  expect(failureOf(['\x17\x01k', listpack(['a', 1])])?.reason).toBe('bad-value');
  const plain = '\x01\x81\0\x01\0\0\0\0\0\0\x01a\x011';
  expect(failureOf(['\x16\x01k', plain])?.reason).toBe('bad-value');
});

const id = '\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0\x01';
const laterId = '\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0\x02';
const largeId = '\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\x02';
const node = listpack([1, 0, 1, 'f', 0, 2, 0, 0, 'v', 4]);
const facts = '\x01\x05\x01\x05\x01\0\0\x07';
const eight = '\x09\0\0\0\0\0\0\0';

test('rdb values: a stream with a group, in each layout', () => {
  const group = ['\x01\x01g\x05\x01\x02\x01', id, eight, '\x03\x01\x01c', eight];
  const owned = ['\x01', id];
  const active = '\xff'.repeat(8);
  const third = onlyValueOf(['\x15\x01k\x01\x10', id, node, facts, ...group, active, ...owned]);
  expect(third.entries).toEqual([{ id: '5-1', fields: ['f', 'v'] }]);
  expect(third.facts).toEqual({
    length: 1,
    lastId: '5-1',
    firstId: '5-1',
    maxDeletedId: '0-0',
    entriesAdded: 7,
  });
  const consumer = { name: 'c', seenAtMs: 9, activeAtMs: -1, pending: ['5-1'] };
  const expected = {
    name: 'g',
    lastId: '5-1',
    entriesRead: 2,
    pending: [{ id: '5-1', deliveredAtMs: 9, deliveryCount: 3 }],
    consumers: [consumer],
  };
  expect(third.groups).toEqual([expected]);
  const second = onlyValueOf(['\x13\x01k\x01\x10', id, node, facts, ...group, ...owned]);
  expect(second.groups).toEqual([{ ...expected, consumers: [{ ...consumer, activeAtMs: 9 }] }]);
  const firstGroup = ['\x01\x01g\x05\x01\x01', id, eight, '\x03\x01\x01c', eight, ...owned];
  const first = onlyValueOf(['\x0f\x01k\x01\x10', id, node, '\x01\x05\x01', ...firstGroup]);
  expect(first.facts).toMatchObject({ firstId: null, maxDeletedId: '0-0', entriesAdded: 1 });
  expect(first.groups[0].entriesRead).toBe(-1);
});

test('rdb values: streams of Redis 8, as far as they hold what is known here', () => {
  const group = ['\x01\x01g\x05\x01', `\x81${'\xff'.repeat(8)}`, '\0\0'];
  const nothing = '\x64\x64\0\0\0'.replaceAll('\x64', '\x10');
  const fourth = onlyValueOf(['\x1a\x01k\0\0\0\0\0\0\0\0\0\0', nothing]);
  expect(fourth).toMatchObject({ kind: 'stream', entries: [] });
  const fifth = onlyValueOf(['\x1b\x01k\x01\x10', id, node, facts, ...group, '\0', nothing]);
  expect(fifth.groups).toMatchObject([{ name: 'g', entriesRead: -1 }]);
  const unowned = failureOf(['\x1b\x01k\x01\x10', id, node, facts, ...group, '\x01', id]);
  expect(unowned?.detail).toContain('pending entries without a consumer');
  const producers = failureOf(['\x1a\x01k\0\0\0\0\0\0\0\0\0\0\x10\x10\x01\x01p']);
  expect(producers?.detail).toContain('producers of idempotent messages');
});

test('rdb values: ids above 2^53 stay exact', () => {
  const large = listpack([1, 0, 1, 'f', 0, 2, 0, 0, 'v', 4]);
  const last = `\x81${largeId.slice(0, 8)}\x02`;
  const value = onlyValueOf(['\x0f\x01k\x01\x10', largeId, large, '\x01', last, '\0']);
  expect(value.entries[0].id).toBe('18446744073709551615-2');
  expect(value.facts?.lastId).toBe('18446744073709551615-2');
});

test('rdb values: nodes of a stream must be sound and in order', () => {
  const two = (a: string, b: string) => ['\x0f\x01k\x02\x10', a, node, '\x10', b, node];
  const rest = ['\x02\x05\x02\0'];
  expect(onlyValueOf([...two(id, laterId), ...rest]).entries.length).toBe(2);
  expect(failureOf([...two(laterId, id), ...rest])?.detail).toContain('not in order');
  expect(failureOf([...two(id, id), ...rest])?.detail).toContain('not in order');
  const bad = failureOf(['\x0f\x01k\x01\x10', id, listpack([1, 0]), ...rest]);
  expect(bad?.detail).toBe('the head of a stream node is damaged');
});

test('rdb values: a visitor can refuse a piece, and hears no more', () => {
  const seen = new RecordingVisitor();
  const reader = new RdbReader(seen, { verifyChecksum: true });
  seen.values.setMember = (bytes, start, end) => reader.refuse(latin1Of(bytes, start, end));
  const file = fileOf(['\x02\x01k\x03\x01a\x01b\x01c']);

  expect(reader.feed(file, 0, file.length)).toBe('failed');

  expect(reader.failure).toMatchObject({ reason: 'refused', detail: 'a' });
  expect(seen.values.values).toEqual([]);
});

test('rdb values: a long value takes no memory but that of one element', () => {
  const count = 300_000;
  const element = '\x09abcdefghi';
  const file = fileOf(['\x01\x01k', [0x80, 0, count >>> 16, (count >>> 8) & 255, count & 255]]);
  const seen = new RecordingVisitor();
  let heard = 0;
  seen.values.listElement = () => {
    heard += 1;
  };
  const reader = new RdbReader(seen, { verifyChecksum: false });
  reader.feed(file, 0, file.length - 9);
  const piece = bytesOfLatin1(element.repeat(1000));
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < count / 1000; i += 1) reader.feed(piece, 0, piece.length);

  expect(heard).toBe(count);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  expect(reader.feed(file, file.length - 9, file.length)).toBe('done');
});
