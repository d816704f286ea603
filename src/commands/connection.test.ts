import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

test('connection: PING and ECHO', () => {
  const server = new TestServer();

  expect(server.run('PING')).toBe('+PONG\r\n');
  expect(server.run('PING hi')).toBe('$2\r\nhi\r\n');
  expect(server.run('PING a b')).toBe("-ERR wrong number of arguments for 'ping' command\r\n");
  expect(server.run('ECHO hi')).toBe('$2\r\nhi\r\n');
});

test('connection: AUTH', () => {
  const server = new TestServer();

  expect(server.run('AUTH x')).toContain('without any password configured');
  server.passwordRequired = true;
  server.session.authenticated = false;
  expect(server.run('AUTH wrong')).toContain('-WRONGPASS');
  expect(server.session.authenticated).toBe(false);
  expect(server.run('AUTH secret')).toBe('+OK\r\n');
  expect(server.session.authenticated).toBe(true);
  expect(server.run('AUTH nobody secret')).toContain('-WRONGPASS');
  expect(server.run('AUTH a b c')).toBe('-ERR syntax error\r\n');
});

test('connection: HELLO chooses the protocol for its own reply already', () => {
  const server = new TestServer();

  expect(server.run('HELLO 3 SETNAME me')).toMatch(/^%7\r\n\$6\r\nserver\r\n/);
  expect(server.session.protocol).toBe(3);
  expect(server.session.name).toBe('me');
  expect(server.run('GET none')).toBe('_\r\n');
  expect(server.run('HELLO')).toMatch(/^%7\r\n/);
  expect(server.run('HELLO 2')).toMatch(/^\*14\r\n/);
});

test.each([
  ['HELLO 4', '-NOPROTO unsupported protocol version'],
  ['HELLO x', '-ERR Protocol version is not an integer or out of range'],
  ['HELLO 3 FOO', "-ERR Syntax error in HELLO option 'FOO'"],
  ['HELLO 3 AUTH a', "-ERR Syntax error in HELLO option 'AUTH'"],
])('connection: %s is refused', (line, error) => {
  const server = new TestServer();

  expect(server.run(line)).toBe(`${error}\r\n`);
  expect(server.session.protocol).toBe(2);
});

test('connection: HELLO needs a password where there is one', () => {
  const server = new TestServer();
  server.passwordRequired = true;
  server.session.authenticated = false;

  expect(server.run('HELLO 3')).toContain('-NOAUTH HELLO must be called');
  expect(server.run('HELLO 3 AUTH default wrong')).toContain('-WRONGPASS');
  expect(server.run('HELLO 3 AUTH default secret')).toMatch(/^%7/);
});

test('connection: RESET and QUIT', () => {
  const server = new TestServer();
  server.run('HELLO 3 SETNAME me');
  server.run('SELECT 3');

  expect(server.run('RESET')).toBe('+RESET\r\n');
  expect(server.session.wasReset).toBe(true);
  expect(server.run('GET none')).toBe('$-1\r\n');
  expect(server.run('QUIT now')).toBe('+OK\r\n');
  expect(server.session.isClosing).toBe(true);
});

test('client: names', () => {
  const server = new TestServer();

  expect(server.run('CLIENT ID')).toBe(':5\r\n');
  expect(server.run('CLIENT GETNAME')).toBe('$-1\r\n');
  expect(server.run('CLIENT SETNAME me')).toBe('+OK\r\n');
  expect(server.run('CLIENT GETNAME')).toBe('$2\r\nme\r\n');
  expect(server.send('CLIENT', 'SETNAME', 'a b')).toContain('Client names cannot contain spaces');
  expect(server.run('CLIENT SETINFO lib-name lib')).toBe('+OK\r\n');
  expect(server.run('CLIENT SETINFO LIB-VER 1.2')).toBe('+OK\r\n');
  expect([server.session.libraryName, server.session.libraryVersion]).toEqual(['lib', '1.2']);
  expect(server.run('CLIENT SETINFO x y')).toBe("-ERR Unrecognized option 'x'\r\n");
  expect(server.send('CLIENT', 'SETINFO', 'lib-ver', 'a b')).toBe(
    '-ERR lib-ver cannot contain spaces, newlines or special characters.\r\n',
  );
  expect(server.run('CLIENT INFO')).toBe('$13\r\nid=5 name=me\n\r\n');
});

test('client: switches', () => {
  const server = new TestServer();

  server.run('CLIENT NO-EVICT on');
  server.run('CLIENT NO-TOUCH on');
  expect([server.session.noEvict, server.session.noTouch]).toEqual([true, true]);
  expect(server.run('CLIENT NO-TOUCH maybe')).toBe('-ERR syntax error\r\n');
  expect(server.run('CLIENT REPLY SKIP')).toBe('');
  expect(server.session.replyMode).toBe('skip-next');
  expect(server.run('CLIENT REPLY OFF')).toBe('');
  server.run('CLIENT REPLY SKIP');
  expect(server.session.replyMode).toBe('off');
  expect(server.run('CLIENT REPLY ON')).toBe('+OK\r\n');
  expect(server.run('CLIENT GETREDIR')).toBe(':-1\r\n');
  expect(server.run('CLIENT TRACKINGINFO')).toContain('$3\r\noff\r\n');
});

test('client: listing and killing by filters', () => {
  const server = new TestServer();

  expect(server.run('CLIENT LIST')).toBe('$11\r\nid=5 name=\n\r\n');
  expect(server.run('CLIENT LIST ID 7')).toBe('$0\r\n\r\n');
  server.run('CLIENT LIST TYPE slave');
  expect(server.diary.at(-1)).toBe('list {"type":"replica"}');
  expect(server.run('CLIENT LIST TYPE x')).toBe("-ERR Unknown client type 'x'\r\n");
  expect(server.run('CLIENT LIST ID x')).toBe('-ERR Invalid client ID\r\n');
  expect(server.run('CLIENT KILL 1.2.3.4:5')).toBe('+OK\r\n');
  expect(server.diary.at(-1)).toBe('kill {"address":"1.2.3.4:5"}');
  expect(server.run('CLIENT KILL nobody:1')).toBe('-ERR No such client\r\n');
  expect(server.run('CLIENT KILL TYPE master LADDR a:1 SKIPME yes')).toBe(':1\r\n');
  expect(server.diary.at(-1)).toBe('kill {"skip":5,"type":"primary","localAddress":"a:1"}');
  server.run('CLIENT KILL ID 9 USER default ADDR b:2 SKIPME no');
  expect(server.diary.at(-1)).toBe('kill {"ids":[9],"userName":"default","address":"b:2"}');
});

test.each([
  ['CLIENT KILL ID 0', 'client-id should be greater than 0'],
  ['CLIENT KILL USER x', "No such user 'x'"],
  ['CLIENT KILL FOO x', 'syntax error'],
  ['CLIENT KILL ID 5 ADDR', 'syntax error'],
  ['CLIENT PAUSE x', 'timeout is not an integer or out of range'],
  ['CLIENT PAUSE -1', 'timeout is negative'],
  ['CLIENT PAUSE 1 FOO', 'CLIENT PAUSE mode must be WRITE or ALL'],
  ['CLIENT UNBLOCK 1 FOO', 'CLIENT UNBLOCK reason should be TIMEOUT or ERROR'],
  ['CLIENT PAUSE 1 ALL x', "unknown subcommand or wrong number of arguments for 'PAUSE'"],
  ['CLIENT FOO', "unknown subcommand 'FOO'. Try CLIENT HELP."],
])('client: %s is refused', (line, error) => {
  expect(new TestServer().run(line)).toContain(`-ERR ${error}`);
});

test('client: pausing and unblocking', () => {
  const server = new TestServer();

  server.run('CLIENT PAUSE 100');
  server.run('CLIENT PAUSE 200 WRITE');
  server.run('CLIENT UNPAUSE');
  server.run('CLIENT UNBLOCK 9 ERROR');

  expect(server.diary).toEqual([
    'pause all 1700000000100',
    'pause write 1700000000200',
    'unpause',
    'unblock 9 error',
  ]);
});
