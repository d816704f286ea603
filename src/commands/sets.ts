import { after, integer, key, many, optional, pattern, string } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { cursorIn, isWanted, readScanOptions, replyScanHead } from './scan-options.ts';
import {
  assertSet,
  deleteIfEmpty,
  findSet,
  findSetForWrite,
  replyMembers,
  setEvents,
} from './set-values.ts';

/** Sets: their members, one set at a time. */

const sadd = defineCommand({
  name: 'SADD',
  summary: 'Adds members to a set, which comes to be if it is not there.',
  since: '1.0.0',
  group: 'set',
  complexity:
    'O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.',
  flags: ['write', 'denyoom', 'fast'],
  history: [['2.4.0', 'Accepts multiple `member` arguments.']],
  arguments: [key('key', 'RW', 'insert'), many(string('member'))],
  execute(context) {
    const { count } = context.request;
    let record = findSetForWrite(context, 1);
    let added = 0;
    if (record !== 0) {
      context.database.sets.prepare(record, count - 2);
      record = context.database.sets.ref;
    }
    for (let word = 2; word < count; word += 1) {
      if (addWord(context, record, 1, word, count - 2)) added += 1;
      record = context.database.sets.ref;
    }
    if (added > 0) context.modified(setEvents.add, 1, added);
    context.reply.integer(added);
  },
});

/** Adds word `word` to the set under the key in word `keyWord`, whose record is `record` (or 0). */
function addWord(
  context: CommandContext,
  record: number,
  keyWord: number,
  word: number,
  expected: number,
): boolean {
  const { bytes, starts, ends } = context.request;
  const { sets } = context.database;
  if (record !== 0) return sets.add(record, bytes, starts[word], ends[word]);
  const keyStart = starts[keyWord];
  sets.create(bytes, keyStart, ends[keyWord], bytes, starts[word], ends[word], expected);
  return true;
}

const srem = defineCommand({
  name: 'SREM',
  summary: 'Takes members out of a set, which is deleted when none is left.',
  since: '1.0.0',
  group: 'set',
  complexity: 'O(N) where N is the number of members to be removed.',
  flags: ['write', 'fast'],
  history: [['2.4.0', 'Accepts multiple `member` arguments.']],
  arguments: [key('key', 'RW', 'delete'), many(string('member'))],
  execute(context) {
    const { count, bytes, starts, ends } = context.request;
    const { sets } = context.database;
    let record = findSetForWrite(context, 1);
    let removed = 0;
    for (let word = 2; record !== 0 && word < count; word += 1) {
      if (!sets.remove(record, bytes, starts[word], ends[word])) continue;
      record = sets.ref;
      removed += 1;
      if (sets.length(record) === 0) break;
    }
    if (removed > 0) {
      context.modified(setEvents.remove, 1, removed);
      deleteIfEmpty(context, record, 1);
    }
    context.reply.integer(removed);
  },
});

const sismember = defineCommand({
  name: 'SISMEMBER',
  summary: 'Says whether something is a member of a set.',
  since: '1.0.0',
  group: 'set',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO'), string('member')],
  execute(context) {
    context.reply.integer(isMember(context, findSet(context, 1), 2) ? 1 : 0);
  },
});

const smismember = defineCommand({
  name: 'SMISMEMBER',
  summary: 'Says of several words whether they are members of a set.',
  since: '6.2.0',
  group: 'set',
  complexity: 'O(N) where N is the number of elements being checked for membership',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO', 'access'), many(string('member'))],
  execute(context) {
    const { count } = context.request;
    const record = findSet(context, 1);
    context.reply.array(count - 2);
    for (let word = 2; word < count; word += 1) {
      context.reply.integer(isMember(context, record, word) ? 1 : 0);
    }
  },
});

function isMember(context: CommandContext, record: number, word: number): boolean {
  const { bytes, starts, ends } = context.request;
  return record !== 0 && context.database.sets.has(record, bytes, starts[word], ends[word]);
}

const scard = defineCommand({
  name: 'SCARD',
  summary: 'Returns the number of members of a set.',
  since: '1.0.0',
  group: 'set',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO')],
  execute(context) {
    const record = findSet(context, 1);
    context.reply.integer(record === 0 ? 0 : context.database.sets.length(record));
  },
});

const smembers = defineCommand({
  name: 'SMEMBERS',
  summary: 'Returns all members of a set.',
  since: '1.0.0',
  group: 'set',
  complexity: 'O(N) where N is the set cardinality.',
  flags: ['readonly'],
  tips: ['nondeterministic_output_order'],
  arguments: [key('key', 'RO', 'access')],
  execute(context) {
    const record = findSet(context, 1);
    context.reply.set(record === 0 ? 0 : context.database.sets.length(record));
    if (record !== 0) replyMembers(context, record);
  },
});

const smove = defineCommand({
  name: 'SMOVE',
  summary: 'Moves a member from one set to another.',
  since: '1.0.0',
  group: 'set',
  complexity: 'O(1)',
  flags: ['write', 'fast'],
  arguments: [
    key('source', 'RW', 'access', 'delete'),
    key('destination', 'RW', 'insert'),
    string('member'),
  ],
  execute(context) {
    const { reply, request, database } = context;
    const { sets } = database;
    if (context.findForWrite(1) === 0) {
      reply.integer(0);
      return;
    }
    const target = context.findForWrite(2);
    // The second look-up may have deleted an expired key, so that the first one's record moved.
    const source = context.findForWrite(1);
    assertSet(context, source);
    assertSet(context, target);
    if (source === target || !isMember(context, source, 3)) {
      reply.integer(isMember(context, source, 3) ? 1 : 0);
      return;
    }
    sets.remove(source, request.bytes, request.starts[3], request.ends[3]);
    context.modified(setEvents.remove, 1);
    deleteIfEmpty(context, sets.ref, 1);
    if (addWord(context, context.findForWrite(2), 2, 3, 1)) context.modified(setEvents.add, 2);
    reply.integer(1);
  },
});

const sscan = defineCommand({
  name: 'SSCAN',
  summary: 'Returns some members of a set, and a cursor to go on with.',
  since: '2.8.0',
  group: 'set',
  complexity:
    'O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection..',
  flags: ['readonly'],
  tips: ['nondeterministic_output'],
  arguments: [
    key('key', 'RO', 'access'),
    integer('cursor'),
    optional(after('MATCH', pattern('pattern'))),
    optional(after('COUNT', integer('count'))),
  ],
  execute(context) {
    const { reply, request, database } = context;
    const cursor = cursorIn(request, 2);
    const record = findSet(context, 1);
    if (record === 0) {
      replyScanHead(reply, 0, 0);
      return;
    }
    const options = readScanOptions(request, 3, 'members');
    const found: Uint8Array[] = [];
    const next = database.sets.scan(record, cursor, options.count, (bytes, start, end) => {
      if (isWanted(options, bytes, start, end)) found.push(bytes.slice(start, end));
    });
    replyScanHead(reply, next, found.length);
    for (const member of found) reply.bulk(member);
  },
});

export const setCommands: readonly CommandDeclaration[] = [
  sadd,
  srem,
  sismember,
  smismember,
  scard,
  smembers,
  smove,
  sscan,
];
