import * as fs from 'node:fs';
import * as path from 'node:path';
import type { InstantDisk } from '../disk.ts';

const readBytes = 1024 * 1024;

/** The disk of this machine, without waiting for anything else. */
export function nodeInstantDisk(pathOf: (name: string) => string): InstantDisk {
  return {
    save(name, temporary, fill) {
      try {
        writeWhole(pathOf(temporary), fill);
        fs.renameSync(pathOf(temporary), pathOf(name));
        // The new name is only safe once the directory itself is on the disk.
        syncPath(path.dirname(pathOf(name)), 'r');
        return null;
      } catch (error) {
        fs.rmSync(pathOf(temporary), { force: true });
        return reasonOf(error);
      }
    },
    remove(name) {
      try {
        fs.unlinkSync(pathOf(name));
      } catch (error) {
        // What cannot be deleted is left to the operator.
        reasonOf(error);
      }
    },
    read(name, take) {
      try {
        readWhole(pathOf(name), take);
        return null;
      } catch (error) {
        return reasonOf(error);
      }
    },
  };
}

function writeWhole(filePath: string, fill: (write: (bytes: Uint8Array) => void) => void): void {
  const descriptor = fs.openSync(filePath, 'w', 0o644);
  try {
    fill((bytes) => {
      let at = 0;
      while (at < bytes.length) at += fs.writeSync(descriptor, bytes, at);
    });
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function readWhole(filePath: string, take: (bytes: Uint8Array) => boolean): void {
  const descriptor = fs.openSync(filePath, 'r');
  try {
    for (;;) {
      const bytes = new Uint8Array(readBytes);
      const count = fs.readSync(descriptor, bytes);
      if (count === 0 || !take(bytes.subarray(0, count))) return;
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

function syncPath(filePath: string, mode: string): void {
  const descriptor = fs.openSync(filePath, mode);
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** What the system says of a file; anything else is a bug of ours and goes on. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && 'syscall' in error) return error.message;
  throw error;
}
