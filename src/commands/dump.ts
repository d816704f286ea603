import { errors } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { after, integer, key, optional, since, string, token } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand, type HistoryEntry } from './define.ts';
import { events, isPast } from './string-values.ts';
import { addInteger, int64In, integerIn } from './words.ts';

/** Values as bytes that other servers take: DUMP gives them, RESTORE makes a key of them. */

const dump = defineCommand({
  name: 'DUMP',
  summary: 'Returns a value in a form that RESTORE takes, here or on another server.',
  since: '2.6.0',
  group: 'generic',
  complexity:
    'O(1) to access the key and additional O(N*M) to serialize it, where N is the number of Redis objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1).',
  flags: ['readonly'],
  tips: ['nondeterministic_output'],
  arguments: [key('key', 'RO', 'access')],
  execute(context) {
    const record = context.find(1);
    if (record === 0) {
      context.reply.nil();
      return;
    }
    const payload = context.values.dump(context.database, record);
    context.reply.bulk(payload, 0, payload.length);
  },
});

const restoreComplexity =
  'O(1) to create the new key and additional O(N*M) to reconstruct the serialized value, where N is the number of Redis objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1). However for sorted set values the complexity is O(N*M*log(N)) because inserting values into sorted sets is O(log(N)).';

const restoreHistory: readonly HistoryEntry[] = [
  ['3.0.0', 'Added the `REPLACE` modifier.'],
  ['5.0.0', 'Added the `ABSTTL` modifier.'],
  ['5.0.0', 'Added the `IDLETIME` and `FREQ` options.'],
];

const restoreArguments = [
  key('key', 'OW', 'update'),
  integer('ttl'),
  string('serialized-value'),
  optional(since('3.0.0', token('replace', 'REPLACE'))),
  optional(since('5.0.0', token('absttl', 'ABSTTL'))),
  optional(since('5.0.0', after('IDLETIME', integer('seconds')))),
  optional(since('5.0.0', after('FREQ', integer('frequency')))),
] as const;

const restore = defineCommand({
  name: 'RESTORE',
  summary: 'Makes a key of what DUMP gave.',
  since: '2.6.0',
  group: 'generic',
  complexity: restoreComplexity,
  flags: ['write', 'denyoom'],
  history: restoreHistory,
  aclExtras: ['dangerous'],
  arguments: restoreArguments,
  execute: restoreKey,
});

const restoreAsking = defineCommand({
  name: 'RESTORE-ASKING',
  summary: 'The same as RESTORE, as servers send it to each other.',
  since: '3.0.0',
  group: 'server',
  complexity: restoreComplexity,
  flags: ['write', 'denyoom', 'asking'],
  history: restoreHistory,
  system: true,
  aclGroups: ['keyspace', 'dangerous'],
  arguments: restoreArguments,
  execute: restoreKey,
});

/** The options of RESTORE; -1 stands for what was not said. */
interface RestoreOptions {
  replace: boolean;
  absolute: boolean;
  idleSeconds: number;
  frequency: number;
}

function restoreKey(context: CommandContext): void {
  const { request, reply, database, values } = context;
  const options = readOptions(request);
  const isTaken = context.findForWrite(1) !== 0;
  if (isTaken && !options.replace) throw errors.busyKey;
  const expiresAtMs = momentIn(context, options.absolute);
  const isOver = expiresAtMs !== 0 && isPast(context, expiresAtMs);
  const entry = {
    key: request.word(1),
    // 0 means "no expiry" in the store, and on a replica even the past must be kept.
    expiresAtMs: expiresAtMs === 0 ? 0 : Math.max(1, expiresAtMs),
    idleSeconds: options.idleSeconds,
    frequency: options.frequency,
  };
  const payload = { bytes: request.bytes, start: request.starts[3], end: request.ends[3] };
  const outcome = isOver
    ? values.replaceWithNothing(database, entry, payload)
    : values.restore(database, entry, payload);
  if (outcome === 'damaged') throw errors.damagedDump;
  if (outcome === 'no-value') throw errors.badDump;
  if (!isOver) created(context, isTaken, options.absolute ? 0 : expiresAtMs);
  else if (isTaken) {
    context.modified(events.delete, 1);
    context.effect(2).text('DEL').word(1);
  }
  reply.ok();
}

/** Tells everybody; replicas get the moment `expiresAtMs` in place of a delay, where it is not 0. */
function created(context: CommandContext, isTaken: boolean, expiresAtMs: number): void {
  // For Redis the old key is deleted first; the store sees one value in the place of another.
  if (isTaken) context.notify(events.created, 1);
  context.modified(events.restore, 1);
  if (expiresAtMs === 0) return;
  const { count } = context.request;
  const effect = context
    .effect(count + 1)
    .word(0)
    .word(1);
  addInteger(effect, expiresAtMs);
  for (let word = 3; word < count; word += 1) effect.word(word);
  effect.text('ABSTTL');
}

function readOptions(request: Request): RestoreOptions {
  const options = { replace: false, absolute: false, idleSeconds: -1, frequency: -1 };
  for (let word = 4; word < request.count; word += 1) {
    const hasValue = word + 1 < request.count;
    if (request.is(word, 'replace')) options.replace = true;
    else if (request.is(word, 'absttl')) options.absolute = true;
    else if (hasValue && request.is(word, 'idletime') && options.frequency < 0) {
      word += 1;
      options.idleSeconds = integerIn(request, word);
      if (options.idleSeconds < 0) throw errors.restoredIdleTime;
    } else if (hasValue && request.is(word, 'freq') && options.idleSeconds < 0) {
      word += 1;
      options.frequency = integerIn(request, word);
      if (options.frequency < 0 || options.frequency > 255) throw errors.restoredFrequency;
    } else throw errors.syntax;
  }
  return options;
}

/** When the key dies, in Unix ms; 0 for never. A sum beyond 64 bits wraps into the past, as in Redis. */
function momentIn(context: CommandContext, isAbsolute: boolean): number {
  const ttl = int64In(context.request, 2);
  if (ttl < 0n) throw errors.restoredTtl;
  if (ttl === 0n || isAbsolute) return Number(ttl);
  return Number(BigInt.asIntN(64, ttl + BigInt(context.nowMs)));
}

export const dumpCommands: readonly CommandDeclaration[] = [dump, restore, restoreAsking];
