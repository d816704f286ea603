import { errors, unknownArgument, wrongArity } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import {
  after,
  block,
  integer,
  key,
  many,
  noted,
  oneOf,
  optional,
  string,
  token,
  unixTime,
} from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { FieldExpiryChange, persistFields, propagateDeletion } from './hash-field-expiry.ts';
import {
  deleteIfEmpty,
  deleteWord,
  findHashForWrite,
  hasField,
  hashEvents,
  replyField,
  setWords,
} from './hash-values.ts';
import {
  expiryFormAt,
  type FieldWords,
  fieldMomentIn,
  fieldsAt,
  namedFields,
} from './hash-words.ts';
import { expiryForms, integerIn } from './words.ts';

/** Reading or setting fields and their expiry, or deleting them, at once. */

const hgetdel = defineCommand({
  name: 'HGETDEL',
  summary: 'Returns the values of fields, and deletes them.',
  since: '8.0.0',
  group: 'hash',
  complexity: 'O(N) where N is the number of specified fields',
  flags: ['write', 'fast'],
  arguments: [key('key', 'RW', 'access', 'delete'), namedFields],
  execute(context) {
    findHashForWrite(context, 0);
    const fields = fieldsAt(context.request, 2, errors.fieldCountNotPositive);
    let record = findHashForWrite(context, fields.first);
    const deleted: number[] = [];
    context.reply.array(fields.count);
    for (let word = fields.first; word < fields.end; word += 1) {
      replyField(context, record, word);
      if (!hasField(context, record, word)) continue;
      record = deleteWord(context, record, word);
      deleted.push(word);
    }
    if (deleted.length === 0) return;
    const isEmpty = deleteIfEmpty(context, record);
    context.modified(hashEvents.delete, 1, deleted.length);
    if (isEmpty) context.modified(hashEvents.keyGone, 1, 0);
    propagateDeletion(context, deleted);
  },
});

const moments = [
  after('EX', integer('seconds')),
  after('PX', integer('milliseconds')),
  after('EXAT', unixTime('unix-time-seconds')),
  after('PXAT', unixTime('unix-time-milliseconds')),
] as const;

const hgetex = defineCommand({
  name: 'HGETEX',
  summary: 'Returns the values of fields, and changes when they die.',
  since: '8.0.0',
  group: 'hash',
  complexity: 'O(N) where N is the number of specified fields',
  flags: ['write', 'fast'],
  arguments: [
    noted('RW and UPDATE because it changes the TTL', key('key', 'RW', 'access', 'update')),
    optional(oneOf('expiration', ...moments, token('persist', 'PERSIST'))),
    namedFields,
  ],
  execute(context) {
    const { request, reply } = context;
    findHashForWrite(context, 0);
    const form = expiryFormAt(request, 2);
    const persists = request.is(2, 'persist');
    const moment = form === null ? 0 : fieldMomentIn(context, 3, form, 'hgetex');
    const at = form !== null ? 4 : persists ? 3 : 2;
    const fields = fieldsAt(request, at, errors.fieldCountNotPositive);
    const record = findHashForWrite(context, fields.first);
    reply.array(fields.count);
    if (persists) {
      persistAndReply(context, record, fields);
    } else if (form === null) {
      for (let word = fields.first; word < fields.end; word += 1) {
        replyField(context, record, word);
      }
    } else {
      expireAndReply(context, record, fields, moment);
    }
  },
});

function persistAndReply(context: CommandContext, record: number, fields: FieldWords): void {
  const { reply, database } = context;
  const persisted = persistFields(context, record, fields, (_word, isThere) => {
    const { value } = database.hashes;
    if (isThere) reply.bulk(value.bytes, value.start, value.end);
    else reply.nil();
  });
  if (persisted.length === 0) return;
  context.modified(hashEvents.persist, 1, persisted.length);
  const effect = context
    .effect(persisted.length + 4)
    .text('HPERSIST')
    .word(1);
  effect.text('FIELDS').integer(persisted.length);
  for (const word of persisted) effect.word(word);
}

function expireAndReply(
  context: CommandContext,
  record: number,
  fields: FieldWords,
  moment: number,
): void {
  const change = new FieldExpiryChange(context, record, moment);
  for (let word = fields.first; word < fields.end; word += 1) {
    replyField(context, change.record, word);
    change.apply(word, null);
  }
  change.notify();
  change.propagate();
}

/** The options of HSETEX, as read from a request. */
interface SetOptions {
  readonly condition: 'fnx' | 'fxx' | null;
  readonly keepsExpiry: boolean;
  /** Unix ms; null for none. */
  readonly moment: number | null;
  /** The word of the moment. */
  readonly momentWord: number;
  /** Whether it is given as PXAT, the form that is propagated. */
  readonly isAbsoluteMs: boolean;
  /** The first field, and how many words there are from it on. */
  readonly first: number;
}

const hsetex = defineCommand({
  name: 'HSETEX',
  summary: 'Sets fields of a hash, and when they die.',
  since: '8.0.0',
  group: 'hash',
  complexity: 'O(N) where N is the number of fields being set.',
  flags: ['write', 'denyoom', 'fast'],
  arguments: [
    key('key', 'RW', 'update'),
    optional(oneOf('condition', token('fnx', 'FNX'), token('fxx', 'FXX'))),
    optional(oneOf('expiration', ...moments, token('keepttl', 'KEEPTTL'))),
    after(
      'FIELDS',
      block('fields', integer('numfields'), many(block('data', string('field'), string('value')))),
    ),
  ],
  execute(context) {
    const options = readOptions(context);
    const record = findHashForWrite(context, options.first, 2);
    if (!meets(context, record, options)) {
      context.reply.integer(0);
      return;
    }
    setAll(context, record, options);
    context.reply.integer(1);
  },
});

/** Whether all fields are there (FXX), or none (FNX). */
function meets(context: CommandContext, record: number, options: SetOptions): boolean {
  const { condition, first } = options;
  if (condition === null) return true;
  for (let word = first; word < context.request.count; word += 2) {
    if (hasField(context, record, word) !== (condition === 'fxx')) return false;
  }
  return true;
}

function setAll(context: CommandContext, found: number, options: SetOptions): void {
  const { count } = context.request;
  const { first, moment } = options;
  let record = found;
  for (let word = first; word < count; word += 2) {
    const kept = options.keepsExpiry && hasField(context, record, word);
    const expiresAtMs = kept ? context.database.hashes.expiresAtMs : 0;
    record = setWords(context, record, word, word + 1, expiresAtMs);
  }
  context.modified(hashEvents.set, 1, (count - first) / 2);
  if (moment === null) return;
  const change = new FieldExpiryChange(context, record, moment);
  for (let word = first; word < count; word += 2) change.apply(word, null);
  change.notify(0);
  if (change.deleted.length > 0) propagateDeletion(context, change.deleted);
  else if (!options.isAbsoluteMs) propagateMoment(context, options, moment);
}

/** The request with the moment in place of the delay. */
function propagateMoment(context: CommandContext, options: SetOptions, moment: number): void {
  const { count } = context.request;
  const effect = context.effect(count).text('HSETEX');
  for (let word = 1; word < count; word += 1) {
    if (word === options.momentWord - 1) effect.text('PXAT');
    else if (word === options.momentWord) effect.integer(moment);
    else effect.word(word);
  }
}

function readOptions(context: CommandContext): SetOptions {
  const { request } = context;
  let condition: SetOptions['condition'] = null;
  let keepsExpiry = false;
  let moment: number | null = null;
  let momentWord = 0;
  let isAbsoluteMs = false;
  for (let word = 2; word < request.count; word += 1) {
    if (request.is(word, 'fields')) {
      const first = firstPair(request, word);
      return { condition, keepsExpiry, moment, momentWord, isAbsoluteMs, first };
    }
    const form = expiryFormAt(request, word);
    if (form !== null || request.is(word, 'keepttl')) {
      if (moment !== null || keepsExpiry) throw errors.fieldExpiryTwice;
      if (form === null) {
        keepsExpiry = true;
        continue;
      }
      word += 1;
      if (word >= request.count) throw errors.fieldExpiryMissing;
      moment = fieldMomentIn(context, word, form, 'hsetex');
      momentWord = word;
      isAbsoluteMs = form === expiryForms.pxat;
    } else if (request.is(word, 'fnx') || request.is(word, 'fxx')) {
      if (condition !== null) throw errors.fieldConditionTwice;
      condition = request.is(word, 'fnx') ? 'fnx' : 'fxx';
    } else {
      throw unknownArgument(request.text(word));
    }
  }
  throw wrongArity('hsetex');
}

/** The first field behind `FIELDS numfields`, which is at word `at`. */
function firstPair(request: Request, at: number): number {
  if (at >= request.count - 3) throw wrongArity('hsetex');
  const pairs = integerIn(request, at + 1, errors.fieldCountInvalid);
  if (pairs < 1 || pairs > 2147483647) throw errors.fieldCountInvalid;
  if (request.count - at - 2 !== pairs * 2) throw wrongArity('hsetex');
  return at + 2;
}

export const hashExpiringValueCommands: readonly CommandDeclaration[] = [hgetdel, hgetex, hsetex];
