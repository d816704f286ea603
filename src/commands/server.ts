import { CommandError, errors } from '../protocol/errors.ts';
import { many, oneOf, optional, since, string, token } from './arguments.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';

/** The server as a whole: what it is and does, and its end. */

const info = defineCommand({
  name: 'INFO',
  summary: 'Describes the server, section by section.',
  since: '1.0.0',
  group: 'server',
  complexity: 'O(1)',
  flags: ['loading', 'stale'],
  history: [['7.0.0', 'Added support for taking multiple section arguments.']],
  tips: ['nondeterministic_output', 'request_policy:all_shards', 'response_policy:special'],
  aclExtras: ['dangerous'],
  arguments: [optional(many(string('section')))],
  execute(context) {
    const { request, reply, server } = context;
    const sections: string[] = [];
    for (let word = 1; word < request.count; word += 1) {
      sections.push(request.text(word).toLowerCase());
    }
    reply.verbatim(server.info(sections));
  },
});

const time = defineCommand({
  name: 'TIME',
  summary: 'Returns the time: Unix seconds, and the microseconds of the second.',
  since: '2.6.0',
  group: 'server',
  complexity: 'O(1)',
  flags: ['loading', 'stale', 'fast'],
  tips: ['nondeterministic_output'],
  execute(context) {
    const us = context.server.nowUs();
    context.reply.array(2);
    context.reply.bulkInteger(Math.floor(us / 1_000_000));
    context.reply.bulkInteger(us % 1_000_000);
  },
});

const shutdown = defineCommand({
  name: 'SHUTDOWN',
  summary: 'Ends the server, after its replicas have caught up.',
  since: '1.0.0',
  group: 'server',
  complexity:
    'O(N) when saving, where N is the total number of keys in all databases when saving data, otherwise O(1)',
  flags: ['admin', 'noscript', 'loading', 'stale', 'no_multi', 'allow_busy'],
  history: [['7.0.0', 'Added the `NOW`, `FORCE` and `ABORT` modifiers.']],
  arguments: [
    optional(oneOf('nosave_save', token('nosave', 'NOSAVE'), token('save', 'SAVE'))),
    since('7.0.0', optional(token('now', 'NOW'))),
    since('7.0.0', optional(token('force', 'FORCE'))),
    since('7.0.0', optional(token('abort', 'ABORT'))),
  ],
  run(context, { nosave_save: saving, now, force, abort }) {
    const modes: string[] = [];
    if (saving) modes.push(saving.kind);
    if (now) modes.push('now');
    if (force) modes.push('force');
    if (abort) {
      if (modes.length > 0) throw errors.syntax;
      modes.push('abort');
    }
    const refusal = context.server.shutdown(modes, context.session);
    if (refusal !== null) throw new CommandError(refusal);
    // Who asked for the end sees the connection close; who called it off gets an answer.
    if (abort) context.reply.ok();
  },
});

export const serverCommands: readonly CommandDeclaration[] = [info, time, shutdown];
