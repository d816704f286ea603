import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellsCovering, distanceOf, distanceWithin, type Shape } from './geo-search.ts';
import { geohashScore, type Position, positionOfScore, scoresOf } from './geohash.ts';

const position = (longitude: number, latitude: number): Position => ({ longitude, latitude });

/** As a server keeps it. */
const kept = (longitude: number, latitude: number): Position =>
  positionOfScore(geohashScore(position(longitude, latitude)));

test.each([
  [kept(13.361389, 38.115556), kept(15.087269, 37.502669), '166274.1516'],
  [kept(0, 0), kept(0.000001, -0.000001), '0.2819'],
  [kept(0, 0), kept(0, 1), '111226.0989'],
  [kept(0, 0), kept(1, 0), '111225.9950'],
  [kept(0, 0), kept(1, 1), '157293.3909'],
  [kept(5, 5), kept(5, 5), '0.0000'],
])('geo search: from %j to %j are %s m', (from, to, metres) => {
  expect(distanceOf(from, to).toFixed(4)).toBe(metres);
  expect(distanceOf(to, from).toFixed(4)).toBe(metres);
});

test('geo search: a box is no circle', () => {
  const box: Shape = { kind: 'box', center: position(0, 0), width: 222_638, height: 222_396.1 };

  expect(distanceWithin(box, kept(1, 0))).toBeCloseTo(111226.293, 3);
  expect(distanceWithin(box, kept(0, 1))).toBe(-1);
  expect(distanceWithin({ ...box, height: 222_460 }, kept(0, 1))).toBeGreaterThan(0);
  const circle: Shape = { kind: 'circle', center: position(0, 0), radius: 111_226.3 };
  expect(distanceWithin(circle, kept(1, 0))).toBeGreaterThan(0);
  expect(distanceWithin({ ...circle, radius: 111_226.29 }, kept(1, 0))).toBe(-1);
});

/** Away from the poles and the date line, where cells do not reach around the world. */
const places = fc
  .tuple(
    fc.double({ min: -60, max: 60, noNaN: true }),
    fc.double({ min: -50, max: 50, noNaN: true }),
  )
  .map(([longitude, latitude]) => kept(longitude, latitude));
const near = fc.tuple(
  fc.double({ min: -2, max: 2, noNaN: true }),
  fc.double({ min: -2, max: 2, noNaN: true }),
);

test('geo search: what lies in a shape lies in its cells, once', () => {
  fc.assert(
    fc.property(
      places,
      near,
      fc.boolean(),
      fc.integer({ min: 1, max: 500_000 }),
      (center, [x, y], isCircle, size) => {
        const place = kept(center.longitude + x, center.latitude + y);
        const shape: Shape = isCircle
          ? { kind: 'circle', center, radius: size }
          : { kind: 'box', center, width: size, height: size / 2 };
        const score = geohashScore(place);
        const holding = cellsCovering(shape).filter((cell) => {
          const { min, max } = scoresOf(cell);
          return score >= min && score < max;
        });
        if (distanceWithin(shape, place) >= 0) expect(holding).toHaveLength(1);
        else expect(holding.length).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 500 },
  );
});

test('geo search: no cell comes twice, however large the circle', () => {
  const worldwide = cellsCovering({ kind: 'circle', center: position(10, 10), radius: 9e6 });
  const names = worldwide.map(({ column, row }) => `${column},${row}`);

  expect(new Set(names).size).toBe(names.length);
  expect(names).toHaveLength(4);
  expect(cellsCovering({ kind: 'circle', center: position(10, 10), radius: 0 })[0].step).toBe(26);
});
