/** `docs/commands.md`, from the commands' declarations. */
import type { Command } from '../../src/commands/command.ts';
import { createCommandTable } from '../../src/commands/table.ts';

const head = `# Commands

Every command that this server has, with all options of Redis 7.0. A test compares each declaration with
\`COMMAND INFO\` of redis-server 7.0.15. *Arity* counts the words with the name; a negative one is the least. This page is
generated from \`src/commands/\` by \`npm run docs\`.
`;

/** The whole page. */
export function commandsPage(): string {
  const groups = new Map<string, Command[]>();
  for (const command of createCommandTable().commands) {
    if (command.subcommands !== null) continue;
    const { group } = command.declaration;
    groups.set(group, [...(groups.get(group) ?? []), command]);
  }
  const sections = [...groups].map(([group, commands]) =>
    [
      `## ${group}`,
      '',
      '| Command | Arity | Since | Cost | What it does |',
      '|---|---|---|---|---|',
      ...commands.map(rowOf),
      '',
    ].join('\n'),
  );
  return `${head}\n${sections.join('\n')}`;
}

function rowOf(command: Command): string {
  const { summary, since, complexity = '' } = command.declaration;
  const name = `\`${command.fullName.replace('|', ' ').toUpperCase()}\``;
  const cells = [name, String(command.arity), since, complexity, summary];
  return `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`;
}
