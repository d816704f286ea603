import { expect, test } from 'vitest';
import { SimulatedClock } from '../../test/simulation/simulated-clock.ts';
import { LonelyBacklog } from './lonely-backlog.ts';

test('lonely backlog: forgotten when nobody came for long enough, never with a time of 0', () => {
  const clock = new SimulatedClock();
  const backlog = new LonelyBacklog(clock);
  clock.advance(9_000);
  expect(backlog.isForgotten(10)).toBe(false);
  clock.advance(2_000);
  expect(backlog.isForgotten(10)).toBe(true);
  expect(backlog.isForgotten(0)).toBe(false);

  backlog.expectReplicas();
  expect(backlog.isForgotten(10)).toBe(false);
});
