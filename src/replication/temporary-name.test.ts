import { expect, test } from 'vitest';
import { SimulatedClock } from '../../test/simulation/simulated-clock.ts';
import { seededRandom } from '../runtime/seeded-random.ts';
import { temporaryName } from './temporary-name.ts';

test('temporary name: two of the same moment differ', () => {
  const world = { clock: new SimulatedClock(), random: seededRandom(1), settings: { port: 7 } };
  const names = [temporaryName('temp', world), temporaryName('temp', world)];

  expect(names[0]).toMatch(/^temp-\d+\.7\.[0-9a-f]{8}\.rdb$/);
  expect(names[0]).not.toBe(names[1]);
});
