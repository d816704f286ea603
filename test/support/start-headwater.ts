import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startServer, type TestServer, type TestServerOptions } from './test-server.ts';

const program = fileURLToPath(new URL('../../dist/cli/headwater.js', import.meta.url));

/** Whether the built program is there. */
export function isHeadwaterBuilt(): boolean {
  return existsSync(program);
}

/** Starts our server as users do, from its built form, and waits until it answers. */
export async function startHeadwater(options: TestServerOptions = {}): Promise<TestServer> {
  if (!isHeadwaterBuilt()) throw new Error(`${program} is not there: run "npm run build" first`);
  const args = ['--enable-debug-command', 'yes', ...(options.args ?? [])];
  return startServer('headwater', [process.execPath, program], { ...options, args });
}
