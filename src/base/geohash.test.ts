import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  boundsOf,
  cellOf,
  geohashScore,
  geohashText,
  hasGeohash,
  latitudeMax,
  neighbourOf,
  type Position,
  positionOfScore,
  scoresOf,
} from './geohash.ts';

const position = (longitude: number, latitude: number): Position => ({ longitude, latitude });

test.each([
  { at: position(13.361389, 38.115556), score: 3479099956230698, text: 'sqc8b49rny0' },
  { at: position(15.087269, 37.502669), score: 3479447370796909, text: 'sqdtr74hyu0' },
  { at: position(0, 0), score: 3377699720527872, text: 's0000000000' },
  { at: position(-180, 85.05112878), score: 4503599627370496, text: 'bp05b5048p0' },
  { at: position(180, -85.05112878), score: 9007199254740992, text: '00bh0hbj200' },
])('geohash: the score of $at is $score, its text $text', ({ at, score, text }) => {
  expect(geohashScore(at)).toBe(score);
  expect(geohashText(positionOfScore(score))).toBe(text);
});

test.each([
  { score: 3479099956230698, longitude: 13.361389338970184, latitude: 38.1155563954963 },
  { score: 0, longitude: -179.999997317791, latitude: -85.0511275126394 },
  { score: 9007199254740992, longitude: 180, latitude: -85.0511275126394 },
])('geohash: $score is $longitude, $latitude', ({ score, longitude, latitude }) => {
  const back = positionOfScore(score);

  expect(back.longitude).toBeCloseTo(longitude, 13);
  expect(back.latitude).toBeCloseTo(latitude, 13);
});

/** What redis-server 7.0 on x86-64 takes numbers for that no position has. */
test.each([
  { score: -5, east: true, north: true },
  { score: 1e17, east: true, north: true },
  { score: -1e19, east: true, north: false },
  { score: Number.POSITIVE_INFINITY, east: false, north: false },
  { score: Number.NEGATIVE_INFINITY, east: true, north: false },
  { score: 1.8e19, east: true, north: true },
  { score: 2e19, east: false, north: false },
  { score: 0.5, east: false, north: false },
  { score: 2 ** 54, east: false, north: true },
])('geohash: the score $score is a corner of the world', ({ score, east, north }) => {
  const { longitude, latitude } = positionOfScore(score);

  expect(longitude).toBeCloseTo(east ? 180 : -179.999997317791, 12);
  expect(latitude).toBeCloseTo(north ? latitudeMax : -85.0511275126394, 12);
  expect(hasGeohash({ longitude, latitude })).toBe(true);
});

const places = fc
  .tuple(
    fc.double({ min: -180, max: 180, noNaN: true }),
    fc.double({ min: -latitudeMax, max: latitudeMax, noNaN: true }),
  )
  .map(([longitude, latitude]) => position(longitude, latitude));

test('geohash: a position lies in its cell, and its score in that of the cell', () => {
  fc.assert(
    fc.property(places, fc.integer({ min: 1, max: 26 }), (place, step) => {
      const cell = cellOf(place, step);
      const bounds = boundsOf(cell);
      const { min, max } = scoresOf(cell);
      const score = geohashScore(place);
      // The far ends belong to a cell beyond the last.
      expect(place.longitude).toBeGreaterThanOrEqual(bounds.west - 1e-9);
      expect(place.longitude).toBeLessThanOrEqual(bounds.east + 1e-9);
      expect(place.latitude).toBeGreaterThanOrEqual(bounds.south - 1e-9);
      expect(place.latitude).toBeLessThanOrEqual(bounds.north + 1e-9);
      expect(score).toBeGreaterThanOrEqual(min);
      expect(score === max || score < max).toBe(true);
    }),
  );
});

test('geohash: neighbours go around the world', () => {
  const cell = { column: 0, row: 3, step: 2 };

  expect(neighbourOf(cell, -1, 1)).toEqual({ column: 3, row: 0, step: 2 });
  expect(neighbourOf(cell, 1, -1)).toEqual({ column: 1, row: 2, step: 2 });
  expect(neighbourOf({ column: 4, row: 0, step: 2 }, 1, 0).column).toBe(1);
  expect(neighbourOf({ column: 4, row: 0, step: 2 }, 0, 1)).toEqual({ column: 4, row: 1, step: 2 });
});
