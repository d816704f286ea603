/** Servers that go and come back, and replicas that are read from, for every client library. */
import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startHeadwater } from '../../support/start-headwater.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import type { TestServer } from '../../support/test-server.ts';
import { type ClientLibrary, ioLibraries, nodeLibraries } from './client-libraries.ts';

/** What all libraries name alike. */
interface AnyClient {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
  incr(key: string): Promise<number>;
}

interface AnyLibrary {
  readonly name: string;
  open(port: number): Promise<AnyClient>;
  openReader(port: number): Promise<AnyClient>;
  close(client: AnyClient): void;
}

/** `library`, with `readerOptions` for one that only reads. */
function anyLibrary<Client extends AnyClient, Options>(
  library: ClientLibrary<Client, Options>,
  readerOptions: Options,
): AnyLibrary {
  return {
    name: library.name,
    open: (port) => library.open(port),
    openReader: (port) => library.open(port, readerOptions),
    close: (client) => library.close(client as Client),
  };
}

const libraries: readonly AnyLibrary[] = [
  ...ioLibraries.map((library) => anyLibrary(library, { readOnly: true })),
  ...nodeLibraries.map((library) => anyLibrary(library, {})),
];

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function start(...args: Parameters<typeof startHeadwater>): Promise<TestServer> {
  const server = await startHeadwater(...args);
  endings.push(() => server.stop());
  return server;
}

describe.each(libraries)('clients: lost servers with $name', (library) => {
  test('what is asked while the server is away is answered when it is back', async () => {
    const dir = await makeTempDir();
    endings.push(() => dir.remove());
    const first = await start({ dir: dir.path });
    const client = await library.open(first.port);
    endings.push(() => library.close(client));
    await client.set('kept', 'v');
    const control = await first.connect();
    expect(await control.send('SAVE')).toBe('+OK');
    control.close();
    await first.stop();

    const replies = [client.get('kept'), client.incr('n'), client.incr('n')];
    await start({ dir: dir.path, port: first.port });

    expect(await Promise.all(replies)).toEqual(['v', 1, 2]);
  });

  test('a crash in the middle of a stream of writes loses no connection for good', async () => {
    const first = await start();
    const client = await library.open(first.port);
    endings.push(() => library.close(client));
    const writes = Array.from({ length: 2_000 }, (_, i) => client.set(`k${i}`, 'v'));
    const ends = Promise.allSettled(writes);

    await first.kill();
    await start({ port: first.port });
    await ends;

    await eventually(async () => (await client.set('k', 'again')) === 'OK');
    expect(await client.get('k')).toBe('again');
  });

  test('a replica is read from, refuses writes, and goes on without its primary', async () => {
    const primary = await start({ args: ['--repl-diskless-sync-delay', '0'] });
    const replicaOf = ['--replicaof', '127.0.0.1', String(primary.port)];
    const replica = await start({ args: replicaOf });
    const [writer, reader] = await Promise.all([
      library.open(primary.port),
      library.openReader(replica.port),
    ]);
    endings.push(() => library.close(writer));
    endings.push(() => library.close(reader));

    await writer.set('k', 'v');

    await eventually(async () => (await reader.get('k')) === 'v');
    await expect(reader.set('k', 'w')).rejects.toThrow(
      "READONLY You can't write against a read only replica.",
    );
    await primary.kill();
    expect(await reader.get('k')).toBe('v');
  });
});
