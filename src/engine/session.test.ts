import { describe, expect, test } from 'vitest';
import { Request } from '../protocol/request.ts';
import { nextSessionStates, Session, type SessionState } from './session.ts';
import { FakeConnection } from './testing-engine.ts';

function newSession(connection: FakeConnection | null = new FakeConnection()): Session {
  return new Session({
    id: 7,
    kind: 'client',
    connection,
    nowMs: 1_000,
    authenticated: true,
    maxBulkBytes: 1_000,
  });
}

const states: Readonly<Record<SessionState['name'], SessionState>> = {
  running: { name: 'running' },
  blocked: { name: 'blocked', waiting: { kind: 'pause' } },
  closing: { name: 'closing' },
};

/** A session that went to a state on legal ways. */
function sessionIn(name: SessionState['name']): Session {
  const session = newSession();
  if (name !== 'running') session.enter(states[name]);
  return session;
}

describe('session: states', () => {
  const names = Object.keys(states) as SessionState['name'][];
  const moves = names.flatMap((from) => names.map((to) => [from, to] as const));

  test.each(moves)('%s → %s', (from, to) => {
    const session = sessionIn(from);
    const move = () => session.enter(states[to]);

    if (nextSessionStates[from].includes(to)) {
      move();
      expect(session.state.name).toBe(to);
    } else {
      expect(move).toThrow(`illegal session state: ${from} → ${to}`);
      expect(session.state.name).toBe(from);
    }
  });

  test('closing is the end, however often it is asked for', () => {
    const session = newSession();

    session.closeAfterReply();
    session.closeAfterReply();

    expect(session.state.name).toBe('closing');
    expect(nextSessionStates.closing).toEqual([]);
  });
});

describe('session: what it says of itself', () => {
  const fieldsOf = (session: Session, nowMs = 1_000) =>
    new Map(
      session
        .describe(nowMs)
        .split(' ')
        .map((pair) => pair.split('=') as [string, string]),
    );

  test('is one line of names and values', () => {
    const session = newSession();
    session.name = 'me';
    session.libraryName = 'lib';
    session.selectDatabase(3);
    session.protocol = 3;
    session.lastCommand = 'client|list';
    session.lastActiveAtMs = 5_500;

    const fields = fieldsOf(session, 9_999);

    expect(Object.fromEntries(fields)).toMatchObject({
      ...{ id: '7', addr: '127.0.0.1:50000', laddr: '127.0.0.1:7000', name: 'me', age: '8' },
      ...{ idle: '4', flags: 'N', db: '3', cmd: 'client|list', user: 'default', resp: '3' },
      ...{ 'lib-name': 'lib', omem: '0', events: 'r' },
    });
  });

  test('has a letter for each thing that is not ordinary', () => {
    const flagsOf = (change: (session: Session) => void, connection?: FakeConnection) => {
      const session = newSession(connection);
      change(session);
      return fieldsOf(session).get('flags');
    };

    expect(flagsOf(() => {})).toBe('N');
    expect(flagsOf((session) => session.enter(states.blocked))).toBe('b');
    expect(flagsOf((session) => session.closeAfterReply())).toBe('c');
    expect(flagsOf((session) => Object.assign(session, { kind: 'replica' }))).toBe('S');
    expect(flagsOf((session) => Object.assign(session, { kind: 'primary' }))).toBe('M');
    expect(flagsOf((session) => Object.assign(session, { noEvict: true, noTouch: true }))).toBe(
      'eT',
    );
    expect(flagsOf(() => {}, new FakeConnection('/tmp/socket', 0))).toBe('U');
  });

  test('counts what waits to be read and written', () => {
    const connection = new FakeConnection();
    connection.pendingBytes = 12;
    const session = newSession(connection);
    const half = new TextEncoder().encode('*2\r\n$4\r\nECHO\r\n$9\r\nabc');
    session.parser.feed(half, half.length);
    session.parser.next(new Request());

    const fields = fieldsOf(session);

    expect(fields.get('omem')).toBe('12');
    expect(fields.get('events')).toBe('rw');
    expect(fields.get('qbuf')).toBe(String(half.length));
    expect(Number(fields.get('tot-mem'))).toBeGreaterThan(1_000);
  });
});

test('session: RESET takes back what the client chose', () => {
  const session = newSession();
  session.selectDatabase(9);
  Object.assign(session, { name: 'me', protocol: 3, noEvict: true, noTouch: true });
  session.replyMode = 'off';

  session.reset();

  expect(session).toMatchObject({
    ...{ databaseIndex: 0, name: '', protocol: 2, noEvict: false, noTouch: false },
    replyMode: 'on',
  });
});

test('session: who authenticates may send large requests, and not before', () => {
  const session = newSession();

  session.authenticated = false;
  expect(session.parser.limits.isUnauthenticated).toBe(true);
  session.authenticated = true;
  expect(session.parser.limits.isUnauthenticated).toBe(false);
});

test('session: without a connection it has no addresses', () => {
  const session = newSession(null);

  expect([session.remoteAddress, session.localAddress]).toEqual(['', '']);
  expect(session.describe(0)).toContain('addr= laddr= ');
});
