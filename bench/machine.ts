/** The machine and the programs that were measured, as lines of Markdown. */
import { execFileSync } from 'node:child_process';
import * as os from 'node:os';

/** What a reader must know to compare numbers with their own. */
export function describeMachine(): readonly string[] {
  const cpus = os.cpus();
  const gigabytes = (os.totalmem() / 2 ** 30).toFixed(1);
  return [
    `- Processor: ${cpus[0]?.model ?? 'unknown'}, ${modelNumbers()}${cpus.length} cores`,
    `- Memory: ${gigabytes} GiB; kernel: ${os.type()} ${os.release()}`,
    `- Node ${process.versions.node}; ${redisVersion()}`,
  ];
}

/** Which state of the source was measured, and when: sections may be measured apart. */
export function describeMoment(): string {
  return `Commit ${commit()}, ${new Date().toISOString().slice(0, 10)}.`;
}

/** A virtual machine often hides the processor's name; family and model tell it all the same. */
function modelNumbers(): string {
  const facts = outputOf('cat', ['/proc/cpuinfo']);
  const family = /^cpu family\s*: (\d+)/m.exec(facts)?.[1];
  const model = /^model\s*: (\d+)/m.exec(facts)?.[1];
  const cache = /^cache size\s*: (.+)$/m.exec(facts)?.[1];
  if (family === undefined || model === undefined) return '';
  return `family ${family} model ${model}, ${cache ?? 'unknown'} cache, `;
}

function redisVersion(): string {
  const version = /v=(\S+).*malloc=(\S+)/.exec(outputOf('redis-server', ['--version']));
  return `redis-server ${version?.[1] ?? 'of an unknown version'} (${version?.[2] ?? '?'})`;
}

function commit(): string {
  const id = outputOf('git', ['rev-parse', '--short', 'HEAD']).trim();
  const isChanged = outputOf('git', ['status', '--porcelain', '--', 'src']).trim() !== '';
  return `${id === '' ? 'unknown' : id}${isChanged ? ', changed since' : ''}`;
}

/** What a command prints; empty when there is no such command or it fails. */
function outputOf(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    // A fact that cannot be had is left out: it decides nothing.
    return '';
  }
}
