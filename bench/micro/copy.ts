/** Where `set(subarray())` overtakes a loop: the bound in `copyBytes`. */
import { copyBytes, withView } from '../../src/base/bytes.ts';
import { isQuick, type Measured, nanosecondsOf, report } from './measure.ts';

const lengths = [8, 16, 32, 48, 64, 96, 128, 192, 256, 512];
const copies = isQuick ? 100_000 : 1_000_000;
const memory = 1 << 16;
const mask = memory / 2 - 1;

// Each way has a loop of its own around it: the engine compiles a call for what it has seen there.

function byLoop(source: Uint8Array, target: Uint8Array, length: number): number {
  for (let i = 0; i < copies; i += 1) {
    const start = (i * 64) & mask;
    copyByLoop(source, start, start + length, target, start);
  }
  return target[length];
}

function bySet(source: Uint8Array, target: Uint8Array, length: number): number {
  for (let i = 0; i < copies; i += 1) {
    const start = (i * 64) & mask;
    target.set(source.subarray(start, start + length), start);
  }
  return target[length];
}

function byCopyBytes(source: Uint8Array, target: Uint8Array, length: number): number {
  for (let i = 0; i < copies; i += 1) {
    const start = (i * 64) & mask;
    copyBytes(source, start, start + length, target, start);
  }
  return target[length];
}

const copyByLoop: typeof copyBytes = (source, start, end, target, at) => {
  for (let i = start, j = at; i < end; i += 1, j += 1) target[j] = source[i];
};

const ways = { 'loop': byLoop, 'set(subarray)': bySet, 'copyBytes': byCopyBytes };
const source = withView(new Uint8Array(memory).fill(120));
const target = withView(new Uint8Array(memory));
const measured: Measured[] = [];
let crossing = 0;
for (const length of lengths) {
  const times = Object.entries(ways).map(([way, copy]) => {
    const value = nanosecondsOf(copies, () => copy(source, target, length));
    measured.push({ what: `copy ${length} bytes, ${way}`, value, unit: 'ns' });
    return value;
  });
  if (times[0] <= times[1]) crossing = length;
}
report([...measured, { what: 'longest copy that a loop wins', value: crossing, unit: 'bytes' }]);
