/** Libraries that keep their data in a Redis server: sessions, caches, chat servers. */
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import KeyvRedis from '@keyv/redis';
import { createAdapter } from '@socket.io/redis-adapter';
import { createAdapter as createStreamsAdapter } from '@socket.io/redis-streams-adapter';
import { RedisStore } from 'connect-redis';
import { Keyv } from 'keyv';
import { Server } from 'socket.io';
import { io as connectSocket, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startHeadwater } from '../../support/start-headwater.ts';
import type { TestServer } from '../../support/test-server.ts';
import { type IoClient, ioLibraries, type NodeClient, nodeLibraries } from './client-libraries.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startHeadwater();
});
afterAll(() => server.stop());

const endings: (() => unknown)[] = [];
beforeEach(async () => {
  const control = await server.connect();
  await control.send('FLUSHALL');
  control.close();
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const nodeLibrary = nodeLibraries[3];
const ioLibrary = ioLibraries[2];

async function openNode(): Promise<NodeClient> {
  const client = await nodeLibrary.open(server.port);
  // What an adapter still asks for while it closes is answered first.
  endings.push(() => client.close());
  return client;
}

async function openIo(): Promise<IoClient> {
  const client = await ioLibrary.open(server.port);
  endings.push(() => client.quit());
  return client;
}

describe('clients: connect-redis', () => {
  test('sessions are kept, prolonged, listed and destroyed', async () => {
    const client = await openNode();
    const store = new RedisStore({ client, prefix: 'app:', ttl: 100 });
    const cookie = { originalMaxAge: 60_000, expires: new Date(Date.now() + 60_000) };
    const session = { cookie, user: 'ann' };

    await store.set('one', session as never);
    await store.set('two', { cookie: {}, user: 'bob' } as never);

    expect(await store.get('one')).toMatchObject({ user: 'ann' });
    expect(await client.ttl('app:one')).toBeGreaterThan(57);
    expect(await client.ttl('app:two')).toBeGreaterThan(98);
    cookie.expires = new Date(Date.now() + 600_000);
    await store.touch('one', session as never);
    expect(await client.ttl('app:one')).toBeGreaterThan(597);
    expect(await store.length()).toBe(2);
    expect((await store.ids()).sort()).toEqual(['one', 'two']);
    expect((await store.all()).map((each: { id: string }) => each.id).sort()).toEqual([
      ...['one', 'two'],
    ]);
    await store.destroy('one');
    expect(await store.get('one')).toBeNull();
    await store.clear();
    expect(await client.dbSize()).toBe(0);
  });
});

describe('clients: Keyv', () => {
  test('values, ends of life, and namespaces that are walked and cleared alone', async () => {
    const open = (namespace: string) => {
      const adapter = new KeyvRedis(`redis://127.0.0.1:${server.port}`);
      const keyv = new Keyv({ store: adapter, namespace, useKeyPrefix: false });
      endings.push(() => keyv.disconnect());
      return keyv;
    };
    const [first, second] = [open('first'), open('second')];

    expect(await first.set('k', { deep: [1, 'two'] })).toBe(true);
    await first.set('short', 'v', 20);
    await first.setMany([
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ]);
    await second.set('k', 'other');

    expect(await first.get('k')).toEqual({ deep: [1, 'two'] });
    expect(await first.getMany(['a', 'zz', 'b'])).toEqual([1, undefined, 2]);
    expect(await first.has('a')).toBe(true);
    await expect.poll(() => first.has('short')).toBe(false);
    const seen: string[] = [];
    for await (const [key] of first.iterator?.({}) ?? []) seen.push(String(key));
    expect(seen.sort()).toEqual(['a', 'b', 'k']);
    expect(await first.delete('a')).toBe(true);
    await first.clear();
    expect(await first.get('b')).toBeUndefined();
    expect(await second.get('k')).toBe('other');
  });
});

/** A chat server that shares what happens with the others through `adapter`. */
async function startChat(adapter: unknown, options: object = {}): Promise<Chat> {
  const http: HttpServer = createServer();
  const chat = new Server(http, { adapter: adapter as never, ...options });
  chat.on('connection', (socket) => {
    socket.on('join', async (room: string, done: () => void) => {
      await socket.join(room);
      done();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  endings.push(() => chat.close());
  return { chat, port: (http.address() as AddressInfo).port };
}

interface Chat {
  readonly chat: Server;
  readonly port: number;
}

/** Somebody who chats, and all that is said to them. */
async function chatAt({ port }: Chat): Promise<{ socket: Socket; heard: unknown[] }> {
  const socket = connectSocket(`http://127.0.0.1:${port}`, {
    transports: ['websocket'],
    reconnectionDelay: 20,
  });
  endings.push(() => socket.disconnect());
  const heard: unknown[] = [];
  socket.on('say', (word) => heard.push(word));
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return { socket, heard };
}

const adapters = [
  {
    name: 'redis-adapter on node-redis',
    create: async () => createAdapter(await openNode(), await openNode()),
  },
  {
    name: 'redis-adapter on ioredis',
    create: async () => createAdapter(await openIo(), await openIo()),
  },
  {
    name: 'redis-streams-adapter on node-redis',
    create: async () => createStreamsAdapter(await openNode(), { blockTimeInMs: 50 }),
  },
  {
    name: 'redis-streams-adapter on ioredis',
    create: async () => createStreamsAdapter(await openIo(), { blockTimeInMs: 50 }),
  },
];

describe.each(adapters)('clients: socket.io with $name', ({ create }) => {
  test('two chat servers are one: broadcasts, rooms, questions to all', async () => {
    const first = await startChat(await create());
    const second = await startChat(await create());
    const [ann, bob] = [await chatAt(first), await chatAt(second)];
    await expect.poll(async () => (await first.chat.fetchSockets()).length).toBe(2);
    await bob.socket.emitWithAck('join', 'room');

    first.chat.emit('say', 'all');
    first.chat.to('room').emit('say', Buffer.from('bytes'));
    second.chat.except('room').emit('say', 'others');

    await expect.poll(() => bob.heard).toEqual(['all', Buffer.from('bytes')]);
    await expect.poll(() => [...ann.heard].sort()).toEqual(['all', 'others']);
    const inRoom = await first.chat.in('room').fetchSockets();
    expect(inRoom.map(({ id }) => id)).toEqual([bob.socket.id]);
    second.chat.on('question', (answer: (text: string) => void) => answer('forty-two'));
    expect(await first.chat.serverSideEmitWithAck('question')).toEqual(['forty-two']);
    first.chat.in('room').disconnectSockets();
    await expect.poll(() => bob.socket.connected).toBe(false);
  });
});

test('clients: socket.io: who was away for a moment hears what was said meanwhile', async () => {
  const recovery = { connectionStateRecovery: { maxDisconnectionDuration: 60_000 } };
  const adapter = createStreamsAdapter(await openNode(), { blockTimeInMs: 50 });
  const home = await startChat(adapter, recovery);
  const { socket, heard } = await chatAt(home);
  home.chat.emit('say', 'before');
  await expect.poll(() => heard).toEqual(['before']);

  socket.io.engine.close();
  await expect.poll(() => socket.connected).toBe(false);
  home.chat.emit('say', 'meanwhile');

  await expect.poll(() => heard, { timeout: 10_000 }).toEqual(['before', 'meanwhile']);
  expect(socket.recovered).toBe(true);
});
