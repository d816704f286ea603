import { errors } from '../protocol/errors.ts';
import { after, integer, key, optional } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineContainer, defineSubcommand } from './define.ts';
import { withHelp } from './help.ts';
import {
  arenaReport,
  type MemoryStatistic,
  memoryAdvice,
  memoryStatistics,
} from './memory-report.ts';
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

const asking = {
  since: '4.0.0',
  group: 'server',
  complexity: 'Depends on how much memory is allocated, could be slow',
  flags: [],
  tips: ['nondeterministic_output', 'request_policy:all_shards', 'response_policy:special'],
} as const;

const stats = defineSubcommand({
  ...asking,
  name: 'STATS',
  summary: 'Says what memory is used for, by name.',
  complexity: 'O(1)',
  execute(context) {
    const all = memoryStatistics(context.server.memory());
    context.reply.map(all.length);
    for (const [name, value] of all) {
      context.reply.bulkLatin1(name);
      replyStatistic(context, value);
    }
  },
});

function replyStatistic({ reply }: CommandContext, statistic: MemoryStatistic): void {
  switch (statistic.kind) {
    case 'integer':
      reply.integer(statistic.value);
      break;
    case 'ratio':
      reply.double(String(statistic.value));
      break;
    case 'tables':
      reply.map(3);
      reply.bulkLatin1('overhead.hashtable.main');
      reply.integer(statistic.bytes);
      // One table serves the keys, their expiry and, in a cluster, their slots.
      reply.bulkLatin1('overhead.hashtable.expires');
      reply.integer(0);
      reply.bulkLatin1('overhead.hashtable.slot-to-keys');
      reply.integer(0);
  }
}

const doctor = defineSubcommand({
  ...asking,
  name: 'DOCTOR',
  summary: 'Says in words whether something about the memory is remarkable.',
  complexity: 'O(1)',
  execute({ server, clients, reply }) {
    reply.verbatim(memoryAdvice(server.memory(), clients.count));
  },
});

const mallocStats = defineSubcommand({
  ...asking,
  name: 'MALLOC-STATS',
  summary: 'Says how the memory for keys and values is filled.',
  execute({ server, reply }) {
    reply.verbatim(arenaReport(server.memory()));
  },
});

const purge = defineSubcommand({
  ...asking,
  name: 'PURGE',
  summary: 'Does nothing: what is free is used again, and goes back with whole slabs.',
  tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
  execute({ reply }) {
    reply.ok();
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
    subcommands: [doctor, mallocStats, purge, stats, usage],
  }),
});

export const memoryCommands: readonly CommandDeclaration[] = [memory];
