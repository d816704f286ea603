/** One run of Debian's redis-benchmark against one server. */
import type { TestServer } from '../../test/support/test-server.ts';
import { driverCore, pinned } from './pinning.ts';
import { cpuNanoseconds, WaitWatch } from './process-facts.ts';
import { runProgram } from './run-program.ts';

/** The generator's tests, as `-t` names them. */
export type Operation =
  | 'ping_inline'
  | 'ping_mbulk'
  | 'set'
  | 'get'
  | 'incr'
  | 'lpush'
  | 'rpush'
  | 'lpop'
  | 'rpop'
  | 'sadd'
  | 'hset'
  | 'spop'
  | 'zadd'
  | 'zpopmin'
  | 'lrange_100'
  | 'lrange_300'
  | 'lrange_500'
  | 'lrange_600'
  | 'mset';

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

/** Runs one of the generator's tests. Throws when it fails, is stuck or says nothing that we know. */
export function measureLoad(server: TestServer, load: Load): Promise<LoadResult> {
  return run(server, load, ['-t', load.operation], []);
}

/** The same for a request of our own; `__rand_int__` stands for a number below `keys`. */
export function measureRequest(
  server: TestServer,
  load: Omit<Load, 'operation'> & { readonly request: readonly string[] },
): Promise<LoadResult> {
  return run(server, load, [], load.request);
}

async function run(
  server: TestServer,
  { pipeline, requests, keys }: Omit<Load, 'operation'>,
  first: readonly string[],
  last: readonly string[],
): Promise<LoadResult> {
  const settings = {
    '-p': server.port,
    '-n': requests,
    '-r': keys,
    '-d': valueBytes,
    '-c': clients,
    '-P': pipeline,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [name, String(value)]);
  const line = ['redis-benchmark', ...first, ...args, '--csv', ...last];
  const watch = new WaitWatch(server.pid);
  const before = cpuNanoseconds(server.pid);
  const output = await runProgram(pinned(driverCore, line), timeoutMsOf(requests));
  const cpuNs = cpuNanoseconds(server.pid) - before;
  const waitedPercent = watch.percent();
  // A test that needs data first reports on that, too: the last line is the test's own.
  const rate = Number(/^"[^"]*","([\d.]+)",/.exec(output.trim().split('\n').at(-1) ?? '')?.[1]);
  if (!(rate > 0)) throw new Error(`redis-benchmark gave no rate:\n${output}`);
  return { requestsPerSecond: rate, cpuPerRequestNs: cpuNs / requests, waitedPercent };
}
