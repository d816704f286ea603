import { expect, test } from 'vitest';
import { type RateName, Rates } from './rates.ts';

const totals = (commands: number): Record<RateName, number> => ({
  commands,
  input: commands * 10,
  output: 0,
  replicationInput: 0,
  replicationOutput: 0,
});

test('rates: are per second, whatever the time between two looks', () => {
  const rates = new Rates();
  let commands = 0;
  let nowMs = 1_000;
  for (let i = 0; i < 40; i += 1) {
    const elapsedMs = i % 2 === 0 ? 100 : 50;
    nowMs += elapsedMs;
    commands += elapsedMs * 3;
    rates.sample(nowMs, totals(commands));
  }

  expect(rates.perSecond('commands')).toBeCloseTo(3_000);
  expect(rates.perSecond('input')).toBeCloseTo(30_000);
  expect(rates.perSecond('output')).toBe(0);
});

test('rates: go down to nothing when nothing happens', () => {
  const rates = new Rates();
  rates.sample(1_000, totals(0));
  rates.sample(1_100, totals(500));
  expect(rates.perSecond('commands')).toBeGreaterThan(0);

  for (let i = 0; i < 16; i += 1) rates.sample(1_200 + i * 100, totals(500));

  expect(rates.perSecond('commands')).toBe(0);
});

test('rates: the first look, a clock that stands and totals that were reset are no rate', () => {
  const rates = new Rates();

  rates.sample(1_000, totals(1_000_000));
  expect(rates.perSecond('commands')).toBe(0);
  rates.sample(1_000, totals(2_000_000));
  rates.sample(900, totals(2_000_000));
  expect(rates.perSecond('commands')).toBe(0);
  rates.sample(1_100, totals(5));
  expect(rates.perSecond('commands')).toBe(0);
});
