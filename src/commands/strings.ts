import { wrongArity } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { keepExpiry, noExpiry } from '../store/database.ts';
import { valueTypes } from '../store/value-types.ts';
import {
  after,
  block,
  integer,
  key,
  many,
  noted,
  oneOf,
  optional,
  since,
  string,
  token,
  unixTime,
} from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { readSetOptions, type SetOptions } from './set-options.ts';
import {
  assertString,
  deleteKey,
  events,
  isPast,
  replyString,
  storeWord,
} from './string-values.ts';
import { addInteger, type ExpiryForm, expiryForms, expiryIn } from './words.ts';

/** Whole strings: reading and storing them. */

const get = defineCommand({
  name: 'GET',
  summary: 'Returns the string of a key.',
  since: '1.0.0',
  group: 'string',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO', 'access')],
  execute(context) {
    replyString(context, context.find(1));
  },
});

const set = defineCommand({
  name: 'SET',
  summary: 'Stores a string under a key, whatever was there before.',
  since: '1.0.0',
  group: 'string',
  complexity: 'O(1)',
  flags: ['write', 'denyoom'],
  history: [
    ['2.6.12', 'Added the `EX`, `PX`, `NX` and `XX` options.'],
    ['6.0.0', 'Added the `KEEPTTL` option.'],
    ['6.2.0', 'Added the `GET`, `EXAT` and `PXAT` option.'],
    ['7.0.0', 'Allowed the `NX` and `GET` options to be used together.'],
  ],
  arguments: [
    noted(
      'RW and ACCESS due to the optional `GET` argument',
      key('key', 'RW', 'access', 'update', 'variable_flags'),
    ),
    string('value'),
    since('2.6.12', optional(oneOf('condition', token('nx', 'NX'), token('xx', 'XX')))),
    since('6.2.0', optional(token('get', 'GET'))),
    optional(
      oneOf(
        'expiration',
        since('2.6.12', after('EX', integer('seconds'))),
        since('2.6.12', after('PX', integer('milliseconds'))),
        since('6.2.0', after('EXAT', unixTime('unix-time-seconds'))),
        since('6.2.0', after('PXAT', unixTime('unix-time-milliseconds'))),
        since('6.0.0', token('keepttl', 'KEEPTTL')),
      ),
    ),
  ],
  keyFlags(request, first) {
    for (let word = first + 2; word < request.count; word += 1) {
      if (request.is(word, 'get')) return ['RW', 'access', 'update'];
    }
    return ['OW', 'update'];
  },
  execute(context) {
    if (context.request.count > 3) {
      setWithOptions(context, readSetOptions(context.request, 3, 'set'));
      return;
    }
    storeWord(context, 1, 2, noExpiry);
    context.modified(events.set, 1);
    context.reply.ok();
  },
});

function setWithOptions(context: CommandContext, options: SetOptions): void {
  const { request, reply } = context;
  const expiresAtMs =
    options.expiry === null
      ? noExpiry
      : expiryIn(context, options.expiryWord, options.expiry, 'set');
  if (options.get) replyString(context, context.find(1));
  const found = context.findForWrite(1) !== 0;
  if (options.condition !== null && (options.condition === 'xx') !== found) {
    if (!options.get) reply.nil();
    return;
  }
  storeWord(context, 1, 2, options.keepTtl ? keepExpiry : expiresAtMs);
  context.modified(events.set, 1);
  if (options.expiry !== null) {
    context.notify(events.expire, 1);
    if (!options.absoluteMs) propagateSet(context, 2, expiresAtMs);
  } else if (options.get) {
    propagateWithoutGet(context, request);
  }
  if (!options.get) reply.ok();
}

/** Replicas get the moment, not the delay, which they would count from their own now. */
function propagateSet(context: CommandContext, value: number, expiresAtMs: number): void {
  addInteger(context.effect(5).text('SET').word(1).word(value).text('PXAT'), expiresAtMs);
}

/** The reply is nobody's business down the stream, and servers before 6.2 do not know the option. */
function propagateWithoutGet(context: CommandContext, request: Request): void {
  let count = 0;
  for (let word = 0; word < request.count; word += 1) {
    if (word < 3 || !request.is(word, 'get')) count += 1;
  }
  const effect = context.effect(count);
  for (let word = 0; word < request.count; word += 1) {
    if (word < 3 || !request.is(word, 'get')) effect.word(word);
  }
}

const setnx = defineCommand({
  name: 'SETNX',
  summary: 'Stores a string under a key that does not exist yet.',
  since: '1.0.0',
  group: 'string',
  complexity: 'O(1)',
  flags: ['write', 'denyoom', 'fast'],
  arguments: [key('key', 'OW', 'insert'), string('value')],
  execute(context) {
    if (context.findForWrite(1) !== 0) {
      context.reply.integer(0);
      return;
    }
    storeWord(context, 1, 2, noExpiry);
    context.modified(events.set, 1);
    context.reply.integer(1);
  },
});

const setex = defineCommand({
  name: 'SETEX',
  summary: 'Stores a string that lives for so many seconds.',
  since: '2.0.0',
  group: 'string',
  complexity: 'O(1)',
  flags: ['write', 'denyoom'],
  arguments: [key('key', 'OW', 'update'), integer('seconds'), string('value')],
  execute(context) {
    storeExpiring(context, expiryForms.ex, 'setex');
  },
});

const psetex = defineCommand({
  name: 'PSETEX',
  summary: 'Stores a string that lives for so many milliseconds.',
  since: '2.6.0',
  group: 'string',
  complexity: 'O(1)',
  flags: ['write', 'denyoom'],
  arguments: [key('key', 'OW', 'update'), integer('milliseconds'), string('value')],
  execute(context) {
    storeExpiring(context, expiryForms.px, 'psetex');
  },
});

function storeExpiring(context: CommandContext, form: ExpiryForm, name: string): void {
  const expiresAtMs = expiryIn(context, 2, form, name);
  storeWord(context, 1, 3, expiresAtMs);
  context.modified(events.set, 1);
  context.notify(events.expire, 1);
  propagateSet(context, 3, expiresAtMs);
  context.reply.ok();
}

const mset = defineCommand({
  name: 'MSET',
  summary: 'Stores several strings at once.',
  since: '1.0.1',
  group: 'string',
  complexity: 'O(N) where N is the number of keys to set.',
  flags: ['write', 'denyoom'],
  tips: ['request_policy:multi_shard', 'response_policy:all_succeeded'],
  arguments: [many(block('key_value', key('key', 'OW', 'update'), string('value')))],
  execute(context) {
    if (context.request.count % 2 === 0) throw wrongArity('mset');
    storePairs(context);
    context.reply.ok();
  },
});

const msetnx = defineCommand({
  name: 'MSETNX',
  summary: 'Stores several strings, but only if none of the keys exists.',
  since: '1.0.1',
  group: 'string',
  complexity: 'O(N) where N is the number of keys to set.',
  flags: ['write', 'denyoom'],
  tips: ['request_policy:multi_shard', 'response_policy:agg_min'],
  arguments: [many(block('key_value', key('key', 'OW', 'insert'), string('value')))],
  execute(context) {
    const { count } = context.request;
    if (count % 2 === 0) throw wrongArity('msetnx');
    for (let word = 1; word < count; word += 2) {
      if (context.findForWrite(word) === 0) continue;
      context.reply.integer(0);
      return;
    }
    storePairs(context);
    context.reply.integer(1);
  },
});

function storePairs(context: CommandContext): void {
  const { count } = context.request;
  for (let word = 1; word < count; word += 2) {
    storeWord(context, word, word + 1, noExpiry);
    context.modified(events.set, word);
  }
}

const mget = defineCommand({
  name: 'MGET',
  summary: 'Returns the strings of several keys; null where there is none.',
  since: '1.0.0',
  group: 'string',
  complexity: 'O(N) where N is the number of keys to retrieve.',
  flags: ['readonly', 'fast'],
  tips: ['request_policy:multi_shard'],
  arguments: [many(key('key', 'RO', 'access'))],
  execute(context) {
    const { database, reply } = context;
    const { count } = context.request;
    reply.array(count - 1);
    for (let word = 1; word < count; word += 1) {
      const record = context.find(word);
      if (record === 0 || database.typeOf(record) !== valueTypes.string) {
        reply.nil();
        continue;
      }
      const value = database.string(record);
      reply.bulk(value.bytes, value.start, value.end);
    }
  },
});

const getset = defineCommand({
  name: 'GETSET',
  summary: 'Stores a string and returns the one that was there.',
  since: '1.0.0',
  group: 'string',
  complexity: 'O(1)',
  flags: ['write', 'denyoom', 'fast'],
  deprecated: { since: '6.2.0', replacedBy: '`SET` with the `!GET` argument' },
  arguments: [key('key', 'RW', 'access', 'update'), string('value')],
  execute(context) {
    replyString(context, context.find(1));
    storeWord(context, 1, 2, noExpiry);
    context.modified(events.set, 1);
    context.effect(3).text('SET').word(1).word(2);
  },
});

const getdel = defineCommand({
  name: 'GETDEL',
  summary: 'Returns a string and deletes its key.',
  since: '6.2.0',
  group: 'string',
  complexity: 'O(1)',
  flags: ['write', 'fast'],
  arguments: [key('key', 'RW', 'access', 'delete')],
  execute(context) {
    const record = context.find(1);
    replyString(context, record);
    if (record === 0) return;
    deleteKey(context, 1);
    context.effect(2).text('DEL').word(1);
  },
});

const getex = defineCommand({
  name: 'GETEX',
  summary: 'Returns a string and sets or removes the expiry of its key.',
  since: '6.2.0',
  group: 'string',
  complexity: 'O(1)',
  flags: ['write', 'fast'],
  arguments: [
    noted('RW and UPDATE because it changes the TTL', key('key', 'RW', 'access', 'update')),
    optional(
      oneOf(
        'expiration',
        after('EX', integer('seconds')),
        after('PX', integer('milliseconds')),
        after('EXAT', unixTime('unix-time-seconds')),
        after('PXAT', unixTime('unix-time-milliseconds')),
        token('persist', 'PERSIST'),
      ),
    ),
  ],
  execute(context) {
    const options = readSetOptions(context.request, 2, 'getex');
    const record = context.find(1);
    if (record === 0) {
      context.reply.nil();
      return;
    }
    assertString(context, record);
    const { expiry } = options;
    const expiresAtMs =
      expiry === null ? 0 : expiryIn(context, options.expiryWord, expiry, 'getex');
    replyString(context, record);
    if (expiry !== null) changeExpiry(context, record, expiry, expiresAtMs);
    else if (options.persist) removeExpiry(context, record);
  },
});

function changeExpiry(
  context: CommandContext,
  record: number,
  form: ExpiryForm,
  expiresAtMs: number,
): void {
  if (!form.relative && isPast(context, expiresAtMs)) {
    deleteKey(context, 1);
    context.effect(2).text('DEL').word(1);
    return;
  }
  context.database.setExpiry(record, expiresAtMs);
  context.modified(events.expire, 1);
  addInteger(context.effect(3).text('PEXPIREAT').word(1), expiresAtMs);
}

function removeExpiry(context: CommandContext, record: number): void {
  if (!context.database.clearExpiry(record)) return;
  context.modified(events.persist, 1);
  context.effect(2).text('PERSIST').word(1);
}

export const stringCommands: readonly CommandDeclaration[] = [
  get,
  set,
  setnx,
  setex,
  psetex,
  mset,
  msetnx,
  mget,
  getset,
  getdel,
  getex,
];
