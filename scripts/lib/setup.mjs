/** Makes a fresh clone ready: packages that are missing, a build that is older than its source. */
import * as fs from 'node:fs';
import { fail, inProject, programs, root, run, runCommand, say } from './project.mjs';

const oldestNode = [20, 19];
const installMark = inProject('node_modules/.package-lock.json');
const buildMark = inProject('dist/.built');

/** Installs and builds what is needed. Ends the process when that fails. */
export function setUp() {
  ensureNode();
  ensureInstalled();
  ensureBuilt();
}

/** Ends the process on a Node that is too old. */
export function ensureNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldestNode;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  fail(`Headwater needs Node ${oldestNode.join('.')} or newer; this is ${process.versions.node}.`);
}

/** `npm ci`, unless the installed packages are those of the lock file. */
export function ensureInstalled() {
  if (timeOf(installMark) >= timeOf(inProject('package-lock.json'))) return;
  say('Installing packages (npm ci) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  // Standard output belongs to the program that is started afterwards.
  if (runCommand(npm, ['ci', ...quiet], { stdio: ['inherit', 2, 2] }) !== 0) {
    fail('npm ci failed: see above.');
  }
}

/** Builds when a source file is newer than the last build. */
export function ensureBuilt() {
  if (newestSource() > timeOf(buildMark)) build();
}

/** Compiles `src` into `dist`, and takes away what has no source any more. */
export function build() {
  say('Building (tsc) …');
  const code = run(programs.tsc, ['-p', 'tsconfig.build.json'], { stdio: ['inherit', 2, 2] });
  if (code !== 0) fail('The build failed: see above.');
  removeOrphans();
  for (const program of ['headwater', 'chain']) {
    const file = inProject(`dist/cli/${program}.js`);
    if (fs.existsSync(file)) fs.chmodSync(file, 0o755);
  }
  fs.writeFileSync(buildMark, '');
}

function removeOrphans() {
  for (const file of filesUnder('dist')) {
    const source = file.replace(/^dist\//, 'src/').replace(/\.(d\.ts|js)$/, '.ts');
    if (source.endsWith('.ts') && !fs.existsSync(inProject(source))) fs.rmSync(inProject(file));
  }
}

function newestSource() {
  const files = [...filesUnder('src'), 'tsconfig.json', 'tsconfig.build.json', 'package.json'];
  // A folder is as new as its last deletion: a file that went away is a change, too.
  const folders = files.map((file) => file.slice(0, file.lastIndexOf('/') + 1)).filter(Boolean);
  const all = [...files.filter((file) => !file.includes('.test.')), ...new Set(folders)];
  return Math.max(...all.map((file) => timeOf(inProject(file))));
}

/** Paths of all files under a folder of the project, relative to the project. */
export function filesUnder(folder) {
  if (!fs.existsSync(inProject(folder))) return [];
  return fs
    .readdirSync(inProject(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length));
}

function timeOf(path) {
  return fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
