import { expect, test } from 'vitest';
import { SimulatedClock } from '../../test/simulation/simulated-clock.ts';
import { steadyMs } from './steady-time.ts';

test('steady time: goes on as time does', () => {
  const clock = new SimulatedClock();
  const before = steadyMs(clock);
  clock.advance(1_500);

  expect(steadyMs(clock) - before).toBe(1_500);
});
