import { describe, expect, test } from 'vitest';
import { ReplicationWorldOfTests } from '../../../test/support/replication-node.ts';
import { bytesOf, latin1Of } from '../../base/bytes.ts';

/** A primary by hand: it answers each request with what the test says. */
function scriptedPrimary(answer: (request: string) => string) {
  const world = new ReplicationWorldOfTests();
  const requests: string[] = [];
  const attempts = { count: 0 };
  const address = { kind: 'tcp', host: 'p', port: 6379, backlog: 1 } as const;
  world.network.listenerOf('p').listen(
    address,
    (connection) => {
      attempts.count += 1;
      connection.listen({
        onData: (bytes, length) => {
          const text = latin1Of(bytes, 0, length);
          requests.push(text);
          const reply = answer(text);
          if (reply !== '') connection.write(bytesOf(reply));
        },
        onDrain: () => {},
        onClose: () => {},
      });
    },
    () => {},
    () => {},
  );
  const replica = world.start('r', null, { replTimeoutSeconds: 10 });
  world.turn(() => replica.replication.follow('p', 6379));
  return { world, replica, requests, attempts };
}

const id = 'ab'.repeat(20);
const greets = (text: string): string => {
  if (text.includes('PING')) return '+PONG\r\n';
  return text.includes('listening-port') ? '+OK\r\n+OK\r\n' : '';
};
const snapshot = (entries: string): string => {
  const text = `[0,${entries}]`;
  return `${String(text.length).padStart(8, '0')}${text}`;
};

describe('link', () => {
  test('a primary without PSYNC is asked for SYNC, and is never sent an ACK', () => {
    const body = snapshot('[["0:k","v"]]');
    const { world, replica, requests } = scriptedPrimary((text) => {
      if (text.includes('PSYNC')) return '-ERR unknown command\r\n';
      if (text.startsWith('SYNC')) return `$${body.length}\r\n${body}*1\r\n$4\r\nping\r\n`;
      return greets(text);
    });
    world.clock.until('streaming', () => replica.replication.isLinkUp);
    world.clock.advance(5_000);

    expect(replica.data.get('0:k')).toBe('v');
    expect(replica.replication.offset).toBe(14);
    expect(requests.some((text) => text.includes('ACK'))).toBe(false);
  });

  test('stream bytes behind the snapshot are applied, an ACK follows at once and each second', () => {
    const body = snapshot('[]');
    const mark = 'f'.repeat(40);
    const { world, replica, requests } = scriptedPrimary((text) => {
      if (!text.includes('PSYNC')) return greets(text);
      const set = '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n';
      return `\n+FULLRESYNC ${id} 100\r\n\n$EOF:${mark}\r\n${body}${mark}${set}`;
    });
    world.clock.until('applied', () => replica.data.get('0:a') === 'b');
    expect(replica.replication.offset).toBe(127);
    expect(replica.replication.history.id).toBe(id);
    world.clock.advance(3_500);

    const acks = requests.join('').match(/ACK\r\n\$\d\r\n\d+/g) ?? [];
    expect(acks.length).toBeGreaterThanOrEqual(4);
    expect(acks.at(-1)).toContain('127');
  });

  test('a fresh replica of a run-time REPLICAOF asks with its own id', () => {
    const { world, replica, requests } = scriptedPrimary(greets);
    const { id: own } = replica.replication.history;
    world.clock.until('asked', () => requests.join('').includes('PSYNC'));

    expect(requests.join('')).toContain(`PSYNC\r\n$40\r\n${own}\r\n$1\r\n1\r\n`);
  });

  test('a snapshot that is not understood fails once, with its reason, and then waits longer', () => {
    const body = snapshot('[]');
    const { world, replica, attempts } = scriptedPrimary((text) =>
      text.includes('PSYNC') ? `+FULLRESYNC ${id} 1\r\n$${body.length}\r\n${body}` : greets(text),
    );
    replica.refusesSnapshots = true;
    world.clock.until('failed', () => replica.info('headwater_sync_failure') !== '');

    expect(replica.info('headwater_sync_failure')).toContain("type hash of key 'h'");
    expect(Number(replica.info('headwater_sync_retry_in_seconds'))).toBe(5);
    expect(replica.logged('Failed trying to load the MASTER synchronization DB')).toBe(true);
    world.clock.advance(60_000);
    expect(attempts.count).toBeLessThanOrEqual(4);

    replica.refusesSnapshots = false;
    world.clock.until('loaded', () => replica.replication.isLinkUp, 400_000);
    expect(replica.info('headwater_sync_failure')).toBe('');
  });

  test('a silent primary is given up: before the snapshot, in it, and while streaming', () => {
    for (const stage of [0, 1, 2]) {
      const body = snapshot('[]');
      const answers = ['', `+FULLRESYNC ${id} 1\r\n$99\r\nabc`, `+FULLRESYNC ${id} 1\r\n`];
      const { world, replica, attempts } = scriptedPrimary((text) => {
        if (!text.includes('PSYNC')) return greets(text);
        return stage === 2 ? `${answers[2]}$${body.length}\r\n${body}` : answers[stage];
      });
      world.clock.until('given up', () => attempts.count >= 2, 30_000);
      const words = ['Timeout connecting', 'Timeout receiving bulk data', 'MASTER timeout'];
      expect(replica.logged(words[stage])).toBe(true);
    }
  });

  test('a primary that is not ready is asked once a second', () => {
    const { world, replica, attempts } = scriptedPrimary((text) =>
      text.includes('PSYNC') ? '-LOADING Redis is loading the dataset in memory\r\n' : greets(text),
    );
    world.clock.advance(10_000);

    expect(attempts.count).toBeGreaterThanOrEqual(9);
    expect(attempts.count).toBeLessThanOrEqual(11);
    expect(replica.info('master_link_status')).toBe('down');
  });

  test('text in the stream is a desync: the position is forgotten', () => {
    const body = snapshot('[]');
    const { world, requests, replica } = scriptedPrimary((text) =>
      text.includes('PSYNC')
        ? `+FULLRESYNC ${id} 1\r\n$${body.length}\r\n${body}SET a b\r\n`
        : greets(text),
    );
    world.clock.until('asked again', () => requests.join('').includes('$1\r\n?\r\n$2\r\n-1'));

    expect(replica.logged('Desync')).toBe(true);
  });

  test('masterauth is read anew at each handshake', () => {
    const { world, replica } = scriptedPrimary((text) => {
      if (text.includes('PING')) return '-NOAUTH Authentication required.\r\n';
      if (text.includes('AUTH'))
        return text.includes('secret') ? '+OK\r\n+OK\r\n+OK\r\n' : '-WRONGPASS\r\n';
      return '';
    });
    replica.settings.primaryPassword = 'wrong';
    world.clock.until('refused', () => replica.logged('Unable to AUTH to MASTER'));
    replica.settings.primaryPassword = 'secret';
    world.clock.until('accepted', () => replica.logged('Trying a partial resynchronization'));
  });

  test('a host that refuses is tried once a second', () => {
    const world = new ReplicationWorldOfTests();
    const replica = world.start('r');
    world.turn(() => replica.replication.follow('nobody', 1));
    world.clock.advance(5_500);

    const tries = replica.lines.filter((line) => line.startsWith('Connecting to MASTER'));
    expect(tries.length).toBe(6);
    expect(replica.logged('Connection refused')).toBe(true);
  });
});
