import { expect, test } from 'vitest';
import { RecordingVisitor } from '../../../test/support/recorded-rdb.ts';
import { bytesOfLatin1, concatBytes } from '../../base/bytes.ts';
import { DumpReader, dumpFooterBytes, dumpVersionOf, writeDumpFooter } from './dump-payload.ts';

function payloadOf(text: string, version = 10): Uint8Array {
  const bytes = concatBytes([bytesOfLatin1(text), new Uint8Array(dumpFooterBytes)]);
  expect(writeDumpFooter(bytes, 0, text.length, version)).toBe(bytes.length);
  return bytes;
}

function readPayload(bytes: Uint8Array) {
  const seen = new RecordingVisitor();
  const version = dumpVersionOf(bytes, 0, bytes.length);
  const entry = { key: bytesOfLatin1('k'), expiresAtMs: 5, idleSeconds: -1, frequency: -1 };
  const failure = new DumpReader(seen, entry).read(bytes, 0, bytes.length, version);
  return { failure, entries: seen.entries, values: seen.values.values };
}

test('dump payload: is what a server gives', () => {
  const given = bytesOfLatin1('\x00\x06foobar\n\x00;L<\xf6\xb7\xee{\xae');

  expect(payloadOf('\x00\x06foobar')).toEqual(given);
  expect(dumpVersionOf(given, 0, given.length)).toBe(10);
});

test('dump payload: every changed byte is noticed', () => {
  const payload = payloadOf('\x02\x02\x01a\x01b');
  expect(dumpVersionOf(payload, 0, payload.length)).toBe(10);
  for (let at = 0; at < payload.length; at += 1) {
    const wrong = payload.slice();
    wrong[at] ^= 1;
    expect(dumpVersionOf(wrong, 0, wrong.length)).toBe(-1);
    expect(dumpVersionOf(payload, 0, at)).toBe(-1);
  }
});

test('dump payload: strings and other values are read under the key they are given', () => {
  expect(readPayload(payloadOf('\x00\xc0\x7f')).entries).toMatchObject([
    { key: 'k', value: '127' },
  ]);
  const set = readPayload(payloadOf('\x02\x02\x01a\x01b'));
  expect(set.failure).toBeNull();
  expect(set.values).toMatchObject([{ key: 'k', kind: 'set', elements: ['a', 'b'] }]);
});

test('dump payload: what is no value is a failure', () => {
  expect(readPayload(payloadOf('')).failure?.reason).toBe('truncated');
  expect(readPayload(payloadOf('\x00\x05abc')).failure?.reason).toBe('truncated');
  expect(readPayload(payloadOf('\x02\x03\x01a\x01b')).failure?.reason).toBe('truncated');
  expect(readPayload(payloadOf('\x02\x03\x01a\xc4')).failure?.reason).toBe('bad-length');
  expect(readPayload(payloadOf('\xfe\x00')).failure?.reason).toBe('unknown-opcode');
  expect(readPayload(payloadOf('\x07\x05\x00')).failure?.reason).toBe('unsupported-type');
  expect(readPayload(payloadOf('\x10\x01a')).failure?.reason).toBe('bad-value');
});

test('dump payload: types are those of the program that wrote it', () => {
  const hash = `\x16\x01\x01a\x01b${'\xff'.repeat(8)}`;
  expect(readPayload(payloadOf(hash, 80)).values).toMatchObject([{ kind: 'hash' }]);
  expect(readPayload(payloadOf(hash, 12)).failure).not.toBeNull();
});
