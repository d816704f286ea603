import { errors, unknownSubcommandOrArity } from '../protocol/errors.ts';
import { integer, optional } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineContainer, defineSubcommand } from './define.ts';
import { withHelp } from './help.ts';
import type { SlowLogEntry } from './instruments.ts';
import { integerIn } from './words.ts';

/** SLOWLOG: the commands that took long. */

const common = { since: '2.2.12', group: 'server' } as const;
const adminFlags = ['admin', 'loading', 'stale'] as const;

const get = defineSubcommand({
  ...common,
  name: 'GET',
  summary: 'Returns the newest slow commands: ten, or as many as asked for, or (-1) all.',
  complexity: 'O(N) where N is the number of entries returned',
  flags: adminFlags,
  history: [['4.0.0', 'Added client IP address, port and name to the reply.']],
  tips: ['request_policy:all_nodes', 'nondeterministic_output'],
  arguments: [optional(integer('count'))],
  execute(context) {
    const { request, reply } = context;
    const { slowLog } = context.instruments;
    if (request.count > 3) throw unknownSubcommandOrArity(request);
    const count = request.count === 3 ? integerIn(request, 2, errors.slowLogCount) : shownByDefault;
    if (count < -1) throw errors.slowLogCount;
    const entries = slowLog.newest(count === -1 ? slowLog.length : count);
    reply.array(entries.length);
    for (const entry of entries) replyEntry(context, entry);
  },
});

const shownByDefault = 10;

function replyEntry({ reply }: CommandContext, entry: SlowLogEntry): void {
  reply.array(6);
  reply.integer(entry.id);
  reply.integer(entry.unixSeconds);
  reply.integer(entry.microseconds);
  reply.array(entry.words.length);
  for (const word of entry.words) reply.bulkLatin1(word);
  reply.bulkLatin1(entry.remoteAddress);
  reply.bulkLatin1(entry.clientName);
}

const length = defineSubcommand({
  ...common,
  name: 'LEN',
  summary: 'Says how many slow commands are kept.',
  complexity: 'O(1)',
  flags: adminFlags,
  tips: ['request_policy:all_nodes', 'response_policy:agg_sum', 'nondeterministic_output'],
  execute({ instruments: { slowLog }, reply }) {
    reply.integer(slowLog.length);
  },
});

const reset = defineSubcommand({
  ...common,
  name: 'RESET',
  summary: 'Forgets them all.',
  complexity: 'O(N) where N is the number of entries in the slowlog',
  flags: adminFlags,
  tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
  execute({ instruments: { slowLog }, reply }) {
    slowLog.reset();
    reply.ok();
  },
});

const slowlog = defineContainer({
  ...common,
  name: 'SLOWLOG',
  summary: 'Shows the commands that took long.',
  complexity: 'Depends on subcommand.',
  flags: [],
  subcommands: withHelp({
    container: 'SLOWLOG',
    since: '6.2.0',
    group: 'server',
    subcommands: [get, length, reset],
  }),
});

export const slowLogCommands: readonly CommandDeclaration[] = [slowlog];
