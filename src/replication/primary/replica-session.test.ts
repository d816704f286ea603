import { expect, test } from 'vitest';
import { bytesOf, latin1Of } from '../../base/bytes.ts';
import type { Connection } from '../../runtime/connection.ts';
import { ReplicationLog } from '../log.ts';
import { ReplicaSession } from './replica-session.ts';

const limit = { hardBytes: 1_000, softBytes: 500, softSeconds: 5 };

function newSession() {
  const sent: Uint8Array[] = [];
  const connection = {
    pendingBytes: 0,
    isSlow: false,
    write(bytes: Uint8Array): boolean {
      sent.push(bytes);
      if (this.isSlow) this.pendingBytes += bytes.length;
      return !this.isSlow;
    },
  };
  const caller = { id: 1, remoteAddress: 'r:1', remoteHost: 'r' };
  const quiet = { debug: () => {}, verbose: () => {}, notice: () => {}, warning: () => {} };
  const session = new ReplicaSession(caller, quiet, () => {});
  session.attach(connection as unknown as Connection, 0);
  const log = new ReplicationLog(16 * 1024);
  log.create();
  session.readFrom(log.readerAt(0));
  session.handle({ kind: 'partialAccepted' });
  const append = (text: string): void => log.append(bytesOf(text), 0, text.length);
  return { session, connection, log, append, sent };
}

test('replica session: what was appended in a turn goes out in one piece', () => {
  const { session, append, sent } = newSession();
  append('ab');
  append('cd');
  session.flush();
  session.flush();

  expect(sent.map((piece) => latin1Of(piece))).toEqual(['abcd']);
});

test('replica session: a slow connection gets no more than it should hold, the rest when it drains', () => {
  const { session, connection, append, sent } = newSession();
  connection.isSlow = true;
  append('x'.repeat(3_000_000));
  session.flush();
  expect(session.pendingBytes).toBeGreaterThan(1_000_000);
  expect(session.pendingBytes).toBeLessThan(1_100_000);
  expect(session.heldBytes).toBeGreaterThan(3_000_000);

  connection.isSlow = false;
  connection.pendingBytes = 0;
  session.drained(1);
  expect(sent.reduce((sum, piece) => sum + piece.length, 0)).toBe(3_000_000);
  expect(session.heldBytes).toBeLessThan(5_000);
});

test('replica session: limits, hard at once and soft in time', () => {
  const { session, connection } = newSession();
  connection.pendingBytes = 1_001;
  expect(session.exceeds(limit, 0, 0)).toBe(true);
  expect(session.exceeds(limit, 2_000, 0)).toBe(false);

  connection.pendingBytes = 600;
  expect(session.exceeds(limit, 0, 0)).toBe(false);
  expect(session.exceeds(limit, 0, 5_000)).toBe(false);
  expect(session.exceeds(limit, 0, 5_001)).toBe(true);
  connection.pendingBytes = 10;
  expect(session.exceeds(limit, 0, 9_000)).toBe(false);
  connection.pendingBytes = 600;
  expect(session.exceeds(limit, 0, 10_000)).toBe(false);
});

test('replica session: whether a connection takes anything is seen from second to second', () => {
  const { session, connection } = newSession();
  connection.pendingBytes = 100;
  session.watchProgress(1_000);
  session.watchProgress(2_000);
  expect(session.progressAtMs).toBe(0);

  connection.pendingBytes = 99;
  session.watchProgress(3_000);
  expect(session.progressAtMs).toBe(3_000);
});

test('replica session: where it can be found', () => {
  const { session } = newSession();
  expect(session.address).toBe('r:<unknown-replica-port>');

  session.introduction.listeningPort = 7;
  session.introduction.announcedHost = 'other';
  expect(session.address).toBe('other:7');
});

test('replica session: a closed one holds nothing', () => {
  const { session, append, log } = newSession();
  append('x'.repeat(100_000));
  session.handle({ kind: 'closed' });

  expect(session.heldBytes).toBe(0);
  expect(log.window?.length).toBeLessThan(21_000);
});
