import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { startHeadwater } from '../../support/start-headwater.ts';
import { startRedis } from '../../support/start-redis.ts';
import type { TestServer, TestServerOptions } from '../../support/test-server.ts';
import type { ClientLibrary } from './client-libraries.ts';

/** What a workload has at hand: a library, a server, and connections that end with the test. */
export interface Workbench<Client, Options> {
  readonly library: ClientLibrary<Client, Options>;
  /** False on the judge, redis-server 7.0.15, which lacks what came after it. */
  readonly isNew: boolean;
  server(): TestServer;
  open(options?: Options): Promise<Client>;
}

interface Peer {
  readonly name: string;
  readonly isNew: boolean;
  start(options?: TestServerOptions): Promise<TestServer>;
}

const peers: readonly Peer[] = [
  { name: 'headwater', isNew: true, start: startHeadwater },
  { name: 'redis-server', isNew: false, start: startRedis },
];

/**
 * Declares the tests of `body` for every library, against our server and against redis-server: what
 * the tests expect of us is what a stock server does. Each test finds an empty server.
 */
export function withClients<Client, Options>(
  libraries: readonly ClientLibrary<Client, Options>[],
  body: (bench: Workbench<Client, Options>) => void,
): void {
  describe.each(peers)('$name', (peer) => {
    let server: TestServer;
    beforeAll(async () => {
      server = await peer.start();
    });
    afterAll(() => server.stop());

    describe.each(libraries)('$name', (library) => {
      const clients: Client[] = [];
      beforeEach(async () => {
        const control = await server.connect();
        await control.send('FLUSHALL');
        control.close();
      });
      afterEach(() => {
        for (const client of clients.splice(0)) library.close(client);
      });
      body({
        library,
        isNew: peer.isNew,
        server: () => server,
        open: async (options) => {
          const client = await library.open(server.port, options);
          clients.push(client);
          return client;
        },
      });
    });
  });
}

/** Who else waits or listens: how many connections have `text` in their line of CLIENT LIST. */
export async function countClients(server: TestServer, text: string): Promise<number> {
  const control = await server.connect();
  const list = String(await control.send('CLIENT', 'LIST'));
  control.close();
  return list.split('\n').filter((line) => line.includes(text)).length;
}
