/** `docs/settings.md`, from the settings' declarations. */
import { type SettingName, settingGroups, settingOf } from '../../src/server/settings/table.ts';

const head = `# Settings

Every setting that this server knows, in a file (\`redis.conf\`), on the command line (\`--name value\`) and,
where it says *run*, with \`CONFIG SET\`. Defaults are those of Redis 7.0. This page is generated from
\`src/server/settings/\` by \`npm run docs\`.

- **run**: may change at run time. **start**: only the file and the command line set it.
- **yes**: it does what it says. **stored**: known, kept and reported, without effect yet; a file that
  sets it to something else gets one warning. **refused**: the same, and \`CONFIG SET\` says so, because
  an OK would promise what is not there.
`;

/** The whole page. */
export function settingsPage(): string {
  const sections = Object.entries(settingGroups).map(([title, group]) => {
    const names = Object.keys(group) as SettingName[];
    const rows = names.map(rowOf);
    return [
      `## ${title}`,
      '',
      '| Setting | Default | Values | Changes | Works | What it does |',
      '|---|---|---|---|---|---|',
      ...rows,
      '',
    ].join('\n');
  });
  return `${head}\n${sections.join('\n')}`;
}

function rowOf(name: SettingName): string {
  const { aliases, quietAliases, change, guarded, kind, standard, summary, support } =
    settingOf(name);
  const others = [...aliases, ...quietAliases].map((each) => `\`${each}\``);
  const names = `\`${name}\`${others.length === 0 ? '' : `, also ${others.join(', ')}`}`;
  const shown = standard === '' ? '' : `\`${standard}\``;
  const when = change === 'at-start' ? 'start' : guarded ? 'run, protected' : 'run';
  const cells = [names, shown, kind.describes, when, support, summary];
  return `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`;
}
