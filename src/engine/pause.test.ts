import { expect, test } from 'vitest';
import { Pauses } from './pause.ts';

test('pauses: none is in force at first', () => {
  const pauses = new Pauses();

  expect(pauses.mode).toBeNull();
  expect(pauses.nextEndMs).toBe(Number.POSITIVE_INFINITY);
  expect(pauses.expire(1e15)).toBe(false);
});

test('pauses: of one purpose the stronger mode and the later end win', () => {
  const pauses = new Pauses();

  pauses.begin('client', 'all', 100);
  pauses.begin('client', 'write', 50);

  expect(pauses.mode).toBe('all');
  expect(pauses.nextEndMs).toBe(100);
  pauses.begin('client', 'write', 300);
  expect(pauses.mode).toBe('all');
  expect(pauses.nextEndMs).toBe(300);
});

test('pauses: of several purposes the strongest counts, as long as it lasts', () => {
  const pauses = new Pauses();
  pauses.begin('client', 'all', 100);
  pauses.begin('shutdown', 'write', 200);

  expect(pauses.mode).toBe('all');
  expect(pauses.expire(99)).toBe(false);
  expect(pauses.expire(100)).toBe(true);
  expect(pauses.mode).toBe('write');
  expect(pauses.expire(200)).toBe(true);
  expect(pauses.mode).toBeNull();
});

test('pauses: the end of one leaves the other', () => {
  const pauses = new Pauses();
  pauses.begin('client', 'write', 100);
  pauses.begin('failover', 'all', 200);

  pauses.end('failover');
  expect(pauses.mode).toBe('write');
  pauses.end('failover');
  expect(pauses.mode).toBe('write');
  pauses.end('client');
  expect(pauses.mode).toBeNull();
});

test('pauses: one that began again after its end is a new one', () => {
  const pauses = new Pauses();
  pauses.begin('client', 'all', 100);
  pauses.end('client');

  pauses.begin('client', 'write', 50);

  expect(pauses.mode).toBe('write');
  expect(pauses.nextEndMs).toBe(50);
});
