import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startHeadwater } from '../../support/start-headwater.ts';
import { startRedis } from '../../support/start-redis.ts';
import type { TestServer } from '../../support/test-server.ts';
import { Node, untilSame } from './links.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

type Kind = 'real' | 'ours';

async function start(kind: Kind, ...args: readonly string[]): Promise<Node> {
  const quick = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];
  const starter = kind === 'real' ? startRedis : startHeadwater;
  const server = await starter({ args: [...quick, ...args] });
  servers.push(server);
  return Node.of(server);
}

const pairs: readonly (readonly [Kind, Kind])[] = [
  ['real', 'ours'],
  ['ours', 'real'],
  ['ours', 'ours'],
];

describe.each(pairs)(
  'replication: a %s primary and a replica that is %s',
  (primaryKind, replicaKind) => {
    test('a full sync while clients write, streamed or by file, over old data', async () => {
      const primary = await start(primaryKind);
      const replica = await start(replicaKind);
      await primary.write(0, 3_000);
      for (const diskless of ['yes', 'no']) {
        for (const load of ['disabled', 'on-empty-db', 'swapdb']) {
          await replica.client.send('REPLICAOF', 'NO', 'ONE');
          // Its own writes put it beyond the end of the primary's history.
          await replica.write(50_000, 100);
          await primary.client.send('CONFIG', 'SET', 'repl-diskless-sync', diskless);
          await replica.client.send('CONFIG', 'SET', 'repl-diskless-load', load);
          const before = Number(await primary.info('sync_full'));
          await replica.follow(primary.port);
          for (let i = 0; i < 10; i += 1) await primary.write(i * 200, 200);
          await untilSame(primary, replica);

          expect(Number(await primary.info('sync_full'))).toBe(before + 1);
          expect(await primary.info('slave0')).toMatch(
            new RegExp(`^ip=127.0.0.1,port=${replica.port},state=online,offset=\\d+,lag=[01]$`),
          );
        }
      }
    });

    test('a password with odd bytes, changed while they run', async () => {
      const password = '!@#aedf "\' \\ \0 \xff';
      const primary = await start(primaryKind);
      const replica = await start(replicaKind);
      await primary.write(0, 100);
      expect(await primary.client.send('CONFIG', 'SET', 'requirepass', password)).toBe('+OK');
      await primary.client.send('AUTH', password);
      await replica.follow(primary.port);
      await eventually(() =>
        /NOAUTH|Unable to AUTH|not supported|Unexpected/.test(replica.server.output()),
      );
      expect(await replica.info('master_link_status')).toBe('down');

      expect(await replica.client.send('CONFIG', 'SET', 'masterauth', password)).toBe('+OK');
      await untilSame(primary, replica);
    });

    test('WAIT counts who has acknowledged, and gives up in time', async () => {
      const primary = await start(primaryKind);
      const replica = await start(replicaKind);
      await replica.follow(primary.port);
      await untilSame(primary, replica);
      await primary.client.send('SET', 'a', '1');
      expect(await primary.client.send('WAIT', 1, 5_000)).toBe(':1');

      await primary.client.send('SET', 'a', '2');
      expect(await primary.client.send('WAIT', 2, 100)).toBe(':1');
      expect(await replica.client.send('WAIT', 1, 100)).toContain('-ERR WAIT cannot be used');
    });

    test('without enough good replicas a write is refused and changes nothing', async () => {
      const primary = await start(
        primaryKind,
        '--min-replicas-to-write',
        '1',
        '--min-replicas-max-lag',
        '2',
      );
      const replica = await start(replicaKind);
      const refusal = '-NOREPLICAS Not enough good replicas to write.';
      expect(await primary.client.send('SET', 'a', '1')).toBe(refusal);

      await replica.follow(primary.port);
      await eventually(async () => (await primary.client.send('SET', 'a', '1')) === '+OK');
      expect(await primary.info('min_slaves_good_slaves')).toBe('1');
      await replica.client.send('REPLICAOF', 'NO', 'ONE');
      await eventually(async () => (await primary.client.send('SET', 'a', '2')) === refusal);
      expect(await primary.client.send('SET', 'b', '1')).toBe(refusal);
      expect(await primary.client.send('GET', 'b')).toBe('$-1 (null)');
    });

    test('a replica is read-only, keeps what expired until it is told, and shows it as missing', async () => {
      const primary = await start(primaryKind);
      const replica = await start(replicaKind);
      await replica.follow(primary.port);
      await untilSame(primary, replica);
      expect(await replica.client.send('SET', 'a', 'b')).toContain('-READONLY');

      await primary.client.send('DEBUG', 'SET-ACTIVE-EXPIRE', '0');
      await primary.client.pipeline([
        ['SET', 'short', 'life', 'PX', '60'],
        ['SET', 'b', 'c'],
      ]);
      await untilSame(primary, replica);
      await eventually(async () => (await replica.client.send('GET', 'short')) === '$-1 (null)');
      expect(await replica.client.send('DBSIZE')).toBe(':2');
      expect(await primary.client.send('GET', 'short')).toBe('$-1 (null)');
      await eventually(async () => (await replica.client.send('DBSIZE')) === ':1');
      await untilSame(primary, replica);
    });

    test('ROLE on both sides', async () => {
      const primary = await start(primaryKind);
      const replica = await start(replicaKind);
      await replica.follow(primary.port);
      await untilSame(primary, replica);

      const [role, , replicas] = (await primary.client.send('ROLE')) as unknown[];
      expect(role).toBe('$master');
      expect(replicas).toEqual([
        ['$127.0.0.1', `$${replica.port}`, expect.stringMatching(/^\$\d+$/)],
      ]);
      expect(await replica.client.send('ROLE')).toEqual([
        '$slave',
        '$127.0.0.1',
        `:${primary.port}`,
        '$connected',
        expect.stringMatching(/^:\d+$/),
      ]);
    });
  },
);
