import { bytesOfLatin1, latin1Of } from '../base/bytes.ts';
import { addLongDoubles, longDoubleText, parseLongDouble } from '../base/long-double.ts';
import { isInt64, parseInt64, parseSafeInteger, writeDecimal } from '../base/number-text.ts';
import { errors } from '../protocol/errors.ts';
import { keepExpiry, noExpiry } from '../store/database.ts';
import { double, integer, key } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { assertString, events } from './string-values.ts';
import { int64In } from './words.ts';

/** Strings that are numbers. */

const increment = defineCommand({
  name: 'INCR',
  summary: 'Adds one to the integer of a key, which is 0 where there is none.',
  since: '1.0.0',
  group: 'string',
  complexity: 'O(1)',
  flags: ['write', 'denyoom', 'fast'],
  arguments: [key('key', 'RW', 'access', 'update')],
  execute(context) {
    addInteger(context, 1);
  },
});

const decrement = defineCommand({
  name: 'DECR',
  summary: 'Subtracts one from the integer of a key, which is 0 where there is none.',
  since: '1.0.0',
  group: 'string',
  complexity: 'O(1)',
  flags: ['write', 'denyoom', 'fast'],
  arguments: [key('key', 'RW', 'access', 'update')],
  execute(context) {
    addInteger(context, -1);
  },
});

const incrementBy = defineCommand({
  name: 'INCRBY',
  summary: 'Adds to the integer of a key, which is 0 where there is none.',
  since: '1.0.0',
  group: 'string',
  complexity: 'O(1)',
  flags: ['write', 'denyoom', 'fast'],
  arguments: [key('key', 'RW', 'access', 'update'), integer('increment')],
  execute(context) {
    addWord(context, 1);
  },
});

const decrementBy = defineCommand({
  name: 'DECRBY',
  summary: 'Subtracts from the integer of a key, which is 0 where there is none.',
  since: '1.0.0',
  group: 'string',
  complexity: 'O(1)',
  flags: ['write', 'denyoom', 'fast'],
  arguments: [key('key', 'RW', 'access', 'update'), integer('decrement')],
  execute(context) {
    addWord(context, -1);
  },
});

const int64Min = -9223372036854775808n;

function addWord(context: CommandContext, sign: 1 | -1): void {
  const { bytes, starts, ends } = context.request;
  const value = parseSafeInteger(bytes, starts[2], ends[2]);
  if (!Number.isNaN(value)) {
    addInteger(context, sign * value);
    return;
  }
  const exact = int64In(context.request, 2);
  if (sign < 0 && exact === int64Min) throw errors.decrementOverflow;
  addExactly(context, context.findForWrite(1), sign < 0 ? -exact : exact);
}

/** The decimal text of a result, on its way into the store. */
const digits = new Uint8Array(24);

/** Requires: `delta` is a safe integer. */
function addInteger(context: CommandContext, delta: number): void {
  const record = context.findForWrite(1);
  const sum = safeValueOf(context, record) + delta;
  if (!Number.isSafeInteger(sum)) {
    addExactly(context, record, BigInt(delta));
    return;
  }
  storeDigits(context, record, digits, writeDecimal(sum, digits, 0));
  context.reply.integer(sum);
}

/** The integer of a record, 0 for none; NaN where it is none or beyond 2^53. */
function safeValueOf(context: CommandContext, record: number): number {
  if (record === 0) return 0;
  assertString(context, record);
  const value = context.database.string(record);
  return parseSafeInteger(value.bytes, value.start, value.end);
}

/** The way of the few whose numbers are beyond 2^53. */
function addExactly(context: CommandContext, record: number, delta: bigint): void {
  let sum = delta;
  if (record !== 0) {
    assertString(context, record);
    const value = context.database.string(record);
    const current = parseInt64(value.bytes, value.start, value.end);
    if (current === null) throw errors.notAnInteger;
    sum += current;
  }
  if (!isInt64(sum)) throw errors.incrementOverflow;
  const text = bytesOfLatin1(sum.toString());
  storeDigits(context, record, text, text.length);
  context.reply.bigInteger(sum);
}

function storeDigits(context: CommandContext, record: number, text: Uint8Array, end: number): void {
  const { bytes, starts, ends } = context.request;
  const { database } = context;
  const isDone =
    record === 0
      ? database.addMissing(bytes, starts[1], ends[1], text, 0, end, noExpiry) !== 0
      : database.overwrite(record, text, 0, end);
  if (!isDone) database.setString(bytes, starts[1], ends[1], text, 0, end, keepExpiry);
  context.modified(events.incrementBy, 1);
}

const incrementByFloat = defineCommand({
  name: 'INCRBYFLOAT',
  summary: 'Adds to the floating point number of a key, which is 0 where there is none.',
  since: '2.6.0',
  group: 'string',
  complexity: 'O(1)',
  flags: ['write', 'denyoom', 'fast'],
  arguments: [key('key', 'RW', 'access', 'update'), double('increment')],
  execute(context) {
    const { request, reply } = context;
    const record = context.findForWrite(1);
    assertString(context, record);
    const current = record === 0 ? '0' : textOf(context, record);
    const value = parseLongDouble(current);
    const delta = value === null ? null : parseLongDouble(request.text(2));
    if (value === null || delta === null) throw errors.notAFloat;
    const sum = addLongDoubles(value, delta);
    if (sum.kind !== 'finite') throw errors.notFinite;
    const text = bytesOfLatin1(longDoubleText(sum));
    const { bytes, starts, ends } = request;
    context.database.setStringText(bytes, starts[1], ends[1], text, 0, text.length, keepExpiry);
    context.modified(events.incrementByFloat, 1);
    // Other machines would round otherwise: they get the result.
    context.effect(4).text('SET').word(1).bytes(text).text('KEEPTTL');
    reply.bulk(text);
  },
});

function textOf(context: CommandContext, record: number): string {
  const value = context.database.string(record);
  return latin1Of(value.bytes, value.start, value.end);
}

export const counterCommands: readonly CommandDeclaration[] = [
  increment,
  decrement,
  incrementBy,
  decrementBy,
  incrementByFloat,
];
