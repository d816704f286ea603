import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 5;

/**
 * Waits until `condition` gives something true, and returns that. A condition that throws is not yet
 * true; when the time is up, its last error is the cause of ours.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  { withinMs = 10_000, what = 'the condition' }: { withinMs?: number; what?: string } = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinMs;
  let cause: unknown;
  do {
    try {
      const result = await condition();
      if (result) return result;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await delay(pollMs);
  } while (performance.now() < deadline);
  throw new Error(`${what} did not come true within ${withinMs} ms`, { cause });
}
