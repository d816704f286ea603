/** The package as npm would install it. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { makeTempDir } from '../support/temp-dir.ts';
import { startServer } from '../support/test-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('package: packed and installed into an empty folder, it serves', async () => {
  const temp = await makeTempDir();
  try {
    const npm = (cwd: string, ...args: string[]) =>
      execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    // The build that is tested is packed as it is: building again would pull it from under others.
    const packed = npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', temp.path);
    const [{ filename, files }] = JSON.parse(packed) as [
      { filename: string; files: { path: string }[] },
    ];
    const names = files.map((file) => file.path);
    expect(names).toContain('dist/cli/headwater.js');
    expect(
      names.filter((name) => /\.test\.|^src\/|^test\/|tsbuildinfo|\.built/.test(name)),
    ).toEqual([]);

    fs.writeFileSync(path.join(temp.path, 'package.json'), '{"name":"empty","private":true}');
    npm(temp.path, 'install', '--offline', '--no-audit', '--no-fund', `./${filename}`);
    const installed = path.join(temp.path, 'node_modules/.bin/headwater');

    const server = await startServer('headwater', [installed], {});
    try {
      const client = await server.connect();
      expect(await client.send('PING')).toBe('+PONG');
      client.close();
    } finally {
      await server.stop();
    }
  } finally {
    await temp.remove();
  }
});
