import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

function withTexts(): TestServer {
  const server = new TestServer();
  server.run('MSET a ohmytext b mynewtext');
  return server;
}

test('lcs: the subsequence, its length, its matches', () => {
  const server = withTexts();

  expect(server.run('LCS a b')).toBe('$6\r\nmytext\r\n');
  expect(server.run('LCS a b LEN')).toBe(':6\r\n');
  expect(server.run('LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN')).toBe(
    '*4\r\n$7\r\nmatches\r\n*1\r\n*3\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n:4\r\n$3\r\nlen\r\n:6\r\n',
  );
  expect(server.run('LCS a nobody')).toBe('$0\r\n\r\n');
});

test('lcs: refusals', () => {
  const server = withTexts();

  expect(server.run('LCS a b LEN IDX')).toBe(
    '-ERR If you want both the length and indexes, please just use IDX.\r\n',
  );
  expect(server.run('LCS a b MINMATCHLEN')).toBe('-ERR syntax error\r\n');
  server.maxBulkBytes = 100;
  expect(server.run('LCS a b')).toContain('transient memory for LCS exceeds proto-max-bulk-len');
});
