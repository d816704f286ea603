import { parseSafeInteger } from '../base/number-text.ts';
import { errors } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import {
  after,
  block,
  integer,
  key,
  many,
  manyWithToken,
  noted,
  oneOf,
  optional,
  string,
  token,
} from './arguments.ts';
import { bitOffsetIn } from './bit-offsets.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { assertString, events, stringLength } from './string-values.ts';
import { int64In } from './words.ts';

/** BITFIELD: numbers of any width inside of a string. */

/** What a number that does not fit becomes: cut, the nearest that fits, or nothing. */
type Overflow = 'wrap' | 'sat' | 'fail';

/** A number inside of a string. */
interface Field {
  readonly offset: number;
  readonly bits: number;
  readonly signed: boolean;
}

interface WriteOperation {
  readonly kind: 'set' | 'incrby';
  readonly field: Field;
  readonly value: bigint;
  readonly overflow: Overflow;
}

type Operation = { readonly kind: 'get'; readonly field: Field } | WriteOperation;

const int64Max = (1n << 63n) - 1n;

const bitfield = defineCommand({
  name: 'BITFIELD',
  summary: 'Reads and writes numbers of any width inside of a string.',
  since: '3.2.0',
  group: 'bitmap',
  complexity: 'O(1) for each subcommand specified',
  flags: ['write', 'denyoom'],
  arguments: [
    noted(
      'This command allows both access and modification of the key',
      key('key', 'RW', 'access', 'update', 'variable_flags'),
    ),
    optional(
      many(
        oneOf(
          'operation',
          after('GET', block('encoding_offset', string('encoding'), integer('offset'))),
          block(
            'write',
            optional(
              after(
                'OVERFLOW',
                oneOf(
                  'wrap_sat_fail',
                  token('wrap', 'WRAP'),
                  token('sat', 'SAT'),
                  token('fail', 'FAIL'),
                ),
              ),
            ),
            oneOf(
              'write_operation',
              after(
                'SET',
                block(
                  'encoding_offset_value',
                  string('encoding'),
                  integer('offset'),
                  integer('value'),
                ),
              ),
              after(
                'INCRBY',
                block(
                  'encoding_offset_increment',
                  string('encoding'),
                  integer('offset'),
                  integer('increment'),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  ],
  keyFlags(request, first) {
    for (let word = first + 1; word < request.count; word += 1) {
      if (request.is(word, 'set') || request.is(word, 'incrby')) return ['RW', 'access', 'update'];
    }
    return ['RO', 'access'];
  },
  execute(context) {
    runBitfield(context, false);
  },
});

const bitfieldReadOnly = defineCommand({
  name: 'BITFIELD_RO',
  summary: 'Reads numbers of any width inside of a string.',
  since: '6.0.0',
  group: 'bitmap',
  complexity: 'O(1) for each subcommand specified',
  flags: ['readonly', 'fast'],
  arguments: [
    key('key', 'RO', 'access'),
    optional(
      manyWithToken(after('GET', block('encoding_offset', string('encoding'), integer('offset')))),
    ),
  ],
  execute(context) {
    runBitfield(context, true);
  },
});

function runBitfield(context: CommandContext, readOnly: boolean): void {
  const operations = readOperations(context);
  const reach = writtenBits(operations);
  if (reach === 0) {
    const record = context.find(1);
    assertString(context, record);
    context.reply.array(operations.length);
    for (const { field } of operations) {
      context.reply.bigInteger(readField(context, record, field));
    }
    return;
  }
  if (readOnly) throw errors.bitfieldReadOnly;
  const record = context.findForWrite(1);
  assertString(context, record);
  const before = stringLength(context, record);
  const length = Math.max(before, Math.ceil(reach / 8));
  const { bytes, starts, ends } = context.request;
  context.database.resizeString(bytes, starts[1], ends[1], length);
  context.reply.array(operations.length);
  const grew = record === 0 || length !== before;
  // A string that grew is news even where every write failed: replicas must not differ.
  let changes = 0;
  for (const operation of operations) {
    const outcome = perform(context, operation);
    if (outcome === 'changed' || (grew && outcome === 'written')) changes += 1;
  }
  if (grew || changes > 0) context.modified(events.setBit, 1, Math.max(1, changes));
}

/** How many bits the string must have for the writes among the operations; 0 without writes. */
function writtenBits(operations: readonly Operation[]): number {
  let reach = 0;
  for (const { kind, field } of operations) {
    if (kind !== 'get') reach = Math.max(reach, field.offset + field.bits);
  }
  return reach;
}

function readOperations(context: CommandContext): readonly Operation[] {
  const { request } = context;
  const operations: Operation[] = [];
  let overflow: Overflow = 'wrap';
  let word = 2;
  while (word < request.count) {
    const left = request.count - word - 1;
    if (request.is(word, 'overflow') && left >= 1) {
      overflow = overflowIn(request, word + 1);
      word += 2;
    } else if (request.is(word, 'get') && left >= 2) {
      operations.push({ kind: 'get', field: fieldIn(context, word + 1) });
      word += 3;
    } else {
      const kind = writeKindIn(request, word);
      if (kind === null || left < 3) throw errors.syntax;
      const field = fieldIn(context, word + 1);
      operations.push({ kind, field, value: int64In(request, word + 3), overflow });
      word += 4;
    }
  }
  return operations;
}

function writeKindIn(request: Request, word: number): 'set' | 'incrby' | null {
  if (request.is(word, 'set')) return 'set';
  return request.is(word, 'incrby') ? 'incrby' : null;
}

function overflowIn(request: Request, word: number): Overflow {
  if (request.is(word, 'wrap')) return 'wrap';
  if (request.is(word, 'sat')) return 'sat';
  if (request.is(word, 'fail')) return 'fail';
  throw errors.bitfieldOverflow;
}

const lowerI = 105;
const lowerU = 117;

/** Type and offset, in words `word` and the next. */
function fieldIn(context: CommandContext, word: number): Field {
  const { bytes, starts, ends } = context.request;
  const letter = starts[word] < ends[word] ? bytes[starts[word]] : 0;
  const signed = letter === lowerI;
  if (!signed && letter !== lowerU) throw errors.bitfieldType;
  const bits = parseSafeInteger(bytes, starts[word] + 1, ends[word]);
  if (!(bits >= 1 && bits <= (signed ? 64 : 63))) throw errors.bitfieldType;
  return { offset: bitOffsetIn(context, word + 1, bits), bits, signed };
}

/** The number in the string of `record`; bits behind its end, or of no record, are 0. */
function readField(context: CommandContext, record: number, field: Field): bigint {
  if (record === 0) return 0n;
  const { bytes, start, end } = context.database.string(record);
  const last = field.offset + field.bits - 1;
  const lastByte = Math.floor(last / 8);
  let value = 0n;
  for (let byte = Math.floor(field.offset / 8); byte <= lastByte; byte += 1) {
    const at = start + byte;
    value = (value << 8n) | BigInt(at < end ? bytes[at] : 0);
  }
  value >>= BigInt(7 - (last % 8));
  return field.signed ? BigInt.asIntN(field.bits, value) : BigInt.asUintN(field.bits, value);
}

/** Requires: the string reaches behind the field. */
function writeField(bytes: Uint8Array, start: number, field: Field, value: bigint): void {
  const last = field.offset + field.bits - 1;
  const firstByte = start + Math.floor(field.offset / 8);
  const shift = BigInt(7 - (last % 8));
  let mask = ((1n << BigInt(field.bits)) - 1n) << shift;
  let rest = BigInt.asUintN(field.bits, value) << shift;
  for (let at = start + Math.floor(last / 8); at >= firstByte; at -= 1) {
    bytes[at] = (bytes[at] & ~Number(mask & 0xffn)) | Number(rest & 0xffn);
    mask >>= 8n;
    rest >>= 8n;
  }
}

/** Performs one operation and replies; says whether a bit changed. */
function perform(context: CommandContext, operation: Operation): 'none' | 'written' | 'changed' {
  const { database, request, reply } = context;
  const { field } = operation;
  const record = database.find(request.bytes, request.starts[1], request.ends[1]);
  const before = readField(context, record, field);
  if (operation.kind === 'get') {
    reply.bigInteger(before);
    return 'none';
  }
  const wanted = operation.kind === 'set' ? settable(operation) : before + operation.value;
  const value = fitted(wanted, field, operation.overflow);
  if (value === null) {
    reply.nil();
    return 'none';
  }
  const target = database.string(record);
  writeField(target.bytes, target.start, field, value);
  reply.bigInteger(operation.kind === 'set' ? before : value);
  return value === before ? 'written' : 'changed';
}

/** The number that SET stores: a negative one is a very large one where there are no signs. */
function settable({ value, field, overflow }: WriteOperation): bigint {
  if (!field.signed) return BigInt.asUintN(64, value);
  // So far below that Redis, which subtracts in 64 bits, takes it for too large.
  const max = (1n << BigInt(field.bits - 1)) - 1n;
  return overflow === 'sat' && field.bits < 64 && max - value > int64Max ? max : value;
}

/** `value` as it fits into `field`; null where it fails to. */
function fitted(value: bigint, field: Field, overflow: Overflow): bigint | null {
  const bits = BigInt(field.bits);
  const max = field.signed ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
  const min = field.signed ? -max - 1n : 0n;
  if (value >= min && value <= max) return value;
  if (overflow === 'fail') return null;
  if (overflow === 'sat') return value > max ? max : min;
  return field.signed ? BigInt.asIntN(field.bits, value) : BigInt.asUintN(field.bits, value);
}

export const bitfieldCommands: readonly CommandDeclaration[] = [bitfield, bitfieldReadOnly];
