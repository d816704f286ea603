/** `npm run build`: `src` into `dist`. */
import { build, ensureInstalled, ensureNode } from './lib/setup.mjs';

ensureNode();
ensureInstalled();
build();
