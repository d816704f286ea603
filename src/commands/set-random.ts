import { errors, rangeError } from '../protocol/errors.ts';
import { integer, key, optional, since } from './arguments.ts';
import type { CommandContext, EffectBuilder } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { deleteIfEmpty, findSet, findSetForWrite, replyMembers, setEvents } from './set-values.ts';
import { events } from './string-values.ts';
import { int64In, integerIn } from './words.ts';

/** Members of a set that chance chooses. */

const spop = defineCommand({
  name: 'SPOP',
  summary: 'Takes random members out of a set and returns them.',
  since: '1.0.0',
  group: 'set',
  complexity:
    'Without the count argument O(1), otherwise O(N) where N is the value of the passed count.',
  flags: ['write', 'fast'],
  history: [['3.2.0', 'Added the `count` argument.']],
  tips: ['nondeterministic_output'],
  arguments: [key('key', 'RW', 'access', 'delete'), since('3.2.0', optional(integer('count')))],
  execute(context) {
    const { request, reply } = context;
    if (request.count > 3) throw errors.syntax;
    if (request.count === 3) {
      popSome(context, positiveIn(context, 2));
      return;
    }
    const record = findSetForWrite(context, 1);
    if (record === 0) {
      reply.nil();
      return;
    }
    const left = popOne(context, record, context.effect(3).text('SREM').word(1));
    context.modified(setEvents.pop, 1);
    deleteIfEmpty(context, left, 1);
  },
});

/** A count, 0 and more. */
function positiveIn(context: CommandContext, word: number): number {
  const count = integerIn(context.request, word, errors.mustBePositive);
  if (count < 0) throw errors.mustBePositive;
  return count;
}

/** Takes a random member out, for the reply and the effect; returns the set's record. */
function popOne(context: CommandContext, record: number, effect: EffectBuilder): number {
  const { sets } = context.database;
  sets.randomMember(record, context.random);
  const { bytes, start, end } = sets.member;
  effect.bytes(bytes, start, end);
  context.reply.bulk(bytes, start, end);
  sets.removeShown(record);
  return sets.ref;
}

function popSome(context: CommandContext, count: number): void {
  const { reply, database } = context;
  let record = findSetForWrite(context, 1);
  const size = record === 0 ? 0 : database.sets.length(record);
  if (size === 0 || count === 0) {
    reply.set(0);
    return;
  }
  if (count >= size) {
    // Redis reads the set as SUNION does: that is a hit.
    record = context.findUntouched(1);
    reply.set(size);
    replyMembers(context, record);
    database.values.remove(record);
    context.modified(setEvents.pop, 1, size);
    context.modified(events.delete, 1, 0);
    context.effect(2).text('DEL').word(1);
    return;
  }
  reply.set(count);
  for (let left = count; left > 0; ) {
    const batch = Math.min(left, removedPerEffect);
    const effect = context
      .effect(2 + batch)
      .text('SREM')
      .word(1);
    for (let i = 0; i < batch; i += 1) {
      record = popOne(context, record, effect);
    }
    left -= batch;
  }
  context.modified(setEvents.pop, 1, count);
}

/** Members of one SREM that a SPOP is propagated as, as in Redis. */
const removedPerEffect = 1024;

const srandmember = defineCommand({
  name: 'SRANDMEMBER',
  summary: 'Returns random members of a set.',
  since: '1.0.0',
  group: 'set',
  complexity:
    'Without the count argument O(1), otherwise O(N) where N is the absolute value of the passed count.',
  flags: ['readonly'],
  history: [['2.6.0', 'Added the optional `count` argument.']],
  tips: ['nondeterministic_output'],
  arguments: [key('key', 'RO', 'access'), since('2.6.0', optional(integer('count')))],
  execute(context) {
    const { request, reply, database } = context;
    if (request.count > 3) throw errors.syntax;
    const count = request.count === 3 ? sampleSizeIn(context, 2) : null;
    const record = findSet(context, 1);
    if (count === null) {
      if (record === 0) {
        reply.nil();
        return;
      }
      database.sets.randomMember(record, context.random);
      const { bytes, start, end } = database.sets.member;
      reply.bulk(bytes, start, end);
      return;
    }
    if (record === 0 || count === 0) reply.array(0);
    else if (count < 0) replyRepeated(context, record, -count);
    else replyDistinct(context, record, count);
  },
});

/** Redis takes no count whose negative is none. */
function sampleSizeIn(context: CommandContext, word: number): number {
  const count = int64In(context.request, word);
  if (count < -sampleMax) throw rangeError(-sampleMax, sampleMax);
  return Number(count);
}

const sampleMax = 9223372036854775807n;

function replyRepeated(context: CommandContext, record: number, count: number): void {
  const { reply, database } = context;
  reply.array(count);
  for (let i = 0; i < count; i += 1) {
    database.sets.randomMember(record, context.random);
    const { bytes, start, end } = database.sets.member;
    reply.bulk(bytes, start, end);
  }
}

/** Each member at most once: a few by chance, many by one pass over all. */
function replyDistinct(context: CommandContext, record: number, wanted: number): void {
  const { reply, database, random } = context;
  const { sets } = database;
  const size = sets.length(record);
  const count = Math.min(wanted, size);
  reply.array(count);
  if (count * passFactor > size || sets.isPacked(record)) {
    let left = size;
    let missing = count;
    sets.forEach(record, (bytes, start, end) => {
      if ((random.uint32() / 2 ** 32) * left < missing) {
        reply.bulk(bytes, start, end);
        missing -= 1;
      }
      left -= 1;
    });
    return;
  }
  const seen = new Set<number>();
  const { table, records } = sets.tableOf(record);
  while (seen.size < count) {
    const member = table.randomRecord(random);
    if (seen.has(member)) continue;
    seen.add(member);
    records.locateKey(member);
    reply.bulk(records.keyBytes, records.keyStart, records.keyEnd);
  }
}

/** From a third of the set on, one pass is cheaper than chance that hits the same again. */
const passFactor = 3;

export const setRandomCommands: readonly CommandDeclaration[] = [spop, srandmember];
