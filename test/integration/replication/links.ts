import { connect, createServer, type Server, type Socket } from 'node:net';
import { eventually } from '../../support/eventually.ts';
import type { RespClient, Word } from '../../support/resp-client.ts';
import type { TestServer } from '../../support/test-server.ts';

/** A server with a client of its own, and what a test of replication asks it. */
export class Node {
  readonly server: TestServer;
  readonly client: RespClient;

  private constructor(server: TestServer, client: RespClient) {
    this.server = server;
    this.client = client;
  }

  static async of(server: TestServer): Promise<Node> {
    return new Node(server, await server.connect());
  }

  get port(): number {
    return this.server.port;
  }

  /** One field of INFO, or undefined. */
  async info(field: string): Promise<string | undefined> {
    const reply = await this.client.send('INFO', 'everything');
    const line = String(reply)
      .slice(1)
      .split('\r\n')
      .find((each) => each.startsWith(`${field}:`));
    return line?.slice(field.length + 1);
  }

  async digest(): Promise<string> {
    return String(await this.client.send('DEBUG', 'DIGEST'));
  }

  /** Follows the server on `port`. */
  follow(port: number): Promise<unknown> {
    return this.client.send('REPLICAOF', '127.0.0.1', port);
  }

  /** Keys with values, expiries and other databases, from `first` on. */
  async write(first: number, count: number): Promise<void> {
    const requests: Word[][] = [];
    for (let i = first; i < first + count; i += 1) {
      if (i % 50 === 0) requests.push(['SELECT', (i / 50) % 4]);
      requests.push(['SET', `key:${i}`, `value ${i} \0\r\n ${'x'.repeat(i % 200)}`]);
      if (i % 7 === 0) requests.push(['EXPIRE', `key:${i}`, 1_000 + i]);
      if (i % 11 === 0) requests.push(['INCRBY', `counter:${i % 5}`, i]);
      if (i % 13 === 0)
        requests.push(['MULTI'], ['APPEND', `key:${i}`, 'y'], ['INCR', 'n'], ['EXEC']);
    }
    await this.client.pipeline(requests);
  }
}

/** Waits until `replica`'s link is up and it holds what `primary` holds, at the same offset. */
export async function untilSame(primary: Node, replica: Node): Promise<void> {
  await eventually(
    async () => {
      if ((await replica.info('master_link_status')) !== 'up') return false;
      const offsets = [
        await primary.info('master_repl_offset'),
        await replica.info('slave_repl_offset'),
      ];
      return offsets[0] === offsets[1] && (await primary.digest()) === (await replica.digest());
    },
    { withinMs: 20_000, what: `port ${replica.port} equals port ${primary.port}` },
  );
}

/** A relay in front of a port, whose connections can be cut. */
export class Relay {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  isBlocked = false;

  private constructor(server: Server, sockets: Set<Socket>, port: number) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = port;
  }

  /** Opens a relay to `target` on a port of its own. */
  static open(target: number): Promise<Relay> {
    const sockets = new Set<Socket>();
    return new Promise((resolve) => {
      const server = createServer((inner) => {
        if (relay.isBlocked) {
          inner.destroy();
          return;
        }
        const outer = connect(target, '127.0.0.1');
        for (const socket of [inner, outer]) {
          sockets.add(socket);
          socket.on('error', () => {});
          socket.on('close', () => {
            sockets.delete(socket);
            inner.destroy();
            outer.destroy();
          });
        }
        inner.pipe(outer).pipe(inner);
      });
      let relay: Relay;
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        relay = new Relay(
          server,
          sockets,
          typeof address === 'object' && address ? address.port : 0,
        );
        resolve(relay);
      });
    });
  }

  /** Breaks what is open. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}
