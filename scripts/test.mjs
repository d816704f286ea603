/**
 * `npm test`: sets up, makes sure of the peers, runs every test. The last line is the result:
 * `N passed, N failed`. Arguments go to vitest.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import { ensurePeers } from './lib/peers.mjs';
import { programs, run } from './lib/project.mjs';
import { setUp } from './lib/setup.mjs';

setUp();
ensurePeers();

const folder = fs.mkdtempSync(`${os.tmpdir()}/headwater-results-`);
const results = `${folder}/results.json`;
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
const code = run(programs.vitest, ['run', ...reporters, ...process.argv.slice(2)]);
const { passed, failed } = counts(results);
fs.rmSync(folder, { recursive: true });

// A run may fail without a failed test: an error outside of one counts as a failure.
const failures = code !== 0 && failed === 0 ? 1 : failed;
process.stdout.write(`${passed} passed, ${failures} failed\n`);
process.exitCode = failures === 0 ? 0 : 1;

function counts(file) {
  if (!fs.existsSync(file)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(fs.readFileSync(file, 'utf8'));
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((each) => each.status !== 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}
