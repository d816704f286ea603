import { expect, test } from 'vitest';
import { type Reply, textOf } from '../support/reply.ts';
import type { TestServer } from '../support/test-server.ts';
import { useServers } from './suite.ts';

const servers = useServers();

/** `name=value` pairs of one line of CLIENT LIST. */
function fieldsOf(line: string): Map<string, string> {
  const pairs = line
    .trim()
    .split(' ')
    .map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    });
  return new Map(pairs);
}

/** Two clients: one named, in RESP3 and another database, with SELECT as its last command. */
async function lists(server: TestServer): Promise<{ info: string; list: string }> {
  const named = await server.connect();
  const asking = await server.connect();
  try {
    await named.send('HELLO', '3');
    await named.send('CLIENT', 'SETNAME', 'named');
    await named.send('SELECT', '3');
    const [info, list] = await asking.pipeline([
      ['CLIENT', 'INFO'],
      ['CLIENT', 'LIST'],
    ]);
    return { info: textOf(info), list: textOf(list) };
  } finally {
    named.close();
    asking.close();
  }
}

/** Fields of CLIENT INFO that came after Redis 7.0. */
const newer = ['lib-name', 'lib-ver'];
const sameValues = ['name', 'db', 'sub', 'psub', 'ssub', 'multi', 'cmd', 'user', 'redir', 'resp'];

test('clients: CLIENT INFO has the fields of Redis 7.0, in their order', async () => {
  const [right, ours] = await Promise.all([lists(servers().redis), lists(servers().ours)]);
  const names = [...fieldsOf(ours.info).keys()].filter((name) => !newer.includes(name));
  expect(names).toEqual([...fieldsOf(right.info).keys()]);
});

test('clients: CLIENT LIST says the same of the same clients', async () => {
  const linesOf = async (server: TestServer) =>
    (await lists(server)).list
      .split('\n')
      .filter((line) => / name=named | cmd=client\|list /.test(line))
      .map((line) => {
        const fields = fieldsOf(line);
        return sameValues.map((name) => `${name}=${fields.get(name)}`).join(' ');
      })
      .sort();
  const right = await linesOf(servers().redis);
  expect(right.length).toBe(2);
  expect(await linesOf(servers().ours)).toEqual(right);
});

test('clients: a client is found by its id and its address', async () => {
  for (const server of Object.values<TestServer>({ ...servers() })) {
    const client = await server.connect();
    const other = await server.connect();
    const fields = fieldsOf(textOf(await other.send('CLIENT', 'INFO')));
    const id = fields.get('id') ?? '';
    const found = textOf(await client.send('CLIENT', 'LIST', 'ID', id));
    expect(fieldsOf(found).get('addr'), server.name).toBe(fields.get('addr'));
    const killed: Reply = await client.send('CLIENT', 'KILL', 'ADDR', fields.get('addr') ?? '');
    expect(killed, server.name).toBe(':1');
    expect(await other.send('PING'), server.name).toBe('(closed)');
    client.close();
    other.close();
  }
});
