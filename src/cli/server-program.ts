/** The server's program: reads the command line and the configuration, then starts the server. */
import { resolve } from 'node:path';
import { createCommandTable } from '../commands/table.ts';
import { CommandError } from '../protocol/errors.ts';
import { compileGenerously, compileSparingly } from '../runtime/node/compiler.ts';
import { bannerOf, NodeLog } from '../runtime/node/log.ts';
import { nodeTextFiles, readStandardInput } from '../runtime/node/text-files.ts';
import { type CommandLine, parseCommandLine, usage } from '../server/command-line.ts';
import { configErrorText } from '../server/config-file.ts';
import { type LoadResult, loadSettings } from '../server/config-file-load.ts';
import { pathOf, type SettingsStore } from '../server/settings/store.ts';
import { ListenError, LoadError, startServer } from '../server/start.ts';
import { headwaterVersion, productName } from '../server/version.ts';

/** Ends the process with a text on standard error. */
function fail(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

function load(line: Extract<CommandLine, { kind: 'run' }>): Extract<LoadResult, { ok: true }> {
  const sources = {
    files: nodeTextFiles,
    readStandardInput,
    absolute: (path: string) => resolve(path),
  };
  const loaded = loadSettings(line, sources);
  if (loaded.ok) return loaded;
  if (loaded.kind === 'wrong') fail(configErrorText(loaded.error, productName));
  const log = new NodeLog({ level: 'notice', role: 'C', file: '' });
  log.warning(`Fatal error, ${loaded.reason}`);
  process.exit(1);
}

/** Ends the process on a `rename-command` that cannot be done, with its line. */
function checkRenames(settings: SettingsStore): void {
  const renames = new Map<string, string>();
  for (const { from, to, directive } of settings.renamedCommands) {
    renames.set(from, to);
    try {
      createCommandTable(renames);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      fail(configErrorText({ ...directive, reason: error.text }, productName));
    }
  }
}

/** The log that the settings ask for. Ends the process when its file cannot be opened. */
function openLog(settings: SettingsStore): NodeLog {
  const file = settings.value('logfile');
  const path = file === '' ? '' : resolve(pathOf(file));
  const failure = NodeLog.failureToOpen(path);
  if (failure !== null) {
    fail(`\n*** FATAL CONFIG FILE ERROR (${productName}) ***\nCan't open the log file: ${failure}`);
  }
  return new NodeLog({ level: settings.value('loglevel'), role: 'C', file: path });
}

/** The lines that tell what starts, and with which configuration. */
function announce(log: NodeLog, settings: SettingsStore, configFile: string | null): void {
  log.warning(`oO0OoO0OoO0Oo Headwater is starting oO0OoO0OoO0Oo`);
  const node = `node=${process.versions.node}`;
  log.warning(
    `Headwater version=${headwaterVersion}, bits=64, ${node}, pid=${process.pid}, just started`,
  );
  if (configFile === null && process.argv.length === 2) {
    log.warning(
      'No config file specified, using the default config. To give one: headwater /path/to/redis.conf',
    );
  } else {
    log.warning('Configuration loaded');
  }
  for (const { name, directive } of settings.ignoredDirectives()) {
    log.warning(`The directive '${name}' is known but not supported yet: it has no effect`, {
      line: directive.line,
      of: directive.source,
    });
  }
  const port = settings.value('port');
  const role = settings.value('replicaof') === null ? 'primary' : 'replica';
  const toTerminal = settings.value('logfile') === '' && process.stdout.isTTY === true;
  if (toTerminal || settings.value('always-show-logo')) {
    log.raw(bannerOf({ version: headwaterVersion, port, pid: process.pid, role }));
  } else {
    log.notice(`Running mode=standalone, port=${port}.`);
  }
}

/** The compiler's bounds that suit what the process spends its time with. */
function chooseCompiler(isLoading: boolean): void {
  if (isLoading) compileSparingly();
  else compileGenerously();
}

async function run(line: Extract<CommandLine, { kind: 'run' }>): Promise<void> {
  const { settings, configFile } = load(line);
  checkRenames(settings);
  // Before the log: a log file without a directory lies in `dir`.
  process.chdir(pathOf(settings.value('dir')));
  const log = openLog(settings);
  announce(log, settings, configFile);
  try {
    await startServer({ settings, log, configFile, onLoading: chooseCompiler });
  } catch (error) {
    // The log says why already.
    if (error instanceof ListenError || error instanceof LoadError) process.exit(1);
    throw error;
  }
}

/** Does what the words behind the program's name ask for. Ends the process when that cannot be. */
export async function runServerProgram(words: readonly string[]): Promise<void> {
  const line = parseCommandLine(words);
  if (line.kind === 'version') {
    const { node } = process.versions;
    process.stdout.write(`Headwater server v=${headwaterVersion} node=${node} bits=64\n`);
  } else if (line.kind === 'help') {
    process.stdout.write(usage);
  } else if (line.kind === 'refused') {
    fail(line.reason);
  } else {
    await run(line);
  }
}
