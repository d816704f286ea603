import { expect, test } from 'vitest';
import {
  denseBytes,
  headerBytes,
  hyperLogLogEncodings,
  registerCount,
  writeHeader,
} from './hyperloglog.ts';
import {
  estimateCardinality,
  Histogram,
  newRegisters,
  raiseRegisters,
  writeDenseRegisters,
} from './hyperloglog-registers.ts';

function sparseOf(...runs: readonly number[]): Uint8Array {
  const value = new Uint8Array(headerBytes + runs.length);
  writeHeader(value, 0, hyperLogLogEncodings.sparse);
  value.set(runs, headerBytes);
  return value;
}

test('hyperloglog registers: dense and back', () => {
  const registers = newRegisters().map((_, i) => (i * 7) % 52);
  const value = new Uint8Array(denseBytes);
  writeHeader(value, 0, hyperLogLogEncodings.dense);
  writeDenseRegisters(value, 0, registers);
  const back = newRegisters();

  expect(raiseRegisters(back, value, 0, denseBytes)).toBe(true);

  expect(back).toEqual(registers);
  const [one, other] = [new Histogram(), new Histogram()];
  expect(one.countValue(value, 0, denseBytes)).toBe(true);
  other.countRegisters(registers);
  expect(one.counts).toEqual(other.counts);
});

test('hyperloglog registers: the larger of each', () => {
  const registers = newRegisters();
  registers[1] = 9;
  const value = sparseOf(0x86, 0x7f, 0xfc);

  expect(raiseRegisters(registers, value, 0, value.length)).toBe(true);

  expect([...registers.subarray(0, 4)]).toEqual([2, 9, 2, 0]);
});

test.each([[[]], [[0x7f, 0xfe]], [[0x7f, 0xff, 0x00]], [[0x7f, 0xff, 0x83]], [[0x00, 0x7f]]])(
  'hyperloglog registers: runs of %j are damage',
  (runs) => {
    const value = sparseOf(...runs);

    expect(raiseRegisters(newRegisters(), value, 0, value.length)).toBe(false);
    expect(new Histogram().countValue(value, 0, value.length)).toBe(false);
  },
);

test('hyperloglog estimate: nothing, little, and beyond all bounds', () => {
  const histogram = new Histogram();
  const estimate = (...counts: readonly (readonly [number, number])[]): number => {
    histogram.counts.fill(0);
    for (const [value, count] of counts) histogram.counts[value] = count;
    return estimateCardinality(histogram);
  };

  expect(estimate([0, registerCount])).toBe(0);
  expect(estimate([0, registerCount - 1], [1, 1])).toBe(1);
  expect(estimate([0, registerCount - 3], [1, 2], [2, 1])).toBe(3);
  expect(estimate([51, registerCount])).toBe(Number.POSITIVE_INFINITY);
});
