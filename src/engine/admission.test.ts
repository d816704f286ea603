import { describe, expect, test } from 'vitest';
import { createCommandTable } from '../commands/table.ts';
import { errors } from '../protocol/errors.ts';
import { admissionChecks, admit, isOpen, isWrite, type ServerConditions } from './admission.ts';
import { Session } from './session.ts';
import { FakeConnection } from './testing-engine.ts';

const table = createCommandTable();

function commandOf(name: string) {
  const command = table.named(name);
  if (command === null) throw new Error(`no command ${name}`);
  return command;
}

const calm: ServerConditions = {
  passwordRequired: false,
  isReplica: false,
  replicaReadOnly: true,
  staleDataForbidden: false,
  loading: false,
  asyncLoading: false,
  tooFewReplicas: false,
  outOfMemory: false,
  savingFailed: false,
  debugAllowed: 'no',
};

function sessionOf(kind: Session['kind'], authenticated = true, host = '10.0.0.1'): Session {
  const connection = new FakeConnection(host);
  return new Session({ id: 1, kind, connection, nowMs: 0, authenticated, maxBulkBytes: 1000 });
}

function refusal(
  name: string,
  conditions: Partial<ServerConditions>,
  session = sessionOf('client'),
) {
  return admit(commandOf(name), session, { ...calm, ...conditions })?.code ?? null;
}

describe('admission: the order of refusals', () => {
  test('is that of Redis', () => {
    expect(admissionChecks.map(({ name }) => name)).toEqual([
      'authenticated',
      'allowed-in-transaction',
      'debug-allowed',
      'memory',
      'saving',
      'enough-replicas',
      'read-only-replica',
      'subscriber',
      'stale-data',
      'loading',
      'async-loading',
      'replica-connection',
    ]);
  });

  test('shows in the answers, as one trouble after the other goes away', () => {
    const conditions: ServerConditions = {
      ...calm,
      passwordRequired: true,
      outOfMemory: true,
      tooFewReplicas: true,
      staleDataForbidden: true,
      loading: true,
      asyncLoading: true,
    };
    const session = sessionOf('replica', false);
    const now = () => admit(commandOf('set'), session, conditions);

    expect(now()).toBe(errors.notAuthenticated);
    session.authenticated = true;
    expect(now()).toBe(errors.outOfMemory);
    conditions.outOfMemory = false;
    expect(now()).toBe(errors.notEnoughReplicas);
    conditions.isReplica = true;
    expect(now()).toBe(errors.readOnlyReplica);
    conditions.replicaReadOnly = false;
    expect(now()).toBe(errors.primaryDown);
    conditions.staleDataForbidden = false;
    expect(now()).toBe(errors.loading);
    conditions.loading = false;
    expect(now()).toBe(errors.replicaMayNotTouchKeys);
    session.kind = 'client';
    expect(now()).toBeNull();
  });
});

describe('admission: who may do what', () => {
  test('without a password nobody needs one', () => {
    expect(refusal('get', {}, sessionOf('client', false))).toBeNull();
  });

  test('before AUTH only what says so runs', () => {
    const before = (name: string) =>
      refusal(name, { passwordRequired: true }, sessionOf('client', false));

    expect(['auth', 'hello', 'quit', 'reset'].map(before)).toEqual([null, null, null, null]);
    expect(['get', 'ping', 'info', 'psync', 'replconf'].map(before)).toEqual(
      Array.from({ length: 5 }, () => 'NOAUTH'),
    );
  });

  test('DEBUG is for those whom the setting lets', () => {
    const local = sessionOf('client', true, '127.0.0.1');

    expect(refusal('debug', {})).toBe('ERR');
    expect(refusal('debug', { debugAllowed: 'local' })).toBe('ERR');
    expect(refusal('debug', { debugAllowed: 'local' }, local)).toBeNull();
    expect(refusal('debug', { debugAllowed: 'yes' })).toBeNull();
    expect(refusal('get', {})).toBeNull();
  });

  test('out of memory, what shrinks the data still runs', () => {
    const full = (name: string) => refusal(name, { outOfMemory: true });

    expect(['set', 'append', 'setbit', 'copy'].map(full)).toEqual(['OOM', 'OOM', 'OOM', 'OOM']);
    expect(['del', 'get', 'expire', 'flushall'].map(full)).toEqual([null, null, null, null]);
  });

  test('too few replicas refuse writes of a primary, not reads', () => {
    expect(refusal('del', { tooFewReplicas: true })).toBe('NOREPLICAS');
    expect(refusal('get', { tooFewReplicas: true })).toBeNull();
    expect(refusal('del', { tooFewReplicas: true, isReplica: true })).toBe('READONLY');
  });

  test('a replica without its primary shows what it may', () => {
    const stale = (name: string) => refusal(name, { isReplica: true, staleDataForbidden: true });

    expect(stale('get')).toBe('MASTERDOWN');
    expect(['info', 'ping', 'config|get', 'replicaof', 'role'].map(stale)).toEqual([
      null,
      'MASTERDOWN',
      null,
      null,
      null,
    ]);
  });

  test('while loading only what needs no data runs', () => {
    const loading = (name: string) => refusal(name, { loading: true });

    expect(['get', 'set', 'flushall', 'ping'].map(loading)).toEqual(
      Array.from({ length: 4 }, () => 'LOADING'),
    );
    expect(['info', 'config|set', 'auth', 'shutdown'].map(loading)).toEqual(
      Array.from({ length: 4 }, () => null),
    );
  });

  test('while new data grows beside the old, what would touch both waits', () => {
    const loading = (name: string) => refusal(name, { asyncLoading: true });

    expect(['get', 'psync', 'replicaof'].map(loading)).toEqual([null, 'LOADING', 'LOADING']);
  });

  test('the connection of a replica touches no keys', () => {
    const replica = (name: string) => refusal(name, {}, sessionOf('replica'));

    expect(replica('get')).toBe('ERR');
    expect(replica('set')).toBe('ERR');
    expect(replica('replconf')).toBeNull();
    expect(replica('ping')).toBeNull();
  });
});

test('admission: a server is open when no condition refuses anything', () => {
  expect(isOpen(calm)).toBe(true);
  const troubles = [
    'isReplica',
    'staleDataForbidden',
    'loading',
    'asyncLoading',
    'tooFewReplicas',
    'outOfMemory',
  ] as const;
  for (const trouble of troubles) expect(isOpen({ ...calm, [trouble]: true }), trouble).toBe(false);
});

test('admission: writes are what changes data here or at replicas', () => {
  const isWriteNamed = (name: string) => isWrite(commandOf(name), sessionOf('client'));

  expect(['set', 'del', 'flushall', 'getex'].map(isWriteNamed)).toEqual([true, true, true, true]);
  expect(['get', 'ping', 'wait', 'scan'].map(isWriteNamed)).toEqual([false, false, false, false]);
});
