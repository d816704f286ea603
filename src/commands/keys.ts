import { errors } from '../protocol/errors.ts';
import { after, integer, key, many, optional, token } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { deleteKey, events } from './string-values.ts';
import { typeNameOf } from './type-names.ts';
import { databaseIn, sameWords } from './words.ts';

/** Keys, whatever their values are. */

const del = defineCommand({
  name: 'DEL',
  summary: 'Deletes keys and says how many there were.',
  since: '1.0.0',
  group: 'generic',
  complexity:
    'O(N) where N is the number of keys that will be removed. When a key to remove holds a value other than a string, the individual complexity for this key is O(M) where M is the number of elements in the list, set, sorted set or hash. Removing a single key that holds a string value is O(1).',
  flags: ['write'],
  tips: ['request_policy:multi_shard', 'response_policy:agg_sum'],
  arguments: [many(key('key', 'RM', 'delete'))],
  execute: deleteKeys,
});

const unlink = defineCommand({
  name: 'UNLINK',
  summary: 'Deletes keys and frees their memory later.',
  since: '4.0.0',
  group: 'generic',
  complexity:
    'O(1) for each key removed regardless of its size. Then the command does O(N) work in a different thread in order to reclaim memory, where N is the number of allocations the deleted objects where composed of.',
  flags: ['write', 'fast'],
  tips: ['request_policy:multi_shard', 'response_policy:agg_sum'],
  arguments: [many(key('key', 'RM', 'delete'))],
  execute: deleteKeys,
});

function deleteKeys(context: CommandContext): void {
  const { count } = context.request;
  let deleted = 0;
  for (let word = 1; word < count; word += 1) {
    if (context.findForWrite(word) === 0) continue;
    deleteKey(context, word);
    deleted += 1;
  }
  context.reply.integer(deleted);
}

const exists = defineCommand({
  name: 'EXISTS',
  summary: 'Says how many of the keys exist; one named twice counts twice.',
  since: '1.0.0',
  group: 'generic',
  complexity: 'O(N) where N is the number of keys to check.',
  flags: ['readonly', 'fast'],
  history: [['3.0.3', 'Accepts multiple `key` arguments.']],
  tips: ['request_policy:multi_shard', 'response_policy:agg_sum'],
  arguments: [many(key('key', 'RO'))],
  execute(context) {
    const { count } = context.request;
    let found = 0;
    for (let word = 1; word < count; word += 1) if (context.findUntouched(word) !== 0) found += 1;
    context.reply.integer(found);
  },
});

const touch = defineCommand({
  name: 'TOUCH',
  summary: 'Marks keys as just used and says how many exist.',
  since: '3.2.1',
  group: 'generic',
  complexity: 'O(N) where N is the number of keys that will be touched.',
  flags: ['readonly', 'fast'],
  tips: ['request_policy:multi_shard', 'response_policy:agg_sum'],
  arguments: [many(key('key', 'RO'))],
  execute(context) {
    const { count } = context.request;
    let found = 0;
    for (let word = 1; word < count; word += 1) if (context.find(word) !== 0) found += 1;
    context.reply.integer(found);
  },
});

const type = defineCommand({
  name: 'TYPE',
  summary: 'Names the type of a value.',
  since: '1.0.0',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO')],
  execute(context) {
    const record = context.findUntouched(1);
    context.reply.simple(record === 0 ? 'none' : typeNameOf(context.database.typeOf(record)));
  },
});

const rename = defineCommand({
  name: 'RENAME',
  summary: 'Gives a key another name; a key that had it is lost.',
  since: '1.0.0',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['write'],
  arguments: [key('key', 'RW', 'access', 'delete'), key('newkey', 'OW', 'update')],
  execute(context) {
    if (context.findForWrite(1) === 0) throw errors.noSuchKey;
    if (!sameWords(context.request, 1, 2)) renameWords(context);
    context.reply.ok();
  },
});

const renamenx = defineCommand({
  name: 'RENAMENX',
  summary: 'Gives a key another name unless a key has it.',
  since: '1.0.0',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['write', 'fast'],
  history: [
    [
      '3.2.0',
      'The command no longer returns an error when source and destination names are the same.',
    ],
  ],
  arguments: [key('key', 'RW', 'access', 'delete'), key('newkey', 'OW', 'insert')],
  execute(context) {
    if (context.findForWrite(1) === 0) throw errors.noSuchKey;
    const taken = sameWords(context.request, 1, 2) || context.findForWrite(2) !== 0;
    if (!taken) renameWords(context);
    context.reply.integer(taken ? 0 : 1);
  },
});

function renameWords(context: CommandContext): void {
  const { bytes, starts, ends } = context.request;
  context.database.rename(bytes, starts[1], ends[1], bytes, starts[2], ends[2]);
  context.modified(events.renameFrom, 1);
  context.modified(events.renameTo, 2, 0);
}

const copy = defineCommand({
  name: 'COPY',
  summary: 'Copies a value and its expiry to another key, in this or another database.',
  since: '6.2.0',
  group: 'generic',
  complexity:
    'O(N) worst case for collections, where N is the number of nested items. O(1) for string values.',
  flags: ['write', 'denyoom'],
  arguments: [
    key('source', 'RO', 'access'),
    key('destination', 'OW', 'update'),
    optional(after('DB', integer('destination-db'))),
    optional(token('replace', 'REPLACE')),
  ],
  execute(context) {
    const { request, reply, database } = context;
    const { replace, target } = readCopyOptions(context);
    if (target === database.index && sameWords(request, 1, 2)) throw errors.sameObject;
    const targetDatabase = context.keyspace.databases[target];
    const name = request.word(2);
    // The target first: to find out that it has expired deletes it, which ends a record's validity.
    const taken = context.peekIn(targetDatabase, name) !== 0;
    const record = context.find(1);
    if (record === 0 || (taken && !replace)) {
      reply.integer(0);
      return;
    }
    database.copyTo(record, targetDatabase, request.bytes, request.starts[2], request.ends[2]);
    context.modifiedKey(events.copyTo, targetDatabase, name);
    reply.integer(1);
  },
});

/** The options of COPY, checked one by one as they come. */
function readCopyOptions(context: CommandContext): { replace: boolean; target: number } {
  const { request } = context;
  let replace = false;
  let target = context.database.index;
  for (let word = 3; word < request.count; word += 1) {
    if (request.is(word, 'replace')) {
      replace = true;
    } else if (request.is(word, 'db') && word + 1 < request.count) {
      word += 1;
      target = databaseIn(context, word);
    } else {
      throw errors.syntax;
    }
  }
  return { replace, target };
}

const move = defineCommand({
  name: 'MOVE',
  summary: 'Moves a key to another database unless that has one of the same name.',
  since: '1.0.0',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['write', 'fast'],
  arguments: [key('key', 'RW', 'access', 'update'), integer('db')],
  execute(context) {
    const { request, reply, database } = context;
    const target = databaseIn(context, 2);
    if (target === database.index) throw errors.sameObject;
    const targetDatabase = context.keyspace.databases[target];
    const name = request.word(1);
    const taken = context.peekIn(targetDatabase, name) !== 0;
    const record = context.findForWrite(1);
    if (record === 0 || taken) {
      reply.integer(0);
      return;
    }
    database.copyTo(record, targetDatabase, request.bytes, request.starts[1], request.ends[1]);
    database.delete(request.bytes, request.starts[1], request.ends[1]);
    context.modified(events.moveFrom, 1);
    context.modifiedKey(events.moveTo, targetDatabase, name, 0);
    reply.integer(1);
  },
});

export const keyCommands: readonly CommandDeclaration[] = [
  del,
  unlink,
  exists,
  touch,
  type,
  rename,
  renamenx,
  copy,
  move,
];
