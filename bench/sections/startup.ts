/** From the start of a process to its first answer. */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { freePort } from '../../test/support/free-port.ts';
import { makeTempDir } from '../../test/support/temp-dir.ts';
import type { BenchOptions } from '../options.ts';
import { compared, median, milliseconds, type SectionResult } from '../report.ts';
import { commandOf, type Kind, kinds } from '../support/servers.ts';

const starts = 15;
const quickStarts = 5;
const startTimeoutMs = 10_000;
const ping = '*1\r\n$4\r\nPING\r\n';

/** Starts fresh processes, one after the other. */
export async function startup(
  options: BenchOptions,
  say: (line: string) => void,
): Promise<SectionResult> {
  const count = options.isQuick ? quickStarts : starts;
  const times: Record<Kind, number[]> = { ours: [], redis: [] };
  say(`startup: ${count} times each`);
  for (let i = 0; i < count; i += 1) {
    for (const kind of kinds) times[kind].push(await measureStart(kind));
  }
  const middle = { ours: median(times.ours), redis: median(times.redis) };
  const worst = { ours: Math.max(...times.ours), redis: Math.max(...times.redis) };
  return {
    title: 'Start',
    rows: [
      compared('from spawn to the first PONG', middle, milliseconds, {
        kind: 'value-at-most',
        bound: 250,
      }),
      compared('… the slowest', worst, milliseconds),
    ],
    remarks: [`Medians of ${count} fresh processes each, not pinned.`],
  };
}

async function measureStart(kind: Kind): Promise<number> {
  const port = await freePort();
  const dir = await makeTempDir();
  const [program, ...args] = commandOf(kind);
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', dir.path];
  const from = performance.now();
  const child = spawn(program, [...args, ...own], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  try {
    while (!(await answersPing(port))) {
      const isLate = performance.now() - from > startTimeoutMs;
      if (isLate || child.exitCode !== null) throw new Error(`${kind} does not start`);
    }
    return performance.now() - from;
  } finally {
    child.kill('SIGTERM');
    await ended;
    process.off('exit', endWithUs);
    await dir.remove();
  }
}

/** One attempt: false, a millisecond later, when nobody listens yet. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('connect', () => socket.write(ping));
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => setTimeout(() => resolve(false), 1));
    socket.setTimeout(startTimeoutMs, () => {
      socket.destroy();
      resolve(false);
    });
  });
}
