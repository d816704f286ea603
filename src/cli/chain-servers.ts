/** The three server processes of the chain: start, end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeConnector } from '../runtime/node/connector.ts';
import { nodeListener } from '../runtime/node/listener.ts';
import { RespClient } from './resp-client.ts';

/** One server of the chain. */
export interface ChainServer {
  readonly name: string;
  readonly port: number;
  readonly logFile: string;
  readonly process: ChildProcess;
  readonly client: RespClient;
}

const connector = nodeConnector(() => undefined);
const program = fileURLToPath(new URL('./headwater.js', import.meta.url));
const startMs = 15_000;
const stopMs = 15_000;
const retryMs = 25;

/** The wanted ports, or for those that are taken the next free ones. */
export async function freePorts(wanted: readonly number[]): Promise<readonly number[]> {
  const ports: number[] = [];
  let spare = Math.max(...wanted) + 1;
  for (const port of wanted) {
    let chosen = port;
    while (!(await isFree(chosen))) {
      chosen = spare;
      spare += 1;
      if (spare > 65_535) throw new Error('no free port');
    }
    ports.push(chosen);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const listening = nodeListener.listen(
      { kind: 'tcp', host: '127.0.0.1', port, backlog: 1 },
      (connection) => connection.destroy(),
      () => {
        listening.close();
        resolve(true);
      },
      () => resolve(false),
    );
  });
}

/** Starts a server and waits until it answers. Rejects with the end of its log when it does not. */
export async function startServerProcess(
  name: string,
  port: number,
  directory: string,
  primaryPort: number | null,
): Promise<ChainServer> {
  const logFile = `${directory}/${name}.log`;
  const link = primaryPort === null ? [] : ['--replicaof', '127.0.0.1', String(primaryPort)];
  const args = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''],
    ...['--logfile', logFile, '--repl-diskless-sync-delay', '0'],
    ...link,
  ];
  // In a group of its own: Ctrl-C reaches this program only, which then ends them in good order.
  const child = spawn(process.execPath, [program, ...args], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const client = await connectWithin(child, port).catch((error: Error) => {
    child.kill('SIGKILL');
    throw new Error(`${name} on port ${port} does not answer (${error.message}); see ${logFile}`);
  });
  return { name, port, logFile, process: child, client };
}

async function connectWithin(child: ChildProcess, port: number): Promise<RespClient> {
  const deadline = Date.now() + startMs;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
    try {
      const client = await RespClient.connect(connector, '127.0.0.1', port);
      await client.text('PING');
      return client;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(retryMs);
    }
  }
}

/** Resolves after `ms`. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks a server to shut down and waits for its end; after a while it is killed. */
export async function stopServerProcess({ process: child, client }: ChainServer): Promise<void> {
  client.close();
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
  await ended;
  clearTimeout(timer);
}
