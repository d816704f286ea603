import { errors } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { integer, oneOf, optional, since, token } from './arguments.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { databaseIn, int32In } from './words.ts';

/** Whole databases. */

const flushMode = optional(
  oneOf('async', since('4.0.0', token('async', 'ASYNC')), since('6.2.0', token('sync', 'SYNC'))),
);

/** Both modes are the same here: what is flushed is out of sight at once and freed in slices. */
function checkFlushMode(request: Request): void {
  const known = request.count === 1 || request.is(1, 'sync') || request.is(1, 'async');
  if (request.count > 2 || !known) throw errors.syntax;
}

const flushdb = defineCommand({
  name: 'FLUSHDB',
  summary: 'Deletes all keys of the selected database.',
  since: '1.0.0',
  group: 'server',
  complexity: 'O(N) where N is the number of keys in the selected database',
  flags: ['write'],
  history: [
    ['4.0.0', 'Added the `ASYNC` flushing mode modifier.'],
    ['6.2.0', 'Added the `SYNC` flushing mode modifier.'],
  ],
  tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
  aclGroups: ['keyspace', 'dangerous'],
  arguments: [flushMode],
  execute(context) {
    checkFlushMode(context.request);
    context.flush(context.database);
    context.reply.ok();
  },
});

const flushall = defineCommand({
  name: 'FLUSHALL',
  summary: 'Deletes all keys of all databases.',
  since: '1.0.0',
  group: 'server',
  complexity: 'O(N) where N is the total number of keys in all databases',
  flags: ['write'],
  history: [
    ['4.0.0', 'Added the `ASYNC` flushing mode modifier.'],
    ['6.2.0', 'Added the `SYNC` flushing mode modifier.'],
  ],
  tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
  aclGroups: ['keyspace', 'dangerous'],
  arguments: [flushMode],
  execute(context) {
    checkFlushMode(context.request);
    context.flush(null);
    context.server.dataFlushed();
    context.reply.ok();
  },
});

const swapdb = defineCommand({
  name: 'SWAPDB',
  summary: 'Exchanges the contents of two databases.',
  since: '4.0.0',
  group: 'server',
  complexity:
    'O(N) where N is the count of clients watching or blocking on keys from both databases.',
  flags: ['write', 'fast'],
  aclGroups: ['keyspace', 'dangerous'],
  arguments: [integer('index1'), integer('index2')],
  execute(context) {
    const first = int32In(context.request, 1, errors.invalidFirstDatabase);
    const second = int32In(context.request, 2, errors.invalidSecondDatabase);
    const { databases } = context.keyspace;
    if (Math.min(first, second) < 0 || Math.max(first, second) >= databases.length) {
      throw errors.databaseIndex;
    }
    context.swap(databases[first], databases[second]);
    context.changed();
    context.reply.ok();
  },
});

const select = defineCommand({
  name: 'SELECT',
  summary: 'Chooses the database that this connection works on.',
  since: '1.0.0',
  group: 'connection',
  complexity: 'O(1)',
  flags: ['loading', 'stale', 'fast'],
  arguments: [integer('index')],
  execute(context) {
    context.session.selectDatabase(databaseIn(context, 1));
    context.reply.ok();
  },
});

export const databaseCommands: readonly CommandDeclaration[] = [flushdb, flushall, swapdb, select];
