import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

function newServer(): TestServer {
  const server = new TestServer();
  server.run('ZADD z 1 a 2 b 3.5 c');
  return server;
}

test('ZRANK: tells the score, too, where asked', () => {
  const server = newServer();

  expect(server.run('ZRANK z c WITHSCORE')).toBe('*2\r\n:2\r\n$3\r\n3.5\r\n');
  expect(server.run('ZREVRANK z c withscore')).toBe('*2\r\n:0\r\n$3\r\n3.5\r\n');
  expect(server.run('ZRANK z nobody WITHSCORE')).toBe('*-1\r\n');
  expect(server.run('ZRANK nokey a WITHSCORE')).toBe('*-1\r\n');
  expect(server.run('ZRANK z a WITHSCORES')).toBe('-ERR syntax error\r\n');
  expect(server.run('ZRANK z a WITHSCORE x')).toMatch(/wrong number of arguments for 'zrank'/);
  server.session.protocol = 3;
  expect(server.run('ZRANK z c WITHSCORE')).toBe('*2\r\n:2\r\n,3.5\r\n');
  expect(server.run('ZRANK z nobody WITHSCORE')).toBe('_\r\n');
});

test('ZADD: counts the changes it made, and tells of one event', () => {
  const server = newServer();

  server.run('ZADD z 1 a 9 b 4 d');
  expect([server.changes, server.notified]).toEqual([2, ['0:zadd']]);
  server.run('ZADD z 1 a');
  expect([server.changes, server.notified, server.propagated]).toEqual([0, [], []]);
  server.run('ZINCRBY z 1 a');
  expect(server.notified).toEqual(['0:zincr']);
});

test('BZPOPMIN: is sent on as what it did, and waits where nothing is there', () => {
  const server = newServer();

  server.run('BZPOPMIN nokey z 0');
  expect(server.propagated).toEqual(['ZPOPMIN z']);
  server.run('BZMPOP 0 2 nokey z MAX COUNT 9');
  expect(server.propagated).toEqual(['ZPOPMAX z 2']);
  expect(server.notified).toEqual(['0:zpopmax', '0:del']);
  expect(server.run('BZPOPMAX nokey z 0.5')).toBe('');
  expect(server.run('BZMPOP 2 1 nokey MIN')).toBe('');
  expect(server.diary).toEqual(['block nokey z 500', 'block nokey 2000']);
});
