/** On which core, and before whom, a process runs. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Servers have a core to themselves; everything that drives them shares the other. */
export const serverCore = 0;
export const driverCore = 1;

const canPin = availableParallelism() > 1 && succeeds(['taskset', '-c', '0', 'true']);
const isRoot = process.getuid?.() === 0;
const canBeRealTime = isRoot && succeeds(['chrt', '-f', '10', 'true']);

/** Whether servers and drivers were in fact kept apart. */
export const pinningText = canPin
  ? `servers on core ${serverCore}, generators on core ${driverCore}${isRoot ? ', nice -20' : ''}`
  : 'not pinned: this machine has one core or no taskset';

/**
 * `command` on one core. `nice` and `taskset` replace themselves by the command, so that the process
 * keeps the id that it was started with.
 */
export function pinned(core: number, command: readonly string[]): readonly string[] {
  const nice = isRoot ? ['nice', '-n', '-20'] : [];
  return canPin ? [...nice, 'taskset', '-c', String(core), ...command] : [...nice, ...command];
}

/**
 * `command` on the drivers' core, but before all others there: a probe that waits for its turn would
 * take its own delay for the server's.
 */
export function pinnedFirst(command: readonly string[]): readonly string[] {
  const first = canBeRealTime ? ['chrt', '-f', '10'] : [];
  return [...first, ...pinned(driverCore, command)];
}

function succeeds(command: readonly string[]): boolean {
  const [program, ...args] = command;
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}
