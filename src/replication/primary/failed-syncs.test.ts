import { describe, expect, test } from 'vitest';
import { FailedSyncs, pauseAfterFailedSync } from './failed-syncs.ts';

describe('failed syncs', () => {
  test('the pause doubles up to a bound', () => {
    expect([1, 2, 3, 6, 7, 2_000].map(pauseAfterFailedSync)).toEqual([
      1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
    ]);
  });

  test('a pause is counted from the failure, for one address', () => {
    const failed = new FailedSyncs();
    failed.add('r:1', 5_000);
    failed.add('r:1', 7_000);

    expect(failed.pauseOf('r:1', 7_500)).toEqual({ failureCount: 2, leftMs: 1_500 });
    expect(failed.pauseOf('r:1', 9_000)).toEqual({ failureCount: 2, leftMs: 0 });
    expect(failed.pauseOf('r:2', 7_500)).toEqual({ failureCount: 0, leftMs: 0 });
  });

  test('who acknowledges begins anew', () => {
    const failed = new FailedSyncs();
    failed.add('r:1', 0);
    failed.add('r:1', 0);
    failed.forget('r:1');
    failed.add('r:1', 100);

    expect(failed.pauseOf('r:1', 100)).toEqual({ failureCount: 1, leftMs: 1_000 });
  });

  test('of many addresses, the one that failed longest ago is forgotten', () => {
    const failed = new FailedSyncs();
    for (let i = 0; i < 1_000; i += 1) failed.add(`r:${i}`, i);
    failed.add('r:0', 1_000);
    failed.add('new:1', 1_000);

    expect(failed.size).toBe(1_000);
    expect(failed.pauseOf('r:1', 1_000).failureCount).toBe(0);
    expect(failed.pauseOf('r:0', 1_000).failureCount).toBe(2);
  });
});
