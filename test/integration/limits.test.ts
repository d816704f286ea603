/** Large values, large requests, and peers that do not read, over real sockets. */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bytesOfLatin1 } from '../../src/base/bytes.ts';
import { eventually } from '../support/eventually.ts';
import { textOf } from '../support/reply.ts';
import { closed, type RespClient, requestOf } from '../support/resp-client.ts';
import { startHeadwater } from '../support/start-headwater.ts';
import type { TestServer } from '../support/test-server.ts';

const mebibyte = 1024 * 1024;
let server: TestServer;
let control: RespClient;
beforeEach(async () => {
  server = await startHeadwater();
  control = await server.connect();
});
afterEach(async () => {
  control.close();
  await server.stop();
});

async function infoOf(section: string, name: string): Promise<string> {
  const text = textOf(await control.send('INFO', section));
  return new RegExp(`^${name}:(.*)\r$`, 'm').exec(text)?.[1] ?? '';
}

const residentBytes = () =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) * 1024;

/** A socket that sends `bytes` and collects what comes back, as raw bytes. */
function rawSocket(bytes: Uint8Array): { socket: Socket; received: Buffer[] } {
  const received: Buffer[] = [];
  const socket = connect({ port: server.port, host: '127.0.0.1' });
  socket.on('error', () => socket.destroy());
  socket.write(bytes);
  return { socket, received };
}

/** Reads until `byteCount` bytes came. */
async function read(byteCount: number, sent: Uint8Array): Promise<Buffer> {
  const { socket, received } = rawSocket(sent);
  let length = 0;
  socket.on('data', (bytes) => {
    received.push(bytes);
    length += bytes.length;
  });
  await eventually(() => length >= byteCount, { withinMs: 30_000, what: `${byteCount} bytes` });
  socket.destroy();
  return Buffer.concat(received);
}

describe('limits: what is large is served', () => {
  test('a value of 64 MiB goes in and comes out', async () => {
    const value = Buffer.alloc(64 * mebibyte);
    for (let i = 0; i < value.length; i += 4_096) value.writeUInt32LE(i, i);
    const head = `$${value.length}\r\n`;

    expect(await control.send('SET', 'large', value)).toBe('+OK');
    expect(await control.send('STRLEN', 'large')).toBe(`:${value.length}`);
    const reply = await read(head.length + value.length + 2, requestOf(['GET', 'large']));

    expect(reply.subarray(0, head.length).toString()).toBe(head);
    expect(reply.subarray(head.length, -2).equals(value)).toBe(true);
    expect(await control.send('DEL', 'large')).toBe(':1');
    expect(Number(await infoOf('memory', 'used_memory'))).toBeLessThan(8 * mebibyte);
  });

  test('an MSET of a million words', async () => {
    const count = 500_000;
    const words = ['MSET'];
    for (let i = 0; i < count; i += 1) words.push(`key:${i}`, String(i));
    const parts = words.map((word) => `$${word.length}\r\n${word}\r\n`);

    control.write(bytesOfLatin1(`*${words.length}\r\n${parts.join('')}`));

    expect(await control.next()).toBe('+OK');
    expect(await control.send('DBSIZE')).toBe(`:${count}`);
    expect(await control.send('GET', `key:${count - 1}`)).toBe(`$${count - 1}`);
  });

  test('a pipeline of 100,000 requests that is sent before anything is read', async () => {
    const count = 100_000;
    const request = requestOf(['ECHO', 'x'.repeat(100)]);
    const reply = `$100\r\n${'x'.repeat(100)}\r\n`;

    const received = await read(reply.length * count, Buffer.concat(Array(count).fill(request)));

    expect(received.equals(Buffer.from(reply.repeat(count)))).toBe(true);
  });

  test('a value longer than proto-max-bulk-len is refused, and so is making one', async () => {
    await control.send('CONFIG', 'SET', 'proto-max-bulk-len', '1mb');

    expect(await control.send('SETRANGE', 'k', String(mebibyte), 'x')).toMatch(
      /^-ERR string exceeds maximum allowed size/,
    );
    const other = await server.connect();
    other.write(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${mebibyte + 1}\r\n`);
    expect(await other.next()).toBe('-ERR Protocol error: invalid bulk length');
    expect(await other.next()).toBe(closed);
  });
});

describe('limits: who does not read', () => {
  /** A client that asks for `count` times 1 MiB and reads nothing. */
  async function slowReader(count: number): Promise<Socket> {
    await control.send('SET', 'k', Buffer.alloc(mebibyte, 'v'));
    const request = requestOf(['GET', 'k']);
    const { socket } = rawSocket(Buffer.concat(Array(count).fill(request)));
    socket.pause();
    return socket;
  }

  test('is cut at the hard limit of its output buffer', async () => {
    await control.send('CONFIG', 'SET', 'client-output-buffer-limit', 'normal 20mb 0 0');
    const before = residentBytes();
    const socket = await slowReader(2_000);

    await eventually(
      async () => (await infoOf('stats', 'client_output_buffer_limit_disconnections')) === '1',
    );

    expect(await infoOf('clients', 'connected_clients')).toBe('1');
    expect(residentBytes() - before).toBeLessThan(250 * mebibyte);
    expect(server.output()).toMatch(/closed for overcoming of output buffer limits/);
    socket.destroy();
  });

  test('is cut when it stays above the soft limit', async () => {
    await control.send('CONFIG', 'SET', 'client-output-buffer-limit', 'normal 0 5mb 1');
    const socket = await slowReader(30);

    await eventually(
      async () => (await infoOf('stats', 'client_output_buffer_limit_disconnections')) === '1',
    );

    expect(await infoOf('clients', 'connected_clients')).toBe('1');
    socket.destroy();
  });

  test('gets everything when it reads late, while others are served', async () => {
    const count = 40;
    const socket = await slowReader(count);
    await eventually(
      async () => Number(await infoOf('clients', 'client_recent_max_output_buffer')) > mebibyte,
    );
    expect(await control.send('PING')).toBe('+PONG');

    let length = 0;
    socket.on('data', (bytes) => {
      length += bytes.length;
    });
    socket.resume();

    const expected = count * (mebibyte + `$${mebibyte}\r\n\r\n`.length);
    await eventually(() => length === expected);
    socket.destroy();
  });
});

describe('limits: who does not end a request', () => {
  test('is cut at the limit of its query buffer', async () => {
    await control.send('CONFIG', 'SET', 'client-query-buffer-limit', '2mb');
    const { socket } = rawSocket(bytesOfLatin1('*2\r\n$4\r\nECHO\r\n$100000000\r\n'));
    socket.write(Buffer.alloc(4 * mebibyte, 'x'));

    await eventually(
      async () => (await infoOf('stats', 'client_query_buffer_limit_disconnections')) === '1',
    );

    expect(await infoOf('clients', 'connected_clients')).toBe('1');
    socket.destroy();
  });

  test('takes no memory by a claim alone', async () => {
    const before = residentBytes();
    const claims = Array.from({ length: 200 }, (_, i) =>
      rawSocket(
        bytesOfLatin1(i % 2 === 0 ? '*2147483647\r\n$3\r\nSET\r\n' : '*2\r\n$536870912\r\nx'),
      ),
    );
    await eventually(async () => (await infoOf('clients', 'connected_clients')) === '201');
    await eventually(async () => {
      const list = textOf(await control.send('CLIENT', 'LIST'));
      return [...list.matchAll(/ qbuf=[1-9]/g)].length >= 200;
    });

    expect(residentBytes() - before).toBeLessThan(64 * mebibyte);
    for (const { socket } of claims) socket.destroy();
  });
});
