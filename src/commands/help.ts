import { usageOf } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, type CommandGroup, defineSubcommand } from './define.ts';
import type { AclCategory } from './flags.ts';

/** The HELP subcommand of a container, written from the declarations of the others. */

interface HelpOptions {
  /** Upper case. */
  readonly container: string;
  readonly since: string;
  readonly group: CommandGroup;
  readonly aclGroups?: readonly AclCategory[];
  readonly subcommands: readonly CommandDeclaration[];
}

/** All of `options.subcommands`, and HELP. */
export function withHelp(options: HelpOptions): readonly CommandDeclaration[] {
  const { container, since, group, aclGroups, subcommands } = options;
  const help = defineSubcommand({
    name: 'HELP',
    summary: 'Prints this help.',
    since,
    group,
    complexity: 'O(1)',
    flags: ['loading', 'stale'],
    ...(aclGroups === undefined ? {} : { aclGroups }),
    execute(context) {
      replyHelp(context, container, [...subcommands, help].flatMap(linesOf));
    },
  });
  return [...subcommands, help];
}

function linesOf(declaration: CommandDeclaration): readonly string[] {
  const usage = usageOf(declaration.arguments);
  return [`${declaration.name} ${usage}`.trimEnd(), `    ${declaration.summary}`];
}

/** The reply of every HELP: a heading, then `lines`. */
export function replyHelp(
  context: CommandContext,
  container: string,
  lines: readonly string[],
): void {
  const { reply } = context;
  reply.array(lines.length + 1);
  reply.simple(`${container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`);
  for (const line of lines) reply.simple(line);
}
