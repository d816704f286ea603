/** Programs that are part of a measurement: started, bounded in time, ended with us. */
import { type ChildProcess, spawn } from 'node:child_process';

const running = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A program under way. */
export interface RunningProgram {
  /** What it printed, once it has ended well. Rejects when it fails or its time is up. */
  readonly output: Promise<string>;
  /** Resolves with the first output. */
  readonly started: Promise<void>;
  /** Ends its standard input, which asks a program of `bench/programs` to finish. */
  finish(): void;
}

/** Starts a program. One that does not end within `timeoutMs` is killed, and that is an error. */
export function startProgram(command: readonly string[], timeoutMs: number): RunningProgram {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  running.add(child);
  let text = '';
  let errors = '';
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  const started = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  const output = new Promise<string>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${command.join(' ')}: ${why}\n${errors}`));
    child.stdout.on('data', (piece) => {
      text += String(piece);
    });
    child.stderr.on('data', (piece) => {
      errors += String(piece);
    });
    child.on('error', (error) => fail(error.message));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      if (isLate) fail(`killed, it was not done after ${timeoutMs} ms`);
      else if (code !== 0) fail(`ended with ${code ?? signal}`);
      else resolve(text);
    });
  });
  // Whoever waits for the start only must not hang, nor leave a rejection unseen.
  const startedOrOver = Promise.race([started, output.then(() => undefined)]);
  startedOrOver.catch(() => undefined);
  return { output, started: startedOrOver, finish: () => child.stdin.end() };
}

/** Runs a program to its end and gives its output. */
export function runProgram(command: readonly string[], timeoutMs: number): Promise<string> {
  return startProgram(command, timeoutMs).output;
}

/** The command line of a program of `bench/programs` or `bench/micro`, by its compiled form. */
export function ownProgram(path: string, ...args: readonly (string | number)[]): readonly string[] {
  const file = new URL(`../${path}.js`, import.meta.url).pathname;
  return [process.execPath, file, ...args.map(String)];
}
