import { matchesGlob } from '../base/glob.ts';
import type { Database } from '../store/database.ts';
import { after, integer, optional, pattern, since, string } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { cursorIn, patternOf, readScanOptions } from './scan-options.ts';
import { typeNameOf } from './type-names.ts';

/** Walking over the keys of a database. */

const keys = defineCommand({
  name: 'KEYS',
  summary: 'Returns all keys that match a pattern, in one go.',
  since: '1.0.0',
  group: 'generic',
  complexity:
    'O(N) with N being the number of keys in the database, under the assumption that the key names in the database and the given pattern have limited length.',
  flags: ['readonly'],
  tips: ['request_policy:all_shards', 'nondeterministic_output_order'],
  aclExtras: ['dangerous'],
  arguments: [pattern('pattern')],
  execute(context) {
    const { database, request } = context;
    const filter = patternOf(request, 1);
    const found: number[] = [];
    database.forEachRecord((record) => {
      if (keyMatches(database, record, filter) && !context.isExpired(database, record)) {
        found.push(record);
      }
    });
    replyKeys(context, found);
  },
});

function keyMatches(database: Database, record: number, filter: Uint8Array | null): boolean {
  if (filter === null) return true;
  const name = database.keyRange(record);
  return matchesGlob(filter, name.bytes, name.start, name.end);
}

function replyKeys(context: CommandContext, records: readonly number[]): void {
  const { reply, database } = context;
  reply.array(records.length);
  for (const record of records) {
    const name = database.keyRange(record);
    reply.bulk(name.bytes, name.start, name.end);
  }
}

const scan = defineCommand({
  name: 'SCAN',
  summary: 'Returns some keys, and a cursor to go on with.',
  since: '2.8.0',
  group: 'generic',
  complexity:
    'O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.',
  flags: ['readonly'],
  history: [['6.0.0', 'Added the `TYPE` subcommand.']],
  tips: ['nondeterministic_output', 'request_policy:special'],
  arguments: [
    integer('cursor'),
    optional(after('MATCH', pattern('pattern'))),
    optional(after('COUNT', integer('count'))),
    since('6.0.0', optional(after('TYPE', string('type')))),
  ],
  execute(context) {
    const { database, reply } = context;
    const cursor = cursorIn(context.request, 1);
    const options = readScanOptions(context.request, 2, 'keys');
    const found: number[] = [];
    const expired: Uint8Array[] = [];
    const next = database.scan(cursor, options.count, (record) => {
      if (!keyMatches(database, record, options.pattern)) return;
      if (options.type !== null && typeNameOf(database.typeOf(record)) !== options.type) return;
      if (context.isExpired(database, record)) expired.push(database.keyOf(record));
      else found.push(record);
    });
    reply.array(2);
    reply.bulkInteger(next);
    replyKeys(context, found);
    for (const name of expired) context.peekIn(database, name);
  },
});

const randomKey = defineCommand({
  name: 'RANDOMKEY',
  summary: 'Returns a random key.',
  since: '1.0.0',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['readonly'],
  tips: ['request_policy:all_shards', 'nondeterministic_output'],
  execute(context) {
    const { database, reply } = context;
    let record = database.randomRecord(context.random);
    // Where nothing but our primary may delete, there may be no key left that has not expired.
    for (let tries = 0; record !== 0 && context.isExpired(database, record); tries += 1) {
      if (tries >= randomTriesMax) break;
      context.peekIn(database, database.keyOf(record));
      record = database.randomRecord(context.random);
    }
    if (record === 0) {
      reply.nil();
      return;
    }
    const name = database.keyRange(record);
    reply.bulk(name.bytes, name.start, name.end);
  },
});

const randomTriesMax = 100;

const dbsize = defineCommand({
  name: 'DBSIZE',
  summary: 'Says how many keys the selected database has.',
  since: '1.0.0',
  group: 'server',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  tips: ['request_policy:all_shards', 'response_policy:agg_sum'],
  aclGroups: ['keyspace'],
  execute(context) {
    context.reply.integer(context.database.size);
  },
});

export const scanCommands: readonly CommandDeclaration[] = [keys, scan, randomKey, dbsize];
