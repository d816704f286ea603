/** The client libraries that people use, unmodified, each in the protocols that it can speak. */
import { Redis as Ioredis5, type RedisOptions } from 'ioredis';
import { Redis as Ioredis6 } from 'ioredis-6';
import { Redis as Iovalkey } from 'iovalkey';
import { createClient as createNodeRedis6 } from 'redis';
import { createClient as createNodeRedis5 } from 'redis-5';

/** A client of the ioredis family; the methods that tests use are those of ioredis 5. */
export type IoClient = Ioredis5;

/** Options of the ioredis family, and those of ioredis 6 alone. */
export type IoOptions = RedisOptions & {
  readonly protocol?: 2 | 3;
  readonly replyMapping?: 'legacy' | 'resp3';
};

/** A client of node-redis; the methods that tests use are those of node-redis 6. */
export type NodeClient = ReturnType<typeof createNodeRedis6>;

/** Options of node-redis. */
export type NodeOptions = NonNullable<Parameters<typeof createNodeRedis6>[0]>;

/** One library in one protocol. */
export interface ClientLibrary<Client, Options> {
  readonly name: string;
  /** The version of RESP that its connections end up with. */
  readonly resp: 2 | 3;
  /** `CLIENT SETINFO lib-name` as it is sent at connect, if any is. */
  readonly libraryName: string | null;
  /** A client that is connected. The caller ends it with `close`. */
  open(port: number, options?: Options): Promise<Client>;
  close(client: Client): void;
}

export type IoLibrary = ClientLibrary<IoClient, IoOptions>;
export type NodeLibrary = ClientLibrary<NodeClient, NodeOptions>;

const quickRetryMs = 20;
const commandTimeoutMs = 60_000;
const ignore = () => {};

function ioLibrary(
  name: string,
  create: (options: IoOptions) => IoClient,
  traits: Pick<IoLibrary, 'resp' | 'libraryName'>,
): IoLibrary {
  return {
    name,
    ...traits,
    open: async (port, options = {}) => {
      const retryStrategy = () => quickRetryMs;
      const own = { host: '127.0.0.1', port, retryStrategy, maxRetriesPerRequest: null };
      const client = create({ ...own, ...options });
      // Tests cut connections on purpose; without a listener the library prints each.
      client.on('error', ignore);
      await new Promise((resolve) => client.once('ready', resolve));
      return client;
    },
    close: (client) => client.disconnect(),
  };
}

// The three differ in what TypeScript sees, not in what the tests call.
const ioredis6 = (options: IoOptions) => new Ioredis6(options as never) as unknown as IoClient;
const iovalkey = (options: IoOptions) => new Iovalkey(options as never) as unknown as IoClient;

/** ioredis 5 and 6, and iovalkey. */
export const ioLibraries: readonly IoLibrary[] = [
  ioLibrary('ioredis 5', (options) => new Ioredis5(options), { resp: 2, libraryName: 'ioredis' }),
  ioLibrary('ioredis 6, RESP2', (options) => ioredis6({ ...options, protocol: 2 }), {
    resp: 2,
    libraryName: 'ioredis',
  }),
  ioLibrary('ioredis 6, RESP3', ioredis6, { resp: 3, libraryName: 'ioredis' }),
  ioLibrary('iovalkey', iovalkey, { resp: 2, libraryName: null }),
];

function nodeLibrary(
  name: string,
  create: (options: NodeOptions) => NodeClient,
  resp: 2 | 3,
): NodeLibrary {
  return {
    name: `${name}, RESP${resp}`,
    resp,
    libraryName: 'node-redis',
    open: async (port, options = {}) => {
      const socket = { host: '127.0.0.1', port, reconnectStrategy: () => quickRetryMs };
      // Version 6 gives a command up after five seconds: less than a start takes on a busy machine.
      const commandOptions = { timeout: commandTimeoutMs };
      const client = create({ RESP: resp as 3, socket, commandOptions, ...options });
      client.on('error', ignore);
      await client.connect();
      return client;
    },
    close: (client) => {
      if (client.isOpen) client.destroy();
    },
  };
}

// Without `unstableResp3` version 5 refuses XREAD in RESP3.
const nodeRedis5 = (options: NodeOptions) =>
  createNodeRedis5({ ...options, unstableResp3: true } as never) as unknown as NodeClient;
const nodeRedis6 = (options: NodeOptions) => createNodeRedis6(options);

/** node-redis 5 and 6. */
export const nodeLibraries: readonly NodeLibrary[] = [
  nodeLibrary('node-redis 5', nodeRedis5, 2),
  nodeLibrary('node-redis 5', nodeRedis5, 3),
  nodeLibrary('node-redis 6', nodeRedis6, 2),
  nodeLibrary('node-redis 6', nodeRedis6, 3),
];
