import { expect, test } from 'vitest';
import { SimulatedClock } from '../../test/simulation/simulated-clock.ts';
import { Waits } from './waits.ts';

function newWaits() {
  const clock = new SimulatedClock();
  const replicas = { acknowledged: 0 };
  const waits = new Waits(clock, () => replicas.acknowledged);
  const answers: number[] = [];
  const add = (replicaCount: number, timeoutMs: number) =>
    waits.add({ offset: 10, replicaCount, timeoutMs, onDone: (count) => answers.push(count) });
  return { clock, waits, replicas, answers, add };
}

test('waits: answered when enough replicas acknowledged, once', () => {
  const { clock, waits, replicas, answers, add } = newWaits();
  add(2, 1_000);
  replicas.acknowledged = 1;
  waits.check();
  expect(answers).toEqual([]);

  replicas.acknowledged = 3;
  waits.check();
  waits.check();
  clock.advance(2_000);
  expect(answers).toEqual([3]);
});

test('waits: answered with what there is when time is up', () => {
  const { clock, replicas, answers, add } = newWaits();
  add(2, 1_000);
  replicas.acknowledged = 1;
  clock.advance(999);
  expect(answers).toEqual([]);

  clock.advance(1);
  expect(answers).toEqual([1]);
});

test('waits: one that is taken back, or has no timeout, is not answered by time', () => {
  const { clock, waits, replicas, answers, add } = newWaits();
  add(1, 0);
  const forget = add(1, 500);
  forget();
  clock.advance(100_000);
  expect(answers).toEqual([]);

  replicas.acknowledged = 1;
  waits.check();
  expect(answers).toEqual([1]);
});
