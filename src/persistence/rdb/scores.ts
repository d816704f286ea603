import { latin1Of } from '../../base/bytes.ts';
import { parseSafeInteger } from '../../base/number-text.ts';

/** No double needs as much: longer text is no score. */
const textMax = 400;
const finiteText = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infiniteText = /^([+-]?)inf(?:inity)?$/i;

/** The score whose text is `bytes[start, end)`: infinite ones too. NaN when it is none. */
export function parseScore(bytes: Uint8Array, start: number, end: number): number {
  const integer = parseSafeInteger(bytes, start, end);
  if (!Number.isNaN(integer)) return integer;
  if (end - start > textMax) return Number.NaN;
  const text = latin1Of(bytes, start, end);
  if (finiteText.test(text)) return Number(text);
  const infinite = infiniteText.exec(text);
  if (infinite === null) return Number.NaN;
  return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
