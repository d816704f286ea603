/** What `npm start` shows. */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';

const program = fileURLToPath(new URL('../../dist/cli/chain.js', import.meta.url));

/** Process ids of the servers that a run of the chain named. */
function serversIn(output: string): readonly number[] {
  return [...output.matchAll(/\(process (\d+)\)/g)].map((match) => Number(match[1]));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('chain', () => {
  test('shows one write on all three, then a line a second, and stops by itself', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--for', '2'], {
      encoding: 'utf8',
      timeout: 60_000,
    });

    expect(stderr).toBe('');
    expect(stdout).toMatch(/> MSET ID 1005 NAME MariaDB City BeiJing\nOK\n/);
    const values = '> MGET ID NAME City\n1) "1005"\n2) "MariaDB"\n3) "BeiJing"\n';
    expect(stdout.split(values)).toHaveLength(3);
    expect(stdout).toMatch(/^primary \d+ .*link=up behind=0B.* \| sub-replica \d+ .*link=up/m);
    expect(stdout).toMatch(/All three have stopped\.\n$/);
    expect(status).toBe(0);
    expect(serversIn(stdout)).toHaveLength(3);
    expect(serversIn(stdout).filter(isAlive)).toEqual([]);
  });

  test('Ctrl-C stops all three', async () => {
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    await eventually(() => /link=up/.test(output), { withinMs: 60_000 });

    child.kill('SIGINT');
    await eventually(() => child.exitCode !== null, { withinMs: 60_000 });

    expect(child.exitCode).toBe(0);
    expect(output).toMatch(/All three have stopped\.\n$/);
    expect(serversIn(output).filter(isAlive)).toEqual([]);
  });
});
