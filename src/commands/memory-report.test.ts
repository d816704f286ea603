import { expect, test } from 'vitest';
import type { MemoryView } from './context.ts';
import { memoryAdvice, memoryStatistics } from './memory-report.ts';

const MiB = 1024 * 1024;

const healthy: MemoryView = {
  usedBytes: 100 * MiB,
  peakUsedBytes: 101 * MiB,
  contentBytes: 80 * MiB,
  spannedBytes: 90 * MiB,
  residentBytes: 150 * MiB,
  backlogBytes: MiB,
  replicaBytes: 0,
  clientBytes: 50_000,
  functionBytes: 0,
  databases: [
    { index: 0, keyCount: 1024, tableBytes: 20 * MiB },
    { index: 1, keyCount: 0, tableBytes: 100 },
  ],
};

test('memory report: shares and means follow from one look', () => {
  const all = new Map(memoryStatistics(healthy));

  expect(all.get('keys.bytes-per-key')).toEqual({ kind: 'integer', value: 102_400 });
  expect(all.get('dataset.percentage')).toEqual({ kind: 'ratio', value: 80 });
  expect(all.get('db.0')).toEqual({ kind: 'tables', bytes: 20 * MiB });
  expect(all.has('db.1')).toBe(false);
  expect(all.get('fragmentation')).toEqual({ kind: 'ratio', value: 1.5 });
});

test('memory report: says what is remarkable, and nothing otherwise', () => {
  const advice = (changes: Partial<MemoryView>): string =>
    memoryAdvice({ ...healthy, ...changes }, 1);

  expect(advice({ usedBytes: MiB })).toContain('Too little');
  expect(advice({})).toContain('Nothing is remarkable');
  expect(advice({ peakUsedBytes: 200 * MiB })).toContain('Peak');
  expect(advice({ spannedBytes: 200 * MiB })).toContain('Holes');
  expect(advice({ clientBytes: 10 * MiB })).toContain('Clients');
});
