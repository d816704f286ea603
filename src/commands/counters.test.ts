import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

test('counters: integers keep their expiry and go out as sent', () => {
  const server = new TestServer();
  server.run('SET n 41 EX 100');

  expect(server.run('INCR n')).toBe(':42\r\n');
  expect(server.propagated).toEqual(['INCR n']);
  expect(server.run('DECRBY n 40')).toBe(':2\r\n');
  expect(server.run('DECR n')).toBe(':1\r\n');
  expect(server.run('INCRBY n -5')).toBe(':-4\r\n');
  expect(server.run('TTL n')).toBe(':100\r\n');
  expect(server.run('DECR fresh')).toBe(':-1\r\n');
});

test('counters: exact beyond 2^53, and refused beyond 64 bits', () => {
  const server = new TestServer();
  server.run('SET n 9007199254740991');

  expect(server.run('INCRBY n 2')).toBe(':9007199254740993\r\n');
  expect(server.run('INCRBY n 9214364837600034814')).toBe(':9223372036854775807\r\n');
  expect(server.run('INCR n')).toBe('-ERR increment or decrement would overflow\r\n');
  expect(server.run('DECRBY n 9223372036854775807')).toBe(':0\r\n');
  expect(server.run('DECRBY n -9223372036854775808')).toBe('-ERR decrement would overflow\r\n');
});

test.each(['x', '', ' 1', '1.5', '01', '9223372036854775808'])(
  'counters: %j is no integer',
  (value) => {
    const server = new TestServer();
    server.send('SET', 'n', value);

    expect(server.run('INCR n')).toBe('-ERR value is not an integer or out of range\r\n');
    expect(server.send('INCRBY', 'other', value)).toBe(
      '-ERR value is not an integer or out of range\r\n',
    );
  },
);

test('counters: floats are propagated as their result', () => {
  const server = new TestServer();

  expect(server.run('INCRBYFLOAT f 0.1')).toBe('$3\r\n0.1\r\n');
  expect(server.run('INCRBYFLOAT f 0.2')).toBe('$3\r\n0.3\r\n');
  expect(server.propagated).toEqual(['SET f 0.3 KEEPTTL']);
  expect(server.run('INCRBYFLOAT f x')).toBe('-ERR value is not a valid float\r\n');
  expect(server.run('INCRBYFLOAT f inf')).toBe('-ERR increment would produce NaN or Infinity\r\n');
});
