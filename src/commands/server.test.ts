import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

test('server: INFO and TIME', () => {
  const server = new TestServer();

  expect(server.run('INFO Server Clients')).toBe('$18\r\n# server,clients\r\n\r\n');
  expect(server.run('TIME')).toBe('*2\r\n$10\r\n1700000000\r\n$1\r\n7\r\n');
});

test('server: SHUTDOWN', () => {
  const server = new TestServer();

  expect(server.run('SHUTDOWN NOSAVE force')).toBe('');
  expect(server.run('SHUTDOWN ABORT')).toBe('+OK\r\n');
  expect(server.diary).toEqual(['shutdown nosave force', 'shutdown abort']);
  for (const modes of ['SAVE NOSAVE', 'ABORT NOW', 'LATER']) {
    expect(server.run(`SHUTDOWN ${modes}`)).toBe('-ERR syntax error\r\n');
  }
});

test('config: reading and changing settings', () => {
  const server = new TestServer();

  expect(server.run('CONFIG GET a b')).toBe(
    '*4\r\n$1\r\na\r\n$5\r\nvalue\r\n$1\r\nb\r\n$5\r\nvalue\r\n',
  );
  expect(server.run('CONFIG SET a 1 b 2')).toBe('+OK\r\n');
  expect(server.run('CONFIG SET a 1 b')).toBe('-ERR syntax error\r\n');
  expect(server.run('CONFIG REWRITE')).toBe('+OK\r\n');
  expect(server.run('CONFIG RESETSTAT')).toBe('+OK\r\n');
  expect(server.run('CONFIG HELP')).toContain('+REWRITE\r\n');
  expect(server.diary).toEqual(['config set a 1 b 2', 'config rewrite', 'reset statistics']);
});

test('memory: what a key costs', () => {
  const server = new TestServer();
  server.run('SET k v');

  expect(server.run('MEMORY USAGE k SAMPLES 5')).toMatch(/^:\d+\r\n$/);
  expect(server.run('MEMORY USAGE none')).toBe('$-1\r\n');
  expect(server.run('MEMORY USAGE k SAMPLES -1')).toBe('-ERR syntax error\r\n');
  expect(server.run('MEMORY HELP')).toContain('+USAGE <key> [SAMPLES <count>]\r\n');
});

// What a redis-server answers for the same data.
test('debug: digests', () => {
  const server = new TestServer();

  expect(server.run('DEBUG DIGEST')).toBe(`+${'0'.repeat(40)}\r\n`);
  server.run('SET k v');
  expect(server.run('DEBUG DIGEST-VALUE k none')).toBe(
    `*2\r\n+d79ee9fe5d5ad902d7f6620efc3b07b75ddd742f\r\n+${'0'.repeat(40)}\r\n`,
  );
  const before = server.run('DEBUG DIGEST');
  server.run('EXPIRE k 100');
  expect(server.run('DEBUG DIGEST')).not.toBe(before);
  server.run('PERSIST k');
  server.run('SELECT 5');
  server.run('SET other value');
  server.run('DEL other');
  expect(server.run('DEBUG DIGEST')).toBe(before);
});

test('debug: POPULATE, ERROR, PROTOCOL, OBJECT', () => {
  const server = new TestServer();

  server.run('DEBUG POPULATE 3 p 10');
  expect(server.propagated).toEqual([]);
  expect(server.run('GET p:2')).toBe('$10\r\nvalue:2\0\0\0\r\n');
  server.run('DEBUG POPULATE 1');
  expect(server.run('GET key:0')).toBe('$7\r\nvalue:0\r\n');
  expect(server.run('DEBUG ERROR CODE')).toBe('-CODE\r\n');
  expect(server.run('DEBUG PROTOCOL push')).toBe('-ERR RESP2 is not supported by this command\r\n');
  expect(server.run('DEBUG PROTOCOL what')).toContain('-ERR Wrong protocol type name.');
  expect(server.run('DEBUG OBJECT key:0')).toContain('encoding:embstr serializedlength:');
  expect(server.run('DEBUG OBJECT none')).toBe('-ERR no such key\r\n');
});

test('debug: what the server is asked to do', () => {
  const server = new TestServer();

  server.run('DEBUG SLEEP 0.5');
  server.run('DEBUG SET-ACTIVE-EXPIRE 0');
  server.run('DEBUG RELOAD NOSAVE MERGE');
  server.run('DEBUG CHANGE-REPL-ID');
  server.run('DEBUG LOG hello');
  server.run('DEBUG PAUSE-CRON 1');
  server.run('DEBUG REPLYBUFFER resizing 0');
  server.run('DEBUG REPLICATE SET a b');

  expect(server.propagated).toEqual(['SET a b']);
  expect(server.diary).toEqual([
    'sleep 500',
    'active expiry false',
    'reload false true true',
    'change replication id',
    'log DEBUG LOG: hello',
    'switch pause-cron 1',
    'switch replybuffer 0',
  ]);
});

test.each(['DEBUG foo', 'DEBUG SLEEP', 'DEBUG DIGEST x', 'DEBUG HELP x'])(
  'debug: %s is refused',
  (line) => {
    expect(new TestServer().run(line)).toContain('unknown subcommand or wrong number of arguments');
  },
);

test('debug: samples of every type of reply', () => {
  const server = new TestServer();
  server.session.protocol = 3;
  const first: Record<string, string> = {
    string: '$',
    integer: ':',
    double: ',',
    null: '_',
    array: '*',
    set: '~',
    map: '%',
    attrib: '|',
    push: '>',
    verbatim: '=',
    true: '#t',
    false: '#f',
    bignum: '(',
  };

  for (const [type, mark] of Object.entries(first)) {
    expect(server.run(`DEBUG PROTOCOL ${type}`).startsWith(mark)).toBe(true);
  }
});
