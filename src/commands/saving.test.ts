import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

test('saving: SAVE, BGSAVE and LASTSAVE', () => {
  const server = new TestServer();

  expect(server.run('SAVE')).toBe('+OK\r\n');
  expect(server.run('BGSAVE')).toBe('+Background saving started\r\n');
  expect(server.run('BGSAVE schedule')).toBe('+Background saving started\r\n');
  expect(server.run('LASTSAVE')).toBe(':1700000000\r\n');
  expect(server.diary).toEqual(['save', 'background save now', 'background save now']);
  for (const wrong of ['BGSAVE now', 'BGSAVE SCHEDULE x']) {
    expect(server.run(wrong)).toBe('-ERR syntax error\r\n');
  }
});
