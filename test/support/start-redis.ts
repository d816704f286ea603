import { startServer, type TestServer, type TestServerOptions } from './test-server.ts';

const program = '/usr/bin/redis-server';

/** Starts the real redis-server on a free port, without snapshots, and waits until it answers. */
export function startRedis(options: TestServerOptions = {}): Promise<TestServer> {
  const args = ['--enable-debug-command', 'yes', ...(options.args ?? [])];
  return startServer('redis-server', [program], { ...options, args });
}
