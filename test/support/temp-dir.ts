import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh folder of its own; `remove` deletes it with all that is in it. */
export interface TempDir {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes an empty folder in the system's place for such. */
export async function makeTempDir(): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), 'headwater-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
