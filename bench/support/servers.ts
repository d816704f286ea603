/** Both kinds of server, started the same way. */
import { resolve } from 'node:path';
import { eventually } from '../../test/support/eventually.ts';
import type { RespClient } from '../../test/support/resp-client.ts';
import { startServer, type TestServer } from '../../test/support/test-server.ts';
import { pinned, serverCore } from './pinning.ts';

export type Kind = 'ours' | 'redis';
export const kinds: readonly Kind[] = ['redis', 'ours'];

/** The built program: what users run is what is measured. */
export const headwater = resolve('dist/cli/headwater.js');

const commands: Readonly<Record<Kind, readonly string[]>> = {
  ours: [process.execPath, headwater],
  redis: ['/usr/bin/redis-server'],
};

/** The command line of a server, without directives. */
export function commandOf(kind: Kind): readonly string[] {
  return commands[kind];
}

/** Starts a server on a core and waits until it answers. */
export function startKind(
  kind: Kind,
  args: readonly string[] = [],
  core = serverCore,
): Promise<TestServer> {
  return startServer(kind, pinned(core, commands[kind]), { args });
}

/** Does something with one server of each kind, and stops both whatever happens. */
export async function withBoth<T>(
  args: readonly string[],
  use: (servers: Readonly<Record<Kind, TestServer>>) => Promise<T>,
): Promise<T> {
  const redis = await startKind('redis', args);
  try {
    const ours = await startKind('ours', args);
    try {
      return await use({ ours, redis });
    } finally {
      await ours.stop();
    }
  } finally {
    await redis.stop();
  }
}

/** Longer than anything that is asked over one connection should take. */
const clientTimeoutMs = 180_000;

/** Does something with a connection of its own; a server that does not answer is an error. */
export async function withClient<T>(
  server: TestServer,
  use: (client: RespClient) => Promise<T>,
): Promise<T> {
  const client = await server.connect();
  // Closing answers every request that still waits, so that nobody waits for ever.
  const timer = setTimeout(() => client.close(), clientTimeoutMs);
  try {
    const result = await use(client);
    if (client.isClosed)
      throw new Error(`the connection to ${server.name} was lost or took too long`);
    return result;
  } finally {
    clearTimeout(timer);
    client.close();
  }
}

/** The fields of `INFO replication`. */
export async function replicationInfo(client: RespClient): Promise<ReadonlyMap<string, string>> {
  const reply = await client.send('INFO', 'replication');
  const lines = typeof reply === 'string' ? reply.slice(1).split('\r\n') : [];
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
    }),
  );
}

/** Waits until the replica has applied all that its primary has written; gives the time it took. */
export async function caughtUp(
  primary: TestServer,
  replica: TestServer,
  withinMs: number,
): Promise<number> {
  const from = performance.now();
  await withClient(primary, (above) =>
    withClient(replica, (below) =>
      eventually(
        async () => {
          const infoBelow = await replicationInfo(below);
          if (infoBelow.get('master_link_status') !== 'up') return false;
          const offset = infoBelow.get('slave_repl_offset');
          return offset === (await replicationInfo(above)).get('master_repl_offset');
        },
        { withinMs, what: `the replica of ${primary.name} catching up` },
      ),
    ),
  );
  return performance.now() - from;
}
