import os from 'node:os';
import type { ListenAddress } from '../runtime/listener.ts';
import { nodeClock } from '../runtime/node/clock.ts';
import { nodeConnector } from '../runtime/node/connector.ts';
import { nodeDisk } from '../runtime/node/disk.ts';
import { nodeListener } from '../runtime/node/listener.ts';
import type { NodeLog } from '../runtime/node/log.ts';
import { removePidFile, writePidFile } from '../runtime/node/pid-file.ts';
import { nodeRandom } from '../runtime/node/random.ts';
import { nodeTextFiles } from '../runtime/node/text-files.ts';
import { type ComposedServer, composeServer } from './compose.ts';
import { rewriteConfigFile } from './config-rewrite.ts';
import { HeldListener } from './held-listener.ts';
import type { ProcessFacts } from './info-sections.ts';
import { pathOf, type SettingsStore } from './settings/store.ts';

/** What a server is started with. */
export interface StartOptions {
  readonly settings: SettingsStore;
  readonly log: NodeLog;
  /** Absolute path of the configuration file, for CONFIG REWRITE. */
  readonly configFile: string | null;
  /** Called with true when a data set begins to be loaded, with false when that has ended. */
  readonly onLoading?: (isLoading: boolean) => void;
}

/** A server that runs. */
export interface RunningServer {
  /** The TCP port; 0 when it listens on none. */
  readonly port: number;
  /** Stops it as SIGTERM would. */
  close(): Promise<void>;
}

/** Starts a server in this process. Resolves when it accepts connections; rejects with the reason. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { settings, log } = options;
  let stopped = (): void => {};
  const whenStopped = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  const listener = new HeldListener(nodeListener);
  const server = composeServer({
    settings,
    clock: nodeClock,
    random: nodeRandom,
    log,
    listener,
    connector: nodeConnector(() => settings.value('bind-source-addr') || undefined),
    disk: nodeDisk(() => pathOf(settings.value('dir'))),
    process: processFacts,
    configFile: options.configFile,
    rewriteConfig: () => rewriteConfig(options),
    sleep: (ms) => Atomics.wait(sleepCell, 0, 0, ms),
    ...(options.onLoading === undefined ? {} : { onLoading: options.onLoading }),
    onRole: (role) => log.setRole(role === 'primary' ? 'M' : 'S'),
    onStopped: () => {
      const pidFile = pathOf(settings.value('pidfile'));
      if (pidFile !== '') removePidFile(pidFile);
      stopped();
    },
  });
  // Better refused than accepted without effect: the sockets stay as they were opened.
  settings.onChange('port', () => 'a new port needs a restart');
  settings.onChange('bind', () => 'new addresses need a restart');
  settings.onChange('loglevel', (level) => {
    log.setLevel(level);
    return undefined;
  });
  log.setRole('M');
  await listenAll(server, settings, log);
  announcePid(settings, log);
  const forgetSignals = handleSignals(server, settings, log);
  void whenStopped.then(forgetSignals);
  log.notice('Server initialized');
  const patience = nodeClock.after(unansweredLoadMsMax, () => listener.release());
  void whenStopped.then(() => listener.drop());
  const isStopped = await Promise.race([load(server, log), whenStopped.then(() => true)]);
  patience.cancel();
  listener.release();
  if (!isStopped) log.notice('Ready to accept connections');
  return {
    get port() {
      return server.control.port;
    },
    close: () => {
      server.control.shutdownSteps.begin({ save: 'as-configured', now: false, force: true });
      return whenStopped;
    },
  };
}

/** Writes the settings to their file; an error reply when that fails. */
function rewriteConfig({ settings, log, configFile }: StartOptions): string | null {
  const result = rewriteConfigFile(settings, nodeTextFiles, configFile);
  if (!result.ok) return result.error;
  log.notice('CONFIG REWRITE executed with success.');
  return null;
}

/** Loads the server's file while clients are told so. Rejects when it cannot be loaded. */
function load(server: ComposedServer, log: NodeLog): Promise<false> {
  return new Promise((resolve, reject) => {
    server.control.start((failure) => {
      if (failure === null) {
        resolve(false);
        return;
      }
      const file = server.saves.fileName;
      log.warning(`Error loading the RDB file ${file}: ${failure}`);
      log.warning('Fatal error loading the DB, check server logs. Exiting.');
      reject(new LoadError(`${file}: ${failure}`));
      // Whoever started us in a process of their own goes on without us.
      server.control.shutdownSteps.begin({ save: 'no', now: true, force: true });
    });
  });
}

/** A load that takes longer is announced: requests are answered with LOADING. */
const unansweredLoadMsMax = 300;

const sleepCell = new Int32Array(new SharedArrayBuffer(4));

const processFacts: ProcessFacts = {
  pid: process.pid,
  operatingSystem: `${os.type()} ${os.release()} ${os.machine()}`,
  architectureBits: process.arch.includes('64') || process.arch === 's390x' ? 64 : 32,
  nodeVersion: process.versions.node,
  executable: process.argv[1] ?? process.execPath,
  residentBytes: () => process.memoryUsage.rss(),
  heapBytes: () => process.memoryUsage().heapUsed,
  totalSystemBytes: os.totalmem(),
  cpuSeconds: () => {
    const { system, user } = process.cpuUsage();
    return { system: system / 1e6, user: user / 1e6 };
  },
};

async function listenAll(
  server: ComposedServer,
  settings: SettingsStore,
  log: NodeLog,
): Promise<void> {
  const { required, optional } = addressesOf(settings);
  for (const address of required) {
    const failure = await listenOn(server, address);
    if (failure === null) continue;
    const where = address.kind === 'tcp' ? `${address.host}:${address.port}` : address.path;
    log.warning(`Warning: Could not create server listening socket ${where}: ${failure}`);
    log.warning('Failed listening on required addresses, aborting.');
    throw new ListenError(`${where}: ${failure}`);
  }
  for (const address of optional) {
    const failure = await listenOn(server, address);
    if (failure !== null) log.verbose('optional address is not there', { failure });
  }
}

/** The file that the data was saved to cannot be loaded. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
}

/** An address that the settings demand cannot be listened on. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

function listenOn(server: ComposedServer, address: ListenAddress): Promise<string | null> {
  return new Promise((resolve) => {
    server.control.listen(address, (failure) => resolve(failure));
  });
}

/** A bind address that begins with `-` may be missing on this machine. */
function addressesOf(settings: SettingsStore): {
  readonly required: readonly ListenAddress[];
  readonly optional: readonly ListenAddress[];
} {
  const required: ListenAddress[] = [];
  const optional: ListenAddress[] = [];
  const backlog = settings.value('tcp-backlog');
  const port = settings.value('port');
  const bind = settings.value('bind').filter((word) => word !== '');
  for (const word of port === 0 ? [] : bind) {
    const isOptional = word.startsWith('-');
    const host = isOptional ? word.slice(1) : word;
    const address = { kind: 'tcp', host: hostOf(host), port, backlog } as const;
    (isOptional ? optional : required).push(address);
  }
  const path = settings.value('unixsocket');
  if (path !== '') {
    const mode = settings.value('unixsocketperm');
    required.push({ kind: 'unix', path: pathOf(path), mode, backlog });
  }
  return { required, optional };
}

function hostOf(word: string): string {
  if (word === '*') return '0.0.0.0';
  return word === '::*' ? '::' : word;
}

function handleSignals(server: ComposedServer, settings: SettingsStore, log: NodeLog): () => void {
  const stopFor = (signal: 'SIGTERM' | 'SIGINT', name: SignalSetting) => () => {
    log.warning(`Received ${signal} scheduling shutdown...`);
    server.control.shutdownSteps.begin(settings.value(name));
  };
  const onTerminate = stopFor('SIGTERM', 'shutdown-on-sigterm');
  const onInterrupt = stopFor('SIGINT', 'shutdown-on-sigint');
  process.on('SIGTERM', onTerminate);
  process.on('SIGINT', onInterrupt);
  return () => {
    process.off('SIGTERM', onTerminate);
    process.off('SIGINT', onInterrupt);
  };
}

type SignalSetting = 'shutdown-on-sigterm' | 'shutdown-on-sigint';

function announcePid(settings: SettingsStore, log: NodeLog): void {
  const path = pathOf(settings.value('pidfile'));
  const cause = path === '' ? null : writePidFile(path);
  if (cause !== null) log.warning('Failed to write the pid file', { path, cause });
}
