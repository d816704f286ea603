import type { Command } from '../commands/command.ts';
import type { CommandTable } from '../commands/lookup.ts';
import { Request } from '../protocol/request.ts';
import type { Keyspace } from '../store/keyspace.ts';
import { warmBatch } from './warm-batch.ts';
import { MemberWarming } from './warm-members.ts';

/** Requests are read ahead up to so many. */
export const batchMax = 64;

/**
 * Requests of one session that are read ahead of running them, so that the memory that they will need
 * is fetched for all of them at once.
 */
export class Batch {
  readonly requests: readonly Request[] = Array.from({ length: batchMax }, () => new Request());
  /** The commands of the requests, null where there is none; after `prepare`. */
  readonly commands: (Command | null)[] = Array.from({ length: batchMax }, () => null);
  readonly #table: CommandTable;
  readonly #members: MemberWarming;

  constructor(table: CommandTable) {
    this.#table = table;
    this.#members = new MemberWarming(table, this.requests, this.commands);
  }

  /** Finds the commands of the first `count` requests, and fetches memory. `end` must follow. */
  prepare(keyspace: Keyspace, databaseIndex: number, count: number): void {
    const { requests, commands } = this;
    for (let i = 0; i < count; i += 1) commands[i] = this.#table.find(requests[i]);
    if (count < 2) return;
    warmBatch(keyspace, databaseIndex, requests, commands, count);
    this.#members.warm(keyspace.databases[databaseIndex], count);
  }

  /** The requests have run, as far as they will. */
  end(keyspace: Keyspace, count: number): void {
    if (count > 1) keyspace.records.clearHints();
  }
}
