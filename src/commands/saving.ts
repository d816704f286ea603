import { CommandError, errors } from '../protocol/errors.ts';
import { optional, since, token } from './arguments.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';

/** The data set's file. */

const save = defineCommand({
  name: 'SAVE',
  summary: 'Saves the data to its file while everything else waits.',
  since: '1.0.0',
  group: 'server',
  complexity: 'O(N) where N is the total number of keys in all databases',
  flags: ['admin', 'noscript', 'no_async_loading', 'no_multi'],
  arguments: [],
  execute(context) {
    const refusal = context.server.save();
    if (refusal !== null) throw new CommandError(refusal);
    context.reply.ok();
  },
});

const bgsave = defineCommand({
  name: 'BGSAVE',
  summary: 'Saves the data to its file while everything else goes on.',
  since: '1.0.0',
  group: 'server',
  complexity: 'O(1)',
  flags: ['admin', 'noscript', 'no_async_loading'],
  history: [['3.2.2', 'Added the `SCHEDULE` option.']],
  arguments: [optional(since('3.2.2', token('schedule', 'SCHEDULE')))],
  execute(context) {
    const { request, reply, server } = context;
    if (request.count > 2) throw errors.syntax;
    if (request.count === 2 && !request.is(1, 'schedule')) throw errors.syntax;
    // Inside a transaction the data of this moment is a half of what it writes.
    const outcome = server.backgroundSave(context.session.inTransaction);
    if (typeof outcome === 'object') throw new CommandError(outcome.error);
    reply.simple(`Background saving ${outcome}`);
  },
});

const lastsave = defineCommand({
  name: 'LASTSAVE',
  summary: 'Returns the Unix time of the last save that went well.',
  since: '1.0.0',
  group: 'server',
  complexity: 'O(1)',
  flags: ['loading', 'stale', 'fast'],
  aclExtras: ['admin', 'dangerous'],
  tips: ['nondeterministic_output'],
  arguments: [],
  execute(context) {
    context.reply.integer(Math.floor(context.server.lastSaveAtMs / 1000));
  },
});

export const savingCommands: readonly CommandDeclaration[] = [save, bgsave, lastsave];
