import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

test('bits: setting, asking, and what is propagated', () => {
  const server = new TestServer();

  expect(server.run('SETBIT k 7 1')).toBe(':0\r\n');
  expect(server.propagated).toEqual(['SETBIT k 7 1']);
  expect(server.run('SETBIT k 7 1')).toBe(':1\r\n');
  expect(server.propagated).toEqual([]);
  server.run('SETBIT k 20 0');
  expect(server.propagated).toEqual(['SETBIT k 20 0']);
  expect(server.run('GETBIT k 7')).toBe(':1\r\n');
  expect(server.run('GETBIT k 1000')).toBe(':0\r\n');
  expect(server.run('STRLEN k')).toBe(':3\r\n');
});

test.each([
  ['SETBIT k -1 1', 'bit offset is not an integer or out of range'],
  ['SETBIT k 4294967296 1', 'bit offset is not an integer or out of range'],
  ['SETBIT k 0 2', 'bit is not an integer or out of range'],
  ['BITCOUNT s 0', 'syntax error'],
  ['BITCOUNT s 0 1 FOO', 'syntax error'],
  ['BITPOS s 2', 'The bit argument must be 1 or 0.'],
  ['BITOP NOT d a b', 'BITOP NOT must be called with a single source key.'],
  ['BITOP NAND d a', 'syntax error'],
  ['BITFIELD s GET u64 0', 'Invalid bitfield type.'],
  ['BITFIELD s OVERFLOW MAYBE', 'Invalid OVERFLOW type specified'],
  ['BITFIELD s SET u8 0', 'syntax error'],
  ['BITFIELD_RO s SET u8 0 1', 'BITFIELD_RO only supports the GET subcommand'],
])('bits: %s is refused', (line, error) => {
  const server = new TestServer();
  server.run('SET s x');

  expect(server.run(line)).toContain(`-ERR ${error}`);
});

test.each([
  ['BITCOUNT k', 26],
  ['BITCOUNT k 0 0', 4],
  ['BITCOUNT k 1 1', 6],
  ['BITCOUNT k 0 -1 BYTE', 26],
  ['BITCOUNT k 5 30 BIT', 17],
  ['BITCOUNT k -1 -2', 0],
  ['BITPOS k 1', 1],
  ['BITPOS k 0', 0],
  ['BITPOS k 1 2', 17],
  ['BITPOS k 0 9 10 BIT', -1],
])('bits: %s of "foobar" is %i', (line, expected) => {
  const server = new TestServer();
  server.run('SET k foobar');

  expect(server.run(line)).toBe(`:${expected}\r\n`);
});

test('bits: clear bits go on behind a string, unless an end was given', () => {
  const server = new TestServer();
  server.send('SET', 'k', Uint8Array.of(255, 255));

  expect(server.run('BITPOS k 0')).toBe(':16\r\n');
  expect(server.run('BITPOS k 0 0 -1')).toBe(':-1\r\n');
  expect(server.run('BITPOS none 0')).toBe(':0\r\n');
  expect(server.run('BITPOS none 1')).toBe(':-1\r\n');
});

test('bitop: shorter strings go on with zero bytes', () => {
  const server = new TestServer();
  server.send('SET', 'a', Uint8Array.of(0xf0, 0xff));
  server.send('SET', 'b', Uint8Array.of(0x3c));

  expect(server.run('BITOP AND d a b')).toBe(':2\r\n');
  expect(server.run('GET d')).toBe('$2\r\n\x30\0\r\n');
  server.run('BITOP OR d a b');
  expect(server.run('GET d')).toBe('$2\r\n\xfc\xff\r\n');
  server.run('BITOP XOR d a b');
  expect(server.run('GET d')).toBe('$2\r\n\xcc\xff\r\n');
  server.run('BITOP NOT d b');
  expect(server.run('GET d')).toBe('$1\r\n\xc3\r\n');
  expect(server.run('BITOP AND d none')).toBe(':0\r\n');
  expect(server.run('EXISTS d')).toBe(':0\r\n');
});

test('bitfield: reads, writes and overflows', () => {
  const server = new TestServer();

  expect(server.run('BITFIELD k SET u8 0 255 INCRBY u8 0 2 GET u4 #1')).toBe(
    '*3\r\n:0\r\n:1\r\n:1\r\n',
  );
  expect(server.run('BITFIELD k OVERFLOW SAT INCRBY i8 0 200')).toBe('*1\r\n:127\r\n');
  expect(server.run('BITFIELD k OVERFLOW FAIL INCRBY i8 0 1')).toBe('*1\r\n$-1\r\n');
  expect(server.propagated).toEqual([]);
  expect(server.run('BITFIELD k SET i64 3 -9223372036854775808 GET i64 3')).toBe(
    '*2\r\n:-576460752303423488\r\n:-9223372036854775808\r\n',
  );
  expect(server.run('BITFIELD_RO none GET i64 0')).toBe('*1\r\n:0\r\n');
});

test('bitfield: a string that grew is propagated even where the write failed', () => {
  const server = new TestServer();

  server.run('BITFIELD k OVERFLOW FAIL INCRBY u2 100 9');

  expect(server.run('STRLEN k')).toBe(':13\r\n');
  server.run('DEL k');
  server.run('BITFIELD k OVERFLOW FAIL INCRBY u2 100 9');
  expect(server.propagated).toEqual(['BITFIELD k OVERFLOW FAIL INCRBY u2 100 9']);
});
