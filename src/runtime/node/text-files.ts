/** `TextFiles` on the machine's disk. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { getSystemErrorMap } from 'node:util';
import type { FileResult, TextFiles } from '../text-files.ts';

/** The machine's disk. Relative paths count from the process's working directory. */
export const nodeTextFiles: TextFiles = {
  read(file) {
    return attempt(() => fs.readFileSync(file, 'latin1'));
  },

  replace(file, text) {
    return attempt(() => {
      const draft = `${file}.${process.pid}.tmp`;
      try {
        writeAndSync(draft, text, modeOf(file));
        fs.renameSync(draft, file);
      } catch (error) {
        fs.rmSync(draft, { force: true });
        throw error;
      }
      syncDirectory(path.dirname(file));
      return file;
    });
  },

  matching(pattern) {
    const directory = path.dirname(pattern);
    const expression = expressionOf(path.basename(pattern));
    try {
      return fs
        .readdirSync(directory)
        .filter((name) => expression.test(name))
        .sort()
        .map((name) => path.join(directory, name));
    } catch {
      // As the shell does: a directory that cannot be read holds nothing that fits.
      return [];
    }
  },

  directory(file) {
    return attempt(() => {
      // An empty path names nothing, although `resolve` would take it for the working directory.
      const real = file === '' ? file : path.resolve(file);
      const handle = fs.opendirSync(real);
      handle.closeSync();
      return real;
    });
  },
};

/** All of standard input, one character per byte. */
export function readStandardInput(): string {
  return fs.readFileSync(0, 'latin1');
}

/** Makes a directory whose name begins with `prefix`, and gives its path. */
export function makeDirectory(prefix: string): string {
  return fs.mkdtempSync(prefix);
}

/** Removes a directory with all that is in it. */
export function removeDirectory(directory: string): void {
  fs.rmSync(directory, { recursive: true, force: true });
}

function writeAndSync(file: string, text: string, mode: number): void {
  const descriptor = fs.openSync(file, 'wx', mode);
  try {
    fs.writeFileSync(descriptor, text, 'latin1');
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function modeOf(file: string): number {
  const known = fs.statSync(file, { throwIfNoEntry: false });
  return known === undefined ? 0o644 : known.mode & 0o777;
}

function syncDirectory(directory: string): void {
  const descriptor = fs.openSync(directory, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function attempt(work: () => string): FileResult {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/** The C library's words for an error: "No such file or directory". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { errno } = error as NodeJS.ErrnoException;
  if (errno === undefined) return error.message;
  return capitalized(getSystemErrorMap().get(errno)?.[1] ?? error.message);
}

function capitalized(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}

/** A file-name pattern as an expression. A leading dot has to be written out. */
function expressionOf(pattern: string): RegExp {
  const body = pattern.replace(
    /\\(.)|\[([!^]?)([^\]]*)\]|[*?]|[^*?[\\]+|\[|\\/g,
    (piece, escaped, not, set) => {
      if (escaped !== undefined) return literal(escaped);
      if (set !== undefined) return `[${not === '' ? '' : '^'}${set.replace(/[\\\]]/g, '\\$&')}]`;
      if (piece === '*') return '[^/]*';
      if (piece === '?') return '[^/]';
      return literal(piece);
    },
  );
  return new RegExp(`^${pattern.startsWith('.') ? '' : '(?!\\.)'}${body}$`);
}

function literal(piece: string): string {
  return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
