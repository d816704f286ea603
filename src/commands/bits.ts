import { errors } from '../protocol/errors.ts';
import type { ByteRange } from '../protocol/request.ts';
import { block, integer, key, oneOf, optional, since, token } from './arguments.ts';
import { bitOffsetIn } from './bit-offsets.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { clampRange, type InclusiveRange } from './string-ranges.ts';
import { assertString, events, stringLength } from './string-values.ts';
import { integerIn } from './words.ts';

/** Strings as rows of bits, the most significant bit of the first byte first. */

const setbit = defineCommand({
  name: 'SETBIT',
  summary: 'Sets or clears a bit of a string and returns what it was.',
  since: '2.2.0',
  group: 'bitmap',
  complexity: 'O(1)',
  flags: ['write', 'denyoom'],
  arguments: [key('key', 'RW', 'access', 'update'), integer('offset'), integer('value')],
  execute(context) {
    const { request, reply, database } = context;
    const offset = bitOffsetIn(context, 2);
    const wanted = integerIn(request, 3, errors.bitValue);
    if (wanted !== 0 && wanted !== 1) throw errors.bitValue;
    const record = context.findForWrite(1);
    assertString(context, record);
    const before = stringLength(context, record);
    const byte = Math.floor(offset / 8);
    const length = Math.max(before, byte + 1);
    const target = database.resizeString(request.bytes, request.starts[1], request.ends[1], length);
    const shift = 7 - (offset % 8);
    const at = target.start + byte;
    const was = (target.bytes[at] >> shift) & 1;
    target.bytes[at] = (target.bytes[at] & ~(1 << shift)) | (wanted << shift);
    // What stays as it was is nobody's news.
    if (record === 0 || length !== before || was !== wanted) context.modified(events.setBit, 1);
    reply.integer(was);
  },
});

const getbit = defineCommand({
  name: 'GETBIT',
  summary: 'Returns a bit of a string; 0 behind its end.',
  since: '2.2.0',
  group: 'bitmap',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO', 'access'), integer('offset')],
  execute(context) {
    const offset = bitOffsetIn(context, 2);
    const record = context.find(1);
    assertString(context, record);
    const byte = Math.floor(offset / 8);
    if (byte >= stringLength(context, record)) {
      context.reply.integer(0);
      return;
    }
    const value = context.database.string(record);
    context.reply.integer((value.bytes[value.start + byte] >> (7 - (offset % 8))) & 1);
  },
});

const bitcount = defineCommand({
  name: 'BITCOUNT',
  summary: 'Counts the bits that are set in a string or in a part of it.',
  since: '2.6.0',
  group: 'bitmap',
  complexity: 'O(N)',
  flags: ['readonly'],
  history: [['7.0.0', 'Added the `BYTE|BIT` option.']],
  arguments: [
    key('key', 'RO', 'access'),
    optional(
      block(
        'index',
        integer('start'),
        integer('end'),
        since('7.0.0', optional(oneOf('index_unit', token('byte', 'BYTE'), token('bit', 'BIT')))),
      ),
    ),
  ],
  execute(context) {
    const { reply } = context;
    const record = context.find(1);
    assertString(context, record);
    // A key that is missing has no bits, whatever the range looks like.
    const range = record === 0 ? null : countedBits(context, stringLength(context, record));
    if (range === null) reply.integer(0);
    else reply.integer(countBits(context.database.string(record), range));
  },
});

/** The bits that BITCOUNT's words mean; null for none. */
function countedBits(context: CommandContext, length: number): InclusiveRange | null {
  const { request } = context;
  if (request.count === 2) return bitsOf(clampRange(0, -1, length), false);
  if (request.count !== 4 && request.count !== 5) throw errors.syntax;
  const first = integerIn(request, 2);
  const last = integerIn(request, 3);
  if (first < 0 && last < 0 && first > last) return null;
  const isBits = request.count === 5 && unitIsBit(context, 4);
  return bitsOf(clampRange(first, last, isBits ? length * 8 : length), isBits);
}

/** Whether word `word` is BIT; throws unless it is BYTE or BIT. */
function unitIsBit(context: CommandContext, word: number): boolean {
  if (context.request.is(word, 'bit')) return true;
  if (context.request.is(word, 'byte')) return false;
  throw errors.syntax;
}

/** A range of bytes or bits as a range of bits. */
function bitsOf(range: InclusiveRange | null, isBits: boolean): InclusiveRange | null {
  if (range === null || isBits) return range;
  return { first: range.first * 8, last: range.last * 8 + 7 };
}

function countBits(value: ByteRange, { first, last }: InclusiveRange): number {
  const { bytes } = value;
  const from = value.start + Math.floor(first / 8);
  const to = value.start + Math.floor(last / 8);
  let count = 0;
  for (let at = from; at <= to; at += 1) count += bitsIn(bytes[at]);
  count -= bitsIn(bytes[from] & ~(0xff >> (first % 8)));
  return count - bitsIn(bytes[to] & (0xff >> ((last % 8) + 1)));
}

/** How many bits of a byte are set, by adding neighbours. */
function bitsIn(byte: number): number {
  const pairs = byte - ((byte >> 1) & 0x55);
  const nibbles = (pairs & 0x33) + ((pairs >> 2) & 0x33);
  return (nibbles + (nibbles >> 4)) & 0x0f;
}

const bitpos = defineCommand({
  name: 'BITPOS',
  summary: 'Finds the first bit that is set or clear in a string or in a part of it.',
  since: '2.8.7',
  group: 'bitmap',
  complexity: 'O(N)',
  flags: ['readonly'],
  history: [['7.0.0', 'Added the `BYTE|BIT` option.']],
  arguments: [
    key('key', 'RO', 'access'),
    integer('bit'),
    optional(
      block(
        'index',
        integer('start'),
        optional(
          block(
            'end_index',
            integer('end'),
            since(
              '7.0.0',
              optional(oneOf('index_unit', token('byte', 'BYTE'), token('bit', 'BIT'))),
            ),
          ),
        ),
      ),
    ),
  ],
  execute(context) {
    const { request, reply, database } = context;
    const bit = integerIn(request, 2);
    if (bit !== 0 && bit !== 1) throw errors.bitArgument;
    const record = context.find(1);
    if (record === 0) {
      reply.integer(bit === 1 ? -1 : 0);
      return;
    }
    assertString(context, record);
    const range = searchedBits(context, stringLength(context, record));
    if (range === null) {
      reply.integer(-1);
      return;
    }
    const position = findBit(database.string(record), range, bit);
    // Without an end, clear bits go on behind the string for ever.
    const isOpen = request.count < 5 && bit === 0;
    reply.integer(position < 0 && isOpen ? range.last + 1 : position);
  },
});

/** The bits that BITPOS' words mean; null for none. */
function searchedBits(context: CommandContext, length: number): InclusiveRange | null {
  const { request } = context;
  if (request.count > 6) throw errors.syntax;
  const first = request.count > 3 ? integerIn(request, 3) : 0;
  const isBits = request.count === 6 && unitIsBit(context, 5);
  const last = request.count > 4 ? integerIn(request, 4) : length - 1;
  const total = isBits ? length * 8 : length;
  const from = Math.max(0, first < 0 ? first + total : first);
  const to = Math.min(total - 1, Math.max(0, last < 0 ? last + total : last));
  return bitsOf(from > to ? null : { first: from, last: to }, isBits);
}

/** Position of the first `bit` in the range; −1 when there is none. */
function findBit(value: ByteRange, { first, last }: InclusiveRange, bit: number): number {
  const { bytes, start } = value;
  const flip = bit === 1 ? 0 : 0xff;
  const lastByte = Math.floor(last / 8);
  let byte = Math.floor(first / 8);
  let found = (bytes[start + byte] ^ flip) & (0xff >> (first % 8));
  while (found === 0 && byte < lastByte) {
    byte += 1;
    found = bytes[start + byte] ^ flip;
  }
  if (found === 0) return -1;
  const position = byte * 8 + Math.clz32(found) - 24;
  return position > last ? -1 : position;
}

export const bitCommands: readonly CommandDeclaration[] = [setbit, getbit, bitcount, bitpos];
