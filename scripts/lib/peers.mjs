/** The programs that judge us in tests: Debian's redis-server and its tools. */
import * as fs from 'node:fs';
import { delimiter } from 'node:path';
import { fail, runCommand, say } from './project.mjs';

const needed = ['redis-server', 'redis-cli', 'redis-benchmark', 'redis-check-rdb'];
const packages = ['redis-server', 'redis-tools'];
const command = `apt-get update && apt-get install -y ${packages.join(' ')}`;

/** No service is started: the judge of a test is a process of that test. */
const installation = `set -e
if [ ! -e /usr/sbin/policy-rc.d ]; then
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -y -q --no-install-recommends ${packages.join(' ')}
`;

/** Installs the peers where that is possible; otherwise says which command to run, and ends. */
export function ensurePeers() {
  const missing = needed.filter((program) => !isOnPath(program));
  if (missing.length === 0) return;
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const ask = `The tests need ${missing.join(', ')}. Please run:\n\n    sudo sh -c '${command}'\n`;
  if (!isOnPath('apt-get')) fail(`The tests need ${missing.join(', ')} (Redis 7.0) on the path.`);
  if (asRoot.length > 0 && !sudoAsksNothing()) fail(ask);

  say(`Installing ${packages.join(', ')} for the tests …`);
  const [program, ...args] = [...asRoot, 'sh', '-c', installation];
  const code = runCommand(program, args, { stdio: ['ignore', 2, 2] });
  if (code !== 0 || !needed.every(isOnPath)) fail(ask);
}

function sudoAsksNothing() {
  return isOnPath('sudo') && runCommand('sudo', ['-n', 'true'], { stdio: 'ignore' }) === 0;
}

function isOnPath(program) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return [...folders, '/usr/sbin', '/usr/bin'].some((folder) =>
    fs.existsSync(`${folder}/${program}`),
  );
}
