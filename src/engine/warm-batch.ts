import type { Command } from '../commands/command.ts';
import type { Request } from '../protocol/request.ts';
import type { Keyspace } from '../store/keyspace.ts';

/** Fetches the memory that the first `count` requests of a batch will need, all at once. */
export function warmBatch(
  keyspace: Keyspace,
  databaseIndex: number,
  batch: readonly Request[],
  commands: readonly (Command | null)[],
  count: number,
): void {
  const { hints } = keyspace.records;
  for (let i = 0; i < count; i += 1) {
    const request = batch[i];
    const command = commands[i];
    if (command === null) continue;
    const { first, last, step } = command.keyRange;
    if (first <= 0) continue;
    const lastWord = last < 0 ? request.count + last : Math.min(last, request.count - 1);
    for (let word = first; word <= lastWord; word += step) {
      hints.add(request.bytes, request.starts[word], request.ends[word]);
    }
  }
  if (hints.count > 1) keyspace.databases[databaseIndex].table.warm(hints.hashes, hints.count);
}
