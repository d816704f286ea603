import { parseDouble } from '../base/double-text.ts';
import { hasGeohash, type Position } from '../base/geohash.ts';
import { type CommandError, errors, noSuchPlace } from '../protocol/errors.ts';
import type { ReplyWriter } from '../protocol/reply-writer.ts';
import type { Request } from '../protocol/request.ts';
import { oneOf, token } from './arguments.ts';

/** Reading places and distances from requests, and writing them back. */

/** A unit of distance, declared. */
export const unit = oneOf(
  'unit',
  token('m', 'M'),
  token('km', 'KM'),
  token('ft', 'FT'),
  token('mi', 'MI'),
);

const metresPerUnit: readonly (readonly [name: string, metres: number])[] = [
  ['m', 1],
  ['km', 1000],
  ['ft', 0.3048],
  ['mi', 1609.34],
];

/** How many metres the unit in word `word` has. */
export function unitIn(request: Request, word: number): number {
  for (const [name, metres] of metresPerUnit) if (request.is(word, name)) return metres;
  throw errors.unknownUnit;
}

/** Word `word` as a number. Throws `error`. */
export function doubleIn(
  request: Request,
  word: number,
  error: CommandError = errors.notAFloat,
): number {
  const value = parseDouble(request.bytes, request.starts[word], request.ends[word]);
  if (Number.isNaN(value)) throw error;
  return value;
}

/** The words `word` and `word + 1` as longitude and latitude. */
export function positionIn(request: Request, word: number): Position {
  const position = { longitude: doubleIn(request, word), latitude: doubleIn(request, word + 1) };
  if (!hasGeohash(position)) throw noSuchPlace(position.longitude, position.latitude);
  return position;
}

/** A distance with the four decimals that Redis gives it. */
export function replyDistance(reply: ReplyWriter, distance: number): void {
  reply.bulkLatin1(distance.toFixed(4));
}

/** Both coordinates, with 17 decimals less the zeros at their end. */
export function replyPosition(reply: ReplyWriter, position: Position): void {
  reply.array(2);
  reply.double(degreesText(position.longitude));
  reply.double(degreesText(position.latitude));
}

function degreesText(degrees: number): string {
  const text = degrees.toFixed(17).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}
