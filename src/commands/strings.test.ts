import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

const nowMs = 1_700_000_000_000;

test('strings: what is stored is returned', () => {
  const server = new TestServer();

  expect(server.run('SET k value')).toBe('+OK\r\n');
  expect(server.propagated).toEqual(['SET k value']);
  expect(server.run('GET k')).toBe('$5\r\nvalue\r\n');
  expect(server.run('GET other')).toBe('$-1\r\n');
  expect(server.run('STRLEN k')).toBe(':5\r\n');
  expect(server.run('MGET k other k')).toBe('*3\r\n$5\r\nvalue\r\n$-1\r\n$5\r\nvalue\r\n');
});

test('strings: SET stores on a condition', () => {
  const server = new TestServer();

  expect(server.run('SET k 1 XX')).toBe('$-1\r\n');
  expect(server.propagated).toEqual([]);
  expect(server.run('SET k 1 NX')).toBe('+OK\r\n');
  expect(server.run('SET k 2 NX')).toBe('$-1\r\n');
  expect(server.run('SET k 2 XX GET')).toBe('$1\r\n1\r\n');
  expect(server.run('SET k 3 NX GET')).toBe('$1\r\n2\r\n');
  expect(server.run('GET k')).toBe('$1\r\n2\r\n');
});

test('strings: replicas get the moment of an expiry, never the delay', () => {
  const server = new TestServer();

  server.run('SET k v EX 10');
  expect(server.propagated).toEqual([`SET k v PXAT ${nowMs + 10_000}`]);
  server.run('SET k v PX 10 GET');
  expect(server.propagated).toEqual([`SET k v PXAT ${nowMs + 10}`]);
  server.run('SET k v EXAT 1800000000');
  expect(server.propagated).toEqual(['SET k v PXAT 1800000000000']);
  server.run('SET k v PXAT 1800000000000 NX');
  expect(server.propagated).toEqual([]);
  server.run('SETEX k 5 v');
  expect(server.propagated).toEqual([`SET k v PXAT ${nowMs + 5000}`]);
  server.run('PSETEX k 5 v');
  expect(server.propagated).toEqual([`SET k v PXAT ${nowMs + 5}`]);
  server.run('SET k w GET KEEPTTL get');
  expect(server.propagated).toEqual(['SET k w KEEPTTL']);
  expect(server.run('PTTL k')).toBe(':5\r\n');
});

test.each([
  ['SET k v EX 0', "-ERR invalid expire time in 'set' command\r\n"],
  ['SET k v EX 9223372036854775807', "-ERR invalid expire time in 'set' command\r\n"],
  ['SET k v PX x', '-ERR value is not an integer or out of range\r\n'],
  ['SET k v EX 1 PX 1', '-ERR syntax error\r\n'],
  ['SET k v KEEPTTL EX 1', '-ERR syntax error\r\n'],
  ['SET k v EX', '-ERR syntax error\r\n'],
  ['SET k v PERSIST', '-ERR syntax error\r\n'],
  ['GETEX k GET', '-ERR syntax error\r\n'],
  ['SETEX k 0 v', "-ERR invalid expire time in 'setex' command\r\n"],
  ['MSET a 1 b', "-ERR wrong number of arguments for 'mset' command\r\n"],
  ['MSETNX a 1 b', "-ERR wrong number of arguments for 'msetnx' command\r\n"],
])('strings: %s is refused and changes nothing', (line, reply) => {
  const server = new TestServer();

  expect(server.run(line)).toBe(reply);
  expect(server.run('DBSIZE')).toBe(':0\r\n');
});

test('strings: several at once', () => {
  const server = new TestServer();

  expect(server.run('MSET a 1 b 2 a 3')).toBe('+OK\r\n');
  expect(server.run('MGET a b')).toBe('*2\r\n$1\r\n3\r\n$1\r\n2\r\n');
  expect(server.run('MSETNX c 1 a 1')).toBe(':0\r\n');
  expect(server.run('MSETNX c 1 d 1')).toBe(':1\r\n');
  expect(server.run('SETNX c 9')).toBe(':0\r\n');
  expect(server.run('SETNX e 9')).toBe(':1\r\n');
});

test('strings: reading and changing in one go', () => {
  const server = new TestServer();
  server.run('SET k 1');

  expect(server.run('GETSET k 2')).toBe('$1\r\n1\r\n');
  expect(server.propagated).toEqual(['SET k 2']);
  expect(server.run('GETEX k EX 10')).toBe('$1\r\n2\r\n');
  expect(server.propagated).toEqual([`PEXPIREAT k ${nowMs + 10_000}`]);
  expect(server.run('GETEX k PERSIST')).toBe('$1\r\n2\r\n');
  expect(server.propagated).toEqual(['PERSIST k']);
  server.run('GETEX k PERSIST');
  expect(server.propagated).toEqual([]);
  server.run('GETEX k PXAT 1');
  expect(server.propagated).toEqual(['DEL k']);
  expect(server.run('GETDEL k')).toBe('$-1\r\n');
  server.run('SET k 3');
  expect(server.run('GETDEL k')).toBe('$1\r\n3\r\n');
  expect(server.propagated).toEqual(['DEL k']);
});

test('strings: on a replica the past is kept, for its primary deletes', () => {
  const server = new TestServer();
  server.run('SET k v');
  server.isReplica = true;
  server.session.kind = 'primary';

  server.run('GETEX k PXAT 1');

  expect(server.run('PEXPIRETIME k')).toBe(':1\r\n');
});
