import { CommandError, errors } from '../protocol/errors.ts';
import { block, many, string } from './arguments.ts';
import { type CommandDeclaration, defineContainer, defineSubcommand } from './define.ts';
import { withHelp } from './help.ts';

/** CONFIG: settings at run time. */

const get = defineSubcommand({
  name: 'GET',
  summary: 'Returns the settings whose names match a pattern.',
  since: '2.0.0',
  group: 'server',
  complexity: 'O(N) when N is the number of configuration parameters provided',
  flags: ['admin', 'noscript', 'loading', 'stale'],
  history: [['7.0.0', 'Added the ability to pass multiple pattern parameters in one call']],
  arguments: [many(block('parameter', string('parameter')))],
  execute(context) {
    const { request, reply, settings } = context;
    const patterns: string[] = [];
    for (let word = 2; word < request.count; word += 1) patterns.push(request.text(word));
    const found = settings.matching(patterns);
    reply.map(found.length);
    for (const [name, value] of found) {
      reply.bulkLatin1(name);
      reply.bulkLatin1(value);
    }
  },
});

const set = defineSubcommand({
  name: 'SET',
  summary: 'Changes settings: all that are named, or none.',
  since: '2.0.0',
  group: 'server',
  complexity: 'O(N) when N is the number of configuration parameters provided',
  flags: ['admin', 'noscript', 'loading', 'stale'],
  history: [['7.0.0', 'Added the ability to set multiple parameters in one call.']],
  tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
  arguments: [many(block('parameter_value', string('parameter'), string('value')))],
  execute(context) {
    const { request, reply, settings } = context;
    if (request.count % 2 !== 0) throw errors.syntax;
    const pairs: [string, string][] = [];
    for (let word = 2; word < request.count; word += 2) {
      pairs.push([request.text(word), request.text(word + 1)]);
    }
    const refusal = settings.set(pairs);
    if (refusal !== null) throw new CommandError(refusal);
    reply.ok();
  },
});

const rewrite = defineSubcommand({
  name: 'REWRITE',
  summary: 'Writes the settings to the configuration file.',
  since: '2.8.0',
  group: 'server',
  complexity: 'O(1)',
  flags: ['admin', 'noscript', 'loading', 'stale'],
  execute(context) {
    const refusal = context.settings.rewrite();
    if (refusal !== null) throw new CommandError(refusal);
    context.reply.ok();
  },
});

const resetStatistics = defineSubcommand({
  name: 'RESETSTAT',
  summary: 'Sets the counters of INFO back.',
  since: '2.0.0',
  group: 'server',
  complexity: 'O(1)',
  flags: ['admin', 'noscript', 'loading', 'stale'],
  execute(context) {
    context.server.resetStatistics();
    context.reply.ok();
  },
});

const config = defineContainer({
  name: 'CONFIG',
  summary: 'Shows and changes settings.',
  since: '2.0.0',
  group: 'server',
  complexity: 'Depends on subcommand.',
  flags: [],
  subcommands: withHelp({
    container: 'CONFIG',
    since: '5.0.0',
    group: 'server',
    subcommands: [get, resetStatistics, rewrite, set],
  }),
});

export const configCommands: readonly CommandDeclaration[] = [config];
