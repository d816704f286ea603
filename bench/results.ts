/**
 * `bench/RESULTS.md`: one block a section, between marks. A run replaces the blocks of the sections
 * that it measured, and the machine; the notes, written by hand, and all other blocks stay.
 */
import { sectionNames } from './options.ts';

/** What a block is: a section, the machine it was measured on, or the notes. */
export type BlockName = (typeof blockNames)[number];

const blockNames = ['machine', ...sectionNames, 'notes'] as const;

const head = `# Results

Written by \`npm run bench -- --write\`. Headwater and redis-server are measured in the same run, in turns;
a ratio is Headwater's value over redis-server's.
`;

const emptyNotes = '## Notes\n\nNone.';

/** The new text of the file, from its old text (empty at first) and what was measured. */
export function updated(old: string, blocks: ReadonlyMap<BlockName, string>): string {
  const parts = blockNames.flatMap((name) => {
    const body = blocks.get(name) ?? blockIn(old, name) ?? (name === 'notes' ? emptyNotes : null);
    return body === null ? [] : [`${begin(name)}\n${body}\n${end(name)}\n`];
  });
  return [head, ...parts].join('\n');
}

/** The text of a block, without its marks; null when there is none. */
export function blockIn(text: string, name: BlockName): string | null {
  const from = text.indexOf(begin(name));
  const to = text.indexOf(end(name));
  if (from < 0 || to < from) return null;
  return text.slice(from + begin(name).length, to).trim();
}

const begin = (name: BlockName): string => `<!-- ${name} -->`;
const end = (name: BlockName): string => `<!-- /${name} -->`;
