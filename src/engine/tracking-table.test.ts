import { expect, test } from 'vitest';
import { bytesOfLatin1, latin1Of } from '../base/bytes.ts';
import { TrackingTable } from './tracking-table.ts';

function remember(table: TrackingTable, key: string, clientId: number): void {
  table.remember(bytesOfLatin1(key), 0, key.length, clientId);
}

test('tracking table: a key names each client once, and is forgotten when taken', () => {
  const table = new TrackingTable();
  for (const id of [1, 2, 1]) remember(table, 'k', id);
  remember(table, 'other', 1);
  expect([table.keyCount, table.itemCount]).toEqual([2, 3]);

  expect([...table.take(bytesOfLatin1('xkx'), 1, 2)]).toEqual([1, 2]);
  expect([...table.take(bytesOfLatin1('k'), 0, 1)]).toEqual([]);
  expect([table.keyCount, table.itemCount]).toEqual([1, 1]);
  table.clear();
  expect([table.keyCount, table.itemCount]).toEqual([0, 0]);
});

test('tracking table: the oldest key goes first, its bytes as they were', () => {
  const table = new TrackingTable();
  remember(table, '\xff\x00', 7);
  remember(table, 'younger', 8);

  const oldest = table.takeOldest();

  expect(latin1Of(oldest?.key ?? bytesOfLatin1(''))).toBe('\xff\x00');
  expect([...(oldest?.clients ?? [])]).toEqual([7]);
  table.takeOldest();
  expect(table.takeOldest()).toBe(null);
});
