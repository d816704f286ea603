import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { isError, type Reply, textOf } from '../support/reply.ts';
import type { RespClient } from '../support/resp-client.ts';
import type { TestServer } from '../support/test-server.ts';
import { defineConformance, useServers } from './suite.ts';

defineConformance({
  area: 'instruments',
  cases: {
    'SLOWLOG with wrong words': [
      'SLOWLOG RESET',
      'SLOWLOG GET 0',
      'SLOWLOG GET -2',
      'SLOWLOG GET a',
      'SLOWLOG GET 1 2',
      'SLOWLOG LEN x',
      'SLOWLOG NOTHING',
      'SLOWLOG',
    ],
    'LATENCY without events': [
      'LATENCY RESET',
      'LATENCY LATEST',
      'LATENCY HISTORY nothing',
      'LATENCY GRAPH nothing',
      'LATENCY GRAPH',
      'LATENCY RESET nothing command',
      'LATENCY HISTOGRAM nothing',
      'LATENCY NOTHING',
      '? LATENCY DOCTOR',
    ],
    'LATENCY of a slow command': [
      'LATENCY RESET',
      'CONFIG SET latency-monitor-threshold 20',
      'DEBUG SLEEP 0.05',
      'CONFIG SET latency-monitor-threshold 0',
      '~20 LATENCY LATEST',
      '~20 LATENCY HISTORY command',
      '? LATENCY GRAPH command',
      '? LATENCY DOCTOR',
      'LATENCY RESET command',
      'LATENCY LATEST',
    ],
    MEMORY: [
      'SET k v',
      '? MEMORY USAGE k',
      'MEMORY USAGE missing',
      '? MEMORY USAGE k SAMPLES 0',
      'MEMORY USAGE k SAMPLES -1',
      'MEMORY USAGE k SAMPLES',
      'MEMORY USAGE k NOTHING 1',
      '? MEMORY DOCTOR',
      '? MEMORY MALLOC-STATS',
      'MEMORY PURGE',
      'MEMORY NOTHING',
    ],
    'MONITOR shows requests, and may not touch keys': [
      'MONITOR',
      'GET k',
      'RESET',
      'GET k',
      'MULTI',
      'MONITOR',
      'EXEC',
      'CLIENT KILL TYPE master',
    ],
  },
});

const servers = useServers();

async function withClients<Result>(
  server: TestServer,
  work: (first: RespClient, second: RespClient) => Promise<Result>,
): Promise<Result> {
  const first = await server.connect();
  const second = await server.connect();
  try {
    return await work(first, second);
  } finally {
    first.close();
    second.close();
  }
}

/** The words of every entry of the slow log, newest first. */
async function slowWords(server: TestServer): Promise<readonly Reply[]> {
  return withClients(server, async (client, reader) => {
    await client.send('CONFIG', 'SET', 'slowlog-log-slower-than', '0', 'slowlog-max-len', '20');
    await client.send('SLOWLOG', 'RESET');
    await client.send('AUTH', 'secret');
    await client.send('AUTH', 'default', 'secret');
    await client.send('CONFIG', 'SET', 'masterauth', 'secret', 'timeout', '0');
    await client.send('CONFIG', 'SET', 'masterauth', '');
    await client.send('SET', 'key', 'x'.repeat(200));
    await client.send('DEL', ...Array.from({ length: 40 }, (_, i) => i));
    await client.send('NOTHING');
    await client.send('GET');
    await client.pipeline([['MULTI'], ['SET', 'k', '1'], ['GET', 'k'], ['EXEC']]);
    await client.send('CONFIG', 'SET', 'slowlog-log-slower-than', '-1');
    await client.send('GET', 'k');
    const entries = await reader.send('SLOWLOG', 'GET', '-1');
    const length = await reader.send('SLOWLOG', 'LEN');
    await client.send('CONFIG', 'SET', 'slowlog-log-slower-than', '10000');
    await client.send('SLOWLOG', 'RESET');
    await client.send('DEBUG', 'SLEEP', '0.02');
    const slept = await reader.send('SLOWLOG', 'GET');
    return [length, ...itemsOf(entries), ...itemsOf(slept)].map((entry) =>
      typeof entry === 'string' ? entry : itemsOf(entry)[3],
    );
  });
}

function itemsOf(reply: Reply): readonly Reply[] {
  if (typeof reply === 'string') return [];
  return 'kind' in reply ? reply.items : reply;
}

test('instruments: the slow log keeps the same words, without secrets', async () => {
  const right = await slowWords(servers().redis);
  expect(await slowWords(servers().ours)).toEqual(right);
  expect(right.length).toBeGreaterThan(10);
});

/** Lines of a monitor while another client works; times and ports taken out. */
async function monitored(server: TestServer): Promise<readonly string[]> {
  return withClients(server, async (monitor, client) => {
    await monitor.send('MONITOR');
    const requests: (string | Uint8Array)[][] = [
      ['SET', 'k', 'a "b"\\\r\n\t\x07\b\x00\x7f\xff'],
      ['SELECT', '3'],
      ['GET', 'k'],
      ['AUTH', 'secret'],
      ['HELLO', '3', 'AUTH', 'default', 'x', 'SETNAME', 'me'],
      ['CONFIG', 'GET', 'port'],
      ['CLIENT', 'SETNAME', 'x'],
      ['NOTHING'],
      ['GET'],
      ['MULTI'],
      ['SET', 'k', '1'],
      ['EXEC'],
      ['RESET'],
      ['PING'],
    ];
    for (const request of requests) await client.send(...request);
    const lines: string[] = [];
    const last = '"PING"';
    while (!lines.at(-1)?.includes(last)) {
      const line = textOf(await monitor.next());
      lines.push(line.replace(/\d+\.\d{6} /, 'time ').replace(/:\d+\]/, ':port]'));
      if (lines.length > 50) break;
    }
    return lines;
  });
}

test('instruments: MONITOR has the lines of the judge', async () => {
  const right = await monitored(servers().redis);
  expect(await monitored(servers().ours)).toEqual(right);
  expect(right.length).toBeGreaterThan(8);
});

test('instruments: MEMORY STATS has the judge’s names', async () => {
  const namesOf = (server: TestServer): Promise<readonly string[]> =>
    withClients(server, async (client) => {
      await client.send('SET', 'k', 'v');
      const items = itemsOf(await client.send('MEMORY', 'STATS'));
      return items.filter((_, i) => i % 2 === 0).map(textOf);
    });
  expect(await namesOf(servers().ours)).toEqual(await namesOf(servers().redis));
});

test('instruments: LATENCY HISTOGRAM and INFO latencystats know the commands that ran', async () => {
  for (const server of Object.values<TestServer>({ ...servers() })) {
    await withClients(server, async (client) => {
      await client.send('CONFIG', 'RESETSTAT');
      for (let i = 0; i < 5; i += 1) await client.send('SET', 'k', 'v');
      const [name, facts] = itemsOf(await client.send('LATENCY', 'HISTOGRAM', 'set'));
      expect(textOf(name), server.name).toBe('set');
      expect(itemsOf(facts).slice(0, 2), server.name).toEqual(['$calls', ':5']);
      const info = textOf(await client.send('INFO', 'latencystats'));
      expect(info, server.name).toMatch(/latency_percentiles_usec_set:p50=[\d.]+,p99=[\d.]+,/);
      expect(isError(await client.send('LATENCY', 'HELP'))).toBe(false);
      expect(isError(await client.send('SLOWLOG', 'HELP'))).toBe(false);
      expect(isError(await client.send('MEMORY', 'HELP'))).toBe(false);
    });
  }
});

test('instruments: CLIENT LIST and RESET know monitors and trackers', async () => {
  const flagsOf = (server: TestServer): Promise<readonly string[]> =>
    withClients(server, async (first, second) => {
      await first.send('MONITOR');
      await second.send('CLIENT', 'TRACKING', 'ON', 'BCAST');
      await second.send('CLIENT', 'NO-EVICT', 'ON');
      const list = (): Promise<readonly string[]> =>
        second.send('CLIENT', 'LIST').then(
          (reply) =>
            textOf(reply)
              .match(/flags=\S+|redir=\S+/g)
              ?.sort() ?? [],
        );
      const before = await list();
      await first.send('RESET');
      const after = await eventually(async () => {
        const flags = await list();
        return flags.includes('flags=O') ? null : flags;
      });
      return [...before, ...(after ?? [])];
    });
  expect(await flagsOf(servers().ours)).toEqual(await flagsOf(servers().redis));
});
