import net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Connection } from '../connection.ts';
import { nodeConnector } from './connector.ts';
import { nodeListener } from './listener.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A listening server that gives each connection to `serve`. */
function listen(serve: (connection: Connection) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const opened = nodeListener.listen(
      { kind: 'tcp', host: '127.0.0.1', port: 0, backlog: 10 },
      serve,
      resolve,
      (cause) => reject(new Error(cause)),
    );
    cleanups.push(() => opened.close());
  });
}

test('sockets: many small answers and one large arrive whole and in order', async () => {
  const big = new Uint8Array(8 * 1024 * 1024).map((_, i) => i % 251);
  let drains = 0;
  let kept = 0;
  const port = await listen((connection) => {
    let received = 0;
    connection.listen({
      onData: (bytes, length) => {
        received += length;
        // Memory that was taken may be reused at once: it is wiped.
        const answer = bytes.slice(0, length);
        if (connection.write(answer)) answer.fill(0);
        if (received < 3_000) return;
        for (let i = 0; i < 4; i += 1) if (!connection.write(big.slice())) kept += 1;
      },
      onDrain: () => {
        drains += 1;
        expect(connection.pendingBytes).toBe(0);
        connection.end();
      },
      onClose: () => {},
    });
  });

  const socket = net.connect(port, '127.0.0.1');
  cleanups.push(() => socket.destroy());
  const chunks: Buffer[] = [];
  let echoed = 0;
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (echoed < 3_000) {
        echoed += 1_000;
        if (echoed < 3_000) socket.write('x'.repeat(1_000));
      }
    });
    socket.on('end', resolve);
    socket.write('x'.repeat(1_000));
  });

  const all = Buffer.concat(chunks);
  expect(all.subarray(0, 3_000).toString()).toBe('x'.repeat(3_000));
  expect(all.length).toBe(3_000 + 4 * big.length);
  for (let i = 0; i < 4; i += 1) {
    const part = all.subarray(3_000 + i * big.length, 3_000 + (i + 1) * big.length);
    expect(part.equals(Buffer.from(big)), `copy ${i}`).toBe(true);
  }
  expect(kept).toBeGreaterThan(0);
  expect(drains).toBe(1);
});

test('sockets: what a destroyed peer is sent harms nobody', async () => {
  const reasons: string[] = [];
  const closed = new Promise<void>((resolve) => {
    void listen((connection) => {
      connection.listen({
        onData: () => {
          for (let i = 0; i < 50; i += 1) connection.write(new Uint8Array(100_000));
        },
        onDrain: () => {},
        onClose: (reason) => {
          reasons.push(reason);
          expect(connection.write(new Uint8Array(10))).toBe(true);
          resolve();
        },
      });
    }).then((port) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.write('x', () => socket.resetAndDestroy());
      });
      cleanups.push(() => socket.destroy());
    });
  });

  await closed;

  expect(reasons).toHaveLength(1);
});

test('connector: says in words why nobody answers', async () => {
  const cause = await new Promise<string>((resolve) => {
    nodeConnector(() => undefined).connect(
      { host: '127.0.0.1', port: 1 },
      () => resolve('open'),
      resolve,
    );
  });
  expect(cause).toBe('Connection refused');
});
