/**
 * Geohashes: positions as integers whose neighbours are mostly near. Each of `step` bits of latitude
 * and of longitude halves the world; interleaved they make a number of 52 bits for 26 steps, which a
 * JavaScript number holds.
 */

/** Degrees within which positions have a hash: those of the Mercator projection (EPSG:3857). */
export const longitudeMax = 180;
export const latitudeMax = 85.05112878;

/** Steps of a whole hash. */
export const stepMax = 26;

/** A place on earth in degrees. */
export interface Position {
  readonly longitude: number;
  readonly latitude: number;
}

/**
 * A rectangle of the grid of `2^step` columns and rows, counted from the south-west. A position at
 * the very end of the world is in column or row `2^step`, which is one too many.
 */
export interface Cell {
  readonly column: number;
  readonly row: number;
  readonly step: number;
}

/** Where a rectangle ends, in degrees. */
export interface Bounds {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** Whether a position has a hash. */
export function hasGeohash({ longitude, latitude }: Position): boolean {
  return Math.abs(longitude) <= longitudeMax && Math.abs(latitude) <= latitudeMax;
}

/** The cell that a position lies in. Requires: `hasGeohash`. */
export function cellOf(position: Position, step: number, northMax: number = latitudeMax): Cell {
  const columnShare = (position.longitude + longitudeMax) / (longitudeMax * 2);
  const rowShare = (position.latitude + northMax) / (northMax * 2);
  const count = 2 ** step;
  return { column: Math.floor(columnShare * count), row: Math.floor(rowShare * count), step };
}

/** The bounds of a cell. */
export function boundsOf({ column, row, step }: Cell): Bounds {
  const count = 2 ** step;
  const width = longitudeMax * 2;
  const height = latitudeMax * 2;
  return {
    west: -longitudeMax + (column / count) * width,
    south: -latitudeMax + (row / count) * height,
    // Counters of 32 bits, as those that wrote the numbers have them.
    east: -longitudeMax + (((column + 1) >>> 0) / count) * width,
    north: -latitudeMax + (((row + 1) >>> 0) / count) * height,
  };
}

/** The cell so many columns and rows away, around the world at its ends. */
export function neighbourOf(cell: Cell, columns: number, rows: number): Cell {
  const count = 2 ** cell.step;
  const column = columns === 0 ? cell.column : (cell.column + columns + count) % count;
  const row = rows === 0 ? cell.row : (cell.row + rows + count) % count;
  return { column, row, step: cell.step };
}

/** The least score of a position in `cell`, and the first that lies beyond it. */
export function scoresOf({ column, row, step }: Cell): { min: number; max: number } {
  const low = (spread(row & 0xffff) | (spread(column & 0xffff) << 1)) >>> 0;
  const high = (spread(row >>> 16) | (spread(column >>> 16) << 1)) >>> 0;
  const scale = 2 ** (2 * (stepMax - step));
  // One sum, so that numbers beyond 2^53 are rounded once, as the text of the integer would be.
  return {
    min: (high * 0x100000000 + low) * scale,
    max: (high * 0x100000000 + (low + 1)) * scale,
  };
}

/** The number that a sorted set keeps for a position. Requires: `hasGeohash`. */
export function geohashScore(position: Position): number {
  return scoresOf(cellOf(position, stepMax)).min;
}

/** The middle of the cell that a score means; any number means some cell, as in Redis on x86-64. */
export function positionOfScore(score: number): Position {
  const { high, low } = unsigned64Of(score);
  const column = gather(low >>> 1) | (gather(high >>> 1) << 16);
  const row = gather(low) | (gather(high) << 16);
  const bounds = boundsOf({ column: column >>> 0, row: row >>> 0, step: stepMax });
  return {
    longitude: clamp((bounds.west + bounds.east) / 2, longitudeMax),
    latitude: clamp((bounds.south + bounds.north) / 2, latitudeMax),
  };
}

function clamp(degrees: number, max: number): number {
  return Math.max(-max, Math.min(max, degrees));
}

/** A number cut to 64 bits; what does not fit becomes 2^63 or 0, as the processor has it. */
function unsigned64Of(score: number): { high: number; low: number } {
  const whole = Math.trunc(score);
  if (whole >= 2 ** 64) return { high: 0, low: 0 };
  if (!(whole >= -(2 ** 63))) return { high: 0x80000000, low: 0 };
  const high = Math.floor(whole / 0x100000000);
  return { high: high >>> 0, low: (whole - high * 0x100000000) >>> 0 };
}

/** The lower 16 bits, each with a zero bit above it. */
function spread(bits: number): number {
  let spaced = bits & 0xffff;
  spaced = (spaced | (spaced << 8)) & 0x00ff00ff;
  spaced = (spaced | (spaced << 4)) & 0x0f0f0f0f;
  spaced = (spaced | (spaced << 2)) & 0x33333333;
  return (spaced | (spaced << 1)) & 0x55555555;
}

/** The inverse of `spread`: every other bit, from the lowest on. */
function gather(bits: number): number {
  let packed = bits & 0x55555555;
  packed = (packed | (packed >>> 1)) & 0x33333333;
  packed = (packed | (packed >>> 2)) & 0x0f0f0f0f;
  packed = (packed | (packed >>> 4)) & 0x00ff00ff;
  return (packed | (packed >>> 8)) & 0xffff;
}

const alphabet = '0123456789bcdefghjkmnpqrstuvwxyz';

/**
 * A position as other programs write geohashes: latitudes to the poles, five bits a letter. Its 52
 * bits fill ten of eleven letters; the last is 0, as Redis has it.
 */
export function geohashText(position: Position): string {
  const cell = cellOf(position, stepMax, 90);
  const { min } = scoresOf(cell);
  let text = '';
  for (let letter = 1; letter <= 10; letter += 1) {
    text += alphabet[Math.floor(min / 2 ** (52 - letter * 5)) % 32];
  }
  return `${text}0`;
}
