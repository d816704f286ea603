import { parseInt64, parseSafeInteger } from '../base/number-text.ts';
import { embstrBytesMax, stringEncodings } from './value-types.ts';

/** How Redis would hold these bytes: as an integer, embedded, or raw. */
export function stringEncodingOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const first = bytes[start];
  if (length > 0 && length <= 20 && (first === 45 || (first >= 48 && first <= 57))) {
    const value = parseSafeInteger(bytes, start, end);
    if (!Number.isNaN(value)) return stringEncodings.int;
    if (length > 15 && parseInt64(bytes, start, end) !== null) return stringEncodings.int;
  }
  return length <= embstrBytesMax ? stringEncodings.embstr : stringEncodings.raw;
}
