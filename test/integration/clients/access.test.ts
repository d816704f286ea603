/** Who may connect, over real sockets. */
import { statSync } from 'node:fs';
import { connect } from 'node:net';
import * as path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { isError, textOf } from '../../support/reply.ts';
import { closed, exchangeRaw, RespClient } from '../../support/resp-client.ts';
import { startHeadwater } from '../../support/start-headwater.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import type { TestServer } from '../../support/test-server.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function start(...args: readonly string[]): Promise<TestServer> {
  const server = await startHeadwater({ args });
  servers.push(server);
  return server;
}

describe('access', () => {
  test('a Unix socket serves as TCP does, with its permissions, and goes with the server', async () => {
    const directory = await makeTempDir();
    const socket = path.join(directory.path, 'headwater.sock');
    try {
      const server = await start('--unixsocket', socket, '--unixsocketperm', '700');
      const client = await RespClient.connect({ path: socket });

      expect(statSync(socket).mode & 0o777).toBe(0o700);
      expect(await client.send('SET', 'k', 'v')).toBe('+OK');
      expect(textOf(await client.send('CLIENT', 'INFO'))).toMatch(
        new RegExp(`addr=${socket}:0 laddr=${socket}:0 .* flags=U `),
      );
      const other = await server.connect();
      expect(await other.send('GET', 'k')).toBe('$v');
      client.close();
      other.close();
      await server.stop();
      expect(() => statSync(socket)).toThrow(/ENOENT/);
    } finally {
      await directory.remove();
    }
  });

  test('a password is asked for, in every way of giving it', async () => {
    const password = 'p\xe4ss "w\' \\o\0rd';
    const server = await start('--requirepass', 'first');
    const client = await server.connect();

    expect(await client.send('GET', 'k')).toBe('-NOAUTH Authentication required.');
    expect(await client.send('AUTH', 'wrong')).toMatch(/^-WRONGPASS/);
    expect(await client.send('AUTH', 'first')).toBe('+OK');
    expect(await client.send('CONFIG', 'SET', 'requirepass', password)).toBe('+OK');
    expect(await client.send('GET', 'k')).toBe('$-1 (null)');
    const others = await Promise.all([1, 2, 3].map(() => server.connect()));
    expect(await others[0].send('AUTH', 'first')).toMatch(/^-WRONGPASS/);
    expect(await others[0].send('AUTH', password)).toBe('+OK');
    expect(await others[1].send('AUTH', 'default', password)).toBe('+OK');
    expect(isError(await others[2].send('HELLO', '2', 'AUTH', 'default', password))).toBe(false);
    for (const each of [client, ...others]) each.close();
  });

  test('no more than maxclients get in, and a place that is left is free', async () => {
    const server = await start('--maxclients', '20');
    const clients = await Promise.all(Array.from({ length: 20 }, () => server.connect()));
    await Promise.all(clients.map((client) => client.send('PING')));

    const refused = await server.connect();
    expect(await refused.next()).toBe('-ERR max number of clients reached');
    expect(await refused.next()).toBe(closed);
    clients.pop()?.close();

    await eventually(async () => {
      const late = await server.connect();
      const answer = await late.send('PING');
      late.close();
      return answer === '+PONG';
    });
    for (const client of clients) client.close();
  });

  test('CLIENT KILL ends a connection by id, by address and by age', async () => {
    const server = await start();
    const [killer, a, b] = await Promise.all([1, 2, 3].map(() => server.connect()));
    const infoOf = async (client: RespClient) => textOf(await client.send('CLIENT', 'INFO'));
    const id = /^id=(\d+)/.exec(await infoOf(a))?.[1] ?? '';
    const address = / addr=(\S+)/.exec(await infoOf(b))?.[1] ?? '';

    expect(await killer.send('CLIENT', 'KILL', 'ID', id)).toBe(':1');
    expect(await killer.send('CLIENT', 'KILL', address)).toBe('+OK');
    expect(await killer.send('CLIENT', 'KILL', address)).toBe('-ERR No such client');

    expect(await a.next()).toBe(closed);
    expect(await b.next()).toBe(closed);
    expect(
      textOf(await killer.send('CLIENT', 'LIST'))
        .trim()
        .split('\n'),
    ).toHaveLength(1);
    expect(await killer.send('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no')).toBe(':1');
    expect(await killer.next()).toBe(closed);
  });

  test('an idle client is closed after the timeout, a busy one is not', async () => {
    const server = await start('--timeout', '1');
    const [idle, busy] = await Promise.all([server.connect(), server.connect()]);
    await idle.send('PING');

    await eventually(async () => {
      expect(await busy.send('PING')).toBe('+PONG');
      return idle.isClosed;
    });

    expect(await busy.send('PING')).toBe('+PONG');
    busy.close();
  });

  test('a client that ends its half of the connection is answered first', async () => {
    const server = await start();
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
      let received = '';
      socket.on('data', (bytes) => {
        received += bytes.toString('latin1');
      });
      socket.on('end', () => {
        socket.end();
        resolve(received);
      });
      socket.on('error', reject);
      socket.end('SET k v\r\nGET k\r\nPING\r\n*1\r\n$4\r\nPI');
    });

    expect(text).toBe('+OK\r\n$1\r\nv\r\n+PONG\r\n');
  });

  test('thousands of connections come and go, and leave nothing behind', async () => {
    const server = await start();
    const control = await server.connect();
    const countOf = async () =>
      Number(/connected_clients:(\d+)/.exec(textOf(await control.send('INFO', 'clients')))?.[1]);

    for (let round = 0; round < 30; round += 1) {
      const clients = await Promise.all(Array.from({ length: 100 }, () => server.connect()));
      const answers = await Promise.all(clients.map((client, i) => client.send('ECHO', i)));
      expect(answers).toEqual(clients.map((_, i) => `$${i}`));
      for (const [i, client] of clients.entries()) {
        if (i % 3 === 0) client.write('*2\r\n$4\r\nECHO\r\n$100\r\nhalf');
        client.close();
      }
    }

    await eventually(async () => (await countOf()) === 1);
    expect(textOf(await control.send('INFO', 'stats'))).toMatch(
      /total_connections_received:30\d\d\r/,
    );
    control.close();
  });

  test('somebody who speaks HTTP is cut, and that is logged', async () => {
    const server = await start();

    const { text, end } = await exchangeRaw(server, ['POST / HTTP/1.1\r\nHost: x\r\n\r\n']);

    expect({ text, end }).toEqual({ text: '', end: 'closed' });
    await eventually(() => /Possible SECURITY ATTACK detected/.test(server.output()));
  });
});
