import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

test('HSET says how many fields are new, and counts all as changes', () => {
  const server = new TestServer();
  expect(server.run('HSET h a 1 b 2 a 3')).toBe(':2\r\n');
  expect(server.changes).toBe(3);
  expect(server.notified).toEqual(['0:hset']);
  expect(server.run('HMGET h a b c')).toBe('*3\r\n$1\r\n3\r\n$1\r\n2\r\n$-1\r\n');
  expect(server.run('HMSET h a')).toContain('wrong number of arguments');
  expect(server.run('HMSET h a 1 b')).toContain("for 'hmset' command");
  expect(server.run('HSETNX h a 9')).toBe(':0\r\n');
  expect(server.run('HSETNX new a 9')).toBe(':1\r\n');
});

test('a hash goes with its last field', () => {
  const server = new TestServer();
  server.run('HSET h a 1 b 2');
  expect(server.run('HDEL h a x')).toBe(':1\r\n');
  expect(server.notified).toEqual(['0:hdel']);
  expect(server.run('HDEL h b b')).toBe(':1\r\n');
  expect(server.notified).toEqual(['0:hdel', '0:del']);
  expect(server.changes).toBe(1);
  expect(server.run('EXISTS h')).toBe(':0\r\n');
  expect(server.run('HDEL h b')).toBe(':0\r\n');
  expect(server.propagated).toEqual([]);
});

test('replies of whole hashes are maps in RESP3', () => {
  const server = new TestServer();
  server.run('HSET h a 1');
  expect(server.run('HGETALL h')).toBe('*2\r\n$1\r\na\r\n$1\r\n1\r\n');
  server.session.protocol = 3;
  expect(server.run('HGETALL h')).toBe('%1\r\n$1\r\na\r\n$1\r\n1\r\n');
  expect(server.run('HGETALL none')).toBe('%0\r\n');
  expect(server.run('HKEYS h')).toBe('*1\r\n$1\r\na\r\n');
  expect(server.run('HRANDFIELD h 2 WITHVALUES')).toBe('*1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n');
  expect(server.run('HRANDFIELD h -2')).toBe('*2\r\n$1\r\na\r\n$1\r\na\r\n');
});

test('other types are refused', () => {
  const server = new TestServer();
  server.run('SET s 1');
  for (const line of [
    ...['HSET s a 1', 'HGET s a', 'HDEL s a', 'HLEN s', 'HSCAN s 0', 'HRANDFIELD s 3'],
    ...['HEXPIRE s x FIELDS 1 a', 'HTTL s FIELDS 1 a', 'HGETDEL s FIELDS 1 a', 'HGETALL s'],
    ...['HGETEX s FIELDS 1 a', 'HSETEX s FIELDS 1 a b', 'HINCRBY s a 1', 'HPERSIST s FIELDS 1 a'],
  ]) {
    expect(server.run(line)).toContain('WRONGTYPE');
  }
});

test('HINCRBYFLOAT propagates its result', () => {
  const server = new TestServer();
  server.run('HSET h a 10.5');
  expect(server.run('HINCRBYFLOAT h a 0.1')).toBe('$4\r\n10.6\r\n');
  expect(server.propagated).toEqual(['HSET h a 10.6']);
  server.run('HPEXPIREAT h 1800000000000 FIELDS 1 a');
  server.run('HINCRBYFLOAT h a 1');
  expect(server.propagated).toEqual(['HSET h a 11.6', 'HPEXPIREAT h 1800000000000 FIELDS 1 a']);
  expect(server.run('HPEXPIRETIME h FIELDS 1 a')).toBe('*1\r\n:1800000000000\r\n');
});

test('HINCRBY goes to the end of 64 bits, and keeps expiries', () => {
  const server = new TestServer();
  expect(server.run('HINCRBY h a 9007199254740991')).toBe(':9007199254740991\r\n');
  expect(server.run('HINCRBY h a 9007199254740993')).toBe(':18014398509481984\r\n');
  server.run('HSET h a 9223372036854775806');
  server.run('HEXPIRE h 100 FIELDS 1 a');
  expect(server.run('HINCRBY h a 1')).toBe(':9223372036854775807\r\n');
  expect(server.run('HINCRBY h a 1')).toContain('overflow');
  expect(server.run('HTTL h FIELDS 1 a')).toBe('*1\r\n:100\r\n');
  server.run('HSET h a word');
  expect(server.run('HINCRBY h a 1')).toContain('hash value is not an integer');
  expect(server.run('HTTL h FIELDS 1 a')).toBe('*1\r\n:-1\r\n');
});

test('HSCAN goes through a large hash, and shows what matches', () => {
  const server = new TestServer();
  for (let i = 0; i < 2000; i += 1) server.run(`HSET h f${i} ${i}`);
  const seen = new Set<string>();
  let cursor = '0';
  do {
    const reply = server.run(`HSCAN h ${cursor} COUNT 100 MATCH f*5 NOVALUES`).split('\r\n');
    cursor = reply[2];
    for (const word of reply.slice(4)) if (word.startsWith('f')) seen.add(word);
  } while (cursor !== '0');
  expect(seen.size).toBe(200);
  expect(server.run('HSCAN none 0 nonsense')).toBe('*2\r\n$1\r\n0\r\n*0\r\n');
  expect(server.run('HSCAN h 0 COUNT 0')).toContain('syntax');
});

test.each([10, 700])('HRANDFIELD gives distinct fields of %i', (size) => {
  const server = new TestServer();
  for (let i = 0; i < size; i += 1) server.run(`HSET h f${i} ${i}`);
  for (const count of [1, 3, size - 1, size, size * 2]) {
    const fields = server.run(`HRANDFIELD h ${count}`).split('\r\n').filter(isField);
    expect(new Set(fields).size).toBe(Math.min(count, size));
    expect(fields.length).toBe(Math.min(count, size));
  }
  expect(server.run('HRANDFIELD h -5').split('\r\n').filter(isField)).toHaveLength(5);
  expect(isField(server.run('HRANDFIELD h').split('\r\n')[1])).toBe(true);
});

function isField(word: string): boolean {
  return word.startsWith('f');
}
