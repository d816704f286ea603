import * as fs from 'node:fs';
import net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../../../test/support/eventually.ts';
import type { Connection } from '../connection.ts';
import type { ListenAddress, OpenListener } from '../listener.ts';
import { nodeConnector } from './connector.ts';
import { nodeListener } from './listener.ts';

const listeners: OpenListener[] = [];
const open: Connection[] = [];
afterEach(() => {
  for (const listener of listeners.splice(0)) listener.close();
  for (const connection of open.splice(0)) connection.destroy();
});

/** One end of a connection, and what happened on it. */
class End {
  readonly connection: Connection;
  received = '';
  drainCount = 0;
  /** Called for each piece that arrives, before the next one is read. */
  onReceived: (end: End) => void = () => {};
  /** Why it closed; null while it is open. */
  closeReason: string | null = null;

  constructor(connection: Connection) {
    this.connection = connection;
    open.push(connection);
    connection.listen({
      onData: (bytes, length) => {
        this.received += Buffer.from(bytes.subarray(0, length)).toString('latin1');
        this.onReceived(this);
      },
      onDrain: () => {
        this.drainCount += 1;
      },
      onClose: (reason) => {
        this.closeReason = reason;
      },
    });
  }

  /** Sends memory of its own, so that nothing is written over. */
  send(text: string): boolean {
    return this.connection.write(new Uint8Array(Buffer.from(text, 'latin1')));
  }
}

const anyPort = { kind: 'tcp', host: '127.0.0.1', port: 0, backlog: 100 } as const;

function listen(address: ListenAddress): Promise<{ port: number; accepted: End[] }> {
  const accepted: End[] = [];
  return new Promise((resolve, reject) => {
    const listener = nodeListener.listen(
      address,
      (connection) => accepted.push(new End(connection)),
      (port) => resolve({ port, accepted }),
      (cause) => reject(new Error(cause)),
    );
    listeners.push(listener);
  });
}

function connectTo(port: number): Promise<End> {
  return new Promise((resolve, reject) => {
    nodeConnector(() => undefined).connect(
      { host: '127.0.0.1', port },
      (connection) => resolve(new End(connection)),
      (cause) => reject(new Error(cause)),
    );
  });
}

async function pair(): Promise<{ near: End; far: End }> {
  const { port, accepted } = await listen(anyPort);
  const near = await connectTo(port);
  await eventually(() => accepted.length === 1);
  return { near, far: accepted[0] };
}

describe('sockets: bytes', () => {
  test('go both ways, in order, and addresses agree', async () => {
    const { near, far } = await pair();

    for (let i = 0; i < 500; i += 1) {
      near.send(`${i},`);
      far.send(`${-i},`);
    }

    const numbers = Array.from({ length: 500 }, (_, i) => i);
    await eventually(() => far.received === numbers.map((i) => `${i},`).join(''));
    await eventually(() => near.received === numbers.map((i) => `${-i},`).join(''));
    expect(near.connection.remoteAddress).toBe(far.connection.localAddress);
    expect(near.connection.localAddress).toBe(far.connection.remoteAddress);
    expect(far.connection.remoteHost).toBe('127.0.0.1');
  });

  test('of several connections share memory and do not mix', async () => {
    const { port, accepted } = await listen(anyPort);
    const ends = await Promise.all(Array.from({ length: 20 }, () => connectTo(port)));
    for (let round = 0; round < 50; round += 1) {
      for (const [i, end] of ends.entries()) end.send(String.fromCharCode(65 + i).repeat(3_000));
    }

    await eventually(() => accepted.every(({ received }) => received.length === 150_000));

    expect(accepted.map(({ received }) => new Set(received).size)).toEqual(ends.map(() => 1));
  });

  test('that the peer does not take are counted, and it is told when they went', async () => {
    const { near, far } = await pair();
    far.connection.pause();
    let sent = 0;
    let isTaken = true;
    while (isTaken && sent < 200) {
      isTaken = near.send('x'.repeat(1024 * 1024));
      sent += 1;
    }

    expect(isTaken).toBe(false);
    expect(near.connection.pendingBytes).toBeGreaterThan(0);
    expect(near.drainCount).toBe(0);
    far.connection.resume();

    await eventually(() => near.drainCount > 0 && far.received.length === sent * 1024 * 1024);
    expect(near.connection.pendingBytes).toBe(0);
  });
});

describe('sockets: the end', () => {
  test('sends what is pending first', async () => {
    const { near, far } = await pair();
    far.connection.pause();
    const count = 40;
    for (let i = 0; i < count; i += 1) near.send('x'.repeat(1024 * 1024));

    near.connection.end();
    far.connection.resume();

    await eventually(() => far.closeReason !== null && near.closeReason !== null);
    expect(far.received).toHaveLength(count * 1024 * 1024);
    expect([near.closeReason, far.closeReason]).toEqual(['', '']);
  });

  test('can come at once, and nothing is written afterwards', async () => {
    const { near, far } = await pair();
    far.send('before');
    await eventually(() => near.received === 'before');

    near.connection.destroy();
    near.connection.destroy();

    expect(near.send('after')).toBe(true);
    near.connection.end();
    await eventually(() => near.closeReason !== null && far.closeReason !== null);
    expect(far.received).toBe('');
  });

  test("of the peer's half leaves the answer a way back", async () => {
    const { port, accepted } = await listen(anyPort);
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let received = '';
    socket.on('data', (bytes) => {
      received += bytes;
    });
    await eventually(() => accepted.length === 1);
    accepted[0].onReceived = (end) => end.send('answer');

    socket.end('question');

    await eventually(() => accepted[0].closeReason === '');
    await eventually(() => received === 'answer');
    socket.destroy();
  });

  test('by a reset says so', async () => {
    const { port, accepted } = await listen(anyPort);
    const socket = net.connect({ port, host: '127.0.0.1' });
    await eventually(() => accepted.length === 1);

    socket.resetAndDestroy();

    await eventually(() => accepted[0].closeReason !== null);
    expect(accepted[0].closeReason).toMatch(/^(Connection reset by peer)?$/);
  });
});

describe('sockets: listening and connecting', () => {
  test('a Unix socket has the permissions asked for, and replaces one left behind', async () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'headwater-sockets-'));
    const file = path.join(directory, 's');
    fs.writeFileSync(file, 'left behind');
    try {
      const { accepted } = await listen({ kind: 'unix', path: file, mode: 0o600, backlog: 10 });
      const socket = net.connect(file);
      await eventually(() => accepted.length === 1);

      expect(fs.statSync(file).mode & 0o777).toBe(0o600);
      expect(accepted[0].connection.remoteAddress).toBe(`${file}:0`);
      socket.destroy();
    } finally {
      fs.rmSync(directory, { recursive: true });
    }
  });

  test('failures have the words of the system', async () => {
    const { port } = await listen(anyPort);

    await expect(listen({ ...anyPort, port })).rejects.toThrow('Address already in use');
    await expect(listen({ ...anyPort, host: '203.0.113.1' })).rejects.toThrow(
      'Cannot assign requested address',
    );
    for (const listener of listeners.splice(0)) listener.close();
    await expect(connectTo(port)).rejects.toThrow('Connection refused');
  });

  test('an attempt that was given up calls nobody', async () => {
    const { port, accepted } = await listen(anyPort);
    const calls: string[] = [];
    const giveUp = nodeConnector(() => undefined).connect(
      { host: '127.0.0.1', port },
      () => calls.push('open'),
      () => calls.push('failure'),
    );

    giveUp();
    const other = await connectTo(port);
    await eventually(() => accepted.length >= 1);

    expect(calls).toEqual([]);
    other.connection.destroy();
  });

  test('the local end can be chosen', async () => {
    const { port, accepted } = await listen(anyPort);

    nodeConnector(() => '127.0.0.5').connect(
      { host: '127.0.0.1', port },
      (connection) => new End(connection),
      () => {},
    );

    await eventually(() => accepted.length === 1);
    expect(accepted[0].connection.remoteHost).toBe('127.0.0.5');
  });
});

test('sockets: one that never stops sending does not keep another waiting', async () => {
  const { port, accepted } = await listen(anyPort);
  const flood = await connectTo(port);
  const asker = await connectTo(port);
  await eventually(() => accepted.length === 2);
  const [flooded, asked] = accepted;
  let receivedBytes = 0;
  let answeredAfter = -1;
  flooded.onReceived = (end) => {
    receivedBytes += end.received.length;
    end.received = '';
    // The question is there when the work on the first piece is done.
    if (asker.received === '' && answeredAfter < 0) asker.send('?');
  };
  asked.onReceived = () => {
    if (answeredAfter < 0) answeredAfter = receivedBytes;
  };
  const total = 16 * 1024 * 1024;

  flood.connection.write(new Uint8Array(total));
  await eventually(() => receivedBytes === total && answeredAfter >= 0);

  expect(answeredAfter).toBeLessThan(total / 4);
});
