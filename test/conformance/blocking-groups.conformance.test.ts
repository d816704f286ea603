import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { textOf } from '../support/reply.ts';
import { requestOf } from '../support/resp-client.ts';
import { useServers } from './suite.ts';

/**
 * Who waits for a group that is taken away gets an error. Redis 7.2 has other texts than 7.0 for this,
 * so that these are compared with what 7.2 documents.
 */
const servers = useServers();

const noGroup = "NOGROUP No such key 's' or consumer group 'g' in XREADGROUP with GROUP option";

const ways: readonly (readonly [string, readonly string[], string])[] = [
  ['the group is destroyed', ['XGROUP', 'DESTROY', 's', 'g'], noGroup],
  ['the key is deleted', ['DEL', 's'], noGroup],
  ['the key gets another type', ['SET', 's', 'x'], 'WRONGTYPE'],
  ['the database is emptied', ['FLUSHDB'], noGroup],
];

test.each(ways)('blocking groups: %s', async (_name, way, error) => {
  const { ours } = servers();
  const [waiting, acting] = [await ours.connect(), await ours.connect()];
  await acting.send('FLUSHALL');
  await acting.send('XGROUP', 'CREATE', 's', 'g', '$', 'MKSTREAM');
  const words = 'XREADGROUP GROUP g alice BLOCK 0 STREAMS s >'.split(' ');
  waiting.write(requestOf(words.map((word) => Buffer.from(word))));
  const isBlocked = async () =>
    textOf(await acting.send('INFO', 'clients')).includes('blocked_clients:1');
  await eventually(isBlocked, { what: 'the session waits' });
  await acting.send(...way);
  expect(JSON.stringify(await waiting.next())).toContain(error);
  waiting.close();
  acting.close();
});
