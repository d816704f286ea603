import { expect, test } from 'vitest';
import type { RefusalReason } from './psync.ts';
import { SyncHistory } from './sync-history.ts';

function record(history: SyncHistory, reason: RefusalReason | null): void {
  const kind = reason === null ? 'partial' : 'full';
  history.add({ atMs: 0, replica: 'a:1', kind, reason, bytes: 0 });
}

test('sync history: counts full, partial and refused syncs', () => {
  const history = new SyncHistory();
  record(history, 'asked-for');
  record(history, 'unknown-history');
  record(history, null);

  expect([history.fullCount, history.partialCount, history.refusedCount]).toEqual([2, 1, 1]);
  history.reset();
  expect([history.fullCount, history.partialCount, history.refusedCount]).toEqual([0, 0, 0]);
});

test('sync history: remembers the last ones only', () => {
  const history = new SyncHistory();
  for (let i = 0; i < 1_000; i += 1) record(history, null);

  expect(history.records.length).toBe(128);
});
