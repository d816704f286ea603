import { errors } from '../protocol/errors.ts';
import { SetBuilder } from '../store/values/set-builder.ts';
import { after, integer, key, many, optional } from './arguments.ts';
import type { CommandContext, KeyEvent } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { assertSet, setEvents } from './set-values.ts';
import { events } from './string-values.ts';
import { integerIn, keyCountIn } from './words.ts';

/** What several sets have in common, together, or apart. */

/** Takes the members of a result; false ends the operation. */
type Taker = (bytes: Uint8Array, start: number, end: number) => boolean;
/** Finds the members of a result. Records are 0 for keys that do not exist. */
type Operation = (context: CommandContext, records: readonly number[], take: Taker) => void;

/** The sets under the keys in words `[first, end)`; 0 for those that do not exist. */
function setsIn(context: CommandContext, first: number, end: number): readonly number[] {
  // Looking a key up may delete another one: records are good when none of them has expired.
  for (let word = first; word < end; word += 1) assertSet(context, context.find(word));
  return Array.from({ length: end - first }, (_, i) => context.peek(first + i));
}

const intersect: Operation = (context, records, take) => {
  if (records.includes(0)) return;
  const { sets } = context.database;
  const ordered = [...records].sort((left, right) => sets.length(left) - sets.length(right));
  const others = ordered.slice(1);
  let isDone = false;
  sets.forEach(ordered[0], (bytes, start, end) => {
    if (isDone) return;
    for (const other of others) if (!sets.has(other, bytes, start, end)) return;
    isDone = !take(bytes, start, end);
  });
};

const unite: Operation = (context, records, take) => {
  const { sets } = context.database;
  for (const record of records) {
    if (record === 0) continue;
    sets.forEach(record, (bytes, start, end) => {
      take(bytes, start, end);
    });
  }
};

const subtract: Operation = (context, records, take) => {
  const { sets } = context.database;
  const [first, ...rest] = records;
  const others = rest.filter((record) => record !== 0);
  if (first === 0 || others.includes(first)) return;
  // The largest is the likeliest to know a member.
  others.sort((left, right) => sets.length(right) - sets.length(left));
  sets.forEach(first, (bytes, start, end) => {
    for (const other of others) if (sets.has(other, bytes, start, end)) return;
    take(bytes, start, end);
  });
};

function replyResult(context: CommandContext, operation: Operation): void {
  const { reply, request } = context;
  const records = setsIn(context, 1, request.count);
  if (operation === unite && records.filter((record) => record !== 0).length > 1) {
    replyUnion(context, records);
    return;
  }
  const found: Uint8Array[] = [];
  operation(context, records, (bytes, start, end) => {
    found.push(bytes.slice(start, end));
    return true;
  });
  reply.set(found.length);
  for (const member of found) reply.bulk(member);
}

/** Members of several sets come more than once. */
function replyUnion(context: CommandContext, records: readonly number[]): void {
  const { reply, database } = context;
  const builder = new SetBuilder(database);
  builder.begin(0);
  const found: Uint8Array[] = [];
  unite(context, records, (bytes, start, end) => {
    if (builder.add(bytes, start, end)) found.push(bytes.slice(start, end));
    return true;
  });
  builder.discard();
  reply.set(found.length);
  for (const member of found) reply.bulk(member);
}

function storeResult(context: CommandContext, operation: Operation, event: KeyEvent): void {
  const { reply, request, database } = context;
  const records = setsIn(context, 2, request.count);
  const builder = new SetBuilder(database);
  builder.begin(0);
  operation(context, records, (bytes, start, end) => {
    builder.add(bytes, start, end);
    return true;
  });
  const { bytes, starts, ends } = request;
  const { size } = builder;
  if (size > 0) {
    builder.store(bytes, starts[1], ends[1], 0);
    context.modified(event, 1);
  } else if (context.findForWrite(1) !== 0) {
    database.delete(bytes, starts[1], ends[1]);
    context.modified(events.delete, 1);
  }
  reply.integer(size);
}

const nOfAll = 'O(N) where N is the total number of elements in all given sets.';
const nTimesM =
  'O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.';

const sinter = defineCommand({
  name: 'SINTER',
  summary: 'Returns what is a member of all sets.',
  since: '1.0.0',
  group: 'set',
  complexity: nTimesM,
  flags: ['readonly'],
  tips: ['nondeterministic_output_order'],
  arguments: [many(key('key', 'RO', 'access'))],
  execute(context) {
    replyResult(context, intersect);
  },
});

const sintercard = defineCommand({
  name: 'SINTERCARD',
  summary: 'Returns how many are members of all sets, or the limit.',
  since: '7.0.0',
  group: 'set',
  complexity: nTimesM,
  flags: ['readonly'],
  arguments: [
    integer('numkeys'),
    many(key('key', 'RO', 'access')),
    optional(after('LIMIT', integer('limit'))),
  ],
  execute(context) {
    const { request, reply } = context;
    const end = 2 + keyCountIn(request, 1);
    let limit = 0;
    for (let word = end; word < request.count; word += 2) {
      if (!request.is(word, 'limit') || word + 1 >= request.count) throw errors.syntax;
      limit = integerIn(request, word + 1, errors.limitNegative);
      if (limit < 0) throw errors.limitNegative;
    }
    let found = 0;
    intersect(context, setsIn(context, 2, end), () => {
      found += 1;
      return found !== limit;
    });
    reply.integer(found);
  },
});

const sinterstore = defineCommand({
  name: 'SINTERSTORE',
  summary: 'Stores what is a member of all sets as another set.',
  since: '1.0.0',
  group: 'set',
  complexity: nTimesM,
  flags: ['write', 'denyoom'],
  arguments: [key('destination', 'RW', 'update'), many(key('key', 'RO', 'access'))],
  execute(context) {
    storeResult(context, intersect, setEvents.interStore);
  },
});

const sunion = defineCommand({
  name: 'SUNION',
  summary: 'Returns what is a member of any of the sets.',
  since: '1.0.0',
  group: 'set',
  complexity: nOfAll,
  flags: ['readonly'],
  tips: ['nondeterministic_output_order'],
  arguments: [many(key('key', 'RO', 'access'))],
  execute(context) {
    replyResult(context, unite);
  },
});

const sunionstore = defineCommand({
  name: 'SUNIONSTORE',
  summary: 'Stores what is a member of any of the sets as another set.',
  since: '1.0.0',
  group: 'set',
  complexity: nOfAll,
  flags: ['write', 'denyoom'],
  arguments: [key('destination', 'OW', 'update'), many(key('key', 'RO', 'access'))],
  execute(context) {
    storeResult(context, unite, setEvents.unionStore);
  },
});

const sdiff = defineCommand({
  name: 'SDIFF',
  summary: 'Returns the members of the first set that are in none of the others.',
  since: '1.0.0',
  group: 'set',
  complexity: nOfAll,
  flags: ['readonly'],
  tips: ['nondeterministic_output_order'],
  arguments: [many(key('key', 'RO', 'access'))],
  execute(context) {
    replyResult(context, subtract);
  },
});

const sdiffstore = defineCommand({
  name: 'SDIFFSTORE',
  summary: 'Stores the members of the first set that are in none of the others as another set.',
  since: '1.0.0',
  group: 'set',
  complexity: nOfAll,
  flags: ['write', 'denyoom'],
  arguments: [key('destination', 'OW', 'update'), many(key('key', 'RO', 'access'))],
  execute(context) {
    storeResult(context, subtract, setEvents.diffStore);
  },
});

export const setOperationCommands: readonly CommandDeclaration[] = [
  sinter,
  sintercard,
  sinterstore,
  sunion,
  sunionstore,
  sdiff,
  sdiffstore,
];
