/** All generated documents. A new one is one more line here. */
import { commandsPage } from './commands-page.ts';
import { settingsPage } from './settings-page.ts';

/** Path from the project's folder, and content. */
export function generatedPages(): readonly (readonly [file: string, content: string])[] {
  return [
    ['docs/commands.md', commandsPage()],
    ['docs/settings.md', settingsPage()],
  ];
}
