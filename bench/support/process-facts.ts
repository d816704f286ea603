/** What the kernel says of a process: Linux's /proc. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const pageBytes = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }));

/** Processor time of all threads of a process since it began, in nanoseconds. */
export function cpuNanoseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name in parentheses may hold spaces: fields are counted behind it, state being field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return (ticks / ticksPerSecond) * 1e9;
}

/** Resident memory of a process in bytes. */
export function residentBytes(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * pageBytes;
}

/**
 * How much of a stretch of time a process stood ready but was not let onto its core. Anything but a few
 * percent says that others worked there, too, and that stalls and rates are theirs as well.
 */
export class WaitWatch {
  readonly #pid: number;
  readonly #startedAt = performance.now();
  readonly #before: number;

  constructor(pid: number) {
    this.#pid = pid;
    this.#before = runDelayMs(pid);
  }

  /** The share until now, in percent. */
  percent(): number {
    const delayMs = runDelayMs(this.#pid) - this.#before;
    return (delayMs / (performance.now() - this.#startedAt)) * 100;
  }
}

/** Time that the main thread spent waiting in the run queue; 0 where the kernel does not count it. */
function runDelayMs(pid: number): number {
  const file = `/proc/${pid}/schedstat`;
  return existsSync(file) ? Number(readFileSync(file, 'latin1').split(' ')[1]) / 1e6 : 0;
}

/** Watches the resident memory of a process and remembers the largest value. */
export class MemoryWatch {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #peakBytes: number;

  constructor(pid: number) {
    this.#pid = pid;
    this.#peakBytes = residentBytes(pid);
    this.#timer = setInterval(() => this.#look(), watchEveryMs);
  }

  /** Ends the watch and gives the peak. */
  stop(): number {
    clearInterval(this.#timer);
    this.#look();
    return this.#peakBytes;
  }

  #look(): void {
    this.#peakBytes = Math.max(this.#peakBytes, residentBytes(this.#pid));
  }
}

const watchEveryMs = 5;
