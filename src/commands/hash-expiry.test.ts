import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

function newServer(fields = 'a 1 b 2 c 3'): TestServer {
  const server = new TestServer();
  server.run(`HSET h ${fields}`);
  return server;
}

test('HEXPIRE and its kin answer each field, and propagate the moment of those they changed', () => {
  const server = newServer();
  const { nowMs } = server;
  expect(server.run('HEXPIRE h 10 FIELDS 2 a x')).toBe('*2\r\n:1\r\n:-2\r\n');
  expect(server.propagated).toEqual([`HPEXPIREAT h ${nowMs + 10_000} FIELDS 1 a`]);
  expect(server.notified).toEqual(['0:hexpire']);
  expect(server.changes).toBe(1);
  expect(server.run('HTTL h FIELDS 3 a b x')).toBe('*3\r\n:10\r\n:-1\r\n:-2\r\n');
  expect(server.run('HPTTL h FIELDS 1 a')).toBe('*1\r\n:10000\r\n');
  expect(server.run('HEXPIRETIME h FIELDS 1 a')).toBe(`*1\r\n:${nowMs / 1000 + 10}\r\n`);
  expect(server.run('HPEXPIRETIME h FIELDS 1 a')).toBe(`*1\r\n:${nowMs + 10_000}\r\n`);
  expect(server.run('HPEXPIRE h 1500 FIELDS 1 b')).toBe('*1\r\n:1\r\n');
  expect(server.run('HTTL h FIELDS 1 b')).toBe('*1\r\n:2\r\n');
  expect(server.run(`HEXPIREAT h ${nowMs / 1000 + 5} FIELDS 1 c`)).toBe('*1\r\n:1\r\n');
  expect(server.run('HTTL h FIELDS 1 c')).toBe('*1\r\n:5\r\n');
  expect(server.run('HEXPIRE none 10 FIELDS 2 a b')).toBe('*2\r\n:-2\r\n:-2\r\n');
  expect(server.propagated).toEqual([]);
  expect(server.run('HTTL none FIELDS 1 a')).toBe('*1\r\n:-2\r\n');
});

test.each([
  ['NX', [1, 0, 0]],
  ['XX', [0, 1, 1]],
  ['GT', [0, 1, 0]],
  ['LT', [1, 0, 1]],
])('HEXPIRE %s changes some', (condition, outcomes) => {
  const server = newServer();
  server.run('HEXPIRE h 10 FIELDS 1 b');
  server.run('HEXPIRE h 1000 FIELDS 1 c');
  const reply = server.run(`HEXPIRE h 100 ${condition} FIELDS 3 a b c`);
  expect(reply).toBe(`*3\r\n${outcomes.map((each) => `:${each}\r\n`).join('')}`);
});

test('a moment in the past deletes, on a primary', () => {
  const server = newServer();
  expect(server.run('HEXPIREAT h 1 FIELDS 2 a b')).toBe('*2\r\n:2\r\n:2\r\n');
  expect(server.propagated).toEqual(['HDEL h a b']);
  expect(server.notified).toEqual(['0:hdel']);
  expect(server.run('HPEXPIREAT h 0 FIELDS 1 c')).toBe('*1\r\n:2\r\n');
  expect(server.notified).toEqual(['0:hdel', '0:del']);
  expect(server.run('EXISTS h')).toBe(':0\r\n');

  const replica = newServer();
  replica.session.kind = 'primary';
  expect(replica.run('HPEXPIREAT h 5 FIELDS 1 a')).toBe('*1\r\n:1\r\n');
  expect(replica.run('HPEXPIRETIME h FIELDS 1 a')).toBe('*1\r\n:5\r\n');
});

test.each([
  ['HEXPIRE h 10 FELDS 1 a', 'Mandatory argument FIELDS is missing'],
  ['HEXPIRE h -1 FIELDS 1 a', 'invalid expire time, must be >= 0'],
  ['HEXPIRE h ten FIELDS 1 a', 'not an integer'],
  ['HEXPIRE h 70368744178 FIELDS 1 a', "invalid expire time in 'hexpire'"],
  ['HPEXPIRE h 70368744177663 FIELDS 1 a', "invalid expire time in 'hpexpire'"],
  ['HEXPIRE h 10 FIELDS 0 a', 'Parameter `numFields` should be greater than 0'],
  ['HEXPIRE h 10 FIELDS 2 a', 'The `numfields` parameter must match'],
  ['HTTL h FIELDS 0 a', 'Number of fields must be a positive integer'],
  ['HTTL h FIELDS x a', 'Number of fields must be a positive integer'],
  ['HTTL h FIELDS 3 a b', 'The `numfields` parameter must match'],
  ['HGETEX h EX 10 NONE 1 a', 'Mandatory argument FIELDS is missing'],
  ['HGETEX h EX 10 FIELDS', 'Number of fields must be a positive integer'],
  ['HSETEX h EX 1 PX 5 FIELDS 1 a 1', 'Only one of EX, PX, EXAT, PXAT or KEEPTTL'],
  ['HSETEX h FNX FXX FIELDS 1 a 1', 'Only one of FXX or FNX'],
  ['HSETEX h NX FIELDS 1 a 1', 'unknown argument: NX'],
  ['HSETEX h FIELDS 0 a 1', 'invalid number of fields'],
  ['HSETEX h FIELDS 2 a 1 b', 'wrong number of arguments'],
  ['HSETEX h FNX FNX FNX FNX', 'Only one of FXX or FNX'],
  ['HSETEX h KEEPTTL FNX PXAT', 'wrong number of arguments'],
])('%s is refused', (line, text) => {
  expect(newServer().run(line)).toContain(text);
});

test('HPERSIST', () => {
  const server = newServer();
  server.run('HEXPIRE h 10 FIELDS 1 a');
  expect(server.run('HPERSIST h FIELDS 3 a b x')).toBe('*3\r\n:1\r\n:-1\r\n:-2\r\n');
  expect(server.notified).toEqual(['0:hpersist']);
  expect(server.propagated).toEqual(['HPERSIST h FIELDS 3 a b x']);
  expect(server.run('HPERSIST h FIELDS 1 a')).toBe('*1\r\n:-1\r\n');
  expect(server.propagated).toEqual([]);
});

test('HSET takes an expiry away', () => {
  const server = newServer();
  server.run('HEXPIRE h 10 FIELDS 2 a b');
  server.run('HSET h a 5');
  expect(server.run('HTTL h FIELDS 2 a b')).toBe('*2\r\n:-1\r\n:10\r\n');
  expect(server.run('OBJECT ENCODING h')).toContain('listpackex');
});

test('HGETDEL', () => {
  const server = newServer();
  expect(server.run('HGETDEL h FIELDS 3 a a x')).toBe('*3\r\n$1\r\n1\r\n$-1\r\n$-1\r\n');
  expect(server.propagated).toEqual(['HDEL h a']);
  expect(server.run('HGETDEL h FIELDS 2 b c')).toBe('*2\r\n$1\r\n2\r\n$1\r\n3\r\n');
  expect(server.notified).toEqual(['0:hdel', '0:del']);
  expect(server.run('HGETDEL h FIELDS 1 a')).toBe('*1\r\n$-1\r\n');
  expect(server.propagated).toEqual([]);
});

test('HGETEX', () => {
  const server = newServer();
  const { nowMs } = server;
  expect(server.run('HGETEX h FIELDS 2 a x')).toBe('*2\r\n$1\r\n1\r\n$-1\r\n');
  expect(server.propagated).toEqual([]);
  expect(server.run('HGETEX h PX 50 FIELDS 2 a x')).toBe('*2\r\n$1\r\n1\r\n$-1\r\n');
  expect(server.propagated).toEqual([`HPEXPIREAT h ${nowMs + 50} FIELDS 1 a`]);
  expect(server.run('HGETEX h PERSIST FIELDS 2 a b')).toBe('*2\r\n$1\r\n1\r\n$1\r\n2\r\n');
  expect(server.propagated).toEqual(['HPERSIST h FIELDS 1 a']);
  expect(server.run('HGETEX h EXAT 1 FIELDS 3 a b c')).toContain('$1\r\n3\r\n');
  expect(server.propagated).toEqual(['HDEL h a b c']);
  expect(server.notified).toEqual(['0:hdel', '0:del']);
  expect(server.run('HGETEX h EX 10 FIELDS 1 a')).toBe('*1\r\n$-1\r\n');
});

test('HSETEX', () => {
  const server = newServer();
  const { nowMs } = server;
  expect(server.run('HSETEX h FXX EX 10 FIELDS 2 a 5 x 6')).toBe(':0\r\n');
  expect(server.run('HSETEX h FNX EX 10 FIELDS 2 a 5 x 6')).toBe(':0\r\n');
  expect(server.run('HSETEX h FXX EX 10 FIELDS 2 a 5 b 6')).toBe(':1\r\n');
  expect(server.propagated).toEqual([`HSETEX h FXX PXAT ${nowMs + 10_000} FIELDS 2 a 5 b 6`]);
  expect(server.notified).toEqual(['0:hset', '0:hexpire']);
  expect(server.changes).toBe(2);
  expect(server.run('HSETEX h KEEPTTL FIELDS 1 a 7')).toBe(':1\r\n');
  expect(server.run('HSETEX h FIELDS 1 b 7')).toBe(':1\r\n');
  expect(server.propagated).toEqual(['HSETEX h FIELDS 1 b 7']);
  expect(server.run('HTTL h FIELDS 2 a b')).toBe('*2\r\n:10\r\n:-1\r\n');
  expect(server.run('HSETEX new PXAT 1 FIELDS 1 a 1')).toBe(':1\r\n');
  expect(server.propagated).toEqual(['HDEL new a']);
  expect(server.notified).toEqual(['0:hset', '0:hdel', '0:del']);
});

test.each([3, 700])('fields whose time has come are gone for readers, of %i', (size) => {
  const server = new TestServer();
  for (let i = 0; i < size; i += 1) server.run(`HSET h f${i} ${i}`);
  server.run('HPEXPIRE h 10 FIELDS 2 f0 f1');
  server.nowMs += 10;
  // A replica only hides them.
  server.isReplica = true;
  expect(server.run('HGET h f0')).toBe('$-1\r\n');
  expect(server.run('HEXISTS h f1')).toBe(':0\r\n');
  expect(server.run('HLEN h')).toBe(`:${size}\r\n`);
  expect(server.run('HKEYS h').split('\r\n')[0]).toBe(`*${size - 2}`);
  expect(server.run('HTTL h FIELDS 1 f0')).toBe('*1\r\n:-2\r\n');
  expect(server.run(`HRANDFIELD h ${size}`).split('\r\n')[0]).toBe(`*${size - 2}`);
  expect(server.run('HSCAN h 0 COUNT 10000 MATCH f0')).toBe('*2\r\n$1\r\n0\r\n*0\r\n');
  server.isReplica = false;
  expect(server.run('HINCRBY h f0 1')).toBe(':1\r\n');
  expect(server.run('HLEN h')).toBe(`:${size - 1}\r\n`);
});

test('HRANDFIELD finds the few fields that are left', () => {
  const server = new TestServer();
  for (let i = 0; i < 300; i += 1) server.run(`HSET h f${i} ${i}`);
  for (let i = 1; i < 300; i += 1) server.run(`HPEXPIRE h 10 FIELDS 1 f${i}`);
  server.nowMs += 10;
  server.isReplica = true;
  for (let i = 0; i < 10; i += 1) expect(server.run('HRANDFIELD h')).toBe('$2\r\nf0\r\n');
  server.run('HPEXPIRE h 0 FIELDS 1 f0');
  expect(server.run('HRANDFIELD h')).toBe('$-1\r\n');
  expect(server.run('HRANDFIELD h 5')).toBe('*0\r\n');
});
