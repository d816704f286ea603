import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { textOf } from '../support/reply.ts';
import type { RespClient } from '../support/resp-client.ts';
import type { TestServer } from '../support/test-server.ts';
import { eventCases } from './keyspace-event-cases.ts';
import { valueEventCases } from './keyspace-event-value-cases.ts';
import { parseStep } from './script.ts';
import { useServers } from './suite.ts';

const mark = '__keyend';

describe('keyspace events', () => {
  const servers = useServers();

  for (const [name, lines] of Object.entries({ ...eventCases, ...valueEventCases })) {
    test(`events and counters: ${name}`, async () => {
      const { redis, ours } = servers();
      const [right, judged] = await Promise.all([replay(redis, lines), replay(ours, lines)]);

      expect(judged).toEqual(right);
    });
  }

  test('a key that expires says so, found by a command or not', async () => {
    const { redis, ours } = servers();
    const lines = ['SET found v PX 1', 'SET alone v PX 1'];

    const all = await Promise.all(
      [redis, ours].map(async (server) => {
        const [client, listener] = await open(server, 'Ex');
        try {
          for (const line of lines) await client.send(...parseStep(line).words);
          const seen: string[] = [];
          await eventually(async () => {
            await client.send('GET', 'found');
            seen.push(...(await drain(client, listener)));
            return seen.length === 2;
          });
          return seen.sort();
        } finally {
          client.close();
          listener.close();
        }
      }),
    );

    expect(all[1]).toEqual(['__keyevent@0__:expired alone', '__keyevent@0__:expired found']);
    expect(all[1]).toEqual(all[0]);
  });

  test('RESP3: who listens to its own changes gets them beside the reply', async () => {
    const { redis, ours } = servers();

    const all = await Promise.all(
      [redis, ours].map(async (server) => {
        const [client, listener] = await open(server, 'KEA');
        try {
          await listener.send('HELLO', '3');
          const reply = await listener.send('SET', 'own', 'v');
          await listener.send('PING');
          return { reply, pushes: listener.pushes };
        } finally {
          client.close();
          listener.close();
        }
      }),
    );

    expect(all[1]).toEqual(all[0]);
  });
});

/** What a server made of the lines: replies, what INFO counted, events. */
async function replay(server: TestServer, lines: readonly string[]): Promise<string[]> {
  const [client, listener] = await open(server, 'KEAnm');
  const other = await server.connect();
  const consequences: string[] = [];
  try {
    let before = await countsOf(other);
    for (const line of lines) {
      const { words, agreement } = parseStep(line);
      const reply = await client.send(...words);
      const after = await countsOf(other);
      const [hits, misses, changes] = after.map((count, i) => count - before[i]);
      before = after;
      const shown = agreement.kind === 'exact' ? ` → ${JSON.stringify(reply)}` : '';
      consequences.push(`${line}${shown}: ${hits} hits, ${misses} misses, ${changes} changes`);
      consequences.push(...(await drain(other, listener)));
    }
    return consequences;
  } finally {
    for (const each of [client, listener, other]) each.close();
  }
}

/** A client, and one that listens to all events. */
async function open(server: TestServer, letters: string): Promise<[RespClient, RespClient]> {
  const client = await server.connect();
  const listener = await server.connect();
  await client.pipeline([
    ['FLUSHALL'],
    ['CONFIG', 'SET', 'notify-keyspace-events', letters],
    ['CONFIG', 'RESETSTAT'],
  ]);
  await listener.send('PSUBSCRIBE', '__key*');
  return [client, listener];
}

/** The events up to now, each as `channel message`. */
async function drain(client: RespClient, listener: RespClient): Promise<string[]> {
  await client.send('PUBLISH', mark, 'x');
  const events: string[] = [];
  for (;;) {
    const message = await listener.next();
    if (!Array.isArray(message)) throw new Error(`no message: ${textOf(message)}`);
    const [channel, text] = [textOf(message[2]), textOf(message[3])];
    if (channel.endsWith(mark)) return events;
    events.push(`${channel} ${text}`);
  }
}

/** Hits, misses, and the changes that save points count. */
async function countsOf(client: RespClient): Promise<number[]> {
  const info = textOf(await client.send('INFO', 'everything'));
  const names = ['keyspace_hits', 'keyspace_misses', 'rdb_changes_since_last_save'];
  return names.map((name) => Number(new RegExp(`${name}:(\\d+)`).exec(info)?.[1]));
}
