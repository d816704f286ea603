import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

test('string ranges: APPEND creates, then grows in place', () => {
  const server = new TestServer();

  expect(server.run('APPEND k ab')).toBe(':2\r\n');
  expect(server.run('APPEND k cd')).toBe(':4\r\n');
  expect(server.run('GET k')).toBe('$4\r\nabcd\r\n');
  expect(server.propagated).toEqual([]);
});

test('string ranges: SETRANGE fills with zero bytes, and does nothing with nothing', () => {
  const server = new TestServer();

  expect(server.send('SETRANGE', 'k', '5', '')).toBe(':0\r\n');
  expect(server.run('EXISTS k')).toBe(':0\r\n');
  expect(server.run('SETRANGE k 2 ab')).toBe(':4\r\n');
  expect(server.run('GET k')).toBe('$4\r\n\0\0ab\r\n');
  expect(server.run('SETRANGE k 0 xy')).toBe(':4\r\n');
  expect(server.run('GET k')).toBe('$4\r\nxyab\r\n');
  expect(server.run('SETRANGE k -1 a')).toBe('-ERR offset is out of range\r\n');
});

test.each([
  ['0 -1', 'foobar'],
  ['-3 -1', 'bar'],
  ['1 2', 'oo'],
  ['4 100', 'ar'],
  ['5 2', ''],
  ['-1 -3', ''],
  ['-100 1', 'fo'],
  ['100 200', ''],
])('string ranges: GETRANGE %s of foobar is %j', (range, expected) => {
  const server = new TestServer();
  server.run('SET k foobar');

  expect(server.run(`GETRANGE k ${range}`)).toBe(`$${expected.length}\r\n${expected}\r\n`);
  expect(server.run(`SUBSTR k ${range}`)).toBe(`$${expected.length}\r\n${expected}\r\n`);
});

test('string ranges: a string ends at proto-max-bulk-len, but not for what a primary sends', () => {
  const server = new TestServer();
  server.maxBulkBytes = 8;
  const tooLong = '-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n';

  expect(server.run('SETRANGE k 6 abc')).toBe(tooLong);
  server.run('SET k 12345678');
  expect(server.run('APPEND k 9')).toBe(tooLong);
  server.session.kind = 'primary';
  expect(server.run('APPEND k 9')).toBe(':9\r\n');
});
