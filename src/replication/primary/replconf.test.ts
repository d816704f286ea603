import { expect, test } from 'vitest';
import { CommandError } from '../../protocol/errors.ts';
import { Request } from '../../protocol/request.ts';
import { readReplconf } from './replconf.ts';
import type { Introduction } from './replica-session.ts';

function nobody(): Introduction {
  return {
    listeningPort: 0,
    announcedHost: '',
    understandsEofMark: false,
    understandsPsync2: false,
    understandsSharedHash: false,
    wantsSnapshotOnly: false,
    content: 'all',
    isPrePsync: false,
  };
}

function introduce(...words: string[]): Introduction {
  const introduction = nobody();
  readReplconf(Request.of('REPLCONF', ...words), introduction);
  return introduction;
}

function errorOf(...words: string[]): string {
  try {
    introduce(...words);
    return 'OK';
  } catch (error) {
    if (error instanceof CommandError) return error.text;
    throw error;
  }
}

test('replconf: several options in one request, unknown capabilities ignored', () => {
  expect(
    introduce('listening-port', '7000', 'capa', 'eof', 'CAPA', 'psync2', 'capa', 'dual-channel'),
  ).toEqual({
    ...nobody(),
    listeningPort: 7000,
    understandsEofMark: true,
    understandsPsync2: true,
  });
  expect(introduce('ip-address', 'a.b').announcedHost).toBe('a.b');
  expect(introduce('rdb-only', '1').wantsSnapshotOnly).toBe(true);
  expect(introduce('version', '8.0.0')).toEqual(nobody());
});

test('replconf: filters', () => {
  expect(introduce('rdb-filter-only', '').content).toBe('nothing');
  expect(introduce('rdb-filter-only', 'functions').content).toBe('functions');
});

test("replconf: Redis' errors", () => {
  expect(errorOf('a')).toBe('ERR syntax error');
  expect(errorOf()).toBe('OK');
  expect(errorOf('foo', 'bar')).toBe('ERR Unrecognized REPLCONF option: foo');
  expect(errorOf('listening-port', 'abc')).toBe('ERR value is not an integer or out of range');
  expect(errorOf('rdb-only', '2')).toBe('ERR value is out of range, value must between 0 and 1');
  expect(errorOf('rdb-filter-only', 'foo')).toBe('ERR Unsupported rdb-filter-only option: foo');
  expect(errorOf('ip-address', 'a'.repeat(300))).toBe(
    'ERR REPLCONF ip-address provided by replica instance is too long: 300 bytes',
  );
});

test('replconf: ACK carries an offset and GETACK asks for one', () => {
  const read = (...words: string[]) => readReplconf(Request.of('REPLCONF', ...words), nobody());

  expect(read('ack', '123', 'fack', '100')).toEqual({ kind: 'acknowledged', offset: 123 });
  expect(read('ACK', 'x')).toEqual({ kind: 'acknowledged', offset: -1 });
  expect(read('getack', '*')).toEqual({ kind: 'asked-for-ack' });
});
