import { parseSafeInteger } from '../base/number-text.ts';
import { errors } from '../protocol/errors.ts';
import type { CommandContext } from './context.ts';

/**
 * Word `word` as the offset of a bit: not negative, and inside of the longest string. With `bits`,
 * `#n` means the n-th number of so many bits. Throws: `errors.bitOffset`.
 */
export function bitOffsetIn(context: CommandContext, word: number, bits = 0): number {
  const { request, settings, session } = context;
  const { bytes, starts, ends } = request;
  const counted = bits > 0 && bytes[starts[word]] === hash && request.lengthOf(word) > 0;
  const value = parseSafeInteger(bytes, starts[word] + (counted ? 1 : 0), ends[word]);
  const offset = counted ? value * bits : value;
  if (!(offset >= 0)) throw errors.bitOffset;
  const tooFar = Math.floor(offset / 8) >= settings.maxBulkBytes;
  if (tooFar && session.kind !== 'primary') throw errors.bitOffset;
  return offset;
}

const hash = 35;
