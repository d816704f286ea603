import { expect, test } from 'vitest';
import type { Reply } from '../support/reply.ts';
import { textOf } from '../support/reply.ts';
import type { TestServer } from '../support/test-server.ts';
import { defineConformance, useServers } from './suite.ts';

const hello = '? HELLO 3';

defineConformance({
  area: 'tracking',
  cases: {
    'what is read is invalidated once, whoever changes it': [
      hello,
      'CLIENT TRACKING ON',
      'GET k',
      'MGET k k2 k3',
      'TTL k5',
      'EXISTS k7',
      'GETDEL k6',
      '@2 SET k 1',
      '@2 SET k 2',
      '@2 DEL k2',
      '@2 MSET k3 1 k4 2 k6 1',
      '@2 SET k5 1',
      '@2 SET k7 1',
      'PING',
    ],
    'own changes follow the reply, or the whole transaction': [
      hello,
      'CLIENT TRACKING ON',
      'GET k',
      'SET k 3',
      'GET k',
      'MULTI',
      'INCR k',
      'GET k',
      'INCR k',
      'EXEC',
      'PING',
      'CLIENT TRACKING ON NOLOOP',
      'GET k',
      'SET k 1',
      'GET k',
      '@2 SET k 2',
      'PING',
    ],
    'flushed, expired, renamed, of any database': [
      hello,
      'CLIENT TRACKING ON',
      'GET x',
      'FLUSHDB',
      '@2 FLUSHALL',
      'SET e 1',
      'GET e',
      'PEXPIREAT e 1',
      'GET e',
      'SET a 1',
      'GET a',
      'GET b',
      '@2 RENAME a b',
      'GET b',
      '@2 SELECT 2',
      '@2 SET b 1',
      'GET b',
      '@2 SWAPDB 0 2',
      'PING',
    ],
    'broadcasting tells of prefixes': [
      hello,
      'CLIENT TRACKING ON BCAST PREFIX a PREFIX b',
      'SET a1 1',
      'PING',
      'SET b1 2',
      'PING',
      'MSET b2 1 c 1 b0 2 a0 1',
      'PING',
      'CLIENT TRACKINGINFO',
      'CLIENT TRACKING ON BCAST NOLOOP PREFIX z',
      'SET z 1',
      '@2 SET z 1',
      'PING',
      'CLIENT TRACKINGINFO',
      'FLUSHALL',
      'PING',
    ],
    'CLIENT CACHING chooses': [
      hello,
      'CLIENT TRACKING ON OPTIN',
      'GET o',
      'CLIENT CACHING YES',
      'GET p',
      'GET q',
      'CLIENT CACHING YES',
      'MULTI',
      'GET r',
      'GET s',
      'EXEC',
      'GET t',
      '@2 MSET o 1 p 1 q 1 r 1 s 1 t 1',
      'CLIENT TRACKING OFF',
      'CLIENT TRACKING ON OPTOUT',
      'GET o',
      'CLIENT CACHING NO',
      'CLIENT TRACKINGINFO',
      'GET p',
      '@2 MSET o 1 p 1',
      'PING',
    ],
    'options that do not fit each other': [
      'CLIENT CACHING YES',
      'CLIENT GETREDIR',
      'CLIENT TRACKINGINFO',
      'CLIENT TRACKING ON PREFIX a',
      'CLIENT TRACKING ON REDIRECT 999999',
      'CLIENT TRACKING ON REDIRECT abc',
      'CLIENT TRACKING ON BCAST OPTIN',
      'CLIENT TRACKING ON OPTIN OPTOUT',
      'CLIENT TRACKING maybe',
      'CLIENT TRACKING ON BCAST PREFIX a PREFIX ab',
      'CLIENT TRACKING ON BCAST PREFIX ab',
      'CLIENT TRACKING ON BCAST PREFIX a',
      'CLIENT TRACKING ON',
      'CLIENT TRACKINGINFO',
      'CLIENT CACHING YES',
      'CLIENT TRACKING OFF',
      'CLIENT CACHING foo',
      'CLIENT TRACKING ON',
      'CLIENT CACHING YES',
      'CLIENT TRACKING ON OPTIN',
      'CLIENT CACHING NO',
      'CLIENT CACHING foo',
      'CLIENT CACHING YES',
      'CLIENT TRACKINGINFO',
      'CLIENT TRACKING ON OPTOUT',
      'CLIENT TRACKING ON NOLOOP',
      'CLIENT TRACKINGINFO',
      'CLIENT GETREDIR',
      'CLIENT TRACKING ON REDIRECT',
      'CLIENT TRACKING ON FOO',
      'CLIENT TRACKING OFF FOO',
      'CLIENT TRACKING',
      'CLIENT CACHING',
      'RESET',
      'CLIENT TRACKINGINFO',
    ],
    'invalidations come though replies are off': [
      hello,
      'CLIENT TRACKING ON',
      'GET k',
      '! CLIENT REPLY OFF',
      '! SET k 1',
      'CLIENT REPLY ON',
    ],
  },
});

const servers = useServers();

/** A RESP2 client redirects to another one; every reply, with the id taken out. */
async function redirected(server: TestServer): Promise<Reply[]> {
  const [tracker, listener, writer] = await Promise.all([
    server.connect(),
    server.connect(),
    server.connect(),
  ]);
  try {
    const id = textOf(await listener.send('CLIENT', 'ID'));
    await writer.send('FLUSHALL');
    const replies: Reply[] = [
      await listener.send('SUBSCRIBE', '__redis__:invalidate'),
      await tracker.send('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id),
      String(await tracker.send('CLIENT', 'GETREDIR')).replace(id, 'ID'),
      await tracker.send('GET', 'k'),
      await writer.send('SET', 'k', '1'),
      await listener.next(),
      await tracker.send('GET', 'k'),
      await tracker.send('SET', 'k', '2'),
      await listener.next(),
      await writer.send('FLUSHALL'),
      await listener.next(),
      await tracker.send('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id, 'REDIRECT', id),
      await tracker.send('GET', 'k'),
    ];
    listener.close();
    await writer.send('CLIENT', 'KILL', 'ID', id);
    replies.push(await writer.send('SET', 'k', '3'));
    const info = await tracker.send('CLIENT', 'TRACKINGINFO');
    return [...replies, JSON.stringify(info).replace(id, 'ID')];
  } finally {
    for (const client of [tracker, listener, writer]) client.close();
  }
}

test('tracking: a RESP2 client has invalidations redirected', async () => {
  const right = await redirected(servers().redis);
  expect(await redirected(servers().ours)).toEqual(right);
  expect(right.at(-1)).toContain('broken_redirect');
});

/** The answers of a client that tracks, of one that does not, and what INFO counts. */
async function counts(server: TestServer): Promise<string> {
  const client = await server.connect();
  try {
    await client.send('CONFIG', 'SET', 'tracking-table-max-keys', '3');
    await client.pipeline([
      ['HELLO', '3'],
      ['CLIENT', 'TRACKING', 'ON'],
      ...['a', 'b', 'c', 'd', 'e'].map((key) => ['GET', key]),
    ]);
    await client.send('PING');
    const info = `${textOf(await client.send('INFO', 'clients'))}\n${textOf(await client.send('INFO', 'stats'))}`;
    const fields = info.split(/\r?\n/).filter((line) => line.startsWith('tracking_'));
    return `${fields.join(' ')} evicted=${client.pushes.length}`;
  } finally {
    await client.send('CONFIG', 'SET', 'tracking-table-max-keys', '1000000');
    client.close();
  }
}

test('tracking: the table is bounded, and INFO counts what is in it', async () => {
  const right = await counts(servers().redis);
  expect(await counts(servers().ours)).toBe(right);
});
