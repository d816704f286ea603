import { describe, expect, test } from 'vitest';
import type { ReplicationNode } from '../../../test/support/replication-node.ts';
import { ReplicationWorldOfTests } from '../../../test/support/replication-node.ts';
import { latin1Of } from '../../base/bytes.ts';
import { frameOf } from '../replica/handshake.ts';

/** A client by hand: sends requests to `node` and gathers what comes back. */
function connect(world: ReplicationWorldOfTests, node: ReplicationNode) {
  const client = { received: '', isClosed: false, send: (_requests: readonly string[][]) => {} };
  world.network.connectorOf('client').connect(
    { host: node.name, port: node.settings.port },
    (connection) => {
      connection.listen({
        onData: (bytes, length) => {
          client.received += latin1Of(bytes, 0, length);
        },
        onDrain: () => {},
        onClose: () => {
          client.isClosed = true;
        },
      });
      client.send = (requests) => {
        for (const words of requests) connection.write(frameOf(words));
        world.clock.advance(200);
      };
    },
    () => {},
  );
  world.clock.advance(50);
  return client;
}

function newPrimary() {
  const world = new ReplicationWorldOfTests();
  const a = world.start('a');
  world.turn(() => a.set('k', 'v'));
  return { world, a };
}

describe('sync requests', () => {
  test('SYNC: no position, a counted snapshot, and the stream without acknowledgements', () => {
    const { world, a } = newPrimary();
    const client = connect(world, a);
    client.send([['SYNC']]);
    expect(client.received).toMatch(/^\n*\$\d+\r\n\d{8}\[/);
    const { length } = client.received;
    world.turn(() => a.set('k', 'w'));
    world.clock.advance(200_000);

    expect(client.received.slice(length)).toContain('SELECT');
    expect(client.isClosed).toBe(false);
  });

  test('redis-cli --replica: SYNC with a mark, streaming after an ACK of 0', () => {
    const { world, a } = newPrimary();
    const client = connect(world, a);
    client.send([['REPLCONF', 'capa', 'eof'], ['SYNC']]);
    expect(client.received).toMatch(/^\+OK\r\n\n*\$EOF:/);
    const { length } = client.received;
    world.turn(() => a.set('k', 'w'));
    world.clock.advance(100);
    expect(client.received.length).toBe(length);

    client.send([['REPLCONF', 'ACK', '0']]);
    expect(client.received.slice(length)).toContain('SELECT');
  });

  test('redis-cli --rdb: a snapshot alone, not listed, closed in the end', () => {
    const { world, a } = newPrimary();
    const client = connect(world, a);
    client.send([['REPLCONF', 'capa', 'eof'], ['REPLCONF', 'rdb-only', '1'], ['SYNC']]);
    world.turn(() => a.set('k', 'w'));
    client.send([['REPLCONF', 'ACK', '0']]);

    expect(client.received).not.toContain('SELECT');
    expect(a.info('connected_slaves')).toBe('0');
    world.clock.advance(100_000);
    expect(client.isClosed).toBe(true);
  });

  test('a partial sync tells the id only to who understands it', () => {
    const { world, a } = newPrimary();
    const b = world.start('b', a);
    world.untilEqual(a, b);
    const { id } = a.replication.history;
    const old = connect(world, a);
    old.send([['PSYNC', id, '1']]);
    expect(old.received).toMatch(/^\+CONTINUE\r\n/);
    const young = connect(world, a);
    young.send([
      ['REPLCONF', 'capa', 'psync2'],
      ['PSYNC', id.toUpperCase(), '1'],
    ]);
    expect(young.received).toContain(`+CONTINUE ${id}\r\n`);
  });

  test('a bad offset is an error, and the client stays a client', () => {
    const { world, a } = newPrimary();
    const client = connect(world, a);
    client.send([['PSYNC', '?', 'x'], ['PING']]);

    expect(client.received).toBe('-ERR value is not an integer or out of range\r\n+PONG\r\n');
  });

  test('filtered snapshots need the mark', () => {
    const { world, a } = newPrimary();
    const client = connect(world, a);
    client.send([['REPLCONF', 'rdb-filter-only', 'functions'], ['SYNC']]);

    expect(client.received).toContain('-ERR Filtered replica requires EOF capability');
  });

  test('a replica whose own link is down refuses, one that is up serves', () => {
    const { world, a } = newPrimary();
    const b = world.start('b');
    world.turn(() => b.replication.follow('nobody', 1));
    const client = connect(world, b);
    client.send([['PSYNC', '?', '-1']]);
    expect(client.received).toContain("-NOMASTERLINK Can't SYNC while not connected");

    world.turn(() => b.replication.follow('a', 6379));
    world.untilEqual(a, b);
    client.send([['PSYNC', '?', '-1']]);
    expect(client.received).toContain(`+FULLRESYNC ${a.replication.history.id} `);
  });

  test('PSYNC FAILOVER: a primary refuses, a replica with that history takes over', () => {
    const { world, a } = newPrimary();
    const b = world.start('b', a);
    world.untilEqual(a, b);
    const { id } = a.replication.history;
    const refused = connect(world, a);
    refused.send([['PSYNC', id, '1', 'FAILOVER']]);
    expect(refused.received).toContain("-ERR PSYNC FAILOVER can't be sent to a master.");
    const stranger = connect(world, b);
    stranger.send([['PSYNC', '0'.repeat(40), '1', 'FAILOVER']]);
    expect(stranger.received).toContain('-ERR PSYNC FAILOVER replid must match my replid.');

    const next = String(a.replication.offset + 1);
    const heir = connect(world, b);
    heir.send([
      ['REPLCONF', 'capa', 'psync2'],
      ['PSYNC', id, next, 'FAILOVER'],
    ]);
    expect(heir.received).toContain(`+CONTINUE ${b.replication.history.id}`);
    expect(b.replication.isReplica).toBe(false);
  });

  test('a second PSYNC of a replica is ignored', () => {
    const { world, a } = newPrimary();
    const client = connect(world, a);
    client.send([['SYNC'], ['SYNC']]);

    expect(a.replication.statistics().fullSyncCount).toBe(1);
  });

  test('each decision is remembered with its reason', () => {
    const { world, a } = newPrimary();
    const client = connect(world, a);
    client.send([['PSYNC', 'f'.repeat(40), '1']]);

    expect(a.replication.syncRecords.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['full', 'unknown-history'],
    ]);
    expect(a.logged('Replication ID mismatch')).toBe(true);
    expect(a.replication.statistics().refusedPartialSyncCount).toBe(1);
    a.replication.resetStatistics();
    expect(a.replication.statistics().refusedPartialSyncCount).toBe(0);
  });
});
