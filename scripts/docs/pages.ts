/** All generated documents. A new one is one more line here. */
import { settingsPage } from './settings-page.ts';

/** Path from the project's folder, and content. */
export function generatedPages(): readonly (readonly [file: string, content: string])[] {
  return [['docs/settings.md', settingsPage()]];
}
