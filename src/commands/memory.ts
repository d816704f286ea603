import { errors } from '../protocol/errors.ts';
import { after, integer, key, optional } from './arguments.ts';
import { type CommandDeclaration, defineContainer, defineSubcommand } from './define.ts';
import { withHelp } from './help.ts';
import { integerIn } from './words.ts';

/** MEMORY: what keys cost. */

const usage = defineSubcommand({
  name: 'USAGE',
  summary: 'Says how many bytes a key and its value take.',
  since: '4.0.0',
  group: 'server',
  complexity: 'O(N) where N is the number of samples.',
  flags: ['readonly'],
  arguments: [key('key', 'RO'), optional(after('SAMPLES', integer('count')))],
  execute(context) {
    const { request, reply, database } = context;
    for (let word = 3; word < request.count; word += 2) {
      if (!request.is(word, 'samples') || word + 1 >= request.count) throw errors.syntax;
      if (integerIn(request, word + 1) < 0) throw errors.syntax;
    }
    const record = context.peek(2);
    if (record === 0) reply.nil();
    else reply.integer(database.memoryOf(record));
  },
});

const memory = defineContainer({
  name: 'MEMORY',
  summary: 'Says what memory is used for.',
  since: '4.0.0',
  group: 'server',
  complexity: 'Depends on subcommand.',
  flags: [],
  subcommands: withHelp({
    container: 'MEMORY',
    since: '4.0.0',
    group: 'server',
    subcommands: [usage],
  }),
});

export const memoryCommands: readonly CommandDeclaration[] = [memory];
