/** Where things are, and how programs of the project are run. Plain Node, no packages. */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The project's folder, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A path inside the project. */
export const inProject = (path) => root + path;

/** Programs of installed packages, run by this Node. */
export const programs = {
  tsc: inProject('node_modules/typescript/bin/tsc'),
  biome: inProject('node_modules/@biomejs/biome/bin/biome'),
  vitest: inProject('node_modules/vitest/vitest.mjs'),
  tsx: inProject('node_modules/tsx/dist/cli.mjs'),
};

/** Runs a program of `programs` in the project's folder and gives its exit code. */
export function run(program, args, options = {}) {
  return runCommand(process.execPath, [program, ...args], options);
}

/** Runs any command in the project's folder and gives its exit code. */
export function runCommand(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error !== undefined) say(`${command}: ${error.message}`);
  return status ?? 1;
}

/**
 * Runs a program beside others; the promise gives its exit code and all that it printed. `env` is
 * added to the environment.
 */
export function runBeside(program, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
    });
    let output = '';
    const append = (text) => {
      output += text;
    };
    child.stdout.on('data', append);
    child.stderr.on('data', append);
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** A line for the person at the terminal. It goes to standard error: output belongs to programs. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Ends with a message. */
export function fail(text) {
  say(text);
  process.exit(1);
}
