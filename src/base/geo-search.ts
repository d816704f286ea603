import {
  type Bounds,
  boundsOf,
  type Cell,
  cellOf,
  neighbourOf,
  type Position,
  stepMax,
} from './geohash.ts';

/**
 * Which part of a grid of geohashes can hold what is near a place: a cell and its neighbours, of the
 * smallest size that covers the shape. Steps and exclusions are Redis's, since they decide the order
 * in which results without an order come.
 */

/** What is searched: a circle, or a box whose sides run along the grid. Metres. */
export type Shape =
  | { readonly kind: 'circle'; readonly center: Position; readonly radius: number }
  | {
      readonly kind: 'box';
      readonly center: Position;
      readonly width: number;
      readonly height: number;
    };

/** Mean radius of the earth in metres (WGS 84). */
const earthRadius = 6372797.560856;
/** Half of the equator in metres, as the Mercator projection has it. */
const mercatorMax = 20037726.37;
const radiansPerDegree = Math.PI / 180;

/** Great-circle distance in metres, by the haversine formula. */
export function distanceOf(from: Position, to: Position): number {
  const fromLatitude = from.latitude * radiansPerDegree;
  const toLatitude = to.latitude * radiansPerDegree;
  const fromLongitude = from.longitude * radiansPerDegree;
  const toLongitude = to.longitude * radiansPerDegree;
  const u = Math.sin((toLatitude - fromLatitude) / 2);
  const v = Math.sin((toLongitude - fromLongitude) / 2);
  const chord = Math.sqrt(u * u + Math.cos(fromLatitude) * Math.cos(toLatitude) * v * v);
  return 2 * earthRadius * Math.asin(chord);
}

/** Distance in metres of a position from the middle of `shape`; −1 when it lies outside. */
export function distanceWithin(shape: Shape, position: Position): number {
  const { center } = shape;
  if (shape.kind === 'circle') {
    const distance = distanceOf(center, position);
    return distance > shape.radius ? -1 : distance;
  }
  const { longitude, latitude } = position;
  const alongParallel = distanceOf(position, { longitude: center.longitude, latitude });
  const alongMeridian = distanceOf(position, { longitude, latitude: center.latitude });
  if (alongParallel > shape.width / 2 || alongMeridian > shape.height / 2) return -1;
  return distanceOf(center, position);
}

/** The cells to look into, in order: the middle, then N, S, E, W, NE, NW, SE, SW. No cell twice. */
export function cellsCovering(shape: Shape): readonly Cell[] {
  const bounds = boundsOfShape(shape);
  let step = stepFor(reachOf(shape), shape.center.latitude);
  if (step > 1 && !covers(cellOf(shape.center, step), bounds)) step -= 1;
  const middle = cellOf(shape.center, step);
  const cells: Cell[] = [];
  for (const [columns, rows] of directions) {
    if (step >= 2 && isNeedless(boundsOf(middle), bounds, columns, rows)) continue;
    const cell = neighbourOf(middle, columns, rows);
    // On a grid of two columns the eastern neighbour is the western one.
    const last = cells.length > 1 ? cells[cells.length - 1] : null;
    if (last?.column !== cell.column || last.row !== cell.row) cells.push(cell);
  }
  return cells;
}

const directions: readonly (readonly [columns: number, rows: number])[] = [
  [0, 0],
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
];

/** How far from its middle a shape goes, in metres. */
function reachOf(shape: Shape): number {
  if (shape.kind === 'circle') return shape.radius;
  return Math.sqrt((shape.width / 2) * (shape.width / 2) + (shape.height / 2) * (shape.height / 2));
}

/** The step whose cells are about as large as `reach`; meridians draw together near the poles. */
function stepFor(reach: number, latitude: number): number {
  if (reach === 0) return stepMax;
  let step = -1;
  for (let range = reach; range < mercatorMax; range *= 2) step += 1;
  if (Math.abs(latitude) > 66) step -= 1;
  if (Math.abs(latitude) > 80) step -= 1;
  return Math.max(1, Math.min(stepMax, step));
}

/** The degrees that a shape goes to, widest where it is nearest to a pole. */
function boundsOfShape(shape: Shape): Bounds {
  const { longitude, latitude } = shape.center;
  const height = shape.kind === 'circle' ? shape.radius : shape.height / 2;
  const width = shape.kind === 'circle' ? shape.radius : shape.width / 2;
  const rows = height / earthRadius / radiansPerDegree;
  const polewards = latitude < 0 ? latitude - rows : latitude + rows;
  const columns = width / earthRadius / Math.cos(polewards * radiansPerDegree) / radiansPerDegree;
  return {
    west: longitude - columns,
    south: latitude - rows,
    east: longitude + columns,
    north: latitude + rows,
  };
}

/** Whether a cell and its neighbours reach as far as `bounds`. */
function covers(middle: Cell, bounds: Bounds): boolean {
  // Asked this way round so that bounds that are no numbers count as covered.
  return !(
    boundsOf(neighbourOf(middle, 0, 1)).north < bounds.north ||
    boundsOf(neighbourOf(middle, 0, -1)).south > bounds.south ||
    boundsOf(neighbourOf(middle, 1, 0)).east < bounds.east ||
    boundsOf(neighbourOf(middle, -1, 0)).west > bounds.west
  );
}

/** Whether the neighbour in a direction lies beyond `bounds`, because the middle does so already. */
function isNeedless(middle: Bounds, bounds: Bounds, columns: number, rows: number): boolean {
  return (
    (rows < 0 && middle.south < bounds.south) ||
    (rows > 0 && middle.north > bounds.north) ||
    (columns < 0 && middle.west < bounds.west) ||
    (columns > 0 && middle.east > bounds.east)
  );
}
