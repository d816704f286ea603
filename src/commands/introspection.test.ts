import { expect, test } from 'vitest';
import { Request } from '../protocol/request.ts';
import { keyPositionsOf } from './key-specs.ts';
import { TestServer } from './testing-context.ts';

test('introspection: COMMAND INFO of one command, field by field', () => {
  const server = new TestServer();
  server.session.protocol = 3;

  expect(server.run('COMMAND INFO GET nonsense')).toBe(
    [
      '*2',
      '*10',
      '$3',
      'get',
      ':2',
      '~2',
      '+readonly',
      '+fast',
      ':1',
      ':1',
      ':1',
      '~3',
      '+@read',
      '+@string',
      '+@fast',
      '~0',
      '~1',
      '%3',
      '$5',
      'flags',
      '~2',
      '+RO',
      '+access',
      '$12',
      'begin_search',
      '%2',
      '$4',
      'type',
      '$5',
      'index',
      '$4',
      'spec',
      '%1',
      '$5',
      'index',
      ':1',
      '$9',
      'find_keys',
      '%2',
      '$4',
      'type',
      '$5',
      'range',
      '$4',
      'spec',
      '%3',
      '$7',
      'lastkey',
      ':0',
      '$7',
      'keystep',
      ':1',
      '$5',
      'limit',
      ':0',
      '~0',
      '_',
      '',
    ].join('\r\n'),
  );
});

test('introspection: counting, listing, filtering', () => {
  const server = new TestServer();
  const count = server.table.topLevel.length;

  expect(server.run('COMMAND COUNT')).toBe(`:${count}\r\n`);
  // The list has subcommands, the count has not: as odd as in Redis.
  expect(server.run('COMMAND LIST')).toMatch(
    new RegExp(`^\\*${server.table.commands.length}\\r\\n`),
  );
  expect(server.run('COMMAND')).toMatch(new RegExp(`^\\*${count}\\r\\n`));
  expect(server.run('COMMAND LIST FILTERBY PATTERN CLIENT|K*')).toBe(
    '*1\r\n$11\r\nclient|kill\r\n',
  );
  expect(server.run('COMMAND LIST FILTERBY ACLCAT bitmap')).toMatch(/^\*7\r\n/);
  expect(server.run('COMMAND LIST FILTERBY ACLCAT nonsense')).toBe('*0\r\n');
  expect(server.run('COMMAND LIST FILTERBY MODULE m')).toBe('*0\r\n');
  expect(server.run('COMMAND LIST FILTERBY')).toBe('-ERR syntax error\r\n');
});

test('introspection: COMMAND DOCS says what the declaration says', () => {
  const server = new TestServer();
  const docs = server.run('COMMAND DOCS BITOP nonsense');

  expect(docs).toMatch(/^\*2\r\n\$5\r\nbitop\r\n/);
  expect(docs).toContain('$14\r\nkey_spec_index\r\n:1\r\n');
  expect(server.run('COMMAND DOCS getset')).toContain('+deprecated\r\n');
  expect(server.run('COMMAND DOCS client|id')).toContain('$9\r\nclient|id\r\n');
  expect(server.run('COMMAND DOCS config')).toContain('$11\r\nsubcommands\r\n');
});

test.each([
  ['COMMAND GETKEYS MSET a 1 b 2', '*2\r\n$1\r\na\r\n$1\r\nb\r\n'],
  ['COMMAND GETKEYS OBJECT ENCODING k', '*1\r\n$1\r\nk\r\n'],
  ['COMMAND GETKEYS nonsense k', '-ERR Invalid command specified\r\n'],
  ['COMMAND GETKEYS PING k', '-ERR The command has no key arguments\r\n'],
  ['COMMAND GETKEYS GET a b', '-ERR Invalid number of arguments specified for command\r\n'],
  ['COMMAND GETKEYSANDFLAGS SET k v', '*1\r\n*2\r\n$1\r\nk\r\n*2\r\n+OW\r\n+update\r\n'],
  [
    'COMMAND GETKEYSANDFLAGS SET k v GET',
    '*1\r\n*2\r\n$1\r\nk\r\n*3\r\n+RW\r\n+access\r\n+update\r\n',
  ],
  [
    'COMMAND GETKEYSANDFLAGS BITFIELD k GET u8 0',
    '*1\r\n*2\r\n$1\r\nk\r\n*2\r\n+RO\r\n+access\r\n',
  ],
])('introspection: %s', (line, reply) => {
  expect(new TestServer().run(line)).toBe(reply);
});

test('key specs: positions in a request', () => {
  const { table } = new TestServer();
  const positions = (...words: string[]) => {
    const request = Request.of(...words);
    return keyPositionsOf(table.find(request)?.keySpecs ?? [], request).map(({ word }) => word);
  };

  expect(positions('get', 'a')).toEqual([1]);
  expect(positions('mset', 'a', '1', 'b', '2')).toEqual([1, 3]);
  expect(positions('bitop', 'and', 'd', 'a', 'b')).toEqual([2, 3, 4]);
  expect(positions('lcs', 'a', 'b', 'len')).toEqual([1, 2]);
  expect(positions('ping')).toEqual([]);
});

test('help: written from the declarations', () => {
  const help = new TestServer().run('COMMAND HELP');

  expect(help).toMatch(/^\*15\r\n\+COMMAND <subcommand>/);
  expect(help).toContain(
    '+LIST [FILTERBY MODULE <module-name>|ACLCAT <category>|PATTERN <pattern>]\r\n',
  );
});
