import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

test('replication: following and promoting, by the old name, too', () => {
  const server = new TestServer();

  expect(server.run('REPLICAOF host 7000')).toBe('+OK\r\n');
  expect(server.run('SLAVEOF host 7001')).toBe('+OK\r\n');
  expect(server.run('REPLICAOF same 1')).toBe('+OK Already connected to specified master\r\n');
  expect(server.run('REPLICAOF no ONE')).toBe('+OK\r\n');
  expect(server.diary).toEqual([
    'follow host 7000',
    'follow host 7001',
    'follow same 1',
    'promote',
  ]);
  for (const port of ['x', '-1', '65536']) {
    expect(server.run(`REPLICAOF host ${port}`)).toBe('-ERR Invalid master port\r\n');
  }
  server.session.kind = 'replica';
  expect(server.run('REPLICAOF host 1')).toContain('not valid when client is a replica');
});

test('replication: ROLE', () => {
  const server = new TestServer();

  expect(server.run('ROLE')).toBe(
    '*3\r\n$6\r\nmaster\r\n:8\r\n*1\r\n*3\r\n$4\r\nhere\r\n$4\r\n7001\r\n$1\r\n7\r\n',
  );
  server.isReplica = true;
  expect(server.run('ROLE')).toBe(
    '*5\r\n$5\r\nslave\r\n$8\r\nupstream\r\n:7000\r\n$9\r\nconnected\r\n:9\r\n',
  );
});

test('replication: WAIT checks its words, and is for primaries', () => {
  const server = new TestServer();

  server.run('WAIT 2 100');
  expect(server.diary).toEqual(['wait 2 100']);
  expect(server.run('WAIT x 0')).toBe('-ERR value is not an integer or out of range\r\n');
  expect(server.run('WAIT 1 x')).toBe('-ERR timeout is not an integer or out of range\r\n');
  expect(server.run('WAIT 1 -1')).toBe('-ERR timeout is negative\r\n');
  server.isReplica = true;
  expect(server.run('WAIT x x')).toContain('WAIT cannot be used with replica instances');
});

test('replication: the commands of peers are handed on', () => {
  const server = new TestServer();

  for (const line of ['REPLCONF ack 1', 'PSYNC ? -1', 'SYNC']) server.run(line);

  expect(server.diary).toEqual(['replconf', 'sync', 'sync']);
});
