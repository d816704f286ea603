import { afterAll, beforeAll, expect, test } from 'vitest';
import { RawReplica } from '../support/raw-replica.ts';
import type { RecordedEntry } from '../support/recorded-rdb.ts';
import { startHeadwater } from '../support/start-headwater.ts';
import { startRedis } from '../support/start-redis.ts';
import type { TestServer } from '../support/test-server.ts';

const args = ['--repl-diskless-sync-delay', '0'];
const servers: TestServer[] = [];

beforeAll(async () => {
  servers.push(await startRedis({ args }));
  servers.push(await startHeadwater({ args }));
  for (const server of servers) {
    const client = await server.connect();
    const requests = Array.from({ length: 2000 }, (_, i) => ['SET', `key:${i}`, `${i * 7919}`]);
    await client.pipeline([
      ...requests,
      ['SET', 'large', 'abcdefgh'.repeat(2_000_000)],
      ['SET', 'odd \x00\r\n\xff', '\x00\xff'.repeat(50)],
      ['SET', 'expiring', 'v', 'PXAT', '4102444800123'],
      ['SELECT', '7'],
      ['SET', 'elsewhere', 'x'.repeat(100)],
    ]);
    client.close();
  }
});

afterAll(() => Promise.all(servers.map((server) => server.stop())));

function sorted(entries: readonly RecordedEntry[]): string[] {
  return entries
    .map(({ database, key, value, expiresAtMs }) =>
      JSON.stringify([database, key, value.length, value.slice(0, 200), expiresAtMs]),
    )
    .sort();
}

for (const [framing, capabilities] of [
  ['mark', ['eof', 'psync2']],
  ['length', ['psync2']],
] as const) {
  test(`snapshot: replicas get the same entries from both servers, framed by ${framing}`, async () => {
    const [right, ours] = await Promise.all(
      servers.map(async (server) => {
        const replica = await RawReplica.attach(server, capabilities);
        await replica.ready();
        replica.close();
        return replica;
      }),
    );

    expect(ours.framing).toBe(framing);
    expect(sorted(ours.snapshot.entries)).toEqual(sorted(right.snapshot.entries));
    expect(ours.snapshot.entries.length).toBe(2004);
    expect(new Set(ours.snapshot.hints)).toEqual(new Set(right.snapshot.hints));
    expect(ours.snapshot.version).toBeLessThanOrEqual(right.snapshot.version);
    expect(ours.snapshot.auxOf('repl-id')).toBe(ours.start?.id);
    expect(ours.snapshot.auxOf('repl-offset')).toBe(String(ours.start?.offset));
    const names = right.snapshot.auxFields.map(([name]) => name);
    const ourNames = ours.snapshot.auxFields.map(([name]) => name);
    expect(ourNames.filter((name) => names.includes(name))).toEqual(names);
  });
}
