import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

function withEntries(): TestServer {
  const server = new TestServer();
  for (let i = 1; i <= 4; i += 1) server.run(`XADD s ${i}-0 f ${i}`);
  server.run('XGROUP CREATE s g 0');
  return server;
}

test('streams: an id made from the time, and the next one', () => {
  const server = new TestServer();
  expect(server.run('XADD s * f v')).toBe('$15\r\n1700000000000-0\r\n');
  expect(server.propagated).toEqual(['XADD s 1700000000000-0 f v']);
  server.nowMs -= 5;
  expect(server.run('XADD s * f v')).toBe('$15\r\n1700000000000-1\r\n');
  expect(server.notified).toEqual(['0:xadd']);
  expect(server.diary).toEqual(['ready s', 'ready s']);
});

test('streams: a primary has said how far it trimmed, a replica does not ask for limits', () => {
  const server = withEntries();
  server.session.kind = 'primary';
  expect(server.run('XTRIM s MAXLEN = 2 LIMIT 1')).toBe(':2\r\n');
});

test('streams: what a consumer got is told as claims, and how far the group has read', () => {
  const server = withEntries();
  server.run('XREADGROUP GROUP g alice COUNT 2 STREAMS s >');
  const claim = 'TIME 1700000000000 RETRYCOUNT 1 FORCE JUSTID LASTID';
  expect(server.propagated).toEqual([
    `XCLAIM s g alice 0 1-0 ${claim} 1-0`,
    `XCLAIM s g alice 0 2-0 ${claim} 2-0`,
    'XGROUP SETID s g 2-0 ENTRIESREAD 2',
  ]);
  expect(server.notified).toEqual(['0:xgroup-createconsumer']);
  server.run('XREADGROUP GROUP g alice STREAMS s 0');
  expect(server.propagated).toEqual([]);
});

test('streams: a consumer that got nothing is told by itself', () => {
  const server = withEntries();
  server.run('XREADGROUP GROUP g alice NOACK STREAMS s >');
  expect(server.propagated).toEqual([
    'XGROUP CREATECONSUMER s g alice',
    'XGROUP SETID s g 4-0 ENTRIESREAD 4',
  ]);
  server.run('XREADGROUP GROUP g bob STREAMS s >');
  expect(server.propagated).toEqual(['XGROUP CREATECONSUMER s g bob']);
  server.run('XCLAIM s g carol 0 1-0');
  expect(server.propagated).toEqual(['XGROUP CREATECONSUMER s g carol']);
  server.run('XAUTOCLAIM s g dave 0 0');
  expect(server.propagated).toEqual(['XGROUP CREATECONSUMER s g dave']);
});

test('streams: entries that are gone are told as claims before they are pending no longer', () => {
  const server = withEntries();
  server.run('XREADGROUP GROUP g alice COUNT 2 STREAMS s >');
  server.run('XDEL s 1-0');
  server.nowMs += 50;
  expect(server.run('XAUTOCLAIM s g bob 0 0')).toContain('*1\r\n$3\r\n1-0\r\n');
  expect(server.propagated).toEqual([
    'XCLAIM s g alice 0 1-0 TIME 1700000000000 RETRYCOUNT 1 FORCE JUSTID LASTID 2-0',
    'XCLAIM s g bob 0 2-0 TIME 1700000000050 RETRYCOUNT 2 FORCE JUSTID LASTID 2-0',
  ]);
});

test('streams: a reader waits for what comes after now', () => {
  const server = withEntries();
  server.run('XREAD BLOCK 50 STREAMS s $');
  expect(server.diary.at(-1)).toBe('block s 50');
  expect(server.reply.length).toBe(0);
});

test('streams: consumers tell how long they have been idle, and without an entry', () => {
  const server = withEntries();
  server.run('XGROUP CREATECONSUMER s g alice');
  server.nowMs += 70;
  expect(server.run('XINFO CONSUMERS s g')).toBe(
    '*1\r\n*8\r\n$4\r\nname\r\n$5\r\nalice\r\n$7\r\npending\r\n:0\r\n' +
      '$4\r\nidle\r\n:70\r\n$8\r\ninactive\r\n:-1\r\n',
  );
  server.run('XREADGROUP GROUP g alice COUNT 1 STREAMS s >');
  server.nowMs += 5;
  expect(server.run('XINFO CONSUMERS s g')).toContain('idle\r\n:5\r\n$8\r\ninactive\r\n:5\r\n');
});
