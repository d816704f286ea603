import { expect, test } from 'vitest';
import { textOf } from '../support/reply.ts';
import type { TestServer } from '../support/test-server.ts';
import { useServers } from './suite.ts';

/** Fields of Redis 7.0 that we do not have, by name or by the beginning of a name, and why. */
const missing: Readonly<Record<string, string>> = {
  'Commandstats.cmdstat_config|resetstat': 'a call is counted first, so this one clears itself',
};

/** Fields whose value means nothing outside of the program that says it. */
const ownValues = ['Server.redis_build_id'];

const servers = useServers();

async function infoOf(server: TestServer, ...sections: string[]): Promise<string> {
  const client = await server.connect();
  try {
    await client.pipeline([
      ['FLUSHALL'],
      ['CONFIG', 'RESETSTAT'],
      ['SET', 'k', 'v'],
      ['SET', 'l', 'v', 'EX', '1000'],
      ['GET', 'k'],
      ['GET', 'missing'],
      ['NOTHING'],
    ]);
    return textOf(await client.send('INFO', ...sections));
  } finally {
    client.close();
  }
}

/** `section.field` → value. */
function fieldsOf(info: string): Map<string, string> {
  const fields = new Map<string, string>();
  let section = '';
  for (const line of info.split('\r\n')) {
    if (line.startsWith('# ')) section = line.slice(2);
    else if (line !== '') {
      const colon = line.indexOf(':');
      fields.set(`${section}.${line.slice(0, colon)}`, line.slice(colon + 1));
    }
  }
  return fields;
}

function reasonFor(field: string): string | undefined {
  return Object.entries(missing).find(([start]) => field.startsWith(start))?.[1];
}

test('info: every field of Redis 7.0 is there', async () => {
  const [right, ours] = (
    await Promise.all([infoOf(servers().redis, 'everything'), infoOf(servers().ours, 'everything')])
  ).map(fieldsOf);
  const absent = [...right.keys()].filter((field) => !ours.has(field));
  expect(absent.filter((field) => reasonFor(field) === undefined)).toEqual([]);
  for (const start of Object.keys(missing)) {
    expect(
      absent.some((field) => field.startsWith(start)),
      start,
    ).toBe(true);
  }
});

/** Same kind of value: a client that reads a number must find one. */
function kindOf(value: string): string {
  if (/^-?\d+$/.test(value)) return 'integer';
  if (/^-?\d+\.\d+$/.test(value)) return 'decimal';
  if (/^[^=,]+=[^=,]*(,[^=,]+=[^=,]*)*$/.test(value)) {
    return value.replace(/=[^,]*/g, '').replace(/,/g, ' ');
  }
  return 'text';
}

test('info: values are of the kind that Redis 7.0 gives', async () => {
  const [right, ours] = (await Promise.all([infoOf(servers().redis), infoOf(servers().ours)])).map(
    fieldsOf,
  );
  const wrong = [...right]
    .filter(([field]) => !ownValues.includes(field))
    .filter(([field, value]) => ours.has(field) && kindOf(ours.get(field) ?? '') !== kindOf(value))
    .map(([field, value]) => `${field}: redis says ${value}, we say ${ours.get(field)}`);
  expect(wrong).toEqual([]);
});

test('info: sections come in the order of Redis 7.0', async () => {
  const isThere = (title: string) => missing[`${title.slice(2)}.`] === undefined;
  const sectionsOf = (info: string) => info.match(/^# .*\w/gm)?.filter(isThere);
  for (const sections of [[], ['everything'], ['server', 'replication'], ['commandstats']]) {
    const [right, ours] = await Promise.all([
      infoOf(servers().redis, ...sections),
      infoOf(servers().ours, ...sections),
    ]);
    expect(sectionsOf(ours)).toEqual(sectionsOf(right));
  }
});

const exactFields = [
  'Replication.role',
  'Replication.connected_slaves',
  'Replication.master_failover_state',
  'Replication.master_replid2',
  'Replication.second_repl_offset',
  'Replication.repl_backlog_active',
  'Replication.repl_backlog_size',
  'Keyspace.db0',
  'Server.redis_mode',
  'Persistence.loading',
  'Persistence.async_loading',
  'Persistence.aof_enabled',
  'Stats.keyspace_hits',
  'Stats.keyspace_misses',
  'Stats.total_error_replies',
  'Stats.sync_full',
  'Clients.blocked_clients',
  'Cluster.cluster_enabled',
  'Errorstats.errorstat_ERR',
];

test('info: values that follow from what happened are the same', async () => {
  const [right, ours] = (await Promise.all([infoOf(servers().redis), infoOf(servers().ours)])).map(
    fieldsOf,
  );
  const without = (value = '') => value.replace(/avg_ttl=\d+/, 'avg_ttl=…');
  for (const field of exactFields) {
    expect(without(ours.get(field)), field).toBe(without(right.get(field)));
  }
});
