/** Writes the generated documents, or checks them. */
import * as fs from 'node:fs';
import { generatedPages } from './pages.ts';

const checks = process.argv.includes('--check');
for (const [file, content] of generatedPages()) {
  const isCurrent = fs.existsSync(file) && fs.readFileSync(file, 'utf8') === content;
  if (isCurrent) continue;
  if (checks) {
    process.stderr.write(`${file} is stale: run "npm run docs"\n`);
    process.exitCode = 1;
  } else {
    fs.writeFileSync(file, content);
    process.stdout.write(`${file}\n`);
  }
}
