/** One run of Debian's redis-benchmark against one server. */
import type { TestServer } from '../../test/support/test-server.ts';
import { driverCore, pinned } from './pinning.ts';
import { cpuNanoseconds, WaitWatch } from './process-facts.ts';
import { runProgram } from './run-program.ts';

export type Operation = 'set' | 'get' | 'incr' | 'mset';

/** What is asked of the generator. */
export interface Load {
  readonly operation: Operation;
  readonly pipeline: number;
  readonly requests: number;
  /** Keys are `key:` and a random number of twelve digits below this one. */
  readonly keys: number;
}

/** What came of it. */
export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Processor time of the server for one request. */
  readonly cpuPerRequestNs: number;
  /** See `WaitWatch`. */
  readonly waitedPercent: number;
}

const clients = 50;
const valueBytes = 16;

/** The time within which any run must be done: a hundredth of what servers reach. */
const timeoutMsOf = (requests: number): number => 30_000 + requests / 10;

/** Runs the generator on its core. Throws when it fails, is stuck or says nothing that we know. */
export async function measureLoad(server: TestServer, load: Load): Promise<LoadResult> {
  const { operation, pipeline, requests, keys } = load;
  const settings = {
    '-p': server.port,
    '-t': operation,
    '-n': requests,
    '-r': keys,
    '-d': valueBytes,
    '-c': clients,
    '-P': pipeline,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [name, String(value)]);
  const command = pinned(driverCore, ['redis-benchmark', ...args, '--csv']);
  const watch = new WaitWatch(server.pid);
  const before = cpuNanoseconds(server.pid);
  const output = await runProgram(command, timeoutMsOf(requests));
  const cpuNs = cpuNanoseconds(server.pid) - before;
  const waitedPercent = watch.percent();
  const rate = Number(/^"[^"]*","([\d.]+)",/m.exec(output.slice(output.indexOf('\n') + 1))?.[1]);
  if (!(rate > 0)) throw new Error(`redis-benchmark gave no rate for ${operation}:\n${output}`);
  return { requestsPerSecond: rate, cpuPerRequestNs: cpuNs / requests, waitedPercent };
}
