import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

const nowMs = 1_700_000_000_000;

test('expiry: all forms are propagated as a moment in ms', () => {
  const server = new TestServer();
  server.run('SET k v');

  expect(server.run('EXPIRE k 10')).toBe(':1\r\n');
  expect(server.propagated).toEqual([`PEXPIREAT k ${nowMs + 10_000}`]);
  server.run('PEXPIRE k 10 XX');
  expect(server.propagated).toEqual([`PEXPIREAT k ${nowMs + 10} XX`]);
  server.run('EXPIREAT k 1800000000');
  expect(server.propagated).toEqual(['PEXPIREAT k 1800000000000']);
  server.run('PEXPIREAT k 1800000000001');
  expect(server.propagated).toEqual(['PEXPIREAT k 1800000000001']);
  expect(server.run('EXPIRETIME k')).toBe(':1800000000\r\n');
  expect(server.run('PEXPIRETIME k')).toBe(':1800000000001\r\n');
});

test('expiry: the time left, rounded to the nearest second', () => {
  const server = new TestServer();
  server.run('SET k v PX 1499');

  expect(server.run('TTL k')).toBe(':1\r\n');
  server.nowMs -= 1;
  expect(server.run('TTL k')).toBe(':2\r\n');
  expect(server.run('PTTL k')).toBe(':1500\r\n');
  expect(server.run('TTL none')).toBe(':-2\r\n');
  server.run('SET k v');
  expect(server.run('PTTL k')).toBe(':-1\r\n');
  expect(server.run('EXPIRETIME k')).toBe(':-1\r\n');
});

test('expiry: a moment in the past deletes, and that is what replicas are told', () => {
  const server = new TestServer();
  server.run('SET k v');

  expect(server.run('EXPIRE k -1')).toBe(':1\r\n');
  expect(server.propagated).toEqual(['DEL k']);
  expect(server.notified).toEqual(['0:del']);
  expect(server.run('EXISTS k')).toBe(':0\r\n');
  expect(server.run('EXPIRE k 10')).toBe(':0\r\n');
});

test('expiry: from its primary a replica takes even the past', () => {
  const server = new TestServer();
  server.run('SET k v');
  server.session.kind = 'primary';

  server.run('PEXPIREAT k 5');

  expect(server.run('PEXPIRETIME k')).toBe(':5\r\n');
});

test('expiry: conditions', () => {
  const server = new TestServer();
  server.run('SET k v');
  const expire = (words: string) => server.run(`EXPIRE k ${words}`);

  expect(expire('100 XX')).toBe(':0\r\n');
  expect(expire('100 GT')).toBe(':0\r\n');
  expect(expire('100 LT')).toBe(':1\r\n');
  expect(expire('200 NX')).toBe(':0\r\n');
  expect(expire('50 GT')).toBe(':0\r\n');
  expect(expire('200 XX GT')).toBe(':1\r\n');
  expect(expire('200 GT')).toBe(':0\r\n');
  expect(expire('300 LT')).toBe(':0\r\n');
  expect(server.propagated).toEqual([]);
});

test.each([
  ['EXPIRE k 10 FOO', 'Unsupported option FOO'],
  ['EXPIRE k 10 NX XX', 'NX and XX, GT or LT options at the same time are not compatible'],
  ['EXPIRE k 10 GT LT', 'GT and LT options at the same time are not compatible'],
  ['EXPIRE k x', 'value is not an integer or out of range'],
  ['EXPIRE k 9223372036854775807', "invalid expire time in 'expire' command"],
  ['EXPIREAT k -9223372036854775807', "invalid expire time in 'expireat' command"],
  ['PEXPIRE k 9223372036854775807', "invalid expire time in 'pexpire' command"],
])('expiry: %s is refused', (line, error) => {
  const server = new TestServer();
  server.run('SET k v');

  expect(server.run(line)).toBe(`-ERR ${error}\r\n`);
});

test('expiry: the far future is kept as well as a number can', () => {
  const server = new TestServer();
  server.run('SET k v PXAT 9223372036854775807');

  expect(server.run('PEXPIRETIME k')).toBe(':9223372036854775807\r\n');
});

test('expiry: PERSIST', () => {
  const server = new TestServer();
  server.run('SET k v EX 10');

  expect(server.run('PERSIST k')).toBe(':1\r\n');
  expect(server.propagated).toEqual(['PERSIST k']);
  expect(server.run('PERSIST k')).toBe(':0\r\n');
  expect(server.propagated).toEqual([]);
  expect(server.run('PERSIST none')).toBe(':0\r\n');
});
