import { expect, test } from 'vitest';
import { bytesOf } from '../base/bytes.ts';
import { TestServer } from './testing-context.ts';

test('keys: deleting, counting, naming types', () => {
  const server = new TestServer();
  server.run('MSET a 1 b 2 c 3');

  expect(server.run('EXISTS a a z')).toBe(':2\r\n');
  expect(server.run('TOUCH a z')).toBe(':1\r\n');
  expect(server.run('TYPE a')).toBe('+string\r\n');
  expect(server.run('TYPE z')).toBe('+none\r\n');
  expect(server.run('DEL a z a')).toBe(':1\r\n');
  expect(server.propagated).toEqual(['DEL a z a']);
  expect(server.notified).toEqual(['0:del']);
  expect(server.run('UNLINK b')).toBe(':1\r\n');
  expect(server.run('DEL z')).toBe(':0\r\n');
  expect(server.propagated).toEqual([]);
});

test('keys: renaming takes value and expiry along', () => {
  const server = new TestServer();
  server.run('SET a 1 EX 100');
  server.run('SET b 2');

  expect(server.run('RENAME a b')).toBe('+OK\r\n');
  expect(server.notified).toEqual(['0:rename_from', '0:rename_to']);
  expect(server.run('GET b')).toBe('$1\r\n1\r\n');
  expect(server.run('TTL b')).toBe(':100\r\n');
  expect(server.run('RENAME a b')).toBe('-ERR no such key\r\n');
  expect(server.run('RENAME b b')).toBe('+OK\r\n');
  expect(server.propagated).toEqual([]);
  server.run('SET c 3');
  expect(server.run('RENAMENX b c')).toBe(':0\r\n');
  expect(server.run('RENAMENX b b')).toBe(':0\r\n');
  expect(server.run('RENAMENX b d')).toBe(':1\r\n');
});

test('keys: copying within and between databases', () => {
  const server = new TestServer();
  server.run('SET a 1 EX 100');

  expect(server.run('COPY a b')).toBe(':1\r\n');
  expect(server.run('TTL b')).toBe(':100\r\n');
  expect(server.run('COPY a b')).toBe(':0\r\n');
  expect(server.run('COPY a b REPLACE')).toBe(':1\r\n');
  expect(server.run('COPY a a DB 3')).toBe(':1\r\n');
  expect(server.notified).toEqual(['3:copy_to']);
  expect(server.run('COPY a a')).toBe('-ERR source and destination objects are the same\r\n');
  expect(server.run('COPY a b DB 16')).toBe('-ERR DB index is out of range\r\n');
  expect(server.run('COPY a b DB')).toBe('-ERR syntax error\r\n');
});

test('keys: moving between databases', () => {
  const server = new TestServer();
  server.run('SET a 1 EX 100');

  expect(server.run('MOVE a 0')).toBe('-ERR source and destination objects are the same\r\n');
  expect(server.run('MOVE a 1')).toBe(':1\r\n');
  expect(server.notified).toEqual(['0:move_from', '1:move_to']);
  expect(server.run('EXISTS a')).toBe(':0\r\n');
  server.run('SET a 2');
  expect(server.run('MOVE a 1')).toBe(':0\r\n');
  server.run('SELECT 1');
  expect(server.run('GET a')).toBe('$1\r\n1\r\n');
  expect(server.run('TTL a')).toBe(':100\r\n');
});

test('keys: what has expired in the target does not stand in the way', () => {
  const server = new TestServer();
  server.run('SET a 1');
  server.run('SET b 2 PX 10');
  server.nowMs += 20;

  expect(server.run('COPY a b')).toBe(':1\r\n');
  expect(server.run('TTL b')).toBe(':-1\r\n');
});

test('databases: selecting, swapping, flushing', () => {
  const server = new TestServer();
  server.run('SET a 1');

  expect(server.run('SWAPDB 0 2')).toBe('+OK\r\n');
  expect(server.propagated).toEqual(['SWAPDB 0 2']);
  expect(server.run('DBSIZE')).toBe(':0\r\n');
  expect(server.run('SELECT 2')).toBe('+OK\r\n');
  expect(server.run('GET a')).toBe('$1\r\n1\r\n');
  expect(server.run('SELECT 16')).toBe('-ERR DB index is out of range\r\n');
  expect(server.run('SWAPDB x 1')).toBe('-ERR invalid first DB index\r\n');
  expect(server.run('SWAPDB 1 x')).toBe('-ERR invalid second DB index\r\n');
  expect(server.run('FLUSHDB ASYNC')).toBe('+OK\r\n');
  expect(server.propagated).toEqual(['FLUSHDB ASYNC']);
  expect(server.run('FLUSHALL')).toBe('+OK\r\n');
  expect(server.propagated).toEqual(['FLUSHALL']);
  expect(server.run('FLUSHALL NOW')).toBe('-ERR syntax error\r\n');
  expect(server.run('DBSIZE')).toBe(':0\r\n');
});

test('object: how values are kept', () => {
  const server = new TestServer();
  server.run(`MSET int 12 embstr abc raw ${'x'.repeat(45)} large 10000`);

  for (const encoding of ['int', 'embstr', 'raw']) {
    expect(server.run(`OBJECT ENCODING ${encoding}`)).toBe(
      `$${encoding.length}\r\n${encoding}\r\n`,
    );
  }
  expect(server.run('OBJECT REFCOUNT int')).toBe(':2147483647\r\n');
  expect(server.run('OBJECT REFCOUNT large')).toBe(':1\r\n');
  expect(server.run('OBJECT IDLETIME int')).toBe(':0\r\n');
  expect(server.run('OBJECT FREQ int')).toContain('An LFU maxmemory policy is not selected');
  expect(server.run('OBJECT FREQ none')).toBe('$-1\r\n');
  server.usesLfu = true;
  expect(server.run('OBJECT IDLETIME int')).toContain('An LFU maxmemory policy is selected');
  expect(server.run('OBJECT FREQ int')).toMatch(/^:\d+\r\n$/);
  expect(server.run('OBJECT HELP')).toContain('+ENCODING <key>\r\n');
});

test('object: appending makes a string raw, counting makes it an integer again', () => {
  const server = new TestServer();
  server.run('SET n 1');
  server.run('APPEND n 2');

  expect(server.run('OBJECT ENCODING n')).toBe('$3\r\nraw\r\n');
  server.run('INCR n');
  expect(server.run('OBJECT ENCODING n')).toBe('$3\r\nint\r\n');
});

test('scan: a walk with cursors returns every key', () => {
  const server = new TestServer();
  for (let i = 0; i < 1000; i += 1) server.run(`SET key:${i} ${i}`);
  const seen = new Set<string>();
  let cursor = '0';

  do {
    const parts = server.run(`SCAN ${cursor} COUNT 50 MATCH key:*`).split('\r\n');
    cursor = parts[2];
    for (let i = 5; i < parts.length; i += 2) seen.add(parts[i]);
  } while (cursor !== '0');

  expect(seen.size).toBe(1000);
});

test('scan: filters by pattern and type, and hides what has expired', () => {
  const server = new TestServer();
  server.run('MSET a1 1 a2 2 b1 3');
  server.run('SET a3 4 PX 5');
  server.nowMs += 10;

  expect(server.run('SCAN 0 MATCH b*')).toBe('*2\r\n$1\r\n0\r\n*1\r\n$2\r\nb1\r\n');
  expect(server.run('SCAN 0 TYPE hash')).toBe('*2\r\n$1\r\n0\r\n*0\r\n');
  expect(server.run('SCAN 0 TYPE STRING MATCH a?')).toMatch(/^\*2\r\n\$1\r\n0\r\n\*2\r\n/);
  expect(server.database.find(bytesOf('a3'), 0, 2)).toBe(0);
});

test.each([
  ['SCAN x', 'invalid cursor'],
  ['SCAN 18446744073709551616', 'invalid cursor'],
  ['SCAN 0 COUNT 0', 'syntax error'],
  ['SCAN 0 COUNT x', 'value is not an integer or out of range'],
  ['SCAN 0 MATCH', 'syntax error'],
  ['SCAN 0 FOO x', 'syntax error'],
])('scan: %s is refused', (line, error) => {
  expect(new TestServer().run(line)).toBe(`-ERR ${error}\r\n`);
});

test('scan: a cursor that was never given out finds nothing', () => {
  const server = new TestServer();
  server.run('SET a 1');

  expect(server.run('SCAN 18446744073709551615')).toBe('*2\r\n$1\r\n0\r\n*0\r\n');
});

test('keys: KEYS and RANDOMKEY', () => {
  const server = new TestServer();

  expect(server.run('RANDOMKEY')).toBe('$-1\r\n');
  server.run('MSET one 1 two 2');
  server.run('SET gone 3 PX 5');
  server.nowMs += 10;
  expect(server.run('KEYS *n*')).toBe('*1\r\n$3\r\none\r\n');
  expect(server.run('KEYS *')).toMatch(/^\*2\r\n/);
  for (let i = 0; i < 20; i += 1) expect(server.run('RANDOMKEY')).toMatch(/one|two/);
});

test('keys: on a replica RANDOMKEY ends although nothing may be deleted', () => {
  const server = new TestServer();
  server.run('SET gone 3 PX 5');
  server.nowMs += 10;
  server.isReplica = true;

  expect(server.run('RANDOMKEY')).toBe('$4\r\ngone\r\n');
});
