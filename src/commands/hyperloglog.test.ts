import { expect, test } from 'vitest';
import { flags } from './flags.ts';
import { TestServer } from './testing-context.ts';

test('hyperloglog: adding, counting, and what is propagated', () => {
  const server = new TestServer();

  expect(server.run('PFADD k a b c')).toBe(':1\r\n');
  expect(server.propagated).toEqual(['PFADD k a b c']);
  expect(server.notified).toEqual(['0:pfadd']);
  expect(server.run('PFADD k a b')).toBe(':0\r\n');
  expect(server.propagated).toEqual([]);
  expect(server.run('PFCOUNT k')).toBe(':3\r\n');
  expect(server.propagated).toEqual(['PFCOUNT k']);
  expect(server.run('PFCOUNT k')).toBe(':3\r\n');
  expect(server.propagated).toEqual([]);
  expect(server.run('PFCOUNT none')).toBe(':0\r\n');
});

test('hyperloglog: no elements make an empty one', () => {
  const server = new TestServer();

  expect(server.run('PFADD k')).toBe(':1\r\n');
  expect(server.run('PFADD k')).toBe(':0\r\n');
  expect(server.run('PFCOUNT k')).toBe(':0\r\n');
  expect(server.run('PFMERGE m')).toBe('+OK\r\n');
  expect(server.run('STRLEN m')).toBe(':18\r\n');
});

test('hyperloglog: a union counts what any has seen, and stores nothing', () => {
  const server = new TestServer();
  server.run('PFADD a x y z');
  server.run('PFADD b z w');

  expect(server.run('PFCOUNT a b none')).toBe(':4\r\n');
  expect(server.propagated).toEqual([]);
  expect(server.run('PFMERGE c a b')).toBe('+OK\r\n');
  expect(server.propagated).toEqual(['PFMERGE c a b']);
  expect(server.run('PFCOUNT c')).toBe(':4\r\n');
});

test('hyperloglog: the target of a merge keeps what it has seen, and its expiry', () => {
  const server = new TestServer();
  server.run('PFADD a x');
  server.run('PFADD b y');
  server.run('PFDEBUG TODENSE b');
  server.run('EXPIRE a 100');

  server.run('PFMERGE a b');

  expect(server.run('PFCOUNT a')).toBe(':2\r\n');
  expect(server.run('PFDEBUG ENCODING a')).toBe('+dense\r\n');
  expect(server.run('TTL a')).toBe(':100\r\n');
});

test.each([
  'PFADD s x',
  'PFCOUNT s',
  'PFCOUNT k s',
  'PFMERGE s k',
  'PFMERGE k s',
  'PFDEBUG ENCODING s',
])('hyperloglog: %s refuses another string', (line) => {
  const server = new TestServer();
  server.run('SET s text');
  server.run('PFADD k a');

  expect(server.run(line)).toBe('-WRONGTYPE Key is not a valid HyperLogLog string value.\r\n');
});

test('hyperloglog: damage is an error', () => {
  const server = new TestServer();
  const damaged = `HYLL\x01${'\0'.repeat(10)}\x7f\x10`;
  server.send('SET', 'k', new TextEncoder().encode(damaged));
  const error = '-INVALIDOBJ Corrupted HLL object detected\r\n';

  const stale = new TextEncoder().encode(damaged);
  stale[15] = 0x80;
  server.send('SET', 'k', stale);
  expect(server.run('PFCOUNT k')).toBe(error);
  expect(server.run('PFCOUNT k none')).toBe(error);
  expect(server.run('PFMERGE other k')).toBe(error);
  expect(server.run('PFADD k a b c d e f g h')).toBe(error);
  expect(server.run('PFDEBUG TODENSE k')).toBe(error);
  expect(server.run('EXISTS other')).toBe(':0\r\n');
});

test('hyperloglog: PFCOUNT may be news to replicas, and waits when writes are paused', () => {
  const { table } = new TestServer();

  for (const name of ['pfcount', 'publish', 'spublish']) {
    expect((table.named(name)?.flagBits ?? 0) & flags.mayReplicate, name).not.toBe(0);
  }
  expect((table.named('get')?.flagBits ?? 0) & flags.mayReplicate).toBe(0);
});
