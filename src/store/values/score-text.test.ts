import { expect, test } from 'vitest';
import { bytesOfLatin1, latin1Of } from '../../base/bytes.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { readScoreText, scoreText, scoreTextBytesMax, writeScoreText } from './score-text.ts';

test.each([
  [0, '0'],
  [-0, '-0'],
  [1, '1'],
  [-17, '-17'],
  [0.1, '0.1'],
  [1.5, '1.5'],
  [-2.25, '-2.25'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NEGATIVE_INFINITY, '-inf'],
  [1e17, '100000000000000000'],
  [2 ** 62, '4611686018427387904'],
  [-(2 ** 62), '-4611686018427387904'],
  [1e19, '1e+19'],
  [1.5e300, '1.5e+300'],
  [5e-324, '5e-324'],
  [0.000001, '0.000001'],
  [0.0000001, '1e-7'],
  [0.0001234567, '1.234567e-4'],
  [0.001234567, '0.001234567'],
  [123.456789012, '123.456789012'],
  [12345.6789012, '1.23456789012e+4'],
  [12345.678901, '12345.678901'],
])('score text: of %d', (score, text) => {
  expect(scoreText(score)).toBe(text);
});

test('score text: reads back as the same number', () => {
  const seed = 3;
  const random = seededRandom(seed);
  const view = new DataView(new ArrayBuffer(8));
  const target = new Uint8Array(scoreTextBytesMax + 1);
  for (let i = 0; i < 20_000; i += 1) {
    view.setUint32(0, random.uint32());
    view.setUint32(4, random.uint32());
    const bits = view.getFloat64(0);
    const score = i % 2 === 0 ? bits : (random.uint32() - 2 ** 31) / 10 ** (i % 12);
    if (Number.isNaN(score)) continue;

    const end = writeScoreText(score, target, 1);

    const note = `seed ${seed}, ${score}: ${latin1Of(target, 1, end)}`;
    expect(Object.is(readScoreText(target, 1, end), score), note).toBe(true);
    expect(end - 1, note).toBeLessThanOrEqual(scoreTextBytesMax);
  }
});

test.each([
  ['0.10000000000000001', 0.1],
  ['1e+17', 1e17],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['inf', Number.POSITIVE_INFINITY],
  ['-0', -0],
  ['', Number.NaN],
  ['-', Number.NaN],
  ['1.2.3', Number.NaN],
  ['abc', Number.NaN],
])('score text: reads %s as other servers write it', (text, score) => {
  const bytes = bytesOfLatin1(text);
  expect(readScoreText(bytes, 0, bytes.length)).toBe(score);
});
