import { expect, test } from 'vitest';
import { typeNameOf } from './rdb-format.ts';

test('rdb: types have names that a person knows', () => {
  expect(typeNameOf(0, 'REDIS')).toBe('string');
  expect(typeNameOf(21, 'REDIS')).toBe('stream (version 3)');
  expect(typeNameOf(25, 'REDIS')).toBe('hash with field expiry (listpack)');
});

test('rdb: type 22 means another thing in a Valkey file', () => {
  expect(typeNameOf(22, 'REDIS')).toBe('hash with field expiry (pre-release)');
  expect(typeNameOf(22, 'VALKEY')).toBe('hash with field expiry (Valkey)');
});

test('rdb: numbers that nobody has given a meaning are unknown', () => {
  for (const type of [8, 33, 100, 243]) expect(typeNameOf(type, 'REDIS')).toBe('unknown');
  expect(typeNameOf(23, 'VALKEY')).toBe('unknown');
});
