import { type ChildProcess, spawn } from 'node:child_process';
import { assert } from '../../src/base/assert.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { RespClient } from './resp-client.ts';
import { makeTempDir } from './temp-dir.ts';

/** A server process that a test started. */
export interface TestServer {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** The server's working folder; deleted when the server stops, unless it was given. */
  readonly dir: string;
  /** All that the server printed so far. */
  output(): string;
  /** A new connection. */
  connect(): Promise<RespClient>;
  /** Asks the process to stop, waits for it, and deletes its folder. */
  stop(): Promise<void>;
  /** Ends the process at once, as a crash would; its folder stays until `stop`. */
  kill(): Promise<void>;
}

/** How to start a server. */
export interface TestServerOptions {
  /** Directives as on the command line: `['--appendonly', 'yes']`. Later ones win. */
  readonly args?: readonly string[];
  /** A configuration file to lead the arguments. */
  readonly configFile?: string;
  /** A port of the caller's choice; a free one otherwise. */
  readonly port?: number;
  /** A folder of the caller's choice, which is then not deleted. */
  readonly dir?: string;
}

const startMs = 20_000;
const stopMs = 10_000;
const running = new Set<ChildProcess>();

// Nothing that a test started may outlive it, however it ends.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** One child process: what it printed, and its end. */
class ServerProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<void>;
  output = '';
  hasExited = false;

  constructor(command: readonly string[], dir: string) {
    const [program, ...args] = command;
    const child = spawn(program, args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    running.add(child);
    const append = (text: unknown) => {
      this.output += String(text);
    };
    child.stdout.on('data', append);
    child.stderr.on('data', append);
    this.#exit = new Promise((resolve) => {
      const note = () => {
        this.hasExited = true;
        running.delete(child);
        resolve();
      };
      child.once('exit', note);
      child.once('error', (error) => {
        append(error.message);
        note();
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.hasExited) return;
    this.#child.kill(signal);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopMs);
    await this.#exit;
    clearTimeout(timer);
  }
}

/** Starts `command` with the directives that every test server has, and waits until it answers. */
export async function startServer(
  name: string,
  command: readonly string[],
  options: TestServerOptions,
): Promise<TestServer> {
  const temp = options.dir === undefined ? await makeTempDir() : null;
  const dir = options.dir ?? temp?.path ?? '';
  const port = options.port ?? (await freePort());
  const file = options.configFile === undefined ? [] : [options.configFile];
  const own = ['--port', String(port), '--dir', dir, '--bind', '127.0.0.1', '--save', ''];
  const line = [...command, ...file, ...own, ...(options.args ?? [])];
  const child = new ServerProcess(line, dir);
  const server: TestServer = {
    name,
    port,
    pid: child.pid,
    dir,
    output: () => child.output,
    connect: () => RespClient.connect({ port }),
    kill: () => child.end('SIGKILL'),
    stop: async () => {
      await child.end('SIGTERM');
      await temp?.remove();
    },
  };
  try {
    await eventually(() => child.hasExited || answers(server), { withinMs: startMs });
    assert(!child.hasExited, `${name} goes on running`);
  } catch (error) {
    await server.stop();
    throw new Error(`${name} does not answer:\n${child.output}`, { cause: error });
  }
  return server;
}

async function answers(server: TestServer): Promise<boolean> {
  const client = await server.connect();
  try {
    const reply = await client.send('PING');
    return typeof reply === 'string' && !reply.startsWith('-LOADING') && !client.isClosed;
  } finally {
    client.close();
  }
}
