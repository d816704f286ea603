import { bytesOfLatin1, latin1Of } from '../base/bytes.ts';
import { addLongDoubles, longDoubleText, parseLongDouble } from '../base/long-double.ts';
import { isInt64, parseInt64, parseSafeInteger, writeDecimal } from '../base/number-text.ts';
import { errors } from '../protocol/errors.ts';
import { double, integer, key, string } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { findHashForWrite, hasField, hashEvents, setField } from './hash-values.ts';
import { int64In } from './words.ts';

/** Fields that are numbers. */

/** The decimal text of a result, on its way into the store. */
const digits = new Uint8Array(24);

const hincrby = defineCommand({
  name: 'HINCRBY',
  summary: 'Adds to the integer of a field, which is 0 where there is none.',
  since: '2.0.0',
  group: 'hash',
  complexity: 'O(1)',
  flags: ['write', 'denyoom', 'fast'],
  arguments: [key('key', 'RW', 'access', 'update'), string('field'), integer('increment')],
  execute(context) {
    const { request, reply, database } = context;
    const { bytes, starts, ends } = request;
    const delta = parseSafeInteger(bytes, starts[3], ends[3]);
    if (Number.isNaN(delta)) int64In(request, 3);
    const record = findHashForWrite(context, 2);
    let current = 0;
    let expiresAtMs = 0;
    if (hasField(context, record, 2)) {
      const { value } = database.hashes;
      current = parseSafeInteger(value.bytes, value.start, value.end);
      expiresAtMs = database.hashes.expiresAtMs;
    }
    const sum = current + delta;
    if (!Number.isSafeInteger(sum)) {
      addExactly(context, record);
      return;
    }
    store(context, record, digits, writeDecimal(sum, digits, 0), expiresAtMs);
    context.modified(hashEvents.incrementBy, 1);
    reply.integer(sum);
  },
});

/** The way of the few whose numbers are beyond 2^53, or none. */
function addExactly(context: CommandContext, record: number): void {
  const delta = int64In(context.request, 3);
  let current = 0n;
  let expiresAtMs = 0;
  if (hasField(context, record, 2)) {
    const { value } = context.database.hashes;
    const parsed = parseInt64(value.bytes, value.start, value.end);
    if (parsed === null) throw errors.hashValueNotAnInteger;
    current = parsed;
    expiresAtMs = context.database.hashes.expiresAtMs;
  }
  const sum = current + delta;
  if (!isInt64(sum)) throw errors.incrementOverflow;
  const text = bytesOfLatin1(sum.toString());
  store(context, record, text, text.length, expiresAtMs);
  context.modified(hashEvents.incrementBy, 1);
  context.reply.bigInteger(sum);
}

/** Stores a number in the field in word 2, whose expiry it keeps. */
function store(
  context: CommandContext,
  record: number,
  text: Uint8Array,
  end: number,
  expiresAtMs: number,
): void {
  setField(context, record, 2, text, 0, end, expiresAtMs);
}

const hincrbyfloat = defineCommand({
  name: 'HINCRBYFLOAT',
  summary: 'Adds to the floating point number of a field, which is 0 where there is none.',
  since: '2.6.0',
  group: 'hash',
  complexity: 'O(1)',
  flags: ['write', 'denyoom', 'fast'],
  arguments: [key('key', 'RW', 'access', 'update'), string('field'), double('increment')],
  execute(context) {
    const { request, database } = context;
    const delta = parseLongDouble(request.text(3));
    if (delta === null) throw errors.notAFloat;
    if (delta.kind !== 'finite') throw errors.floatNotFinite;
    const record = findHashForWrite(context, 2);
    let current = '0';
    let expiresAtMs = 0;
    if (hasField(context, record, 2)) {
      const { value } = database.hashes;
      current = latin1Of(value.bytes, value.start, value.end);
      expiresAtMs = database.hashes.expiresAtMs;
    }
    const value = parseLongDouble(current);
    if (value === null) throw errors.hashValueNotAFloat;
    const sum = addLongDoubles(value, delta);
    if (sum.kind !== 'finite') throw errors.notFinite;
    const text = bytesOfLatin1(longDoubleText(sum));
    store(context, record, text, text.length, expiresAtMs);
    context.modified(hashEvents.incrementByFloat, 1);
    propagateValue(context, text, expiresAtMs);
    context.reply.bulk(text);
  },
});

/** Other machines would round otherwise: they get the result, and the expiry that HSET takes away. */
function propagateValue(context: CommandContext, text: Uint8Array, expiresAtMs: number): void {
  context.effect(4).text('HSET').word(1).word(2).bytes(text);
  if (expiresAtMs === 0) return;
  const effect = context.effect(6).text('HPEXPIREAT').word(1);
  effect.integer(expiresAtMs).text('FIELDS').text('1').word(2);
}

export const hashCounterCommands: readonly CommandDeclaration[] = [hincrby, hincrbyfloat];
