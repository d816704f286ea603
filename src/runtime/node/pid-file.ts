/** The file that tells other programs the process id of a server. */
import { rmSync, writeFileSync } from 'node:fs';
import { reasonOf } from './text-files.ts';

/** Writes it. Gives the reason when that fails, otherwise null. */
export function writePidFile(path: string): string | null {
  try {
    writeFileSync(path, `${process.pid}\n`);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Takes it away; that there is none is no error. */
export function removePidFile(path: string): void {
  rmSync(path, { force: true });
}
