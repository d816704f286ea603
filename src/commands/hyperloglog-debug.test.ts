import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

test('pfdebug: runs, layout and registers', () => {
  const server = new TestServer();
  server.run('PFADD k a b c');

  expect(server.run('PFDEBUG ENCODING k')).toBe('+sparse\r\n');
  expect(server.run('PFDEBUG DECODE k')).toContain('Z:8436 v:1,1 Z:4274 v:2,1 Z:3068 v:1,1 Z:603');
  expect(server.propagated).toEqual([]);
  expect(server.run('PFDEBUG GETREG k')).toContain('*16384\r\n:0\r\n');
  expect(server.propagated).toEqual(['PFDEBUG GETREG k']);
  expect(server.run('PFDEBUG ENCODING k')).toBe('+dense\r\n');
  expect(server.run('PFDEBUG TODENSE k')).toBe(':0\r\n');
  expect(server.run('PFDEBUG DECODE k')).toBe('-ERR HLL encoding is not sparse\r\n');
});

test('pfdebug: what it does not know', () => {
  const server = new TestServer();
  server.run('PFADD k a');

  expect(server.run('PFDEBUG nothing k')).toBe("-ERR Unknown PFDEBUG subcommand 'nothing'\r\n");
  expect(server.run('PFDEBUG ENCODING none')).toBe('-ERR The specified key does not exist\r\n');
});

test('pfselftest: passes', () => {
  expect(new TestServer().run('PFSELFTEST')).toBe('+OK\r\n');
});
