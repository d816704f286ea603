import { bytesOfLatin1 } from '../base/bytes.ts';
import { matchesGlob } from '../base/glob.ts';
import { errors } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { after, many, oneOf, optional, pattern, string } from './arguments.ts';
import type { Command } from './command.ts';
import { replyDocs } from './command-docs.ts';
import { replyInfo } from './command-info.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineContainer, defineSubcommand } from './define.ts';
import { type AclCategory, aclCategories } from './flags.ts';
import { withHelp } from './help.ts';
import type { KeyPosition } from './key-specs.ts';
import type { CommandTable } from './lookup.ts';

/**
 * COMMAND: what clients learn about commands. All of it follows from the declarations; the table is
 * asked for when a client asks, because it holds these commands, too.
 */
export function introspectionCommands(table: TableSource): readonly CommandDeclaration[] {
  const container = defineContainer({
    ...common,
    name: 'COMMAND',
    summary: 'Describes all commands.',
    since: '2.8.13',
    complexity: 'O(N) where N is the total number of Redis commands',
    tips: ['nondeterministic_output_order'],
    arity: -1,
    subcommands: withHelp({
      container: 'COMMAND',
      since: '5.0.0',
      group: 'server',
      aclGroups: ['connection'],
      subcommands: [
        countCommand(table),
        docsCommand(table),
        getKeysCommand(table),
        getKeysAndFlagsCommand(table),
        infoCommand(table),
        listCommand(table),
      ],
    }),
    execute(context) {
      replyAllInfo(context, table());
    },
  });
  return [container];
}

/** Where the commands are found that are described. */
type TableSource = () => CommandTable;

const common = {
  group: 'server',
  flags: ['loading', 'stale'],
  aclGroups: ['connection'],
} as const;

const onNames = {
  ...common,
  tips: ['nondeterministic_output_order'],
  complexity: 'O(N) where N is the number of commands to look up',
  arguments: [optional(many(string('command-name')))],
} as const;

function countCommand(table: TableSource): CommandDeclaration {
  return defineSubcommand({
    ...common,
    name: 'COUNT',
    summary: 'Says how many commands there are.',
    since: '2.8.13',
    complexity: 'O(1)',
    execute(context) {
      context.reply.integer(table().topLevel.length);
    },
  });
}

function listCommand(table: TableSource): CommandDeclaration {
  return defineSubcommand({
    ...common,
    name: 'LIST',
    summary: 'Names the commands, all or some.',
    since: '7.0.0',
    complexity: 'O(N) where N is the total number of Redis commands',
    tips: ['nondeterministic_output_order'],
    arguments: [
      optional(
        after(
          'FILTERBY',
          oneOf(
            'filterby',
            after('MODULE', string('module-name')),
            after('ACLCAT', string('category')),
            after('PATTERN', pattern('pattern')),
          ),
        ),
      ),
    ],
    run(context, { filterby }) {
      const names = namesOf(table(), context.request, filterby);
      // All are a set, some are an array: as odd as in Redis.
      if (filterby === undefined) context.reply.set(names.length);
      else context.reply.array(names.length);
      for (const name of names) context.reply.bulkLatin1(name);
    },
  });
}

function infoCommand(table: TableSource): CommandDeclaration {
  return defineSubcommand({
    ...onNames,
    name: 'INFO',
    summary: 'Describes commands for those who route them.',
    since: '2.8.13',
    history: [['7.0.0', 'Allowed to be called with no argument to get info on all commands.']],
    execute(context) {
      replyAllInfo(context, table());
    },
  });
}

function docsCommand(table: TableSource): CommandDeclaration {
  return defineSubcommand({
    ...onNames,
    name: 'DOCS',
    summary: 'Describes commands for those who write them.',
    since: '7.0.0',
    execute(context) {
      const { request, reply } = context;
      const known = table();
      const wanted = request.count > 2 ? namedIn(request, known) : known.topLevel;
      const found = wanted.filter((each) => each !== null);
      reply.map(found.length);
      for (const command of found) {
        reply.bulkLatin1(command.fullName);
        replyDocs(reply, command);
      }
    },
  });
}

function getKeysCommand(table: TableSource): CommandDeclaration {
  return defineSubcommand({
    ...common,
    name: 'GETKEYS',
    summary: 'Returns the keys of a request.',
    since: '2.8.13',
    complexity: 'O(N) where N is the number of arguments to the command',
    arity: -4,
    execute(context) {
      const { request, reply } = context;
      const { positions } = quotedKeys(request, table());
      reply.array(positions.length);
      for (const { word } of positions) {
        reply.bulk(request.bytes, request.starts[word], request.ends[word]);
      }
    },
  });
}

function getKeysAndFlagsCommand(table: TableSource): CommandDeclaration {
  return defineSubcommand({
    ...common,
    name: 'GETKEYSANDFLAGS',
    summary: 'Returns the keys of a request and what it does to each.',
    since: '7.0.0',
    complexity: 'O(N) where N is the number of arguments to the command',
    arity: -4,
    execute(context) {
      replyKeysAndFlags(context, table());
    },
  });
}

/** The commands that the words from 2 on name; null for those that do not exist. */
function namedIn(request: Request, table: CommandTable): readonly (Command | null)[] {
  const named: (Command | null)[] = [];
  for (let word = 2; word < request.count; word += 1) named.push(table.named(request.text(word)));
  return named;
}

function replyAllInfo(context: CommandContext, table: CommandTable): void {
  const { request, reply } = context;
  const wanted = request.count > 2 ? namedIn(request, table) : table.topLevel;
  reply.array(wanted.length);
  for (const command of wanted) {
    if (command === null) reply.nil();
    else replyInfo(reply, command);
  }
}

/** A choice of COMMAND LIST: which filter, and the word behind it. */
type ListFilter = { readonly kind: string; readonly value: number } | undefined;

function namesOf(table: CommandTable, request: Request, filter: ListFilter): readonly string[] {
  if (filter === undefined) return table.commands.map((command) => command.fullName);
  if (filter.kind === 'module-name') return [];
  const text = request.text(filter.value);
  if (filter.kind === 'category') {
    const category = text.toLowerCase();
    const known = aclCategories.find((each): each is AclCategory => each === category);
    if (known === undefined) return [];
    return filtered(table, (command) => command.categories.includes(known));
  }
  const glob = bytesOfLatin1(text);
  return filtered(table, (command) => {
    const name = bytesOfLatin1(command.fullName);
    return matchesGlob(glob, name, 0, name.length, true);
  });
}

function filtered(table: CommandTable, fits: (command: Command) => boolean): readonly string[] {
  return table.commands.filter(fits).map((command) => command.fullName);
}

/** Where the quoted request begins. */
const quoteStart = 2;

interface QuotedKeys {
  readonly command: Command;
  readonly positions: readonly KeyPosition[];
}

/** The keys of the request that the words from 2 on spell. Throws when there are none. */
function quotedKeys(request: Request, table: CommandTable): QuotedKeys {
  const container = table.named(request.text(quoteStart));
  const subcommand =
    container?.subcommands?.find(
      request.bytes,
      request.starts[quoteStart + 1],
      request.ends[quoteStart + 1],
    ) ?? null;
  const command = container === null || container.subcommands === null ? container : subcommand;
  if (command === null) throw errors.invalidCommand;
  const isKeyless = command.keySpecs.every(({ flags }) => flags.includes('not_key'));
  if (isKeyless) throw errors.noKeyArguments;
  if (!command.acceptsCount(request.count - quoteStart)) throw errors.invalidArity;
  const positions = command.keyPositions(request, quoteStart);
  if (positions.length === 0) throw errors.invalidArguments;
  return { command, positions };
}

function replyKeysAndFlags(context: CommandContext, table: CommandTable): void {
  const { request, reply } = context;
  const { command, positions } = quotedKeys(request, table);
  const { keyFlags } = command.declaration;
  reply.array(positions.length);
  for (const { word, flags } of positions) {
    const shown = keyFlags === undefined ? flags : keyFlags(request, word);
    reply.array(2);
    reply.bulk(request.bytes, request.starts[word], request.ends[word]);
    reply.set(shown.length);
    for (const flag of shown) reply.simple(flag);
  }
}
