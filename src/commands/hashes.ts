import { wrongArity } from '../protocol/errors.ts';
import { block, key, many, string } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import {
  deleteIfEmpty,
  deleteWord,
  findHash,
  findHashForWrite,
  forEachVisible,
  hasField,
  hashEvents,
  replyField,
  setWords,
  visibleLength,
} from './hash-values.ts';

/** Hashes: reading and setting fields. */

const hset = defineCommand({
  name: 'HSET',
  summary: 'Sets fields of a hash, and creates it when there is none.',
  since: '2.0.0',
  group: 'hash',
  complexity:
    'O(1) for each field/value pair added, so O(N) to add N field/value pairs when the command is called with multiple field/value pairs.',
  flags: ['write', 'denyoom', 'fast'],
  history: [['4.0.0', 'Accepts multiple `field` and `value` arguments.']],
  arguments: [
    key('key', 'RW', 'update'),
    many(block('field_value', string('field'), string('value'))),
  ],
  execute(context) {
    context.reply.integer(setPairs(context, 'hset'));
  },
});

const hmset = defineCommand({
  name: 'HMSET',
  summary: 'Sets fields of a hash. HSET does the same, and says more.',
  since: '2.0.0',
  group: 'hash',
  complexity: 'O(N) where N is the number of fields being set.',
  flags: ['write', 'denyoom', 'fast'],
  deprecated: { since: '4.0.0', replacedBy: '`HSET` with multiple field-value pairs' },
  arguments: [
    key('key', 'RW', 'update'),
    many(block('field_value', string('field'), string('value'))),
  ],
  execute(context) {
    setPairs(context, 'hmset');
    context.reply.ok();
  },
});

/** Returns how many fields are new. */
function setPairs(context: CommandContext, name: string): number {
  const { count } = context.request;
  if (count % 2 !== 0) throw wrongArity(name);
  let record = findHashForWrite(context, 2, 2);
  const { hashes } = context.database;
  let added = 0;
  for (let word = 2; word < count; word += 2) {
    record = setWords(context, record, word, word + 1);
    if (hashes.isNew) added += 1;
  }
  context.modified(hashEvents.set, 1, (count - 2) / 2);
  return added;
}

const hsetnx = defineCommand({
  name: 'HSETNX',
  summary: 'Sets a field that does not exist yet.',
  since: '2.0.0',
  group: 'hash',
  complexity: 'O(1)',
  flags: ['write', 'denyoom', 'fast'],
  arguments: [key('key', 'RW', 'insert'), string('field'), string('value')],
  execute(context) {
    const record = findHashForWrite(context, 2);
    if (hasField(context, record, 2)) {
      context.reply.integer(0);
      return;
    }
    setWords(context, record, 2, 3);
    context.modified(hashEvents.set, 1);
    context.reply.integer(1);
  },
});

const hget = defineCommand({
  name: 'HGET',
  summary: 'Returns the value of a field.',
  since: '2.0.0',
  group: 'hash',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO', 'access'), string('field')],
  execute(context) {
    replyField(context, findHash(context), 2);
  },
});

const hmget = defineCommand({
  name: 'HMGET',
  summary: 'Returns the values of several fields.',
  since: '2.0.0',
  group: 'hash',
  complexity: 'O(N) where N is the number of fields being requested.',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO', 'access'), many(string('field'))],
  execute(context) {
    const record = findHash(context);
    const { count } = context.request;
    context.reply.array(count - 2);
    for (let word = 2; word < count; word += 1) replyField(context, record, word);
  },
});

const hdel = defineCommand({
  name: 'HDEL',
  summary: 'Deletes fields, and with the last one the hash.',
  since: '2.0.0',
  group: 'hash',
  complexity: 'O(N) where N is the number of fields to be removed.',
  flags: ['write', 'fast'],
  history: [['2.4.0', 'Accepts multiple `field` arguments.']],
  arguments: [key('key', 'RW', 'delete'), many(string('field'))],
  execute(context) {
    let record = findHashForWrite(context, 2);
    const { count } = context.request;
    let deleted = 0;
    for (let word = 2; word < count; word += 1) {
      if (!hasField(context, record, word)) continue;
      record = deleteWord(context, record, word);
      deleted += 1;
    }
    if (deleted > 0) {
      const isEmpty = deleteIfEmpty(context, record);
      context.modified(hashEvents.delete, 1, deleted);
      if (isEmpty) context.modified(hashEvents.keyGone, 1, 0);
    }
    context.reply.integer(deleted);
  },
});

const hlen = defineCommand({
  name: 'HLEN',
  summary: 'Says how many fields a hash has.',
  since: '2.0.0',
  group: 'hash',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO')],
  execute(context) {
    const record = findHash(context);
    context.reply.integer(record === 0 ? 0 : context.database.hashes.length(record));
  },
});

const hstrlen = defineCommand({
  name: 'HSTRLEN',
  summary: 'Says how long the value of a field is, in bytes.',
  since: '3.2.0',
  group: 'hash',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO'), string('field')],
  execute(context) {
    const isThere = hasField(context, findHash(context), 2);
    context.reply.integer(isThere ? context.database.hashes.value.length : 0);
  },
});

const hexists = defineCommand({
  name: 'HEXISTS',
  summary: 'Says whether a hash has a field.',
  since: '2.0.0',
  group: 'hash',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO'), string('field')],
  execute(context) {
    context.reply.integer(hasField(context, findHash(context), 2) ? 1 : 0);
  },
});

const hgetall = defineCommand({
  name: 'HGETALL',
  summary: 'Returns all fields with their values.',
  since: '2.0.0',
  group: 'hash',
  complexity: 'O(N) where N is the size of the hash.',
  flags: ['readonly'],
  tips: ['nondeterministic_output_order'],
  arguments: [key('key', 'RO', 'access')],
  execute(context) {
    const { reply } = context;
    const record = findHash(context);
    reply.map(record === 0 ? 0 : visibleLength(context, record));
    if (record === 0) return;
    forEachVisible(context, context.database.hashes, record, (field, value) => {
      reply.bulk(field.bytes, field.start, field.end);
      reply.bulk(value.bytes, value.start, value.end);
    });
  },
});

const hkeys = defineCommand({
  name: 'HKEYS',
  summary: 'Returns the names of all fields.',
  since: '2.0.0',
  group: 'hash',
  complexity: 'O(N) where N is the size of the hash.',
  flags: ['readonly'],
  tips: ['nondeterministic_output_order'],
  arguments: [key('key', 'RO', 'access')],
  execute(context) {
    replyHalf(context, 'fields');
  },
});

const hvals = defineCommand({
  name: 'HVALS',
  summary: 'Returns the values of all fields.',
  since: '2.0.0',
  group: 'hash',
  complexity: 'O(N) where N is the size of the hash.',
  flags: ['readonly'],
  tips: ['nondeterministic_output_order'],
  arguments: [key('key', 'RO', 'access')],
  execute(context) {
    replyHalf(context, 'values');
  },
});

function replyHalf(context: CommandContext, half: 'fields' | 'values'): void {
  const { reply } = context;
  const record = findHash(context);
  reply.array(record === 0 ? 0 : visibleLength(context, record));
  if (record === 0) return;
  forEachVisible(context, context.database.hashes, record, (field, value) => {
    const { bytes, start, end } = half === 'fields' ? field : value;
    reply.bulk(bytes, start, end);
  });
}

export const hashCommands: readonly CommandDeclaration[] = [
  hset,
  hmset,
  hsetnx,
  hget,
  hmget,
  hdel,
  hlen,
  hstrlen,
  hexists,
  hgetall,
  hkeys,
  hvals,
];
