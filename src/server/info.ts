import { type InfoFacts, infoSections } from './info-sections.ts';

/** Sections that INFO shows when none is asked for, in order. */
const defaultSections = infoSections.filter(({ isDefault }) => isDefault).map(({ name }) => name);

/**
 * INFO's text. `wanted` are section names in lower case; none, `default`, `all` and `everything`
 * mean groups of them. Unknown names are ignored, as in Redis.
 */
export function infoText(wanted: readonly string[], facts: InfoFacts): string {
  const names = new Set(wanted.length === 0 ? defaultSections : wanted.flatMap(expand));
  const texts: string[] = [];
  for (const section of infoSections) {
    if (!names.has(section.name)) continue;
    const lines = [`# ${section.title}`];
    for (const [name, value] of section.fields(facts)) lines.push(`${name}:${value}`);
    texts.push(`${lines.join('\r\n')}\r\n`);
  }
  return texts.join('\r\n');
}

function expand(name: string): readonly string[] {
  if (name === 'default') return defaultSections;
  if (name === 'all' || name === 'everything') return infoSections.map((each) => each.name);
  return [name];
}
