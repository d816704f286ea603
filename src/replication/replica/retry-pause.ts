const firstPauseMs = { passing: 1_000, permanent: 5_000 } as const;
const longestPauseMs = { passing: 60_000, permanent: 300_000 } as const;

/**
 * How long to wait after the `failures`-th snapshot in a row that could not be loaded. Each one cost
 * the primary a walk over its whole data set, so the pause doubles up to a bound; data that we do
 * not understand will not change soon, so its pauses are longer.
 */
export function pauseAfterFailedLoad(failures: number, isPermanent: boolean): number {
  const kind = isPermanent ? 'permanent' : 'passing';
  return Math.min(firstPauseMs[kind] * 2 ** (failures - 1), longestPauseMs[kind]);
}
